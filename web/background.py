"""Work that the site does by itself every so often, each in a thread of its own; knows no work."""

import logging
import threading
from collections.abc import Callable

from exchange.errors import ExchangeError

log = logging.getLogger(__name__)

PATIENCE = 10.0
"""Seconds that a turn under way has when the site stops; what it leaves is taken up after its lease."""


class Periodic:
    """A thread that does some work every so many seconds until it is stopped; a failure is logged and ends nothing.

    Work that says that it did something is called again at once: there may be more of it.
    """

    def __init__(self, name: str, seconds: float, work: Callable[[], object]) -> None:
        self.name = name
        self.error: str | None = None
        self._seconds = seconds
        self._work = work
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin with the first turn."""
        self._thread.start()

    def stop(self, patience: float = PATIENCE) -> None:
        """Begin no other turn, and wait a while for the one under way; the process may end before it does."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=patience)

    def _run(self) -> None:
        while not self._stop.is_set():
            if not self._turn():
                self._stop.wait(self._seconds)

    def _turn(self) -> bool:
        try:
            worked = bool(self._work())
        except Exception as error:
            told = f"{type(error).__name__}: {error}"
            if told != self.error:
                log.warning("%s failed: %s", self.name, told, exc_info=not isinstance(error, ExchangeError))
            self.error = told
            return False
        if self.error is not None:
            log.info("%s works again", self.name)
        self.error = None
        return worked
