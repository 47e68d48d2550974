"""The queue and the record on their pages: who may see them, what they show, and how one goes through them."""

from datetime import timedelta

import pytest
from moderators_desk import Desk, desk_over
from seen import text_of, title_of
from stage import Stage

from exchange.content import Content, Outcome

PATHS = [
    "/moderation",
    "/moderation/decisions",
    "/moderation/listings/{listing}",
    "/moderation/revisions/{revision}",
    "/moderation/reports/{report}",
]


@pytest.fixture
def desk(own, exchange) -> Desk:
    return desk_over(own, exchange)


def filled(desk: Desk) -> dict[str, int]:
    live = desk.publish()
    return {"listing": desk.post(), "revision": desk.revise(live, Content(title="New")), "report": desk.report(live)}


@pytest.mark.parametrize("name", ["ida", "noah", "carla", "ada", "una"])
def test_who_is_no_confirmed_moderator_is_turned_away_from_every_page_and_form(desk, name):
    numbers = filled(desk)
    desk.enter(name)
    token = desk.get("/my/account").text.split('name="csrf" value="')[1].split('"')[0]
    for path in PATHS:
        address = path.format(**numbers)
        assert desk.get(address).status_code == 403, address
        posted = desk.site.client.post(address, data={"csrf": token, "decision": "approve", "state": "submitted"})
        assert posted.status_code in {403, 405}, address
    assert desk.state(numbers["listing"]) == "submitted"
    assert desk.revision_state(numbers["revision"]) == "submitted"


def test_a_visitor_is_asked_to_sign_in_and_comes_back(desk):
    numbers = filled(desk)
    desk.site.client.cookies.clear()
    for path in PATHS:
        answer = desk.get(path.format(**numbers))
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in?next=%2Fmoderation")


@pytest.mark.parametrize("number", ["0", "99999", "2147483648", "x", "-1"])
@pytest.mark.parametrize("what", ["listings", "revisions", "reports"])
def test_a_number_that_names_nothing_is_a_404(desk, what, number):
    desk.enter("mo")
    assert desk.get(f"/moderation/{what}/{number}").status_code == 404


def test_a_draft_is_its_owners_alone_even_for_a_moderator(desk):
    number = desk.draft()
    desk.enter("mo")
    assert desk.get(f"/moderation/listings/{number}").status_code == 404


def test_the_queue_names_each_thing_with_its_kind_times_and_reasons(desk):
    desk.post(
        title="Night sitters for children",
        summary="Children slept better.",
        outcomes=(Outcome(statement="Children sleep through the night"),),
        ago=timedelta(days=30),
    )
    desk.enter("mo")
    page = text_of(desk.get("/moderation").text)
    assert "2 things wait" in page  # the small exchange has one of its own
    assert "New listing Carers' Circle" in page
    assert "Claims about children without evidence" in page
    assert "working days ago" in page
    assert "within 5 working days" in page


def test_the_queue_counts_every_kind_and_shows_one_alone(desk):
    filled(desk)
    desk.enter("mo")
    page = text_of(desk.get("/moderation").text)
    assert "All (4) New listings (2) Changes (1) Appeals (0) Reports (1)" in page
    reports = text_of(desk.get("/moderation?kind=report").text)
    assert "1 thing waits" in reports
    assert "Somebody reported it" in reports
    assert "Nothing waits for a decision" in text_of(desk.get("/moderation?kind=appeal").text)
    assert desk.get("/moderation?kind=nothing").status_code == 400
    assert desk.get("/moderation?page=0").status_code == 400
    assert desk.get("/moderation?page=9").status_code == 400


def test_a_long_queue_has_pages(desk):
    for number in range(30):
        desk.post(title=f"Listing {number:02}")
    desk.enter("mo")
    first, second = desk.get("/moderation").text, desk.get("/moderation?page=2").text
    assert 'href="/moderation?page=2"' in first
    assert 'href="/moderation"' in second
    titles = [f"Listing {number:02}" for number in range(30)]
    assert all((title in first) != (title in second) for title in titles)


def test_ones_own_organisations_things_are_for_another_moderator_and_cannot_be_opened(desk):
    numbers = filled(desk)
    desk.enter("colleague")
    page = desk.get("/moderation").text
    assert text_of(page).count("For another moderator: it is yours or your organisation's.") == 3
    for path in PATHS[2:]:
        address = path.format(**numbers)
        assert f'href="{address}"' not in page
        answer = desk.get(address)
        assert answer.status_code == 403
        assert "Another moderator decides on it" in text_of(answer.text)
        assert "It is an advertisement" not in answer.text


def test_while_the_engine_is_down_it_is_said_and_a_listing_can_still_be_decided_on(desk):
    number = desk.post()
    stage = desk.site.client.app.state.site.service = Stage(desk.site.service)
    desk.enter("mo")
    assert "cannot be looked for" not in desk.get(f"/moderation/listings/{number}").text
    stage.up = False
    page = text_of(desk.site.get(f"/moderation/listings/{number}"))
    assert "Near listings cannot be looked for just now." in page
    assert "Record the decision" in page


def test_the_record_shows_who_decided_what_and_why_and_is_searched(desk):
    number = desk.post(title="Night sitters")
    desk.appeal(number)
    desk.publish(title="Lunch club")
    desk.enter("mo")
    page = text_of(desk.get("/moderation/decisions").text)
    assert "Listing: submitted to refused, by Max" in page
    assert "Reason: Duplicate The same is listed already." in page
    assert "Listing: refused to appealed, by Ida" in page
    found = desk.get("/moderation/decisions?q=night+sitters")
    assert title_of(found.text) == "Decisions on “night sitters” - Innovation Exchange"
    assert "2 decisions" in text_of(found.text)
    assert "Lunch club" not in found.text
    assert "2 decisions" in text_of(desk.get(f"/moderation/decisions?q={number}").text)
    assert "There is no decision on such a listing" in text_of(desk.get("/moderation/decisions?q=zebra%00").text)
    assert desk.get("/moderation/decisions?page=99").status_code == 400


def test_the_record_has_pages_that_keep_the_search(desk):
    for number in range(26):
        desk.publish(title=f"Lunch club & more {number}")
    desk.enter("mo")
    page = desk.get("/moderation/decisions?q=club+%26").text
    assert 'href="/moderation/decisions?q=club+%26&amp;page=2"' in page
    assert "26 decisions" in text_of(desk.get("/moderation/decisions?q=club+%26&page=2").text)


def test_a_moderators_pages_are_kept_in_no_cache(desk):
    desk.enter("mo")
    for path in PATHS[:2]:
        assert desk.get(path).headers["cache-control"] == "private, no-store"
