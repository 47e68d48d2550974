"""Leases: work that one process at a time may do, of all processes on one database; knows no work."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from exchange.models import Lease


def acquire(session: Session, name: str, holder: str, now: datetime, ttl: timedelta) -> bool:
    """Take the lease until `now + ttl` where it is free or has run out; of two at once exactly one gets it.

    `holder` is a word that no other process uses. Commit at once, or others wait. Clocks of several machines must
    agree far better than `ttl` is long, and the holder renews well before it runs out.
    """
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    given = {"holder": holder, "until": now + ttl}
    # One statement: PostgreSQL decides the condition on the row as the one who was quicker left it.
    taken = insert(Lease).values(name=name, **given)
    taken = taken.on_conflict_do_update(index_elements=[Lease.name], set_=given, where=Lease.until <= now)
    return session.scalar(taken.returning(Lease.name)) is not None


def renew(session: Session, name: str, holder: str, now: datetime, ttl: timedelta) -> bool:
    """Hold the lease until `now + ttl`; False when another took it over or it was released: then stop the work."""
    mine = update(Lease).where(Lease.name == name, Lease.holder == holder)
    return session.scalar(mine.values(until=now + ttl).returning(Lease.name)) is not None


def release(session: Session, name: str, holder: str) -> None:
    """Give the lease back; one that another took over stays theirs."""
    session.execute(delete(Lease).where(Lease.name == name, Lease.holder == holder))


def holder_of(session: Session, name: str, now: datetime) -> str | None:
    """Say who holds the lease, for the sentence that refuses another; None where nobody does."""
    return session.scalar(select(Lease.holder).where(Lease.name == name, Lease.until > now))
