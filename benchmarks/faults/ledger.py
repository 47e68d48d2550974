"""What was done to each listing, as whoever did it knows: word, state, since when; knows no SQL and no index."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from exchange.content import Kind
from exchange.models import State
from indexer.engine import Entry

LETTERS = "bcfkmpvz"
"""No stemmer and no list of synonyms knows words of these."""


def unique_word(number: int) -> str:
    """Give a word that only one number has, with no ending that a stemmer cuts."""
    digits = [LETTERS[(number * 40_503 % 8**6) // 8**place % 8] for place in range(6)]
    return f"q{''.join(digits)}x"


@dataclass(slots=True)
class Item:
    """One listing; `turn` is odd while somebody is at it; `withdrawn` is the moment, seconds of the monotonic clock."""

    number: int
    kind: Kind
    word: str
    state: State
    turn: int = 0
    withdrawn: float = 0.0
    late: list[Entry] = field(default_factory=list)

    @property
    def age(self) -> float:
        """Give the seconds since it was withdrawn."""
        return time.monotonic() - self.withdrawn


class Ledger:
    """All listings of a run."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._items: list[Item] = []
        self._words = 0

    def word(self) -> str:
        """Give a word that was never given."""
        with self._lock:
            self._words += 1
            return unique_word(self._words)

    def add(self, item: Item) -> None:
        """Keep a new listing."""
        with self._lock:
            self._items.append(item)

    def of(self, state: State) -> list[Item]:
        """Give the listings in a state at which nobody is."""
        with self._lock:
            return [item for item in self._items if item.state is state and item.turn % 2 == 0]

    def all(self) -> list[Item]:
        """Give every listing."""
        with self._lock:
            return list(self._items)

    @contextmanager
    def at(self, item: Item) -> Iterator[None]:
        """Mark that somebody is at a listing; what the block says of it counts when it ends."""
        with self._lock:
            item.turn += 1
        try:
            yield
        finally:
            with self._lock:
                item.turn += 1
