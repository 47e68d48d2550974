"""The outbox: notes that a listing must be looked at again, with lease, back-off and parking; knows no index."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from exchange.models import OutboxRow

FIRST_DELAY = timedelta(seconds=5)
LONGEST_DELAY = timedelta(minutes=10)
MOST_ATTEMPTS = 8
LONGEST_ERROR = 1000


class Pending(NamedTuple):
    """How many rows wait (leased ones too) and how many are parked until somebody looks."""

    waiting: int
    parked: int


def enqueue(session: Session, listing_id: int, now: datetime) -> None:
    """Note that the listing must be looked at again.

    Always a new row: the row that stands may be in a worker's hands, who has read the older truth already.
    """
    session.add(OutboxRow(listing_id=listing_id, created_at=now, due_at=now))


def claim(session: Session, limit: int, now: datetime, lease: timedelta) -> list[OutboxRow]:
    """Take up to `limit` due rows, oldest first, and keep them from others until `now + lease`.

    Commit before the work begins: the lease, not a row lock, keeps other workers away.
    """
    due = (
        select(OutboxRow)
        .where(OutboxRow.parked.is_(False), OutboxRow.due_at <= now)
        .order_by(OutboxRow.due_at, OutboxRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)  # PostgreSQL; SQLite has one writer anyway
    )
    rows = list(session.scalars(due))
    for row in rows:
        row.due_at = now + lease
        row.attempts += 1
    session.flush()
    return rows


def done(session: Session, row_ids: Collection[int]) -> None:
    """Delete exactly these rows; a newer row of the same listing stays."""
    session.execute(delete(OutboxRow).where(OutboxRow.id.in_(row_ids)))


def failed(session: Session, row_ids: Collection[int], error: str, now: datetime) -> None:
    """Put the rows off, twice as long each time from 5 seconds to 10 minutes; park them after 8 attempts."""
    for row in session.scalars(select(OutboxRow).where(OutboxRow.id.in_(row_ids))):
        delay = FIRST_DELAY * 2 ** max(min(row.attempts, MOST_ATTEMPTS) - 1, 0)
        row.due_at = now + min(delay, LONGEST_DELAY)
        row.last_error = error.replace("\x00", "")[:LONGEST_ERROR]
        row.parked = row.attempts >= MOST_ATTEMPTS
    session.flush()


def row_ids(session: Session) -> list[int]:
    """Give every row, also leased and parked ones: what looking again at every listing makes true."""
    return list(session.scalars(select(OutboxRow.id)))


def pending(session: Session) -> Pending:
    """Count what waits and what is parked."""
    counted = session.execute(select(OutboxRow.parked, func.count()).group_by(OutboxRow.parked)).all()
    counts = {bool(parked): number for parked, number in counted}
    return Pending(waiting=counts.get(False, 0), parked=counts.get(True, 0))


def retry_parked(session: Session, now: datetime) -> int:
    """Make every parked row due again with its attempts forgotten; give their number."""
    fresh = {"parked": False, "attempts": 0, "due_at": now}
    rows = session.execute(update(OutboxRow).where(OutboxRow.parked.is_(True)).values(fresh).returning(OutboxRow.id))
    return len(rows.all())
