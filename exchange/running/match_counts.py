"""How many counterparts each open listing has, as counted last: which are due, what was counted; knows no search."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from exchange.database import LARGEST_KEY
from exchange.models import Listing, State
from exchange.models_running import MatchCount

AGAIN_AFTER = timedelta(days=1)
"""A listing that has not changed is counted again after so long: listings of the other side come and go."""


@dataclass(frozen=True, slots=True)
class Due:
    """A listing to be counted, and its index revision when that was found out."""

    listing_id: int
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What was counted: all matches, and those that are strong."""

    matches: int
    strong: int


def due(session: Session, limit: int, now: datetime) -> list[Due]:
    """Give open listings to be counted: first those never counted, then those changed since, then the oldest counts."""
    changed = MatchCount.revision != Listing.index_revision
    query = (
        select(Listing.id, Listing.index_revision)
        .outerjoin(MatchCount, MatchCount.listing_id == Listing.id)
        .where(
            Listing.state == State.PUBLISHED,
            MatchCount.listing_id.is_(None) | changed | (MatchCount.counted_at <= now - AGAIN_AFTER),
        )
        .order_by(MatchCount.listing_id.is_not(None), ~changed, MatchCount.counted_at, Listing.id)
        .limit(limit)
    )
    return [Due(row.id, row.index_revision) for row in session.execute(query)]


def keep(session: Session, one: Due, counted: Counted, now: datetime) -> bool:
    """Keep what was counted of a listing; say whether it is still open, since nothing is kept of one that is not."""
    query = select(Listing.state).where(Listing.id == one.listing_id).with_for_update()
    state = session.scalar(query) if 0 < one.listing_id <= LARGEST_KEY else None
    if state != State.PUBLISHED:
        return False
    row = session.get(MatchCount, one.listing_id, populate_existing=True)
    if row is None:
        row = MatchCount(listing_id=one.listing_id)
        session.add(row)
    row.revision, row.counted_at = one.revision, now
    row.matches, row.strong = counted.matches, counted.strong
    session.flush()
    return True


def any_hidden(session: Session) -> bool:
    """Say whether a count is left of a listing that is no longer open."""
    return session.scalar(select(MatchCount.listing_id).where(~_STILL_OPEN).limit(1)) is not None


def forget_hidden(session: Session) -> int:
    """Delete the counts of listings that are no longer open; give their number."""
    gone = session.scalars(delete(MatchCount).where(~_STILL_OPEN).returning(MatchCount.listing_id)).all()
    return len(gone)


_STILL_OPEN = exists().where(Listing.id == MatchCount.listing_id, Listing.state == State.PUBLISHED)
