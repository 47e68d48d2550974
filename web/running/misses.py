"""Noting what found nothing after its page was sent: no page waits for it or fails with it; knows no search."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from starlette.background import BackgroundTask

from exchange.running.missed_searches import note
from indexer.results import Results

log = logging.getLogger(__name__)

MOST = 1_000
"""Texts that wait to be written: more come only while the database is away, and then the oldest are dropped."""


class Misses:
    """The texts that this process has not written yet.

    One thread at a time writes: while the database is locked, one waits and not one for every search.
    """

    def __init__(self) -> None:
        self._texts: deque[tuple[str, datetime]] = deque(maxlen=MOST)
        self._writer = threading.Lock()

    def noted(
        self, results: Results, writing: Callable[[], AbstractContextManager[Session]], now: datetime
    ) -> BackgroundTask | None:
        """Give what is to be done once the answer is sent; None where the search is no miss.

        A miss is the first page of a search for words, the engine up, that finds nothing with or without its filters.
        """
        query = results.query
        if not query.text or query.page > 1 or results.total or results.hidden or results.degraded:
            return None
        self._texts.append((query.text, now))
        return BackgroundTask(self._write, writing)

    def _write(self, writing: Callable[[], AbstractContextManager[Session]]) -> None:
        while self._texts and self._writer.acquire(blocking=False):
            try:
                with writing() as session:
                    while self._texts:  # nobody else takes any: this thread holds the lock
                        note(session, *self._texts.popleft())
            except SQLAlchemyError:
                log.warning("searches that found nothing could not be noted", exc_info=True)
            finally:
                self._writer.release()
