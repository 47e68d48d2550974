"""The outbox's worker: a thread that takes changes to the index until it is stopped; knows no listing."""

import logging
import threading
from collections.abc import Callable
from contextvars import copy_context

from exchange.errors import ExchangeError
from indexer.sync import Indexer

log = logging.getLogger(__name__)


class Worker:
    """The outbox's thread in the site's process: looks every `pause` seconds, stops when told.

    `before` is called before each look: what else must not run beside a write. Whoever records where the worker is
    made (`indexer.timing`) is told what it embeds.
    """

    def __init__(self, indexer: Indexer, pause: float = 1.0, before: Callable[[], None] = lambda: None) -> None:
        self._indexer = indexer
        self._pause = pause
        self._before = before
        self._stop = threading.Event()
        self._thread = threading.Thread(target=copy_context().run, args=(self._run,), name="outbox", daemon=True)
        self.error: str | None = None

    def start(self) -> None:
        """Start looking."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the batch under way and stop."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=30)

    def wait(self) -> None:
        """Wait until told to stop."""
        while self._thread.is_alive():
            self._thread.join(timeout=1.0)  # a longer wait would not let a signal through

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._before()
                worked = self._indexer.work()
                self.error = None
            except Exception as error:
                worked, told = 0, f"{type(error).__name__}: {error}"
                if told != self.error:
                    log.warning("the outbox's worker failed: %s", told, exc_info=not isinstance(error, ExchangeError))
                self.error = told
            if not worked:
                self._stop.wait(self._pause)
