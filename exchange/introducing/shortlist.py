"""The shortlist: listings that a person keeps in mind, with notes that nobody else sees; knows no page."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from exchange.content import clean
from exchange.database import LARGEST_KEY
from exchange.errors import InputError, NotFoundError
from exchange.listing.listings import listings_by_ids, visible_listing
from exchange.models import Account, Listing
from exchange.models_introductions import ShortlistItem

LONGEST_NOTE = 2_000
MOST = 500
"""Listings on one shortlist: more than anybody reads through."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A listing on a shortlist; `listing` is None where the public may no longer see it, its title included."""

    listing_id: int
    listing: Listing | None
    note: str | None
    since: datetime


def add(session: Session, listing_id: int, note: str | None, by: Account, now: datetime) -> None:
    """Put a listing onto the shortlist; of one that is there already, the note is replaced where a new one is given.

    Raises:
        NotFoundError: there is no such listing that the public may see.
        InputError: the note is longer than 2,000 characters, or the list is full.
    """
    visible_listing(session, listing_id)
    # Two at once make one item, and neither fails; who refers to the account's key does not wait for this.
    session.get_one(Account, by.id, with_for_update={"key_share": True})
    text = _checked(note)
    item = session.get(ShortlistItem, (by.id, listing_id), populate_existing=True)
    if item is not None:
        item.note, item.changed_at = text or item.note, now
        return
    if len(session.scalars(select(ShortlistItem.listing_id).where(ShortlistItem.account_id == by.id)).all()) >= MOST:
        raise InputError(f"Your shortlist has {MOST} listings; take one off before you add another.", field="note")
    session.add(ShortlistItem(account_id=by.id, listing_id=listing_id, note=text, created_at=now, changed_at=now))
    session.flush()


def write_note(session: Session, listing_id: int, note: str | None, by: Account, now: datetime) -> None:
    """Replace the note of a listing on the shortlist; an empty one takes it away.

    Raises:
        NotFoundError: it is not on this person's shortlist.
        InputError: the note is longer than 2,000 characters.
    """
    item = _item(session, listing_id, by.id)
    item.note, item.changed_at = _checked(note), now


def remove(session: Session, listing_id: int, by: Account) -> None:
    """Take a listing off the shortlist; one that is not on it is no fault."""
    if 0 < listing_id <= LARGEST_KEY:
        those = ShortlistItem.account_id == by.id, ShortlistItem.listing_id == listing_id
        session.execute(delete(ShortlistItem).where(*those))


def kept(session: Session, account_id: int) -> list[Kept]:
    """Give a person's shortlist, the latest first."""
    asked = select(ShortlistItem).where(ShortlistItem.account_id == account_id)
    items = session.scalars(asked.order_by(ShortlistItem.created_at.desc(), ShortlistItem.listing_id)).all()
    seen = listings_by_ids(session, [item.listing_id for item in items])
    return [Kept(item.listing_id, seen.get(item.listing_id), item.note, item.created_at) for item in items]


def note_of(session: Session, listing_id: int, account_id: int) -> tuple[bool, str | None]:
    """Say whether a listing is on a person's shortlist, and with which note."""
    item = session.get(ShortlistItem, (account_id, listing_id))
    return (item is not None, item.note if item else None)


def _item(session: Session, listing_id: int, account_id: int) -> ShortlistItem:
    known = 0 < listing_id <= LARGEST_KEY
    item = session.get(ShortlistItem, (account_id, listing_id)) if known else None
    if item is None:
        raise NotFoundError(f"Listing {listing_id} is not on your shortlist; open it and add it again.")
    return item


def _checked(note: str | None) -> str | None:
    text = clean(note or "").replace("\r\n", "\n")
    if len(text) > LONGEST_NOTE:
        message = f"The note has {len(text):,} characters; cut it to {LONGEST_NOTE:,} or fewer."
        raise InputError(message, field="note")
    return text or None
