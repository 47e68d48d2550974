"""The record of decisions on listings, revisions and comments: who made each, when and why; changes nothing."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from exchange.database import LARGEST_KEY
from exchange.discussing.comment_states import CommentState
from exchange.discussing.hiding import is_own_comment
from exchange.models import Account, Decision, Listing, State
from exchange.models_discussion import Comment
from exchange.moderating.moderators import is_own
from exchange.moderating.reason_codes import label_of
from exchange.people.sign_ins import Person

PAGE = 25
SOMEBODY = "Somebody else"
"""Who decided on what is the reader's own: as its author they do not learn a moderator's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One decision as a moderator reads it; `code` is the reason's label."""

    listing_id: int
    title: str
    revision_id: int | None
    comment_id: int | None
    who: str
    at: datetime
    old_state: State | CommentState
    new_state: State | CommentState
    reason: str | None
    code: str | None
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Record:
    """One page of the record, the newest first, and how many decisions there are in all."""

    made: tuple[Recorded, ...]
    total: int
    number: int

    @property
    def last(self) -> int:
        """Give the number of the last page."""
        return max(1, -(-self.total // PAGE))


def record(session: Session, words: str, person: Person, number: int = 1) -> Record:
    """Give one page of the record: of the listing of that number, of those with these words in the title, or of all."""
    found = _about(words)
    counted = select(func.count()).select_from(Decision).join(Listing, Listing.id == Decision.listing_id).where(found)
    total = session.scalar(counted) or 0
    return Record(tuple(_read(session, found, person, PAGE, (number - 1) * PAGE)), total, number)


def of_listing(session: Session, listing_id: int, person: Person) -> tuple[Recorded, ...]:
    """Give every decision on a listing and on its revisions, the newest first; none on a comment."""
    return tuple(_read(session, (Decision.listing_id == listing_id) & Decision.comment_id.is_(None), person))


def of_comment(session: Session, comment_id: int, person: Person) -> tuple[Recorded, ...]:
    """Give every decision on a comment, the newest first."""
    return tuple(_read(session, Decision.comment_id == comment_id, person))


def _about(words: str) -> ColumnElement[bool]:
    if words.isascii() and words.isdecimal() and 0 < int(words[:11]) <= LARGEST_KEY:
        return Listing.id == int(words)
    return Listing.title.icontains(words, autoescape=True) if words else true()


def _read(
    session: Session, found: ColumnElement[bool], person: Person, limit: int | None = None, offset: int = 0
) -> list[Recorded]:
    made = select(Decision, Listing, Comment, Account.name).join(Listing, Listing.id == Decision.listing_id)
    made = made.outerjoin(Comment, Comment.id == Decision.comment_id)
    newest_first = (Decision.at.desc(), Decision.id.desc())
    query = made.join(Account, Account.id == Decision.by_id).where(found).order_by(*newest_first)
    return [
        Recorded(
            listing_id=listing.id,
            title=listing.title,
            revision_id=made.revision_id,
            comment_id=made.comment_id,
            who=SOMEBODY if _is_hidden(made, listing, comment, person) else name,
            at=made.at,
            old_state=_state(made, made.old_state),
            new_state=_state(made, made.new_state),
            reason=made.reason,
            code=label_of(made.reason_code),
            due_on=made.due_on,
        )
        for made, listing, comment, name in session.execute(query.limit(limit).offset(offset))
    ]


def _state(made: Decision, state: str) -> State | CommentState:
    return State(state) if made.comment_id is None else CommentState(state)


def _is_hidden(made: Decision, listing: Listing, comment: Comment | None, person: Person) -> bool:
    """Say whether the reader is not to learn who decided: it is on what is their own."""
    if made.by_id == person.id:
        return False
    own = comment is not None and is_own_comment(person.id, person.organisation_id, comment)
    return own or is_own(person.id, person.organisation_id, listing)
