"""How a listing changes: state or text, decision, index revision and outbox row together; knows no use-case."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.orm import Session

from exchange.content import Content, clean, stated, to_json
from exchange.database import LARGEST_KEY, take_turn
from exchange.errors import InputError, NotFoundError, StateError
from exchange.introducing.introduction_states import OPEN
from exchange.letters import Note, write_to
from exchange.listing.states import FOUND, NEEDS_REASON, REVISION_STEPS, Step, next_state
from exchange.models import Account, Decision, Listing, OutboxRow, Revision, State
from exchange.models_introductions import Introduction
from exchange.outbox import enqueue

OPEN_REVISION = frozenset({State.SUBMITTED, State.CHANGES_ASKED})
"""Revisions that wait for a moderator or for their author's answer to one."""
UNFINISHED = OPEN_REVISION | {State.DRAFT}
"""Revisions that go when their listing is no longer published."""
FOR_GOOD = frozenset({State.CONCLUDED, State.WITHDRAWN})
SOMEBODY_WAITS = (
    "Somebody is in an open introduction over this listing and would be left without an answer. Conclude or withdraw "
    "it on its page, where everybody is told."
)
LEFT_PUBLISHED = "The listing is no longer published."
REVISION_GONE = (
    "“{title}” is not published any more. The change of it that you had written was not decided on, and is withdrawn "
    "with it."
)


@dataclass(frozen=True, slots=True)
class Act:
    """Who does a step, when, and why; the reason is None where none is stated.

    `code` is the reason's place in a closed list (`exchange/moderating/reason_codes.py`), `due_on` by when the next
    step is hoped for.
    """

    by: Account
    at: datetime
    reason: str | None = None
    code: str | None = None
    due_on: date | None = None

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
        StateError: the state does not allow the step, or it would leave a respondent silent.
        InputError: the step needs a reason.
    """
    old = State(listing.state)
    new = next_state(old, step)
    check_reason(step, act)
    if new in FOR_GOOD:
        _check_nobody_waits(session, listing.id)
    if old is State.PUBLISHED and new is not State.PUBLISHED:
        left = Act(act.by, act.at, LEFT_PUBLISHED)
        for revision in withdraw_open_revisions(session, listing.id, left, UNFINISHED):
            _tell_author(session, listing, revision, act)
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


def withdraw_open_revisions(
    session: Session, listing_id: int, act: Act, states: Collection[State] = OPEN_REVISION
) -> Sequence[Revision]:
    """Withdraw the listing's revisions that wait, or those in the states given, and give them; their rows stay."""
    waiting = select(Revision).where(Revision.listing_id == listing_id, Revision.state.in_(states))
    revisions = session.scalars(waiting.execution_options(populate_existing=True)).all()
    for revision in revisions:
        move_revision(session, revision, Step.WITHDRAW, act)
    return revisions


def fill(listing: Listing, content: Content) -> None:
    """Put the content into the row, with the columns that mirror it."""
    clean = stated(content)
    listing.data = to_json(clean)
    listing.title = clean.title
    listing.closes_on = clean.closes_on


def replace_content(session: Session, listing: Listing, content: Content, now: datetime) -> None:
    """Make the content the one that stands; of a published listing, that says that it is true now."""
    fill(listing, content)
    if listing.state == State.PUBLISHED:
        listing.confirmed_at = now
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


def _check_nobody_waits(session: Session, listing_id: int) -> None:
    """Refuse an end of which somebody in an introduction was not told: here, so that no way leads past it.

    Source: issue "post, moderate, introduce", Reply promise; of 70,000 askers 88% never answered one respondent
    (background, What failed before).
    """
    about = (Introduction.need_id == listing_id) | (Introduction.innovation_id == listing_id)
    waiting = select(Introduction.id).where(about, Introduction.state.in_(OPEN)).limit(1)
    if session.scalar(waiting) is not None:
        raise StateError(SOMEBODY_WAITS)


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
            reason_code=act.code,
            due_on=act.due_on,
        )
    )


def _tell_author(session: Session, listing: Listing, revision: Revision, act: Act) -> None:
    """Tell who wrote a revision that it went with its listing, unless they took that away themselves."""
    if revision.by_id != act.by.id:
        note = Note(
            subject=f"Your change of “{listing.title}” is withdrawn",
            body=REVISION_GONE.format(title=listing.title),
            path=f"/my/listings/{listing.id}",
        )
        write_to(session, session.get_one(Account, revision.by_id), note, act.at)


def _bump(session: Session, listing: Listing, now: datetime, *, findable: bool) -> None:
    listing.index_revision += 1
    if findable:
        enqueue(session, listing.id, now)
    session.flush()
