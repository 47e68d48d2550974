"""A part that failed is left alone for a few seconds, so that not every page waits for it; knows no part."""

import logging
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from exchange.errors import UnavailableError

log = logging.getLogger(__name__)

SECONDS = 5.0
"""How long a part is left alone; then one caller tries it, while the others still do without."""

Answer = TypeVar("Answer")


class Breaker:
    """Remember that a part does not answer."""

    def __init__(self, name: str, seconds: float = SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._name = name
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._until: float | None = None
        self._failed_at = 0.0

    def run(self, use: Callable[[], Answer]) -> Answer:
        """Give what `use` gives, unless the part failed a moment ago.

        Raises:
            UnavailableError: the part failed now or a moment ago; any other error of `use` says nothing of the part.
        """
        if not self._may_try():
            raise UnavailableError(f"The {self._name} failed a moment ago; try again in a few seconds.")
        began = self._clock()
        try:
            answer = use()
        except UnavailableError as error:
            self.failed(str(error))
            raise
        self.worked(began)
        return answer

    @property
    def broken(self) -> bool:
        """Say whether the part failed when it was used last."""
        return self._until is not None

    def failed(self, why: str) -> None:
        """Note that the part does not work; the first time is told in the log."""
        with self._lock:
            first, self._failed_at = self._until is None, self._clock()
            self._until = self._failed_at + self._seconds
        if first:
            log.warning("the %s does not work: %s", self._name, why)

    def worked(self, since: float | None = None) -> None:
        """Note that the part works; what it was asked before it failed, at `since`, says nothing of it now."""
        with self._lock:
            if since is not None and since < self._failed_at:
                return
            again, self._until = self._until is not None, None
        if again:
            log.info("the %s works again", self._name)

    def _may_try(self) -> bool:
        with self._lock:
            if self._until is None:
                return True
            if self._clock() < self._until:
                return False
            self._until = self._clock() + self._seconds  # this caller tries; the others wait for what it finds
            return True
