"""How a listing changes: state or text, decision, index revision and outbox row together; knows no use-case."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.orm import Session

from exchange.content import Content, clean, stated, to_json
from exchange.database import LARGEST_KEY, take_turn
from exchange.errors import InputError, NotFoundError
from exchange.models import Account, Decision, Listing, OutboxRow, Revision, State
from exchange.outbox import enqueue
from exchange.states import FOUND, NEEDS_REASON, REVISION_STEPS, Step, next_state

OPEN_REVISION = frozenset({State.SUBMITTED, State.CHANGES_ASKED})
LEFT_PUBLISHED = "The listing is no longer published."


@dataclass(frozen=True, slots=True)
class Act:
    """Who does a step, when, and why; the reason is None where none is stated."""

    by: Account
    at: datetime
    reason: str | None = None

    @property
    def why(self) -> str | None:
        """Give the reason without blanks around it and without NUL; None when nothing is left."""
        return clean(self.reason or "") or None


def locked_listing(session: Session, listing_id: int) -> Listing:
    """Read the listing as it is now and keep other writers off it until the transaction ends.

    Raises:
        NotFoundError: there is no such listing.
    """
    query = select(Listing).where(Listing.id == listing_id).with_for_update(of=Listing)
    known = 0 < listing_id <= LARGEST_KEY
    listing = session.scalar(query.execution_options(populate_existing=True)) if known else None
    if listing is None:
        raise NotFoundError(f"There is no listing {listing_id}; check the number.")
    return listing


def locked_revision(session: Session, revision_id: int) -> tuple[Listing, Revision]:
    """Read a revision with its listing, the listing locked.

    Raises:
        NotFoundError: there is no such revision.
    """
    revision = session.get(Revision, revision_id) if 0 < revision_id <= LARGEST_KEY else None
    if revision is None:
        raise NotFoundError(f"There is no revision {revision_id}; check the number.")
    listing = locked_listing(session, revision.listing_id)
    session.refresh(revision)  # it may have been decided while we waited for the lock
    return listing, revision


def check_reason(step: Step, act: Act) -> None:
    """Refuse a step that needs a reason and has none.

    Raises:
        InputError: the reason is missing or blank.
    """
    if step in NEEDS_REASON and act.why is None:
        raise InputError(f"Give a reason to {step}: it is kept on record.", field="reason")


def move(session: Session, listing: Listing, step: Step, act: Act) -> None:
    """Take the listing one step: new state, decision row, index revision and, where it is or was found, outbox row.

    Raises:
        StateError: the state does not allow the step.
        InputError: the step needs a reason.
    """
    old = State(listing.state)
    new = next_state(old, step)
    check_reason(step, act)
    if old is State.PUBLISHED and new is not State.PUBLISHED:
        withdraw_open_revisions(session, listing.id, Act(act.by, act.at, LEFT_PUBLISHED))
    if new is State.PUBLISHED and listing.published_at is None:
        listing.published_at = act.at
    listing.state = new
    _record(session, listing.id, None, (old, new), act)
    _bump(session, listing, act.at, findable=bool({old, new} & FOUND))


def move_revision(session: Session, revision: Revision, step: Step, act: Act) -> None:
    """Take a revision one step with its decision row; the listing's live text is not touched.

    Raises:
        StateError: the state does not allow the step.
        InputError: the step needs a reason.
    """
    old = State(revision.state)
    new = next_state(old, step, REVISION_STEPS)
    check_reason(step, act)
    revision.state = new
    _record(session, revision.listing_id, revision.id, (old, new), act)


def withdraw_open_revisions(session: Session, listing_id: int, act: Act) -> None:
    """Withdraw the listing's revisions that wait; their rows stay."""
    waiting = select(Revision).where(Revision.listing_id == listing_id, Revision.state.in_(OPEN_REVISION))
    for revision in session.scalars(waiting.execution_options(populate_existing=True)).all():
        move_revision(session, revision, Step.WITHDRAW, act)


def fill(listing: Listing, content: Content) -> None:
    """Put the content into the row, with the columns that mirror it."""
    clean = stated(content)
    listing.data = to_json(clean)
    listing.title = clean.title
    listing.closes_on = clean.closes_on


def replace_content(session: Session, listing: Listing, content: Content, now: datetime) -> None:
    """Make the content the one that stands."""
    fill(listing, content)
    _bump(session, listing, now, findable=State(listing.state) in FOUND)


def touch_found(session: Session, now: datetime, *conditions: ColumnElement[bool]) -> int:
    """Bump and enqueue every listing that may be found and meets the conditions; give their number.

    For what a document holds beside its listing's text: organisation and taxonomy. The caller takes its turn before
    it reads what it changes; here that is made sure of.
    """
    take_turn(session)
    session.flush()
    bumped = (
        update(Listing)
        .where(Listing.state.in_(FOUND), *conditions)
        .values(index_revision=Listing.index_revision + 1)
        .returning(Listing.id)
    )
    ids: Collection[int] = session.scalars(bumped).all()
    if ids:
        rows = [{"listing_id": i, "created_at": now, "due_at": now, "attempts": 0, "parked": False} for i in ids]
        session.execute(insert(OutboxRow), rows)
    return len(ids)


def look_again(session: Session, held: Mapping[int, int], now: datetime) -> int:
    """Bump listings beyond the revision that an index holds of each, and enqueue them; give their number.

    For what an index holds otherwise than it should: an index keeps what is newer than a write, right or wrong.
    """
    take_turn(session)
    query = select(Listing).where(Listing.id.in_(held)).order_by(Listing.id).with_for_update(of=Listing)
    listings = session.scalars(query.execution_options(populate_existing=True)).all()
    for listing in listings:
        listing.index_revision = max(listing.index_revision, held[listing.id])
        _bump(session, listing, now, findable=True)
    return len(listings)


def _record(session: Session, listing_id: int, revision_id: int | None, states: tuple[State, State], act: Act) -> None:
    session.add(
        Decision(
            listing_id=listing_id,
            revision_id=revision_id,
            by_id=act.by.id,
            at=act.at,
            old_state=states[0],
            new_state=states[1],
            reason=act.why,
        )
    )


def _bump(session: Session, listing: Listing, now: datetime, *, findable: bool) -> None:
    listing.index_revision += 1
    if findable:
        enqueue(session, listing.id, now)
    session.flush()
