"""Stand-ins for a broken server and for a model that does not work: real parts that fail when a test says so."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from published import Double, Town

from exchange.errors import UnavailableError
from indexer.breaker import Breaker
from indexer.embedder import Vectors
from indexer.engine_embedded import EmbeddedEngine
from indexer.service import SearchService


class Faulty:
    """The embedded engine behind a server that fails: at everything, or only at what is named."""

    def __init__(self, real: EmbeddedEngine) -> None:
        self.real = real
        self.fails: tuple[str, ...] = ()
        self.asked: list[str] = []

    def down(self, *names: str) -> None:
        self.fails = names or ("search", "frequency", "idf", "similar_words", "status")

    def up(self) -> None:
        self.fails = ()

    def __getattr__(self, name: str) -> object:
        self.asked.append(name)
        if name in self.fails:
            raise UnavailableError(f"The search engine does not answer ({name}).")
        return getattr(self.real, name)


class Sick(Double):
    """The double for a model that fails with `fault` while it is set, or at listings' texts only with `text_fault`."""

    fault: Exception | None = None
    text_fault: Exception | None = None

    def encode(self, texts: Sequence[str], progress=None) -> Vectors:
        if fault := self.fault or self.text_fault:
            raise fault
        return super().encode(texts, progress)

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        if self.fault:
            raise self.fault
        return Double.encode(self, texts)


def open_with_faults(town: Town, clock: Callable[[], float] = lambda: 0.0) -> SearchService:
    """Index what was published and give the service over an engine that can fail; its breaker goes by `clock`."""
    town.open()
    return replace(town.service(Faulty(town.engine())), breaker=Breaker("search engine", clock=clock))
