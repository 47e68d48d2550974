"""The embedded index as columns of a set of listings, never changed once built, only merged; knows no query."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exchange.content import Gender, Kind
from exchange.place.places import load_gazetteer
from indexer.analysis import words
from indexer.results import Facet

KINDS = {Kind.INNOVATION: 0, Kind.NEED: 1}
GENDERS = {None: 0, Gender.WOMEN: 1, Gender.MEN: 2, Gender.ANY: 3}
UNSTATED = -1
BY_LISTING = (
    "ids",
    "hashes",
    "revisions",
    "kinds",
    "open",
    "posted",
    "closes",
    "age_min",
    "age_max",
    "gender",
    "now",
    "would",
    "office",
    "lengths",
)
"""The columns that hold one row a listing and no offsets."""
WORDS = 6
"""64-bit words that hold one bit for each of the 361 districts."""


def district_bits(districts: Iterable[str]) -> NDArray[np.uint64]:
    """Turn district codes into a row of bits, shape (6,)."""
    order = _district_order()
    bits = np.zeros(WORDS * 64, np.uint8)
    bits[[order[code] for code in districts]] = 1
    return np.packbits(bits, bitorder="little").view(np.uint64)


_ORDER: dict[str, int] = {}


def _district_order() -> dict[str, int]:
    if not _ORDER:
        _ORDER.update({code: i for i, code in enumerate(load_gazetteer().district_codes)})
    return _ORDER


def ordinal(day: date | None) -> int:
    """Give a day as a number, 0 when there is none."""
    return day.toordinal() if day else 0


def plain(text: str) -> str:
    """Give a title as its lower-case words, so that an exact title is found whatever its case and punctuation."""
    return " ".join(words(text))


@dataclass(frozen=True)
class Columns:
    """n listings; `post_*` are postings by term (CSC), `facet_*` values and `vector_*` passages by listing (CSR)."""

    ids: NDArray[np.int64]
    hashes: NDArray[np.uint8]
    revisions: NDArray[np.int64]
    kinds: NDArray[np.int8]
    open: NDArray[np.bool_]
    posted: NDArray[np.int32]
    closes: NDArray[np.int32]
    age_min: NDArray[np.int16]
    age_max: NDArray[np.int16]
    gender: NDArray[np.int8]
    now: NDArray[np.uint64]
    would: NDArray[np.uint64]
    office: NDArray[np.uint64]
    lengths: NDArray[np.float32]
    post_ptr: NDArray[np.int64]
    post_rows: NDArray[np.int32]
    post_tf: NDArray[np.float32]
    facet_ptr: NDArray[np.int64]
    facet_codes: NDArray[np.uint16]
    vector_ptr: NDArray[np.int64]
    vectors: NDArray[np.float32]
    words: dict[str, Any]
    """Lists of text: `terms`, their commonest `surfaces`, `facet_values`, `titles`, `org_ids`."""

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def term_column(self) -> dict[str, int]:
        """Give the column of each term."""
        return {term: i for i, term in enumerate(self.words["terms"])}

    @cached_property
    def facet_code(self) -> dict[str, int]:
        """Give the code of each facet value."""
        return {value: i for i, value in enumerate(self.words["facet_values"])}

    @cached_property
    def by_facet(self) -> dict[Facet, tuple[NDArray[np.uint16], NDArray[np.int32]]]:
        """Give each facet's value codes and, beside them, their rows: a facet is counted without the other nine."""
        facets = list(Facet)
        owners = [facets.index(Facet(value.partition(":")[0])) for value in self.words["facet_values"]]
        owner = np.array(owners, np.uint8)[self.facet_codes]
        rows = np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.facet_ptr))
        return {f: (self.facet_codes[owner == i], rows[owner == i]) for i, f in enumerate(facets)}

    @cached_property
    def states_now(self) -> NDArray[np.bool_]:
        """Mark the rows that say where they deliver now (a need: where it is required)."""
        return np.asarray(self.now.any(axis=1))

    @cached_property
    def states_reach(self) -> NDArray[np.bool_]:
        """Mark the rows that say where they deliver or would deliver."""
        return np.asarray(self.states_now | self.would.any(axis=1))

    @cached_property
    def exact_rows(self) -> dict[str, list[int]]:
        """Give the rows that bear a title or an org-id exactly."""
        rows: dict[str, list[int]] = {}
        for row, names in enumerate(zip(self.words["titles"], self.words["org_ids"], strict=True)):
            for name in filter(None, names):
                rows.setdefault(name, []).append(row)
        return rows

    def postings(self, term: str) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Give the rows that hold a term and its weighted frequency there; both empty for an unknown term."""
        column = self.term_column.get(term)
        if column is None:
            return self.post_rows[:0], self.post_tf[:0]
        span = slice(self.post_ptr[column], self.post_ptr[column + 1])
        return self.post_rows[span], self.post_tf[span]

    def save(self, folder: Path) -> None:
        """Write every column as a file of its own into an empty folder."""
        folder.mkdir(parents=True)
        for part in fields(self):
            if part.name != "words":
                np.save(folder / f"{part.name}.npy", getattr(self, part.name))
        (folder / "words.json").write_text(json.dumps(self.words))


def load_columns(folder: Path) -> Columns:
    """Open saved columns; the vectors stay on disk, mapped into memory."""
    arrays = {
        part.name: np.load(folder / f"{part.name}.npy", mmap_mode="r" if part.name == "vectors" else None)
        for part in fields(Columns)
        if part.name != "words"
    }
    return Columns(**arrays, words=json.loads((folder / "words.json").read_text()))
