"""Moderation: the decisions on submitted, appealed and live listings and on revisions; knows no queue and no index."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from exchange.content import Content, check_content, edition
from exchange.database import take_turn
from exchange.errors import ConflictError, InputError, NotFoundError, StateError
from exchange.listing import listings
from exchange.listing.changes import (
    Act,
    check_reason,
    locked_listing,
    locked_revision,
    move,
    move_revision,
    replace_content,
)
from exchange.listing.states import REVISION_STEPS, Step, next_state
from exchange.models import Account, Decision, Listing, Revision, State
from exchange.moderating.decision_letters import Told, tell
from exchange.moderating.moderators import check_decider, last_decision, refused_by
from exchange.moderating.reason_codes import ReasonCode, Refusal, short_enough
from exchange.working_days import add_working_days, london_date

CHANGES_WITHIN = 20
"""Working days that an author has for changes unless the moderator says another day."""
LONGEST_REASON, LONGEST_NOTE = 5_000, 2_000

CHANGED = "The text changed while you read it; read it again."
ASKED_ALREADY = "The author has been asked for exactly this already; say what else is to change."
REFUSED_BY_YOU = "You refused this listing; ask another moderator to decide its appeal."

PUBLISHES = frozenset({Step.APPROVE, Step.UPHOLD_APPEAL})
APPEALS = frozenset({Step.UPHOLD_APPEAL, Step.DISMISS_APPEAL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a moderator decides: the step, what the author reads, and by when changes are hoped for.

    `seen` is the edition of the content that the moderator read; None where nobody read it on a page.
    """

    step: Step
    text: str | None = None
    code: ReasonCode | None = None
    due_on: date | None = None
    seen: str | None = None


@dataclass(frozen=True, slots=True)
class Ruling:
    """What becomes of an appeal: upheld means published; a dismissal needs a reason."""

    upheld: bool
    reason: str | None = None
    seen: str | None = None


def decide(session: Session, listing_id: int, verdict: Verdict, by: Account, now: datetime) -> Listing:
    """Decide on a submitted or appealed listing, or withdraw a live one, and write to those whose it is.

    Raises:
        NotFoundError; ForbiddenError where `by` is no moderator or it is their own; StateError where it is decided
        already; ConflictError where the text is not what they saw; InputError for a missing or long text or a bad day.
    """
    if verdict.step in PUBLISHES:
        take_turn(session, shared=True)
    listing = locked_listing(session, listing_id)
    check_decider(session, by, listing)
    next_state(State(listing.state), verdict.step)
    if verdict.step in APPEALS:
        _check_another(session, listing, by)
    _check_seen(verdict, listing.content)
    act = _act(verdict, by, now)
    if verdict.step is Step.WITHDRAW:
        listings.withdraw(session, listing_id, by, act.reason or "", now)
        _keep_code(session, listing, act)
    else:
        move(session, listing, verdict.step, act)
    tell(session, listing, Told(verdict.step, act))
    return listing


def ask_live_changes(session: Session, listing_id: int, verdict: Verdict, by: Account, now: datetime) -> Listing:
    """Ask the owners of a published listing to change it while it stays public, as after a report.

    It is kept as a decision that leaves the state as it was.

    Raises:
        As `decide`.
    """
    listing = locked_listing(session, listing_id)
    check_decider(session, by, listing)
    if listing.state != State.PUBLISHED:
        raise StateError(f'This listing is "{listing.state.replace("_", " ")}" now, so it is not changed while public.')
    _check_seen(verdict, listing.content)
    act = _act(replace(verdict, step=Step.ASK_CHANGES), by, now)
    last = last_decision(session, listing_id, State.PUBLISHED)
    if last is not None and last.old_state == State.PUBLISHED and last.reason == act.why:
        raise InputError(ASKED_ALREADY, field="reason")
    session.add(
        Decision(
            listing_id=listing.id,
            by_id=by.id,
            at=now,
            old_state=listing.state,
            new_state=listing.state,
            reason=act.why,
            due_on=act.due_on,
        )
    )
    session.flush()
    tell(session, listing, Told(Step.ASK_CHANGES, act, live=True))
    return listing


def decide_revision(session: Session, revision_id: int, verdict: Verdict, by: Account, now: datetime) -> Listing:
    """Decide on a revision and write to those whose listing it is; approved, its text is the live one.

    Raises:
        As `decide`; InputError also where the text breaks a rule that is newer than it.
    """
    listing, revision = locked_revision(session, revision_id)
    check_decider(session, by, listing, revision)
    next_state(State(revision.state), verdict.step, REVISION_STEPS)
    content = revision.content
    _check_seen(verdict, content)
    act = _act(verdict, by, now)
    move_revision(session, revision, verdict.step, act)
    if verdict.step is Step.APPROVE:
        check_content(content, listing.side)
        replace_content(session, listing, content, now)
    session.flush()
    tell(session, listing, Told(verdict.step, act, revision=revision))
    return listing


def approve(session: Session, listing_id: int, by: Account, note: str | None, now: datetime) -> Listing:
    """Publish a submitted listing.

    Raises:
        As `decide`.
    """
    return decide(session, listing_id, Verdict(step=Step.APPROVE, text=note), by, now)


def ask_changes(session: Session, listing_id: int, by: Account, reason: str, now: datetime) -> Listing:
    """Send a submitted listing back with what to change.

    Raises:
        As `decide`.
    """
    return decide(session, listing_id, Verdict(step=Step.ASK_CHANGES, text=reason), by, now)


def refuse(session: Session, listing_id: int, by: Account, reason: str | Refusal, now: datetime) -> Listing:
    """Refuse a submitted listing; its owner may appeal once.

    Raises:
        As `decide`.
    """
    return decide(session, listing_id, _refusal(reason, Step.REFUSE), by, now)


def withdraw(session: Session, listing_id: int, by: Account, reason: Refusal, now: datetime) -> Listing:
    """Take a published or closed listing away from the public, against its owners' will.

    Raises:
        As `decide`.
    """
    return decide(session, listing_id, _refusal(reason, Step.WITHDRAW), by, now)


def approve_revision(session: Session, revision_id: int, by: Account, note: str | None, now: datetime) -> Listing:
    """Make a revision's text the live one.

    Raises:
        As `decide_revision`.
    """
    return decide_revision(session, revision_id, Verdict(step=Step.APPROVE, text=note), by, now)


def ask_revision_changes(session: Session, revision_id: int, by: Account, reason: str, now: datetime) -> Revision:
    """Send a revision back with what to change; the live text stands.

    Raises:
        As `decide_revision`.
    """
    decide_revision(session, revision_id, Verdict(step=Step.ASK_CHANGES, text=reason), by, now)
    return session.get_one(Revision, revision_id)


def refuse_revision(session: Session, revision_id: int, by: Account, reason: str | Refusal, now: datetime) -> Revision:
    """Refuse a revision; the live text stands.

    Raises:
        As `decide_revision`.
    """
    decide_revision(session, revision_id, _refusal(reason, Step.REFUSE), by, now)
    return session.get_one(Revision, revision_id)


def appeal(session: Session, listing_id: int, by: Account, reason: str, now: datetime) -> Listing:
    """Ask for a second look at a refusal, once a listing.

    Raises:
        NotFoundError (also where it is somebody else's), StateError (also for a second appeal), InputError for a
        blank or long reason.
    """
    listing = locked_listing(session, listing_id)
    if not _is_theirs(listing, by):
        raise NotFoundError(f"There is no listing {listing_id}; check the number.")
    next_state(State(listing.state), Step.APPEAL)
    if last_decision(session, listing_id, State.APPEALED) is not None:
        raise StateError("This listing's appeal has been decided; post a new listing instead.")
    move(session, listing, Step.APPEAL, Act(by, now, short_enough(reason, LONGEST_REASON, "reason")))
    return listing


def decide_appeal(session: Session, listing_id: int, by: Account, ruling: Ruling, now: datetime) -> Listing:
    """Publish an appealed listing or refuse it for good.

    Raises:
        As `decide`; InputError where `by` refused it first.
    """
    step = Step.UPHOLD_APPEAL if ruling.upheld else Step.DISMISS_APPEAL
    return decide(session, listing_id, Verdict(step=step, text=ruling.reason, seen=ruling.seen), by, now)


def default_due(now: datetime) -> date:
    """Give the day by which changes are hoped for where the moderator names none."""
    return add_working_days(london_date(now), CHANGES_WITHIN)


def _is_theirs(listing: Listing, by: Account) -> bool:
    if listing.organisation_id is None:
        return listing.by_id == by.id
    return listing.organisation_id == by.organisation_id or (listing.by_id == by.id and not by.can_sign_in)


def _refusal(reason: str | Refusal, step: Step) -> Verdict:
    if isinstance(reason, str):
        return Verdict(step=step, text=reason)
    return Verdict(step=step, text=reason.words, code=reason.code)


def _act(verdict: Verdict, by: Account, now: datetime) -> Act:
    """Give the step as it is recorded: with a text that is short enough, and a day for what is asked for."""
    longest, field = (LONGEST_NOTE, "note") if verdict.step in PUBLISHES else (LONGEST_REASON, "reason")
    text = verdict.text if verdict.text or not verdict.code else Refusal(verdict.code).words
    due_on = None
    if verdict.step is Step.ASK_CHANGES:
        due_on = verdict.due_on or default_due(now)
        if due_on <= london_date(now):
            raise InputError("The day for the changes must be in the future.", field="due_on")
    act = Act(by, now, short_enough(text, longest, field), verdict.code, due_on)
    check_reason(verdict.step, act)
    return act


def _check_seen(verdict: Verdict, content: Content) -> None:
    if verdict.seen is not None and verdict.seen != edition(content):
        raise ConflictError(CHANGED)


def _check_another(session: Session, listing: Listing, by: Account) -> None:
    if refused_by(session, listing.id) == by.id:
        raise InputError(REFUSED_BY_YOU)


def _keep_code(session: Session, listing: Listing, act: Act) -> None:
    made = last_decision(session, listing.id, State.WITHDRAWN)
    if made is not None:
        made.reason_code = act.code
        session.flush()
