"""Speaking below a listing: asking, commenting, answering, taking back; knows no moderator and no page."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exchange.discussing import comment_letters
from exchange.discussing.comment_states import (
    ASKED,
    LONGEST,
    OPENINGS,
    About,
    CommentKind,
    CommentState,
    parts_of,
)
from exchange.discussing.comments import NOT_THERE, get_comment, owns, shown_comment
from exchange.errors import ForbiddenError, InputError, NotFoundError, StateError
from exchange.letters import drop_quotes
from exchange.listing.changes import locked_listing
from exchange.listing.listings import visible_listing
from exchange.models import Account, Listing, State
from exchange.models_discussion import Comment
from exchange.moderating.reason_codes import short_enough
from exchange.people import limits
from exchange.people.permissions import Action
from exchange.people.sign_ins import person

AN_HOUR, WINDOW = 20, timedelta(hours=1)
"""Comments of one person: more than anybody writes who reads the answers."""
MOST_REPLIES = 50

CONFIRM_FIRST = "Confirm your email address first; then you can ask and comment here."
NO_LONGER_OPEN = "This listing is closed, so nobody writes here any more. What was written stays."
SAY_SOMETHING = "Write something first."
NO_SUCH_KIND = "Choose whether it is a question, a challenge or a comment."
NO_SUCH_PART = "Choose a part of the listing from the list."
ONLY_ASKED = "A comment is about the listing as a whole. To point at a part of it, choose question or challenge."
YOUR_OWN = "This is your own listing: nobody else could answer you. Write a comment, or answer what others ask."
SAID_ALREADY = "You have written exactly this already: it is here once, and that is enough."
ONE_LEVEL = "A reply has no replies of its own. Reply to what the thread began with."
TOO_MANY_REPLIES = f"This thread has {MOST_REPLIES} replies. Begin a new one, so that others can still follow."
_GAP = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody writes: its kind, the text, and the part of the listing that it points at, as typed."""

    kind: str
    text: str | None
    about: str | None = None


def speak(session: Session, listing_id: int, words: Words, by: Account, now: datetime) -> Comment:
    """Begin a thread below a published listing, and tell those who answer for it.

    Raises:
        NotFoundError: there is no such listing, or it is not public. ForbiddenError: the address is not confirmed.
        StateError: it takes no more comments, is their own and they ask, or they wrote the same last. InputError: a
        field cannot be used. TooManyError: 20 an hour were written.
    """
    listing = _open_listing(session, listing_id, by)
    kind = next((kind for kind in OPENINGS if kind == words.kind), None)
    if kind is None:
        raise InputError(NO_SUCH_KIND, field="kind")
    about = _part(listing, kind, words.about)
    text = _text(words.text)
    owner = owns(by.id, by.organisation_id, listing)
    if owner and kind in ASKED:
        raise StateError(YOUR_OWN)
    made = _made(listing, by, kind, text, now)
    made.about = about
    _keep(session, made, now)
    if not owner:
        comment_letters.tell_owners(session, listing, made, by)
    return made


def reply(session: Session, comment_id: int, text: str | None, by: Account, now: datetime) -> Comment:
    """Reply to what a thread began with; the first reply of the listing's owner to what was asked closes it.

    Who wrote it is told.

    Raises:
        As `speak`; NotFoundError also where the comment is hidden or taken back; StateError where it is a reply
        itself, or has 50 replies already (an owner can always answer).
    """
    listing = _open_listing(session, get_comment(session, comment_id).listing_id, by)
    parent = _fresh(session, comment_id)
    if parent.state != CommentState.SHOWN:
        raise NotFoundError(NOT_THERE)
    if parent.parent_id is not None:
        raise StateError(ONE_LEVEL)
    answers = owns(by.id, by.organisation_id, listing) and parent.kind in ASKED
    if not answers and _replies(session, parent) >= MOST_REPLIES:
        raise StateError(TOO_MANY_REPLIES)
    made = _made(listing, by, CommentKind.ANSWER if answers else CommentKind.REPLY, _text(text), now)
    made.parent_id = parent.id
    _keep(session, made, now)
    settle(session, made)
    comment_letters.tell_asker(session, listing, made, parent)
    return made


def take_back(session: Session, comment_id: int, by: Account, now: datetime) -> Comment:
    """Take back a comment of one's own: its text goes for good, what others replied stays.

    Raises:
        NotFoundError: there is no such comment of theirs that is shown.
    """
    locked_listing(session, get_comment(session, comment_id).listing_id)
    comment = _fresh(session, comment_id)
    if comment.by_id != by.id or comment.state != CommentState.SHOWN:
        raise NotFoundError(NOT_THERE)
    _clear(session, comment, now)
    return comment


def own_comment(session: Session, listing_id: int, comment_id: int, by_id: int) -> tuple[Listing, Comment]:
    """Read a comment of one's own that everybody sees.

    Raises:
        NotFoundError: there is none.
    """
    listing, comment = shown_comment(session, listing_id, comment_id)
    if comment.by_id != by_id:
        raise NotFoundError(NOT_THERE)
    return listing, comment


def forget(session: Session, account_id: int, now: datetime) -> None:
    """Take all that a person said out of every discussion, for the end of their account; replies of others stay."""
    mine = select(Comment).where(Comment.by_id == account_id).order_by(Comment.listing_id, Comment.id)
    said = session.scalars(mine).all()
    for listing_id in sorted({comment.listing_id for comment in said}):
        locked_listing(session, listing_id)
    for comment in said:
        comment.organisation_id = None
        _clear(session, comment, now)


def settle(session: Session, reply: Comment) -> None:
    """Have what a reply belongs to closed by the first answer that is shown, or open where there is none."""
    if reply.kind != CommentKind.ANSWER or reply.parent_id is None:
        return
    session.flush()
    answers = select(func.min(Comment.at)).where(
        Comment.parent_id == reply.parent_id,
        Comment.kind == CommentKind.ANSWER,
        Comment.state == CommentState.SHOWN,
    )
    session.get_one(Comment, reply.parent_id).closed_at = session.scalar(answers)
    session.flush()


def _open_listing(session: Session, listing_id: int, by: Account) -> Listing:
    """Give the listing, nobody else changing its discussion until the transaction ends."""
    locked_listing(session, listing_id)
    listing = visible_listing(session, listing_id)
    if not person(session, by).may(Action.DISCUSS):
        raise ForbiddenError(CONFIRM_FIRST)
    if listing.state != State.PUBLISHED:
        raise StateError(NO_LONGER_OPEN)
    return listing


def _fresh(session: Session, comment_id: int) -> Comment:
    """Read a comment again once its listing is locked: it may have been hidden while we waited."""
    return session.get_one(Comment, comment_id, populate_existing=True)


def _part(listing: Listing, kind: CommentKind, about: str | None) -> About | None:
    if not about:
        return None
    part = next((part for part in parts_of(listing.side) if part == about), None)
    if part is None:
        raise InputError(NO_SUCH_PART, field="about")
    if kind not in ASKED:
        raise InputError(ONLY_ASKED, field="about")
    return part


def _text(text: str | None) -> str:
    """Give a text with no more than one empty line in a row; signs that nobody sees are no text."""
    said = short_enough(text, LONGEST, "text") or ""
    if not any(sign.isprintable() and not sign.isspace() for sign in said):
        raise InputError(SAY_SOMETHING, field="text")
    return _GAP.sub("\n\n", said)


def _made(listing: Listing, by: Account, kind: CommentKind, text: str, now: datetime) -> Comment:
    return Comment(
        listing_id=listing.id,
        by_id=by.id,
        organisation_id=by.organisation_id,
        kind=kind,
        text=text,
        at=now,
        state=CommentState.SHOWN,
    )


def _keep(session: Session, made: Comment, now: datetime) -> None:
    """Keep what was said, unless the same person said the same there last, or too much of late."""
    theirs = select(Comment).where(Comment.listing_id == made.listing_id, Comment.by_id == made.by_id)
    last = session.scalar(theirs.where(Comment.state != CommentState.TAKEN_BACK).order_by(Comment.id.desc()).limit(1))
    if last is not None and (last.parent_id, last.text) == (made.parent_id, made.text):
        raise StateError(SAID_ALREADY)
    limits.count(session, f"comments by {made.by_id}", AN_HOUR, WINDOW, now)
    session.add(made)
    session.flush()


def _replies(session: Session, parent: Comment) -> int:
    shown = Comment.parent_id == parent.id, Comment.state == CommentState.SHOWN
    return session.scalar(select(func.count()).select_from(Comment).where(*shown)) or 0


def _clear(session: Session, comment: Comment, now: datetime) -> None:
    """Take a text out of the discussion and out of the letters that quote it."""
    comment.text, comment.about, comment.reason, comment.state = "", None, None, CommentState.TAKEN_BACK
    comment.decided_at, comment.decided_by_id = now, comment.by_id
    session.flush()
    settle(session, comment)
    drop_quotes(session, comment.id)
