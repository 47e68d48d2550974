"""What moderators do with comments: hide, restore, warn the author; each is kept on record and told; knows no page."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from textwrap import indent

from sqlalchemy.orm import Session

from exchange.discussing.comment_letters import path_of, tell_author
from exchange.discussing.comment_states import CommentState
from exchange.discussing.comments import get_comment
from exchange.discussing.speaking import settle
from exchange.errors import ForbiddenError, InputError, StateError
from exchange.letters import Note, drop_quotes, one_line
from exchange.listing.changes import locked_listing
from exchange.models import Account, Decision, Listing
from exchange.models_discussion import Comment
from exchange.moderating.moderators import check_decider
from exchange.moderating.reason_codes import short_enough
from exchange.people import account_events
from exchange.working_days import london_date

LONGEST_REASON = 2_000

OWN_COMMENT = "This is your own comment, or your organisation's. Another moderator decides on it."
SAY_WHY = "Write the reason that the author reads."
TAKEN_BACK = "Its author has taken this comment back, so there is nothing left to decide."
IS_HIDDEN = "This comment is hidden already. Nothing more was sent."
IS_SHOWN = "This comment is shown already. Nothing more was sent."
WARNED = "warned about a comment"


class Measure(StrEnum):
    """What a moderator can do with a comment."""

    HIDE = "hide"
    WARN = "warn"
    RESTORE = "restore"


OF_STATE = {
    CommentState.SHOWN: (Measure.HIDE, Measure.WARN),
    CommentState.HIDDEN: (Measure.RESTORE, Measure.WARN),
    CommentState.TAKEN_BACK: (),
}
_TOLD = {
    Measure.HIDE: (
        "A comment of yours is hidden",
        "A moderator has hidden what you wrote about “{title}” on {day}, so that nobody reads it any more. The reason:",
        "You can write it again without what the reason names.",
    ),
    Measure.WARN: (
        "A moderator asks you to mind what you write",
        "A moderator has read what you wrote about “{title}” on {day}, and warns you. The reason:",
        "Please keep to it from now on. The warning is kept with your account.",
    ),
    Measure.RESTORE: (
        "A comment of yours is shown again",
        "A moderator has restored what you wrote about “{title}” on {day}. Everybody can read it again.",
        None,
    ),
}


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a moderator decides on a comment, and why; only to restore one needs no words."""

    measure: Measure
    reason: str | None = None


def rule(session: Session, comment_id: int, ruling: Ruling, by: Account, now: datetime) -> Comment:
    """Hide a comment, restore it or warn its author; keep it on record and tell the author, not by whom.

    What waits to be mailed of a hidden comment is thrown away; a hidden answer leaves its question open again.

    Raises:
        NotFoundError; ForbiddenError where `by` is no moderator, or the comment or the listing is their own or their
        organisation's; StateError where it is so already, or was taken back; InputError for a missing or long reason.
    """
    listing = locked_listing(session, get_comment(session, comment_id).listing_id)
    comment = session.get_one(Comment, comment_id, populate_existing=True)
    check_comment_decider(session, by, listing, comment)
    _check_state(CommentState(comment.state), ruling.measure)
    reason = short_enough(ruling.reason, LONGEST_REASON, "reason")
    if reason is None and ruling.measure is not Measure.RESTORE:
        raise InputError(SAY_WHY, field="reason")
    old = comment.state
    if ruling.measure is not Measure.WARN:
        comment.state = CommentState.HIDDEN if ruling.measure is Measure.HIDE else CommentState.SHOWN
        comment.reason = reason if ruling.measure is Measure.HIDE else None
    comment.decided_at, comment.decided_by_id = now, by.id
    session.flush()
    _record(session, comment, (old, reason), by)
    _follow(session, comment, ruling.measure)
    tell_author(session, comment, _letter(listing, comment, ruling.measure, reason))
    return comment


def check_comment_decider(session: Session, by: Account, listing: Listing, comment: Comment) -> None:
    """Refuse whoever is no moderator, or would decide on a comment or below a listing that is their own.

    Raises:
        ForbiddenError.
    """
    check_decider(session, by, listing)
    if is_own_comment(by.id, by.organisation_id, comment):
        raise ForbiddenError(OWN_COMMENT)


def is_own_comment(account_id: int, organisation_id: int | None, comment: Comment) -> bool:
    """Say whether a comment is a person's, or was made for their organisation."""
    return comment.by_id == account_id or (organisation_id is not None and comment.organisation_id == organisation_id)


def _check_state(state: CommentState, measure: Measure) -> None:
    if measure in OF_STATE[state]:
        return
    if state is CommentState.TAKEN_BACK:
        raise StateError(TAKEN_BACK)
    raise StateError(IS_HIDDEN if state is CommentState.HIDDEN else IS_SHOWN)


def _record(session: Session, comment: Comment, was: tuple[str, str | None], by: Account) -> None:
    old, reason = was
    session.add(
        Decision(
            listing_id=comment.listing_id,
            comment_id=comment.id,
            by_id=by.id,
            at=comment.decided_at,
            old_state=old,
            new_state=comment.state,
            reason=reason,
        )
    )
    session.flush()


def _follow(session: Session, comment: Comment, measure: Measure) -> None:
    """Do what follows from a decision elsewhere: mail that quotes it, the question that it answered, the account."""
    if measure is Measure.WARN and comment.decided_at is not None and comment.decided_by_id is not None:
        by_id, detail = comment.decided_by_id, f"comment {comment.id}"
        account_events.record(session, comment.by_id, by_id, WARNED, comment.decided_at, detail=detail)
        return
    settle(session, comment)
    if measure is Measure.HIDE:
        drop_quotes(session, comment.id)


def _letter(listing: Listing, comment: Comment, measure: Measure, reason: str | None) -> Note:
    subject, opening, then = _TOLD[measure]
    day = london_date(comment.at)
    sentence = opening.format(title=one_line(listing.title), day=f"{day.day} {day:%B %Y}")
    parts = [sentence, indent(reason, "  ") if reason else None, then]
    path = path_of(comment) if comment.state == CommentState.SHOWN else None
    return Note(subject=subject, body="\n\n".join(part for part in parts if part), path=path)
