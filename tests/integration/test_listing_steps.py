"""What an owner does with a listing, step by step."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from exchange.content import Content, Kind
from exchange.database import LARGEST_KEY, reading, writing
from exchange.errors import ConflictError, InputError, NotFoundError, StateError
from exchange.listing import listings
from exchange.models import Decision, Listing, OutboxRow, Revision, State
from exchange.moderating import moderation
from exchange.people.accounts import operator

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def new(title: str = "Lunch club", kind: Kind = Kind.INNOVATION, closes_on: date | None = None) -> listings.NewListing:
    return listings.NewListing(kind=kind, content=Content(title=title, closes_on=closes_on))


@pytest.fixture
def session(engine):
    with writing(engine) as session:
        yield session


@pytest.fixture
def by(session):
    return operator(session, "Operator")


def published(session, by, what: listings.NewListing | None = None) -> Listing:
    listing = listings.post(session, what or new(), by, NOW)
    return moderation.approve(session, listing.id, by, None, NOW)


def waiting(session) -> int:
    return session.scalar(select(func.count()).select_from(OutboxRow))


def decisions(session, listing_id) -> list[tuple[str, str, str | None]]:
    made = session.scalars(select(Decision).where(Decision.listing_id == listing_id).order_by(Decision.id))
    return [(decision.old_state, decision.new_state, decision.reason) for decision in made]


def test_a_draft_may_be_incomplete_but_is_checked_when_it_is_submitted(session, by):
    listing = listings.draft(session, new(title="  "), by, NOW)
    assert listing.state == State.DRAFT
    with pytest.raises(InputError, match="Give the listing a title") as refused:
        listings.submit(session, listing.id, by, NOW)
    assert refused.value.field == "title"
    assert listing.state == State.DRAFT
    listings.revise(session, listing.id, Content(title="Night sitters"), by, NOW)
    listings.submit(session, listing.id, by, LATER)
    assert (listing.state, listing.title) == (State.SUBMITTED, "Night sitters")
    assert decisions(session, listing.id) == [("draft", "submitted", None)]
    assert waiting(session) == 0


def test_an_imported_listing_is_posted_in_one_step_and_has_no_decision_yet(session, by):
    row = listings.NewListing(
        kind=Kind.NEED,
        content=Content(title="Bail support", closes_on=date(2026, 4, 1)),
        source="notices",
        source_id="n-1",
    )
    listing = listings.post(session, row, by, NOW)
    assert (listing.state, listing.closes_on, listing.by_id) == (State.SUBMITTED, date(2026, 4, 1), by.id)
    assert decisions(session, listing.id) == []
    with pytest.raises(ConflictError, match=f"Listing {listing.id} has come from notices n-1 already"):
        listings.draft(session, row, by, NOW)


def test_what_breaks_a_rule_is_not_posted(session, by):
    with pytest.raises(InputError, match="closing date"):
        listings.post(session, new(closes_on=date(2026, 4, 1)), by, NOW)
    assert session.scalar(select(func.count()).select_from(Listing)) == 0


def test_a_submitted_listing_is_changed_in_place_and_stays_submitted(session, by):
    listing = listings.post(session, new(), by, NOW)
    content = Content(title="Lunch club on Fridays", summary="Hot meals.")
    assert listings.revise(session, listing.id, content, by, LATER) is None
    assert (listing.state, listing.content, listing.title) == (State.SUBMITTED, content, content.title)
    assert listing.index_revision == 2


def test_a_change_of_a_published_listing_waits_as_a_revision(session, by):
    listing = published(session, by)
    before = listing.index_revision, waiting(session)
    revision = listings.revise(session, listing.id, Content(title="Breakfast club"), by, LATER)
    assert revision is not None
    assert (revision.state, revision.content.title, revision.by_id) == (State.SUBMITTED, "Breakfast club", by.id)
    assert listing.content.title == "Lunch club"
    assert (listing.index_revision, waiting(session)) == before


def test_a_newer_revision_withdraws_the_one_that_waits_and_keeps_its_row(session, by):
    listing = published(session, by)
    first = listings.revise(session, listing.id, Content(title="First"), by, LATER)
    second = listings.revise(session, listing.id, Content(title="Second"), by, LATER)
    assert session.scalars(select(Revision.id).order_by(Revision.id)).all() == [first.id, second.id]
    assert (first.state, first.content.title, second.state) == (State.WITHDRAWN, "First", State.SUBMITTED)
    assert decisions(session, listing.id)[-1] == ("submitted", "withdrawn", listings.REPLACED)


def test_a_revision_that_breaks_a_rule_is_refused_and_the_waiting_one_stays(session, by):
    listing = published(session, by)
    first = listings.revise(session, listing.id, Content(title="First"), by, LATER)
    with pytest.raises(InputError, match="61 words"):
        listings.revise(session, listing.id, Content(title="Second", summary="so " * 61), by, LATER)
    assert first.state == State.SUBMITTED


def test_a_listing_that_leaves_the_public_takes_its_waiting_revision_along(session, by):
    listing = published(session, by)
    revision = listings.revise(session, listing.id, Content(title="First"), by, LATER)
    listings.withdraw(session, listing.id, by, "We have stopped.", LATER)
    assert (listing.state, revision.state) == (State.WITHDRAWN, State.WITHDRAWN)
    with pytest.raises(StateError, match=r"This revision is .withdrawn"):
        moderation.approve_revision(session, revision.id, by, None, LATER)


@pytest.mark.parametrize("end", [listings.close, listings.withdraw])
def test_ending_a_listing_needs_a_reason_and_tells_the_index(session, by, end):
    listing = published(session, by)
    before = listing.index_revision, waiting(session)
    with pytest.raises(InputError, match="Give a reason to") as refused:
        end(session, listing.id, by, " \n", LATER)
    assert refused.value.field == "reason"
    assert (listing.index_revision, waiting(session)) == before
    end(session, listing.id, by, " Funding ended.\x00 ", LATER)
    assert (listing.index_revision, waiting(session)) == (before[0] + 1, before[1] + 1)
    assert decisions(session, listing.id)[-1] == ("published", listing.state, "Funding ended.")


def test_only_needs_are_concluded_and_only_closed_ones(session, by):
    need = published(session, by, new(kind=Kind.NEED))
    with pytest.raises(StateError, match="what can be done now: revise, close, withdraw"):
        listings.conclude(session, need.id, by, "Chosen.", LATER)
    listings.close(session, need.id, by, "Full.", LATER)
    listings.conclude(session, need.id, by, "Two chosen.", LATER)
    assert need.state == State.CONCLUDED
    idea = published(session, by)
    listings.close(session, idea.id, by, "Full.", LATER)
    with pytest.raises(StateError, match="Only a need is concluded"):
        listings.conclude(session, idea.id, by, "Chosen.", LATER)


def test_needs_close_on_the_day_after_their_closing_date(session, by):
    last_day = date(2026, 3, 10)
    due = published(session, by, new(kind=Kind.NEED, closes_on=last_day))
    open_ended = published(session, by, new(kind=Kind.NEED))
    unseen = listings.post(session, new(kind=Kind.NEED, closes_on=last_day), by, NOW)
    assert listings.close_due(session, by, last_day, LATER) == 0
    assert listings.close_due(session, by, last_day + timedelta(days=1), LATER) == 1
    assert listings.close_due(session, by, last_day + timedelta(days=2), LATER) == 0
    assert (due.state, open_ended.state, unseen.state) == (State.CLOSED, State.PUBLISHED, State.SUBMITTED)
    assert decisions(session, due.id)[-1] == ("published", "closed", listings.PAST_CLOSING)


@pytest.mark.parametrize("number", [0, -1, 7, LARGEST_KEY + 1, 10**30])
def test_a_number_that_names_no_listing_is_not_found_by_any_step(session, by, number):
    steps = [
        lambda: listings.get_listing(session, number),
        lambda: listings.visible_listing(session, number),
        lambda: listings.submit(session, number, by, NOW),
        lambda: listings.revise(session, number, Content(title="x"), by, NOW),
        lambda: moderation.approve_revision(session, number, by, None, NOW),
    ]
    for step in steps:
        with pytest.raises(NotFoundError, match=f"There is no (listing|revision) {number}; check the number"):
            step()


def test_what_a_failed_use_case_did_is_rolled_back(engine):
    with writing(engine) as session:
        listing_id = published(session, operator(session, "Operator")).id

    def close_and_fail() -> None:
        with writing(engine) as session:
            listings.close(session, listing_id, operator(session, "Operator"), "Full.", LATER)
            raise NotFoundError("The page has gone; go back.")

    with pytest.raises(NotFoundError):
        close_and_fail()
    with reading(engine) as session:
        assert listings.get_listing(session, listing_id).state == State.PUBLISHED
        assert waiting(session) == 1
