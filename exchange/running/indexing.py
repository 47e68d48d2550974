"""What waits for the index and for the alerts, and what was given up, with the listings' titles; knows no index."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exchange import outbox
from exchange.alerting import checks
from exchange.listing.states import FOUND
from exchange.models import Listing, OutboxRow
from exchange.models_alerts import AlertCheck

PAGE = 25


class Line(StrEnum):
    """The queues of listings."""

    INDEX = "index"
    ALERTS = "alerts"


Table = type[OutboxRow] | type[AlertCheck]
_TABLES: dict[Line, Table] = {Line.INDEX: OutboxRow, Line.ALERTS: AlertCheck}
_QUEUES = {Line.INDEX: outbox, Line.ALERTS: checks}


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """A row that was tried too often: its listing, how often and why, and since when the listing has waited."""

    id: int
    listing_id: int
    title: str
    seen: bool
    """Whether the public may open the listing."""
    attempts: int
    error: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a queue stands: rows that wait, the age of the oldest, and one page of those that were given up."""

    waiting: int
    lag: timedelta | None
    parked: int
    given_up: tuple[GivenUp, ...]
    number: int

    @property
    def last(self) -> int:
        """Give the number of the last page."""
        return max(1, -(-self.parked // PAGE))


def standing(session: Session, line: Line, now: datetime, number: int = 1) -> Standing:
    """Say how a queue stands, with one page (from 1) of what was given up, the longest waiting first."""
    pending = _QUEUES[line].pending(session)
    number = max(1, min(number, -(-pending.parked // PAGE)))
    return Standing(
        waiting=pending.waiting,
        lag=_QUEUES[line].lag(session, now),
        parked=pending.parked,
        given_up=_given_up(session, _TABLES[line], number),
        number=number,
    )


def parked(session: Session) -> int:
    """Count what was given up in all queues of listings."""
    return sum(
        session.scalar(select(func.count()).select_from(table).where(table.parked.is_(True))) or 0
        for table in _TABLES.values()
    )


def retry(session: Session, line: Line, row_id: int, now: datetime) -> None:
    """Have one row tried again.

    Raises:
        StateError: it is not parked (any more).
    """
    _QUEUES[line].retry(session, row_id, now)


def retry_all(session: Session, line: Line, now: datetime) -> int:
    """Have everything tried again that was given up; give its number."""
    number: int = _QUEUES[line].retry_parked(session, now)
    return number


def _given_up(session: Session, table: Table, number: int) -> tuple[GivenUp, ...]:
    query = (
        select(
            *(table.id, table.listing_id, table.attempts, table.last_error, table.created_at),
            *(Listing.title, Listing.state),
        )
        .join(Listing, Listing.id == table.listing_id)
        .where(table.parked.is_(True))
        .order_by(table.created_at, table.id)
        .offset((number - 1) * PAGE)
        .limit(PAGE)
    )
    return tuple(
        GivenUp(
            id=row.id,
            listing_id=row.listing_id,
            title=row.title,
            seen=row.state in FOUND,
            attempts=row.attempts,
            error=row.last_error or "",
            since=row.created_at,
        )
        for row in session.execute(query)
    )
