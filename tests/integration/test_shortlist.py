"""A shortlist is its owner's alone: what is on it, with which notes, and what becomes of a withdrawn listing."""

import pytest
from introduced import NOW, later, market

from exchange.database import reading, writing
from exchange.errors import InputError, NotFoundError
from exchange.introducing import shortlist
from exchange.listing import listings
from exchange.models import Account
from exchange.people.accounts import operator


@pytest.fixture
def town(engine):
    return market(engine)


def act(town, name, number, *more: object, by=None, now=NOW):
    with writing(town.database) as session:
        person = session.get_one(Account, by or town.carla)
        getattr(shortlist, name)(session, number, *more, person, *([] if name == "remove" else [now]))


def kept(town, by=None) -> list[tuple[int, str | None, bool]]:
    with reading(town.database) as session:
        rows = shortlist.kept(session, by or town.carla)
        return [(row.listing_id, row.note, row.listing is not None) for row in rows]


def test_listings_stand_with_their_notes_the_latest_first(town):
    act(town, "add", town.idea, "Near us")
    act(town, "add", town.second_idea, " ", now=later(1))
    assert kept(town) == [(town.second_idea, None, True), (town.idea, "Near us", True)]


def test_nobody_sees_anothers(town):
    act(town, "add", town.idea, "Near us")
    assert kept(town, town.olga) == kept(town, town.colin) == []
    with reading(town.database) as session:
        assert shortlist.note_of(session, town.idea, town.olga) == (False, None)
        assert shortlist.note_of(session, town.idea, town.carla) == (True, "Near us")
    with pytest.raises(NotFoundError, match="is not on your shortlist"):
        act(town, "write_note", town.idea, "Mine now", by=town.olga)
    act(town, "remove", town.idea, by=town.olga)
    assert kept(town) == [(town.idea, "Near us", True)]


def test_adding_again_keeps_the_note_unless_there_is_a_new_one(town):
    for note in ("First", "", "Second"):
        act(town, "add", town.idea, note)
    assert kept(town) == [(town.idea, "Second", True)]


def test_a_note_can_be_changed_and_taken_away(town):
    act(town, "add", town.idea, "First")
    act(town, "write_note", town.idea, "A line\r\nand another\x00")
    assert kept(town) == [(town.idea, "A line\nand another", True)]
    act(town, "write_note", town.idea, " ")
    assert kept(town) == [(town.idea, None, True)]


def test_a_listing_is_taken_off_and_off_again(town):
    act(town, "add", town.idea, None)
    for number in (town.idea, town.idea, 999, 2**40):
        act(town, "remove", number)
    assert kept(town) == []


def test_what_is_withdrawn_since_is_on_it_without_its_text(town):
    act(town, "add", town.idea, "Near us")
    with writing(town.database) as session:
        listings.withdraw(session, town.idea, operator(session, "Test"), "Asked to.", NOW)
    assert kept(town) == [(town.idea, "Near us", False)]
    with pytest.raises(NotFoundError):
        act(town, "add", town.idea, None)
    act(town, "write_note", town.idea, "Gone")
    act(town, "remove", town.idea)
    assert kept(town) == []


@pytest.mark.parametrize("name", ["add", "write_note"])
def test_a_note_has_2000_characters_at_most(town, name):
    act(town, "add", town.idea, None)
    with pytest.raises(InputError, match="The note has 2,001 characters; cut it to 2,000 or fewer") as refused:
        act(town, name, town.idea, "x" * 2_001)
    assert refused.value.field == "note"
    act(town, name, town.idea, "x" * 2_000)


@pytest.mark.parametrize("number", [0, 999, 2**40])
def test_what_does_not_exist_is_not_kept(town, number):
    for name in ("add", "write_note"):
        with pytest.raises(NotFoundError):
            act(town, name, number, "Note")


def test_a_shortlist_has_an_end(town, monkeypatch):
    monkeypatch.setattr(shortlist, "MOST", 1)
    act(town, "add", town.idea, None)
    with pytest.raises(InputError, match="Your shortlist has 1 listings; take one off"):
        act(town, "add", town.second_idea, None)
    act(town, "add", town.idea, "Still there")
