"""Entries that wait in a temporary file while their terms are counted; knows no engine."""

import pickle
import tempfile
from collections.abc import Iterable, Iterator
from itertools import islice
from types import TracebackType
from typing import Self

from indexer.engine import Entry
from indexer.statistics import Census, weighted_terms


class Spool:
    """Chunks of entries, written once and read once, with the census of those that are visible."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  closed by the with statement of its user
        self.census = Census()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, chunk: list[Entry]) -> None:
        """Keep one chunk."""
        for entry in chunk:
            if entry.document.visible:
                self.census.add(weighted_terms(entry.document))
        pickle.dump(chunk, self._file, pickle.HIGHEST_PROTOCOL)

    def __iter__(self) -> Iterator[list[Entry]]:
        """Read the chunks again, in their order."""
        end = self._file.tell()
        self._file.seek(0)
        while self._file.tell() < end:
            yield pickle.load(self._file)  # noqa: S301  our own file, made a moment ago and never named


def chunks(entries: Iterable[Entry], size: int) -> Iterator[list[Entry]]:
    """Give entries in lists of at most so many."""
    iterator = iter(entries)
    while chunk := list(islice(iterator, size)):
        yield chunk
