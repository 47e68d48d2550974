"""Two people, two processes at the same moment: one after the other, and nothing lost, on both databases."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import ColumnElement, func, select
from together import at_once

from exchange.content import Content, Kind
from exchange.database import reading, writing
from exchange.errors import ConflictError, StateError
from exchange.listing import listings
from exchange.models import Account, Decision, Listing, Organisation, OrgKind, OutboxRow, State, TaxonomyVersion
from exchange.moderating import moderation
from exchange.organisation.organisations import OrganisationDetails, add_organisation
from exchange.people.accounts import operator
from exchange.taxonomy import seed_taxonomy
from exchange.vectors import keep_vectors, known_vectors

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _operator(engine):
    """Make the account beforehand: whoever makes one waits for the others' turns, which would hide other waits."""
    do(engine, lambda _, by: by)


def do(engine, act):
    """Do one use-case in a transaction of its own, in the operator's name."""
    with writing(engine) as session:
        return act(session, operator(session, "Operator"))


@pytest.fixture
def listing_id(engine) -> int:
    content = Content(title="Lunch club", areas=("meals",), closes_on=date(2026, 2, 1))
    new = listings.NewListing(kind=Kind.NEED, content=content)
    return do(engine, lambda session, by: listings.post(session, new, by, NOW).id)


def count(engine, model, *conditions: ColumnElement[bool]) -> int:
    with reading(engine) as session:
        return session.scalar(select(func.count()).select_from(model).where(*conditions))


def decide(engine, listing_id, decision):
    with writing(engine) as session:
        decision(session, listing_id, operator(session, "Operator"), "because", NOW)


def test_of_two_moderators_who_decide_at_once_exactly_one_wins(engine, listing_id):
    for _ in range(5):
        new = listings.NewListing(kind=Kind.NEED, content=Content(title="Lunch club"))
        number = do(engine, lambda session, by, new=new: listings.post(session, new, by, NOW).id)
        choices = (moderation.approve, moderation.refuse, moderation.ask_changes, moderation.approve)
        told = at_once(*(partial(decide, engine, number, choice) for choice in choices))
        assert [type(one) for one in told].count(StateError) == len(choices) - 1
        assert told.count(None) == 1
        assert count(engine, Decision, Decision.listing_id == number) == 1


def test_of_two_who_decide_on_a_revision_at_once_exactly_one_wins(engine, listing_id):
    decide(engine, listing_id, moderation.approve)
    content = Content(title="Breakfast club")
    number = do(engine, lambda session, by: listings.revise(session, listing_id, content, by, NOW).id)
    choices = (moderation.approve_revision, moderation.refuse_revision, moderation.approve_revision)
    told = at_once(*(partial(decide, engine, number, choice) for choice in choices))
    assert told.count(None) == 1
    assert count(engine, Decision, Decision.revision_id == number) == 1


def test_no_bump_of_the_index_revision_is_lost(engine, listing_id):
    def revise(title: str) -> None:
        for at in range(5):
            content = Content(title=f"{title} {at}")
            do(engine, lambda session, by, content=content: listings.revise(session, listing_id, content, by, NOW))

    assert at_once(*(partial(revise, name) for name in ("one", "two", "three", "four"))) == [None] * 4
    with reading(engine) as session:
        assert listings.get_listing(session, listing_id).index_revision == 1 + 20


def test_a_need_is_closed_by_date_once_while_its_owner_withdraws_it(engine, listing_id):
    decide(engine, listing_id, moderation.approve)
    close = partial(do, engine, lambda session, by: listings.close_due(session, by, NOW.date(), NOW))
    closed = at_once(close, close, partial(decide, engine, listing_id, listings.withdraw))
    assert sorted(closed[:2]) in ([0, 0], [0, 1])
    with reading(engine) as session:
        listing = listings.get_listing(session, listing_id)
        assert (listing.state, closed[2]) == (State.WITHDRAWN, None)
        made = count(engine, Decision, Decision.listing_id == listing_id)
        assert listing.index_revision == 1 + made == 1 + count(engine, OutboxRow)


def test_a_new_listing_of_one_source_is_made_once(engine):
    new = listings.NewListing(kind=Kind.NEED, content=Content(title="a"), source="grants", source_id="7")
    post = partial(do, engine, lambda session, by: listings.post(session, new, by, NOW).id)
    told = at_once(post, post, post)
    assert [type(one) for one in told].count(ConflictError) == 2
    assert count(engine, Listing) == 1


def test_an_org_id_is_given_to_one_organisation(engine):
    details = OrganisationDetails(name="Hope", kind=OrgKind.THIRD_SECTOR, org_id="GB-CHC-1234567")
    add = partial(do, engine, lambda session, _: add_organisation(session, details).id)
    told = at_once(add, add, add)
    assert [type(one) for one in told].count(ConflictError) == 2
    assert count(engine, Organisation) == 1


def test_an_operator_is_made_once(engine):
    make = partial(do, engine, lambda session, _: operator(session, "Importer").id)
    assert set(at_once(*[make] * 6)) == {2}
    assert count(engine, Account) == 2


def test_the_areas_are_published_once_and_a_public_listing_that_names_one_is_looked_at_once(engine, listing_id):
    decide(engine, listing_id, moderation.approve)
    seed = partial(do, engine, lambda session, _: seed_taxonomy(session, NOW))
    assert sorted(at_once(*[seed] * 6)) == [False] * 5 + [True]
    assert count(engine, TaxonomyVersion) == 1
    assert count(engine, OutboxRow) == 1 + 1


def test_vectors_that_two_processes_keep_at_once_are_kept(engine):
    keys = [bytes([first, second]) * 8 for first in range(8) for second in range(100)]
    forwards, backwards = (dict.fromkeys(order, b"vector") for order in (keys, keys[::-1]))
    for turn in range(5):
        keep = [
            partial(do, engine, lambda session, _, v=vectors, t=turn: keep_vectors(session, f"model {t}", v))
            for vectors in (forwards, backwards, forwards, backwards)
        ]
        assert at_once(*keep) == [None] * 4
        with reading(engine) as session:
            assert known_vectors(session, f"model {turn}", keys) == forwards


def test_a_session_for_reading_sees_one_moment(engine, listing_id):
    decide(engine, listing_id, moderation.approve)
    with reading(engine) as session:
        before = listings.index_revisions(session, [listing_id])
        with writing(engine) as other:
            listings.close(other, listing_id, operator(other, "Operator"), "Full.", NOW + timedelta(days=1))
            seed_taxonomy(other, NOW)
        session.expire_all()
        assert listings.index_revisions(session, [listing_id]) == before
        assert session.scalar(select(func.count()).select_from(TaxonomyVersion)) == 0
    with reading(engine) as session:
        assert listings.index_revisions(session, [listing_id]) == {listing_id: before[listing_id] + 2}
