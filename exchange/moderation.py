"""Moderation: the decisions on submitted listings, revisions and appeals; knows no queue page and no index."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.changes import Act, locked_listing, locked_revision, move, move_revision, replace_content
from exchange.content import check_content
from exchange.database import take_turn
from exchange.errors import InputError, StateError
from exchange.models import Account, Decision, Listing, Revision, State
from exchange.states import Step, next_state


@dataclass(frozen=True, slots=True)
class Ruling:
    """What becomes of an appeal: upheld means published; a dismissal needs a reason."""

    upheld: bool
    reason: str | None = None


def approve(session: Session, listing_id: int, by: Account, note: str | None, now: datetime) -> Listing:
    """Publish a submitted listing.

    Raises:
        NotFoundError, StateError.
    """
    take_turn(session, shared=True)
    return _decide(session, listing_id, Step.APPROVE, Act(by, now, note))


def ask_changes(session: Session, listing_id: int, by: Account, reason: str, now: datetime) -> Listing:
    """Send a submitted listing back with what to change.

    Raises:
        NotFoundError, StateError, InputError for a blank reason.
    """
    return _decide(session, listing_id, Step.ASK_CHANGES, Act(by, now, reason))


def refuse(session: Session, listing_id: int, by: Account, reason: str, now: datetime) -> Listing:
    """Refuse a submitted listing; its owner may appeal once.

    Raises:
        NotFoundError, StateError, InputError for a blank reason.
    """
    return _decide(session, listing_id, Step.REFUSE, Act(by, now, reason))


def approve_revision(session: Session, revision_id: int, by: Account, note: str | None, now: datetime) -> Listing:
    """Make a revision's text the live one.

    Raises:
        NotFoundError, StateError, InputError where the text breaks a rule that is newer than it.
    """
    listing, revision = locked_revision(session, revision_id)
    move_revision(session, revision, Step.APPROVE, Act(by, now, note))
    content = revision.content
    check_content(content, listing.side)
    replace_content(session, listing, content, now)
    return listing


def ask_revision_changes(session: Session, revision_id: int, by: Account, reason: str, now: datetime) -> Revision:
    """Send a revision back with what to change; the live text stands.

    Raises:
        NotFoundError, StateError, InputError for a blank reason.
    """
    return _decide_revision(session, revision_id, Step.ASK_CHANGES, Act(by, now, reason))


def refuse_revision(session: Session, revision_id: int, by: Account, reason: str, now: datetime) -> Revision:
    """Refuse a revision; the live text stands.

    Raises:
        NotFoundError, StateError, InputError for a blank reason.
    """
    return _decide_revision(session, revision_id, Step.REFUSE, Act(by, now, reason))


def appeal(session: Session, listing_id: int, by: Account, reason: str, now: datetime) -> Listing:
    """Ask for a second look at a refusal, once a listing.

    Raises:
        NotFoundError, StateError (also for a second appeal), InputError for a blank reason.
    """
    listing = locked_listing(session, listing_id)
    next_state(State(listing.state), Step.APPEAL)
    if _last(session, listing_id, State.APPEALED) is not None:
        raise StateError("This listing's appeal has been decided; post a new listing instead.")
    move(session, listing, Step.APPEAL, Act(by, now, reason))
    return listing


def decide_appeal(session: Session, listing_id: int, by: Account, ruling: Ruling, now: datetime) -> Listing:
    """Publish an appealed listing or refuse it for good.

    Raises:
        NotFoundError, StateError; InputError where `by` refused it first, or a dismissal has no reason.
    """
    take_turn(session, shared=True)
    listing = locked_listing(session, listing_id)
    step = Step.UPHOLD_APPEAL if ruling.upheld else Step.DISMISS_APPEAL
    next_state(State(listing.state), step)
    refusal = _last(session, listing_id, State.REFUSED)
    if refusal is not None and refusal.by_id == by.id:
        raise InputError("You refused this listing; ask another moderator to decide its appeal.")
    move(session, listing, step, Act(by, now, ruling.reason))
    return listing


def _decide(session: Session, listing_id: int, step: Step, act: Act) -> Listing:
    listing = locked_listing(session, listing_id)
    move(session, listing, step, act)
    return listing


def _decide_revision(session: Session, revision_id: int, step: Step, act: Act) -> Revision:
    _, revision = locked_revision(session, revision_id)
    move_revision(session, revision, step, act)
    session.flush()
    return revision


def _last(session: Session, listing_id: int, new_state: State) -> Decision | None:
    made = select(Decision).where(
        Decision.listing_id == listing_id, Decision.revision_id.is_(None), Decision.new_state == new_state
    )
    return session.scalar(made.order_by(Decision.id.desc()).limit(1))
