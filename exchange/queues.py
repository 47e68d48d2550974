"""Queues in SQL: notes that a listing must be looked at, with lease, back-off and parking; knows not what for."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from exchange.content import clean
from exchange.database import LARGEST_KEY
from exchange.errors import StateError
from exchange.models import OutboxRow
from exchange.models_alerts import AlertCheck

FIRST_DELAY = timedelta(seconds=5)
LONGEST_DELAY = timedelta(minutes=10)
MOST_ATTEMPTS = 8
LONGEST_ERROR = 1000

SUSPECT = 3
"""After so many attempts a row is claimed alone: one that kills its workers must not take its neighbours along."""

MOST_CLAIMS = 20
"""More than `MOST_ATTEMPTS`, because a worker may die of something else than the row."""

NEVER_FINISHED = f"No worker came to an end with it in {MOST_CLAIMS} attempts."

NOT_PARKED = "This is not parked any more: it is being tried again, or it is done."

Row = TypeVar("Row", OutboxRow, AlertCheck)


class Pending(NamedTuple):
    """How many rows wait (leased ones too) and how many are parked until somebody looks."""

    waiting: int
    parked: int


class Parked(NamedTuple):
    """A row that was given up: its listing, how often it was tried, and why the last attempt failed."""

    listing_id: int
    attempts: int
    error: str


class Queue(Generic[Row]):
    """The rows of one table."""

    def __init__(self, table: type[Row]) -> None:
        self._table: type[Row] = table

    def enqueue(self, session: Session, listing_id: int, now: datetime) -> None:
        """Note that the listing must be looked at.

        Always a new row: the row that stands may be in a worker's hands, who has read the older truth already.
        """
        session.add(self._table(listing_id=listing_id, created_at=now, due_at=now))

    def claim(self, session: Session, limit: int, now: datetime, lease: timedelta) -> list[Row]:
        """Take up to `limit` due rows, oldest first, and keep them from others until `now + lease`.

        A suspect comes alone. Commit before the work begins: the lease, not a row lock, keeps other workers away. A
        worker that outlives its lease does no harm, so a claim bears no token: the row says "look" and was there
        before the worker read the truth, so once its work is done, the row is done whoever holds it now. Its `failed`
        only brings the next look forward.
        """
        due = (
            select(self._table)
            .where(self._table.parked.is_(False), self._table.due_at <= now)
            .order_by(self._table.due_at, self._table.id)
            .limit(limit)
            .with_for_update(skip_locked=True)  # PostgreSQL; SQLite has one writer anyway
        )
        rows = [row for row in session.scalars(due) if not self._given_up(row)]
        if rows and rows[0].attempts >= SUSPECT:
            del rows[1:]
        claimed = [row for row in rows if row.attempts < SUSPECT or row is rows[0]]
        for row in claimed:
            row.due_at = now + lease
            row.attempts += 1
        session.flush()
        return claimed

    def done(self, session: Session, row_ids: Collection[int]) -> list[int]:
        """Delete exactly these rows and give the listings of those that were there; a newer row stays."""
        if not row_ids:
            return []
        there = self._locked(row_ids).with_only_columns(self._table.id)
        gone = delete(self._table).where(self._table.id.in_(there)).returning(self._table.listing_id)
        return list(session.scalars(gone))

    def failed(self, session: Session, row_ids: Collection[int], error: str, now: datetime) -> None:
        """Put the rows off, twice as long each time from 5 seconds to 10 minutes; park them after 8 attempts."""
        for row in session.scalars(self._locked(row_ids)):
            delay = FIRST_DELAY * 2 ** max(min(row.attempts, MOST_ATTEMPTS) - 1, 0)
            row.due_at = now + min(delay, LONGEST_DELAY)
            row.last_error = _short(error)
            row.parked = row.attempts >= MOST_ATTEMPTS
        session.flush()

    def put_back(self, session: Session, row_ids: Collection[int], error: str, now: datetime) -> None:
        """Put the rows off for 5 seconds and do not count the attempt: what they need is away, no row is at fault."""
        for row in session.scalars(self._locked(row_ids)):
            row.due_at = now + FIRST_DELAY
            row.last_error = _short(error)
            row.attempts = max(row.attempts - 1, 0)
        session.flush()

    def row_ids(self, session: Session) -> list[int]:
        """Give every row, also leased and parked ones: what looking again at every listing makes true."""
        return list(session.scalars(select(self._table.id)))

    def waiting_listings(self, session: Session) -> set[int]:
        """Give the listings that wait (leased ones too); one that was given up does not."""
        return set(session.scalars(select(self._table.listing_id).where(self._table.parked.is_(False)).distinct()))

    def pending(self, session: Session) -> Pending:
        """Count what waits and what is parked."""
        counted = session.execute(select(self._table.parked, func.count()).group_by(self._table.parked)).all()
        counts = {bool(parked): number for parked, number in counted}
        return Pending(waiting=counts.get(False, 0), parked=counts.get(True, 0))

    def lag(self, session: Session, now: datetime) -> timedelta | None:
        """Give the age of the oldest row that waits (leased ones too); None when nothing does."""
        oldest = session.scalar(select(func.min(self._table.created_at)).where(self._table.parked.is_(False)))
        return None if oldest is None else now - oldest

    def parked(self, session: Session, limit: int) -> list[Parked]:
        """Give up to `limit` of the rows that were given up, the oldest first."""
        query = select(self._table).where(self._table.parked.is_(True)).order_by(self._table.id).limit(limit)
        return [Parked(row.listing_id, row.attempts, row.last_error or "") for row in session.scalars(query)]

    def retry_parked(self, session: Session, now: datetime) -> int:
        """Make every parked row due again with its attempts forgotten; give their number."""
        again = update(self._table).where(self._table.parked.is_(True)).values(_fresh(now)).returning(self._table.id)
        return len(session.execute(again).all())

    def retry(self, session: Session, row_id: int, now: datetime) -> None:
        """Make one parked row due again with its attempts forgotten.

        Raises:
            StateError: it is not parked (any more).
        """
        one = self._table.id == row_id, self._table.parked.is_(True)
        again = update(self._table).where(*one).values(_fresh(now)).returning(self._table.id)
        if row_id > LARGEST_KEY or session.scalar(again) is None:
            raise StateError(NOT_PARKED)

    def _locked(self, row_ids: Collection[int]) -> Select[Row]:
        """Name the rows that are still there, locked in one order: a late worker may be deleting some of them."""
        return select(self._table).where(self._table.id.in_(row_ids)).order_by(self._table.id).with_for_update()

    def _given_up(self, row: Row) -> bool:
        """Park a row that was claimed again and again and never came back; say whether it is one."""
        if row.attempts < MOST_CLAIMS:
            return False
        row.parked, row.last_error = True, NEVER_FINISHED
        return True


def _fresh(now: datetime) -> dict[str, Any]:
    return {"parked": False, "attempts": 0, "due_at": now}


def _short(error: str) -> str:
    return clean(error)[:LONGEST_ERROR]
