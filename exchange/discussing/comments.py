"""Reading the discussion of a listing: what is shown, in which order, and how much was answered; writes nothing.

Comments are not in the search index: a search finds listings by what their owners state, not by what is said of them.
What is hidden or taken back is read here by nobody; moderators have `hiding`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from exchange.database import LARGEST_KEY
from exchange.discussing.comment_states import ASKED, CommentKind, CommentState
from exchange.errors import NotFoundError
from exchange.listing.listings import visible_listing
from exchange.models import Account, Listing, Organisation
from exchange.models_discussion import Comment

PAGE = 20
"""Threads on a page (issue "alerts, discussion and administration", Discussion)."""
CHUNK = 1000
"""Numbers in one query: both databases limit a statement's parameters."""
NOT_THERE = "There is no such comment here: check the address. It may have been taken back, or hidden by a moderator."


@dataclass(frozen=True, slots=True)
class Asked:
    """How many questions and challenges are shown, and how many of them the owner has answered."""

    asked: int = 0
    answered: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One comment as everybody reads it; of one that is gone, only its number, its replies and why."""

    id: int
    kind: CommentKind
    state: CommentState
    at: datetime
    about: str | None = None
    text: str | None = None
    by_id: int | None = None
    name: str | None = None
    organisation: str | None = None
    organisation_id: int | None = None
    by_owner: bool = False
    answered: bool = False
    replies: tuple["Said", ...] = ()


@dataclass(frozen=True, slots=True)
class Discussion:
    """One page of the threads of a listing, the newest first, each with its replies, the oldest first."""

    threads: tuple[Said, ...]
    total: int
    number: int
    asked: Asked

    @property
    def last(self) -> int:
        """Give the number of the last page."""
        return max(1, -(-self.total // PAGE))


def shown(session: Session, listing_id: int, number: int = 1) -> Discussion:
    """Give a page (from 1) of what everybody reads below a listing; past the end there is nothing on it.

    A thread whose beginning is gone stays while a reply of it is shown. That the listing itself may be seen is the
    caller's to check (`visible_listing`).
    """
    here = Comment.listing_id == listing_id, *_threads()
    total = session.scalar(select(func.count()).select_from(Comment).where(*here)) or 0
    newest_first = select(Comment.id).where(*here).order_by(Comment.id.desc())
    ids = session.scalars(newest_first.offset((number - 1) * PAGE).limit(PAGE)).all()
    threads = tuple(_threads_of(session, ids))
    return Discussion(threads, total, number, counts(session, [listing_id])[listing_id])


def thread_of(session: Session, comment: Comment) -> Said:
    """Give the thread that a comment is in, as everybody reads it.

    Raises:
        NotFoundError: nothing of it is shown.
    """
    root = comment.parent_id or comment.id
    found = session.scalar(select(Comment.id).where(Comment.id == root, *_threads()))
    if found is None:
        raise NotFoundError(NOT_THERE)
    return _threads_of(session, [root])[0]


def counts(session: Session, listing_ids: Collection[int]) -> dict[int, Asked]:
    """Count what was asked of each listing and answered by its owner; a listing of which nothing was asked is there.

    Only what is shown counts. Whether a listing itself may be seen is the caller's to check.
    """
    found = dict.fromkeys(listing_ids, Asked())
    answered = func.sum(case((Comment.closed_at.is_not(None), 1), else_=0))
    numbers = sorted(found)
    for start in range(0, len(numbers), CHUNK):
        asked = select(Comment.listing_id, func.count().label("asked"), answered.label("answered")).where(
            Comment.listing_id.in_(numbers[start : start + CHUNK]),
            Comment.parent_id.is_(None),
            Comment.kind.in_(ASKED),
            Comment.state == CommentState.SHOWN,
        )
        for row in session.execute(asked.group_by(Comment.listing_id)):
            found[row.listing_id] = Asked(row.asked, row.answered)
    return found


def page_of(session: Session, comment: Comment) -> int:
    """Give the number of the page on which a comment's thread stands."""
    newer = select(func.count()).select_from(Comment).where(Comment.listing_id == comment.listing_id, *_threads())
    return (session.scalar(newer.where(Comment.id > (comment.parent_id or comment.id))) or 0) // PAGE + 1


def get_comment(session: Session, comment_id: int) -> Comment:
    """Read a comment in any state: for its author and for moderators.

    Raises:
        NotFoundError: there is none.
    """
    found = session.get(Comment, comment_id) if 0 < comment_id <= LARGEST_KEY else None
    if found is None:
        raise NotFoundError(NOT_THERE)
    return found


def shown_comment(session: Session, listing_id: int, comment_id: int) -> tuple[Listing, Comment]:
    """Read a comment that everybody sees, with its listing.

    Raises:
        NotFoundError: it is not of this listing, it or the listing may not be seen, or there is none.
    """
    listing = visible_listing(session, listing_id)
    comment = get_comment(session, comment_id)
    if comment.listing_id != listing_id or comment.state != CommentState.SHOWN:
        raise NotFoundError(NOT_THERE)
    return listing, comment


def said_of(session: Session, comment: Comment) -> Said:
    """Give one comment without replies, with its text in whatever state: who may read it, the caller has checked."""
    spoken_for = session.get_one(Organisation, comment.organisation_id) if comment.organisation_id else None
    listing, name = session.get_one(Listing, comment.listing_id), session.get_one(Account, comment.by_id).name
    return _whole(comment, name, spoken_for.name if spoken_for else None, listing)


def owns(account_id: int, organisation_id: int | None, listing: Listing) -> bool:
    """Say whether somebody answers for a listing: as of its organisation, or as its author where it has none."""
    if listing.organisation_id is None:
        return listing.by_id == account_id
    return listing.organisation_id == organisation_id


def _threads() -> tuple[ColumnElement[bool], ...]:
    """Name what begins a thread of which anything is shown."""
    reply = aliased(Comment)
    replied = select(reply.id).where(reply.parent_id == Comment.id, reply.state == CommentState.SHOWN).exists()
    return Comment.parent_id.is_(None), or_(Comment.state == CommentState.SHOWN, replied)


def _threads_of(session: Session, ids: Sequence[int]) -> list[Said]:
    """Read threads in the order of their numbers, each with the replies that are shown."""
    replied = Comment.parent_id.in_(ids) & (Comment.state == CommentState.SHOWN)
    rows = (
        select(Comment, Account.name, Organisation.name, Listing)
        .join(Account, Account.id == Comment.by_id)
        .join(Listing, Listing.id == Comment.listing_id)
        .outerjoin(Organisation, Organisation.id == Comment.organisation_id)
        .where(or_(Comment.id.in_(ids), replied))
        .order_by(Comment.id)
    )
    begun: dict[int, Said] = {}
    replies: dict[int, list[Said]] = {number: [] for number in ids}
    for comment, name, organisation, listing in session.execute(rows):
        said = _said(comment, name, organisation, listing)
        if comment.parent_id is None:
            begun[comment.id] = said
        else:
            replies[comment.parent_id].append(said)
    return [replace(begun[number], replies=tuple(replies[number])) for number in ids]


def _said(comment: Comment, name: str, organisation: str | None, listing: Listing) -> Said:
    if comment.state == CommentState.SHOWN:
        return _whole(comment, name, organisation, listing)
    return Said(id=comment.id, kind=CommentKind(comment.kind), state=CommentState(comment.state), at=comment.at)


def _whole(comment: Comment, name: str, organisation: str | None, listing: Listing) -> Said:
    return Said(
        id=comment.id,
        kind=CommentKind(comment.kind),
        state=CommentState(comment.state),
        at=comment.at,
        about=comment.about,
        text=comment.text,
        by_id=comment.by_id,
        name=name,
        organisation=organisation,
        organisation_id=comment.organisation_id,
        by_owner=owns(comment.by_id, comment.organisation_id, listing),
        answered=comment.closed_at is not None,
    )
