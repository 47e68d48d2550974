"""The outbox: notes that a listing must be looked at again, with lease, back-off and parking; knows no index."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from exchange.content import clean
from exchange.models import OutboxRow

FIRST_DELAY = timedelta(seconds=5)
LONGEST_DELAY = timedelta(minutes=10)
MOST_ATTEMPTS = 8
LONGEST_ERROR = 1000

SUSPECT = 3
"""After so many attempts a row is claimed alone: one that kills its workers must not take its neighbours along."""

MOST_CLAIMS = 20
"""More than `MOST_ATTEMPTS`, because a worker may die of something else than the row."""

NEVER_FINISHED = f"No worker came to an end with it in {MOST_CLAIMS} attempts."


class Pending(NamedTuple):
    """How many rows wait (leased ones too) and how many are parked until somebody looks."""

    waiting: int
    parked: int


class Parked(NamedTuple):
    """A row that was given up: its listing, how often it was tried, and why the last attempt failed."""

    listing_id: int
    attempts: int
    error: str


def enqueue(session: Session, listing_id: int, now: datetime) -> None:
    """Note that the listing must be looked at again.

    Always a new row: the row that stands may be in a worker's hands, who has read the older truth already.
    """
    session.add(OutboxRow(listing_id=listing_id, created_at=now, due_at=now))


def claim(session: Session, limit: int, now: datetime, lease: timedelta) -> list[OutboxRow]:
    """Take up to `limit` due rows, oldest first, and keep them from others until `now + lease`; a suspect comes alone.

    Commit before the work begins: the lease, not a row lock, keeps other workers away. A worker that outlives its
    lease does no harm, so a claim bears no token: the row says "look again" and was there before the worker read the
    truth, so once the index accepted that, the row is done whoever holds it now. What the late worker wrote bears the
    revision it read, and the index keeps the newer. Its `failed` only brings the next look forward.
    """
    due = (
        select(OutboxRow)
        .where(OutboxRow.parked.is_(False), OutboxRow.due_at <= now)
        .order_by(OutboxRow.due_at, OutboxRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)  # PostgreSQL; SQLite has one writer anyway
    )
    rows = [row for row in session.scalars(due) if not _given_up(row)]
    if rows and rows[0].attempts >= SUSPECT:
        del rows[1:]
    claimed = [row for row in rows if row.attempts < SUSPECT or row is rows[0]]
    for row in claimed:
        row.due_at = now + lease
        row.attempts += 1
    session.flush()
    return claimed


def done(session: Session, row_ids: Collection[int]) -> None:
    """Delete exactly these rows; a newer row of the same listing stays."""
    session.execute(delete(OutboxRow).where(OutboxRow.id.in_(_locked(row_ids).with_only_columns(OutboxRow.id))))


def failed(session: Session, row_ids: Collection[int], error: str, now: datetime) -> None:
    """Put the rows off, twice as long each time from 5 seconds to 10 minutes; park them after 8 attempts."""
    for row in session.scalars(_locked(row_ids)):
        delay = FIRST_DELAY * 2 ** max(min(row.attempts, MOST_ATTEMPTS) - 1, 0)
        row.due_at = now + min(delay, LONGEST_DELAY)
        row.last_error = _short(error)
        row.parked = row.attempts >= MOST_ATTEMPTS
    session.flush()


def put_back(session: Session, row_ids: Collection[int], error: str, now: datetime) -> None:
    """Put the rows off for 5 seconds and do not count the attempt: the index did not answer, no row is at fault."""
    for row in session.scalars(_locked(row_ids)):
        row.due_at = now + FIRST_DELAY
        row.last_error = _short(error)
        row.attempts = max(row.attempts - 1, 0)
    session.flush()


def row_ids(session: Session) -> list[int]:
    """Give every row, also leased and parked ones: what looking again at every listing makes true."""
    return list(session.scalars(select(OutboxRow.id)))


def waiting_listings(session: Session) -> set[int]:
    """Give the listings that wait (leased ones too); one that was given up does not."""
    return set(session.scalars(select(OutboxRow.listing_id).where(OutboxRow.parked.is_(False)).distinct()))


def pending(session: Session) -> Pending:
    """Count what waits and what is parked."""
    counted = session.execute(select(OutboxRow.parked, func.count()).group_by(OutboxRow.parked)).all()
    counts = {bool(parked): number for parked, number in counted}
    return Pending(waiting=counts.get(False, 0), parked=counts.get(True, 0))


def lag(session: Session, now: datetime) -> timedelta | None:
    """Give the age of the oldest row that waits (leased ones too); None when nothing does."""
    oldest = session.scalar(select(func.min(OutboxRow.created_at)).where(OutboxRow.parked.is_(False)))
    return None if oldest is None else now - oldest


def parked(session: Session, limit: int) -> list[Parked]:
    """Give up to `limit` of the rows that were given up, the oldest first."""
    query = select(OutboxRow).where(OutboxRow.parked.is_(True)).order_by(OutboxRow.id).limit(limit)
    return [Parked(row.listing_id, row.attempts, row.last_error or "") for row in session.scalars(query)]


def retry_parked(session: Session, now: datetime) -> int:
    """Make every parked row due again with its attempts forgotten; give their number."""
    fresh = {"parked": False, "attempts": 0, "due_at": now}
    rows = session.execute(update(OutboxRow).where(OutboxRow.parked.is_(True)).values(fresh).returning(OutboxRow.id))
    return len(rows.all())


def _locked(row_ids: Collection[int]) -> Select[OutboxRow]:
    """Name the rows that are still there, locked in one order: a late worker may be deleting some of them."""
    return select(OutboxRow).where(OutboxRow.id.in_(row_ids)).order_by(OutboxRow.id).with_for_update()


def _given_up(row: OutboxRow) -> bool:
    """Park a row that was claimed again and again and never came back; say whether it is one."""
    if row.attempts < MOST_CLAIMS:
        return False
    row.parked, row.last_error = True, NEVER_FINISHED
    return True


def _short(error: str) -> str:
    return clean(error)[:LONGEST_ERROR]
