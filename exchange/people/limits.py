"""How often something may be tried in a window of time, kept in SQL over restarts; knows no password and no page."""

import hashlib
import ipaddress
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from exchange.errors import TooManyError
from exchange.models_people import Attempts

LONGEST_WINDOW = timedelta(days=1)
SWEPT = 200
"""Old rows deleted at once, so that nobody waits long for it."""


@dataclass(frozen=True, slots=True)
class Left:
    """How often something may still be tried, of how often in all, and the seconds until that begins anew."""

    most: int
    number: int
    seconds: int


def count(session: Session, key: str, most: int, window: timedelta, now: datetime) -> Left:
    """Count one try of what the key names ("sign-in ann@example.org"); only the key's hash is kept.

    Give what is left. Commit the count before the work that it limits, in a transaction of its own: else the failure of
    that work takes the count back. Of many at once no more than `most` pass. A window begins with the first try and is
    at most a day.

    Raises:
        TooManyError: it was tried as often as it may be; the sentence says when to try again.
    """
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    over = Attempts.began_at <= now - window
    # One statement: PostgreSQL counts on from the row as the one who was quicker left it.
    counted = insert(Attempts).values(key=_digest(key), began_at=now, number=1)
    counted = counted.on_conflict_do_update(
        index_elements=[Attempts.key],
        set_={
            "number": case((over, 1), else_=Attempts.number + 1),
            "began_at": case((over, now), else_=Attempts.began_at),
        },
    )
    number, began = session.execute(counted.returning(Attempts.number, Attempts.began_at)).one()
    if number > most:
        raise _too_many(began + window - now)
    if number == 1:
        _sweep(session, now - LONGEST_WINDOW)
    return Left(most, most - number, _seconds(began + window - now))


def forget(session: Session, key: str) -> None:
    """Begin anew with what the key names: whoever it was has shown that it is theirs to try."""
    session.execute(delete(Attempts).where(Attempts.key == _digest(key)))


def client_key(host: str) -> str:
    """Give the part of a client's address that stands for one household or office: an IPv6 network of 64 bits."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), 64), strict=False))


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()


def _too_many(wait: timedelta) -> TooManyError:
    seconds = _seconds(wait)
    minutes = math.ceil(seconds / 60)
    number, unit = (minutes, "minute") if minutes < 120 else (math.ceil(minutes / 60), "hour")
    return TooManyError(
        f"That was tried too many times. Try again in {number} {unit}{'' if number == 1 else 's'}.", seconds
    )


def _seconds(wait: timedelta) -> int:
    return max(1, math.ceil(wait.total_seconds()))


def _sweep(session: Session, before: datetime) -> None:
    """Delete some rows of windows that are over; those that another transaction holds are left to the next sweep."""
    old = select(Attempts.key).where(Attempts.began_at < before).limit(SWEPT).with_for_update(skip_locked=True)
    session.execute(delete(Attempts).where(Attempts.key.in_(old)))
