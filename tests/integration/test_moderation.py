"""What moderators decide, and what stays on record."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from exchange.content import Content, Kind
from exchange.database import writing
from exchange.errors import InputError, StateError
from exchange.listing import listings
from exchange.listing.changes import LEFT_PUBLISHED
from exchange.models import Decision, Listing, OutboxRow, State
from exchange.moderating import moderation
from exchange.people.accounts import operator

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


@pytest.fixture
def session(engine):
    with writing(engine) as session:
        yield session


@pytest.fixture
def by(session):
    return operator(session, "First moderator")


@pytest.fixture
def other(session):
    return operator(session, "Second moderator")


@pytest.fixture
def listing(session, by) -> Listing:
    new = listings.NewListing(kind=Kind.INNOVATION, content=Content(title="Lunch club"))
    return listings.post(session, new, by, NOW)


def last_decision(session) -> Decision:
    return session.scalars(select(Decision).order_by(Decision.id.desc()).limit(1)).one()


def waiting(session) -> int:
    return session.scalar(select(func.count()).select_from(OutboxRow))


def test_approving_publishes_records_who_and_when_and_tells_the_index(session, by, listing):
    moderation.approve(session, listing.id, by, None, LATER)
    assert (listing.state, listing.published_at, listing.index_revision) == (State.PUBLISHED, LATER, 2)
    made = last_decision(session)
    assert (made.by_id, made.at, made.old_state, made.new_state) == (by.id, LATER, "submitted", "published")
    assert made.reason is None
    assert waiting(session) == 1


def test_a_note_of_approval_is_kept(session, by, listing):
    moderation.approve(session, listing.id, by, "imported from grants, licence OGL", LATER)
    assert last_decision(session).reason == "imported from grants, licence OGL"


def test_approving_twice_is_refused_with_the_steps_that_are_left(session, by, listing):
    moderation.approve(session, listing.id, by, None, NOW)
    with pytest.raises(StateError, match=r"is .published., so approve is not possible.*revise, close, withdraw"):
        moderation.approve(session, listing.id, by, None, LATER)
    assert (listing.published_at, waiting(session)) == (NOW, 1)


@pytest.mark.parametrize("decide", [moderation.ask_changes, moderation.refuse])
def test_saying_no_needs_a_reason_and_leaves_the_index_alone(session, by, listing, decide):
    with pytest.raises(InputError, match="it is kept on record"):
        decide(session, listing.id, by, "   ", NOW)
    assert listing.state == State.SUBMITTED
    decide(session, listing.id, by, "Name the people it is for.", NOW)
    assert last_decision(session).reason == "Name the people it is for."
    assert waiting(session) == 0


def test_changes_that_were_asked_for_lead_back_to_the_queue(session, by, listing):
    moderation.ask_changes(session, listing.id, by, "Name the people.", NOW)
    listings.revise(session, listing.id, Content(title="Lunch club for widowers"), by, NOW)
    assert listing.state == State.CHANGES_ASKED
    listings.submit(session, listing.id, by, LATER)
    moderation.approve(session, listing.id, by, None, LATER)
    assert (listing.state, listing.title) == (State.PUBLISHED, "Lunch club for widowers")


def test_an_approved_revision_becomes_the_live_text(session, by, listing):
    moderation.approve(session, listing.id, by, None, NOW)
    content = Content(title="Breakfast club", summary="Porridge.")
    revision = listings.revise(session, listing.id, content, by, NOW)
    moderation.approve_revision(session, revision.id, by, "Fine.", LATER)
    assert (listing.content, listing.title, listing.state) == (content, "Breakfast club", State.PUBLISHED)
    assert (listing.published_at, listing.index_revision, waiting(session)) == (NOW, 3, 2)
    made = last_decision(session)
    assert (made.revision_id, made.new_state, made.reason) == (revision.id, "published", "Fine.")


@pytest.mark.parametrize(
    ("decide", "state"),
    [
        (moderation.ask_revision_changes, State.CHANGES_ASKED),
        (moderation.refuse_revision, State.REFUSED),
    ],
)
def test_a_revision_that_is_not_approved_leaves_the_live_text(session, by, listing, decide, state):
    moderation.approve(session, listing.id, by, None, NOW)
    revision = listings.revise(session, listing.id, Content(title="Breakfast club"), by, NOW)
    with pytest.raises(InputError, match="Give a reason"):
        decide(session, revision.id, by, "", LATER)
    decide(session, revision.id, by, "Lunch or breakfast?", LATER)
    assert (revision.state, listing.title, listing.index_revision) == (state, "Lunch club", 2)
    with pytest.raises(StateError, match="This revision is"):
        moderation.approve_revision(session, revision.id, by, None, LATER)
    again = listings.revise(session, listing.id, Content(title="Brunch club"), by, LATER)
    moderation.approve_revision(session, again.id, by, None, LATER)
    assert listing.title == "Brunch club"


def test_a_revision_of_a_listing_that_has_closed_cannot_be_approved(session, by, listing):
    moderation.approve(session, listing.id, by, None, NOW)
    revision = listings.revise(session, listing.id, Content(title="Breakfast club"), by, NOW)
    listings.close(session, listing.id, by, "Full.", LATER)
    with pytest.raises(StateError, match=r"This revision is .withdrawn"):
        moderation.approve_revision(session, revision.id, by, None, LATER)
    reasons = session.scalars(select(Decision.reason).where(Decision.revision_id == revision.id)).all()
    assert reasons == [LEFT_PUBLISHED]


def test_an_upheld_appeal_publishes_by_another_moderator(session, by, other, listing):
    moderation.refuse(session, listing.id, by, "Out of scope.", NOW)
    moderation.appeal(session, listing.id, by, "It is adult social care.", NOW)
    with pytest.raises(InputError, match="ask another moderator"):
        moderation.decide_appeal(session, listing.id, by, moderation.Ruling(upheld=True), LATER)
    assert listing.state == State.APPEALED
    moderation.decide_appeal(session, listing.id, other, moderation.Ruling(upheld=True), LATER)
    assert (listing.state, listing.published_at, waiting(session)) == (State.PUBLISHED, LATER, 1)


def test_a_dismissed_appeal_needs_a_reason_and_is_the_last(session, by, other, listing):
    moderation.refuse(session, listing.id, by, "Out of scope.", NOW)
    with pytest.raises(InputError, match="Give a reason to appeal"):
        moderation.appeal(session, listing.id, by, "", NOW)
    moderation.appeal(session, listing.id, by, "It is adult social care.", NOW)
    with pytest.raises(InputError, match="Give a reason to dismiss the appeal"):
        moderation.decide_appeal(session, listing.id, other, moderation.Ruling(upheld=False), LATER)
    ruling = moderation.Ruling(upheld=False, reason="It is a holiday.")
    moderation.decide_appeal(session, listing.id, other, ruling, LATER)
    assert listing.state == State.REFUSED
    with pytest.raises(StateError, match="appeal has been decided"):
        moderation.appeal(session, listing.id, by, "Once more.", LATER)
    assert waiting(session) == 0


def test_only_an_appealed_listing_has_an_appeal_to_decide(session, by, other, listing):
    with pytest.raises(StateError, match=r"is .submitted., so uphold the appeal is not possible"):
        moderation.decide_appeal(session, listing.id, other, moderation.Ruling(upheld=True), LATER)
    with pytest.raises(StateError, match=r"is .submitted., so appeal is not possible"):
        moderation.appeal(session, listing.id, by, "Too early.", LATER)
