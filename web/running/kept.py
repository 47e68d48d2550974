"""A value read once and kept for a while, for every thread of the process; knows not what it is."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """A value that is made again when it is older than so long; one thread makes it and the others wait for it."""

    def __init__(self, lasts: timedelta) -> None:
        self._lasts = lasts
        self._lock = threading.Lock()
        self._held: tuple[datetime, Value] | None = None

    def get(self, now: datetime, make: Callable[[], Value]) -> Value:
        """Give the value, made now where it is too old; what cannot be made is not kept."""
        with self._lock:
            if self._held is None or not timedelta() <= now - self._held[0] < self._lasts:
                self._held = now, make()
            return self._held[1]
