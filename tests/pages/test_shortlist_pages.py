"""A commissioner keeps listings in mind, each with a note that nobody else is shown."""

import pytest
from meeting import meeting
from seen import text_of
from sqlalchemy import select

from exchange.database import reading
from exchange.models_introductions import ShortlistItem


@pytest.fixture
def town(own, exchange):
    return meeting(own, exchange)


def add(town, note="Near us", by="carla"):
    number = town.numbers.sitters
    return town.send(f"/listings/{number}", by, {f"note-{number}": note}, action=f"/listings/{number}/shortlist")


def notes(town) -> list[str | None]:
    with reading(town.site.database) as session:
        return list(session.scalars(select(ShortlistItem.note)))


def test_a_listing_is_put_on_the_list_from_its_page_with_a_note(town):
    n = town.numbers.sitters
    assert add(town).headers["location"] == f"/listings/{n}?done=shortlisted#next"
    page = town.page("/my/shortlist", "carla")
    assert "Near us</textarea>" in page
    assert f'href="/listings/{n}">Thursday Sitters' in page
    assert f'href="/listings/{n}/introduce">Ask for an introduction' in page
    listing = town.page(f"/listings/{n}", "carla")
    assert "Save the note" in listing
    assert "Near us</textarea>" in listing


def test_a_note_is_changed_and_emptied_on_either_page(town):
    n = town.numbers.sitters
    add(town)
    action = f"/listings/{n}/shortlist"
    town.send("/my/shortlist", "carla", {f"note-{n}": "Seen\non Monday"}, action=action)
    assert "Seen\non Monday</textarea>" in town.page("/my/shortlist", "carla")
    add(town, "")
    assert notes(town) == [None]
    town.send(action, "carla", {f"note-{n}": "From its own page"})
    assert notes(town) == ["From its own page"]


def test_a_listing_is_taken_off(town):
    n = town.numbers.sitters
    add(town)
    sent = town.send("/my/shortlist", "carla", action=f"/listings/{n}/shortlist", press=("do", "remove"))
    assert sent.headers["location"] == "/my/shortlist?done=shortlist_removed"
    assert "There is nothing on it yet" in town.page("/my/shortlist", "carla")


def test_nobody_else_sees_the_list_or_the_note(town):
    add(town, "They are expensive")
    for path in ("/my/shortlist", f"/listings/{town.numbers.sitters}", f"/listings/{town.numbers.sitters}/shortlist"):
        assert "They are expensive" not in town.page(path, "olga")
    for who in ("ida", None):
        assert "They are expensive" not in town.page(f"/listings/{town.numbers.sitters}", who)
    assert town.status("/my/shortlist", "ida") == 403
    answer = town.post(
        f"/listings/{town.numbers.sitters}/shortlist", "olga", **{"from": "list", f"note-{town.numbers.sitters}": "x"}
    )
    assert answer.status_code == 404


def test_what_is_withdrawn_since_is_called_no_longer_public(town):
    n = town.numbers.sitters
    add(town)
    assert town.post(f"/my/listings/{n}/withdraw", "ida", reason="It has ended.").status_code == 303
    page = town.page("/my/shortlist", "carla")
    assert f"Listing {n} is no longer public" in page
    assert "Thursday Sitters" not in page
    assert "Near us</textarea>" in page
    assert town.status(f"/listings/{n}/shortlist", "carla") == 404


def test_a_note_that_is_too_long_is_kept_and_said_to_be_on_either_page(town):
    n = town.numbers.sitters
    refused = add(town, "x" * 2_001)
    assert refused.status_code == 400
    assert "The note has 2,001 characters; cut it to 2,000 or fewer." in refused.text
    assert "x" * 2_001 in refused.text
    add(town)
    refused = town.send("/my/shortlist", "carla", {f"note-{n}": "y" * 2_001}, action=f"/listings/{n}/shortlist")
    assert refused.status_code == 400
    assert "y" * 2_001 in refused.text
    assert f'href="#note-{n}"' in refused.text
    assert notes(town) == ["Near us"]


def test_a_script_in_a_note_is_shown_as_text(town):
    evil = "</textarea><script>alert(1)</script>"
    add(town, evil + "\x00")
    for path in ("/my/shortlist", f"/listings/{town.numbers.sitters}", f"/listings/{town.numbers.sitters}/shortlist"):
        page = town.page(path, "carla")
        assert "<script>alert(1)" not in page
        assert "&lt;/textarea&gt;&lt;script&gt;alert(1)" in page


def test_a_second_click_adds_nothing(town):
    n = town.numbers.sitters
    for _ in range(2):
        assert town.post(f"/listings/{n}/shortlist", "carla", **{f"note-{n}": "Near us"}).status_code == 303
    assert notes(town) == ["Near us"]
    for _ in range(2):
        assert town.post(f"/listings/{n}/shortlist", "carla", do="remove").status_code == 303
    assert notes(town) == []


def test_an_old_page_does_not_empty_a_note_that_was_written_since(town):
    n = town.numbers.sitters
    add(town)
    town.post(f"/listings/{n}/shortlist", "carla", **{f"note-{n}": ""})
    assert notes(town) == ["Near us"]
    assert "On your shortlist since 1 March 2027" in text_of(town.page("/my/shortlist", "carla"))
