"""Ways to have several threads act at the same moment, and to see that one of them waits for another."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Engine, text

T = TypeVar("T")
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def at_once(*acts: Callable[[], T]) -> list[T | Exception]:
    """Start every act at the same moment, each in its own thread; give what each gave or raised, in their order."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], T]) -> T | Exception:
        start.wait()
        try:
            return act()
        except Exception as error:  # noqa: BLE001  the test looks at it
            return error

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


@contextmanager
def meanwhile(engine: Engine, act: Callable[[], T]) -> Iterator["Future[T]"]:
    """Start the act in a thread and go on when it waits for somebody's lock on PostgreSQL; it ends with the block."""
    with ThreadPoolExecutor(1) as thread:
        future = thread.submit(act)
        with engine.connect() as connection:
            while not connection.scalar(text(WAITING)):
                assert not future.done(), f"it did not wait: {future.exception()}"
                connection.rollback()
                time.sleep(0.01)
        yield future
