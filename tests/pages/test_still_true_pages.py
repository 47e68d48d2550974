"""Owners say once a year that a listing is still true; until they do, its card and page say so."""

import pytest
from filling import send
from meeting import meeting
from seen import text_of

from exchange.database import reading
from exchange.listing.listings import get_listing

MARK = "Not confirmed since 1 March 2027"


@pytest.fixture
def meet(own, exchange):
    return meeting(own, exchange)


@pytest.fixture
def address(meet):
    return f"/my/listings/{meet.numbers.sitters}/still-true"


def test_looking_confirms_nothing_and_the_button_does(meet, address):
    meet.wait(400)
    page = text_of(meet.page(address, "ida"))
    assert "Is this still true? It was published or last confirmed on 1 March 2027." in page
    assert MARK in page
    answer = send(meet.site.client, address, action=address)
    assert answer.headers["location"] == f"/my/listings/{meet.numbers.sitters}?done=still_true"
    assert "it is noted that this is still true" in text_of(meet.page(answer.headers["location"], "ida"))
    assert MARK not in text_of(meet.page(address, "ida"))
    with reading(meet.site.database) as session:
        assert get_listing(session, meet.numbers.sitters).confirmed_at == meet.site.client.app.state.site.clock()


def test_the_page_leads_on_to_changing_and_closing(meet, address):
    page = meet.page(address, "ida")
    base = address.removesuffix("/still-true")
    assert f'href="{base}"' in page
    assert f'href="{base}/close"' in page
    assert meet.status(f"{base}/close", "ida") == 200


def test_card_and_page_are_marked_wherever_they_are_shown_and_not_a_day_too_soon(meet):
    addresses = ["/", f"/listings/{meet.numbers.sitters}", f"/organisations/{meet.numbers.circle}", "/newest"]
    addresses += ["/search?q=sitters"]
    meet.wait(395)
    assert not any(MARK in text_of(meet.page(path)) for path in addresses)
    meet.wait(1)
    for path in addresses:
        assert MARK in text_of(meet.page(path)), path


def test_only_its_own_people_are_asked_and_may_answer(meet, address):
    for name, status in (("carla", 404), ("noah", 404), ("una", 403)):
        assert meet.status(address, name) == status, name
        assert meet.post(address, name).status_code == status, name
    assert meet.status(address, None) == 303
    meet.be("ida")
    assert meet.site.client.post(address).status_code == 403, "without a token"
    with reading(meet.site.database) as session:
        assert get_listing(session, meet.numbers.sitters).confirmed_at is None


def test_a_closed_listing_cannot_be_confirmed(meet):
    address = f"/my/listings/{meet.numbers.closed}/still-true"
    meet.be("carla")
    answer = meet.site.client.get(address)
    assert answer.status_code == 400
    assert "Only a published listing can be confirmed; this one is closed" in text_of(answer.text)
    assert meet.post(address, "carla").status_code == 400
