"""How long one page waits for the engine in all, however many questions it has; knows no page and no engine."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from exchange.errors import UnavailableError

TOO_SLOW = "The search engine answers too slowly; try again in a few minutes."


class _Purse:
    """Seconds that are left."""

    def __init__(self, seconds: float) -> None:
        self.left = seconds


_purse: ContextVar[_Purse | None] = ContextVar("patience", default=None)


@contextmanager
def patient_for(seconds: float) -> Iterator[None]:
    """Let what is asked in the block take so many seconds in all; other work between the questions does not count."""
    token = _purse.set(_Purse(seconds))
    try:
        yield
    finally:
        _purse.reset(token)


@contextmanager
def asking(most: float) -> Iterator[float]:
    """Give the seconds that one question may take, and count those that it took.

    Raises:
        UnavailableError: the questions before it took all that there was.
    """
    purse = _purse.get()
    if purse is None:
        yield most
        return
    if purse.left <= 0:
        raise UnavailableError(TOO_SLOW)
    began = time.monotonic()
    try:
        yield min(most, purse.left)
    finally:
        purse.left -= time.monotonic() - began
