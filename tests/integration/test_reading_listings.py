"""What the public may see of listings, read from the database."""

from datetime import UTC, datetime, timedelta

import pytest

from exchange.content import Content, Kind
from exchange.database import writing
from exchange.errors import NotFoundError
from exchange.listing import listings
from exchange.listing.states import FOUND
from exchange.models import Listing, State
from exchange.moderating import moderation
from exchange.people.accounts import operator

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def session(engine):
    with writing(engine) as session:
        yield session


@pytest.fixture
def by(session):
    return operator(session, "Operator")


def post(session, by, content: Content | str, kind: Kind = Kind.INNOVATION, hours: int = 0) -> Listing:
    content = Content(title=content) if isinstance(content, str) else content
    listing = listings.post(session, listings.NewListing(kind=kind, content=content), by, NOW)
    return moderation.approve(session, listing.id, by, None, NOW + timedelta(hours=hours))


@pytest.fixture
def one_of_each(session, by) -> dict[State, int]:
    """Give a need in every state; written straight, because only its state matters here."""
    made = {}
    for state in State:
        new = listings.NewListing(kind=Kind.NEED, content=Content(title=f"Help, {state}"))
        listing = listings.draft(session, new, by, NOW)
        listing.state = state
        made[state] = listing.id
    session.flush()
    return made


@pytest.mark.parametrize("state", State)
def test_every_way_of_reading_shows_a_listing_only_in_the_states_that_are_found(session, one_of_each, state):
    number = one_of_each[state]
    found = state in FOUND
    assert (number in listings.listings_by_ids(session, one_of_each.values())) == found
    assert (number in dict(listings.visible_ids(session))) == found
    assert (number in {row.id for row in listings.newest(session, None, 99)}) == (state == State.PUBLISHED)
    assert listings.get_listing(session, number).id == number
    if found:
        assert listings.visible_listing(session, number).id == number
    else:
        with pytest.raises(NotFoundError, match=f"There is no listing {number}; check the number"):
            listings.visible_listing(session, number)


def test_listings_come_back_in_the_order_that_the_index_gave_and_once(session, by):
    a, b, c = (post(session, by, title).id for title in "abc")
    assert list(listings.listings_by_ids(session, [c, 99, a, c, b])) == [c, a, b]
    assert listings.listings_by_ids(session, []) == {}


def test_thousands_of_ids_can_be_re_read_at_once(session, by):
    number = post(session, by, "Lunch club").id
    assert list(listings.listings_by_ids(session, range(40_000))) == [number]
    assert listings.index_revisions(session, range(40_000)) == {number: 2}


def test_a_listing_read_before_it_was_withdrawn_is_not_shown_from_memory(engine):
    with writing(engine) as session:
        number = post(session, operator(session, "Operator"), "Lunch club").id
    with writing(engine) as session:
        held = listings.get_listing(session, number)
        session.connection().exec_driver_sql("UPDATE listing SET state = 'withdrawn'")
        assert listings.listings_by_ids(session, [number]) == {}
        assert held.id == number


def test_index_revisions_are_given_in_every_state(session, one_of_each):
    numbers = list(one_of_each.values())
    assert listings.index_revisions(session, [*numbers, 999]) == dict.fromkeys(numbers, 1)


def test_the_newest_come_first_page_by_page_and_by_kind(session, by):
    old = post(session, by, "Old", hours=1).id
    need = post(session, by, "Need", Kind.NEED, hours=2).id
    same_hour = post(session, by, "Newer row of the same hour", hours=2).id
    new = post(session, by, "New", hours=3).id
    pages = [listings.newest(session, None, 2, offset) for offset in (0, 2, 4)]
    assert [[row.id for row in page] for page in pages] == [[new, same_hour], [need, old], []]
    assert [row.id for row in listings.newest(session, Kind.NEED, 9)] == [need]
    assert listings.newest(session, None, 20, 10**9) == []


def test_open_listings_are_counted_by_kind_and_none_is_nought(session, by):
    assert listings.count_by_kind(session) == {Kind.INNOVATION: 0, Kind.NEED: 0}
    post(session, by, "a")
    listings.close(session, post(session, by, "b").id, by, "Full.", NOW)
    assert listings.count_by_kind(session) == {Kind.INNOVATION: 1, Kind.NEED: 0}
