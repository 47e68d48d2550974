"""A lease held for the length of some work, renewed in the background; knows no work."""

import os
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine as Database
from sqlalchemy.exc import SQLAlchemyError

from exchange.database import writing
from exchange.errors import ConflictError
from exchange.leases import acquire, holder_of, release, renew


@contextmanager
def holding(database: Database, name: str, ttl: timedelta) -> Iterator[Callable[[], None]]:
    """Hold a lease while the work goes on; the function given raises where it was lost meanwhile.

    Raises:
        ConflictError: another process holds it, or took it over because this one did not renew it in time.
    """
    holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    with writing(database) as session:
        if not acquire(session, name, holder, datetime.now(UTC), ttl):
            other = holder_of(session, name, datetime.now(UTC))
            raise ConflictError(
                f"Another process does this already ({other}); wait for it. If it died, "
                f"try again in {ttl.total_seconds():.0f} seconds."
            )
    over, lost = threading.Event(), threading.Event()

    def keep() -> None:
        while not over.wait(ttl.total_seconds() / 4):
            try:
                with writing(database) as session:
                    if not renew(session, name, holder, datetime.now(UTC), ttl):
                        lost.set()
                        return
            except SQLAlchemyError:
                continue  # tried again well before it runs out; who comes after us is told by `renew`

    def check() -> None:
        with writing(database) as session:
            if lost.is_set() or not renew(session, name, holder, datetime.now(UTC), ttl):
                raise ConflictError("Another process took this work over, because this one was too slow; it stops.")

    keeper = threading.Thread(target=keep, name=f"lease-{name}", daemon=True)
    keeper.start()
    try:
        yield check
    finally:
        over.set()
        keeper.join()
        with writing(database) as session:
            release(session, name, holder)
