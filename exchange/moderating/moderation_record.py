"""The record of decisions: every change of state of a listing or a revision, who made it and why; changes nothing."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from exchange.database import LARGEST_KEY
from exchange.models import Account, Decision, Listing, State
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
    who: str
    at: datetime
    old_state: State
    new_state: State
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
    """Give every decision on a listing and on its revisions, the newest first."""
    return tuple(_read(session, Decision.listing_id == listing_id, person))


def _about(words: str) -> ColumnElement[bool]:
    if words.isascii() and words.isdecimal() and 0 < int(words[:11]) <= LARGEST_KEY:
        return Listing.id == int(words)
    return Listing.title.icontains(words, autoescape=True) if words else true()


def _read(
    session: Session, found: ColumnElement[bool], person: Person, limit: int | None = None, offset: int = 0
) -> list[Recorded]:
    made = select(Decision, Listing, Account.name).join(Listing, Listing.id == Decision.listing_id)
    newest_first = (Decision.at.desc(), Decision.id.desc())
    query = made.join(Account, Account.id == Decision.by_id).where(found).order_by(*newest_first)
    return [
        Recorded(
            listing_id=listing.id,
            title=listing.title,
            revision_id=made.revision_id,
            who=_who(made, listing, name, person),
            at=made.at,
            old_state=State(made.old_state),
            new_state=State(made.new_state),
            reason=made.reason,
            code=label_of(made.reason_code),
            due_on=made.due_on,
        )
        for made, listing, name in session.execute(query.limit(limit).offset(offset))
    ]


def _who(made: Decision, listing: Listing, name: str, person: Person) -> str:
    hidden = is_own(person.id, person.organisation_id, listing) and made.by_id != person.id
    return SOMEBODY if hidden else name
