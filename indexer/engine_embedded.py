"""The embedded engine: columns on disk and in memory, a small part for what came since, one writer; knows no SQL."""

import json
import shutil
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from exchange.errors import UnavailableError
from indexer.columns import Columns, load_columns
from indexer.columns_build import build_columns, merge_columns
from indexer.columns_search import search_parts
from indexer.embedder import Progress
from indexer.engine import EngineStatus, Entry, Found, Held, Origin, Plan, Ready, Target
from indexer.scan import freeze
from indexer.spool import chunks
from indexer.statistics import Statistics

MAPPING = 2
"""Raise it when the columns change their meaning: an index made with another number is rebuilt."""

CHUNK = 4_096
SMALL_PART = 2_048
"""Listings written since the last merge; more, or more than the large part holds, are merged into it."""
SMALLEST_MERGE = 256
OPENINGS = 5
"""How often a missing file of an index is looked for again: a writer replaces generations while others open them."""
OTHER_MODEL = "The index was made with another model; run `exchange index rebuild`."


@dataclass(frozen=True, slots=True)
class _View:
    """What one search sees: the large part, the small part, which rows of each are alive, and frozen statistics.

    `hidden` holds the revision of each listing that was hidden: an older put must not bring it back.
    """

    parts: tuple[Columns, ...]
    alive: tuple[NDArray[np.bool_], ...]
    statistics: Statistics
    hidden: Mapping[int, int] = field(default_factory=dict)


class EmbeddedEngine:
    """Serve one process from `folder`; every search holds one view from beginning to end.

    One that is not `writable` reads the files of another process's index and keeps what is written in memory only.
    """

    def __init__(self, folder: Path, model: str, dimension: int, *, writable: bool = True) -> None:
        self._folder = folder
        self._writable = writable
        self._model = model
        self._dimension = dimension
        self._lock = threading.Lock()
        self._rebuilding = threading.Lock()
        self._since: list[Entry] | None = None  # what was written since a rebuild began to read
        self._made: Origin | None = None
        empty = build_columns([], dimension)
        self._view = _View((empty, empty), (_all(empty), _all(empty)), freeze(empty))
        for _ in range(OPENINGS):
            try:
                self._open()
            except FileNotFoundError:  # the writer put a newer generation in its place meanwhile
                continue
            break

    @property
    def model(self) -> str:
        """Give the name of the model whose vectors it takes."""
        return self._model

    def _open(self) -> None:
        current = self._folder / "current.json"
        if not current.exists():
            return
        try:
            meta = json.loads(current.read_text())
            self._made = Origin(meta["model"], meta["mapping"])
            if self._made != Origin(self._model, MAPPING):
                return
            large = load_columns(self._folder / meta["generation"])
        except FileNotFoundError:
            raise
        except (OSError, ValueError, EOFError, KeyError, TypeError):
            return  # a damaged index is an empty one: the caller compares revisions with SQL and writes it anew
        statistics = Statistics(
            documents=meta["documents"], average_length=meta["average_length"], frequencies=meta["frequencies"]
        )
        hidden = {int(k): v for k, v in meta["hidden"].items()}
        self._view = _View((large, self._view.parts[1]), (_all(large), self._view.alive[1]), statistics, hidden)

    def write(self, entries: Sequence[Entry]) -> None:
        """Put documents, or hide those that are not visible; an older revision than the one held changes nothing."""
        self._check(entries)
        with self._lock:
            if self._since is not None:
                self._since.extend(entries)
            self._put(entries)

    def _check(self, entries: Iterable[Entry]) -> None:
        if any(entry.vectors.shape[1] != self._dimension for entry in entries):
            raise UnavailableError(OTHER_MODEL)

    def _put(self, entries: Sequence[Entry]) -> None:
        held = self.revisions()
        newest: dict[int, Entry] = {}
        for entry in entries:
            if entry.document.revision >= held.get(entry.document.id, 0):
                held[entry.document.id] = entry.document.revision
                newest[entry.document.id] = entry
        fresh = build_columns([entry for entry in newest.values() if entry.document.visible], self._dimension)
        hidden = {i: revision for i, revision in self._view.hidden.items() if i not in newest}
        large, small = self._view.parts
        gone = np.fromiter(newest, np.int64, len(newest))
        alive = [mask & ~np.isin(part.ids, gone) for part, mask in zip((large, small), self._view.alive, strict=True)]
        small = merge_columns([(small, alive[1]), (fresh, _all(fresh))])
        self._view = replace(
            self._view, parts=(large, small), alive=(alive[0], _all(small)), hidden=hidden | _hidden(newest.values())
        )
        if len(small) > max(SMALLEST_MERGE, min(SMALL_PART, len(large))):
            self._save(*self._merged())

    def flush(self) -> None:
        """Write what is only in memory to disk, so that the next start need not compute it again."""
        with self._lock:
            if len(self._view.parts[1]) or not all(mask.all() for mask in self._view.alive):
                self._save(*self._merged())

    def _merged(self) -> tuple[Columns, Statistics]:
        view = self._view
        merged = merge_columns(list(zip(view.parts, view.alive, strict=True)))
        outgrown = len(merged) > 2 * view.statistics.documents
        return merged, freeze(merged) if outgrown else view.statistics

    def rebuild(self, entries: Iterable[Entry], ready: Ready | None = None, written: Progress | None = None) -> None:
        """Replace everything and freeze new term statistics; the old view serves until the new one is whole."""
        with self._rebuilding:
            with self._lock:
                self._since = []
            try:
                hidden: dict[int, int] = {}
                parts = [build_columns([], self._dimension)]
                for chunk in chunks(entries, CHUNK):
                    self._check(chunk)
                    hidden |= _hidden(chunk)
                    parts.append(build_columns([e for e in chunk if e.document.visible], self._dimension))
                    if written:
                        written(len(chunk))
                merged = merge_columns([(part, _all(part)) for part in parts])
                with self._lock:
                    self._save(merged, freeze(merged), hidden)
                    self._put(self._since)
            finally:
                self._since = None
        if ready:
            ready(self)

    def _save(self, large: Columns, statistics: Statistics, hidden: Mapping[int, int] | None = None) -> None:
        """Write a new generation, move `current.json` to it in one step, drop the others."""
        hidden = self._view.hidden if hidden is None else hidden
        self._made = Origin(self._model, MAPPING)
        empty = build_columns([], self._dimension)
        if not self._writable:
            self._view = _View((large, empty), (_all(large), _all(empty)), statistics, hidden)
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        numbers = [int(p.name.removeprefix("gen-")) for p in self._folder.glob("gen-*")]
        generation = self._folder / f"gen-{max(numbers, default=0) + 1}"
        large.save(generation)
        meta = {
            "generation": generation.name,
            "model": self._model,
            "mapping": MAPPING,
            "documents": statistics.documents,
            "average_length": statistics.average_length,
            "frequencies": dict(statistics.frequencies),
            "hidden": dict(hidden),
        }
        waiting = self._folder / "current.json.new"
        waiting.write_text(json.dumps(meta))
        waiting.replace(self._folder / "current.json")
        opened = load_columns(generation)
        self._view = _View((opened, empty), (_all(opened), _all(empty)), statistics, hidden)
        for old in self._folder.glob("gen-*"):
            if old != generation:
                shutil.rmtree(old, ignore_errors=True)

    def search(self, plan: Plan) -> Found:
        """Find the candidates of a plan over all parts."""
        if plan.vectors is not None and plan.vectors.shape[1] != self._dimension:
            raise UnavailableError(OTHER_MODEL)
        view = self._view
        return search_parts(view.parts, view.alive, view.statistics, plan)

    def revisions(self) -> dict[int, int]:
        """Give the revision held for each listing, also hidden ones."""
        view = self._view
        held = dict(view.hidden)
        for part, alive in zip(view.parts, view.alive, strict=True):
            held.update(zip(part.ids[alive].tolist(), part.revisions[alive].tolist(), strict=True))
        return held

    def held(self) -> dict[int, Held]:
        """Give what the index holds of each listing, also of hidden ones."""
        view = self._view
        held = {number: Held(revision=revision, visible=False) for number, revision in view.hidden.items()}
        for part, alive in zip(view.parts, view.alive, strict=True):
            columns = part.ids[alive].tolist(), part.revisions[alive].tolist(), part.hashes[alive]
            held |= {
                number: Held(revision=revision, visible=True, content_hash=content_hash.tobytes())
                for number, revision, content_hash in zip(*columns, strict=True)
            }
        return held

    def serving_model(self) -> str:
        """Give the name of the model whose vectors it holds."""
        return self._model

    def made_with(self) -> Origin | None:
        """Say with what the index on disk was made; one of another model or mapping is not read."""
        return self._made

    def targets(self) -> tuple[Target]:
        """Give the one index there is: what is written while a rebuild reads is written to the new one too."""
        return (self,)

    def similar_words(self, word: str, limit: int) -> list[tuple[str, int]]:
        """Give words of the index spelt like `word`, nearest first, then commonest."""
        view, found = self._view, dict[str, tuple[int, str]]()
        furthest = 1 if len(word) < 5 else 2
        for part in view.parts:
            surfaces = part.words["surfaces"]
            near = process.extract(word, surfaces, scorer=OSA.distance, score_cutoff=furthest, limit=None)
            for surface, distance, column in near:
                term = part.words["terms"][column]
                found[term] = min((int(distance), surface), found.get(term, (furthest, surface)))
        ranked = sorted(
            (distance, -count, surface)
            for term, (distance, surface) in found.items()
            if (count := _holders(view, term))  # a word that only hidden listings hold is not told
        )
        return [(surface, -count) for _, count, surface in ranked[:limit]]

    def statistics(self) -> Statistics:
        """Give the frozen statistics, the same value until they are frozen anew."""
        return self._view.statistics

    def frequency(self, term: str) -> int:
        """Give the frozen number of listings that hold a term."""
        return self._view.statistics.frequencies.get(term, 0)

    def idf(self, term: str) -> float:
        """Give the frozen weight of a term."""
        return self._view.statistics.idf(term)

    def status(self) -> EngineStatus:
        """Say what the index holds."""
        view = self._view
        visible = sum(int(alive.sum()) for alive in view.alive)
        return EngineStatus(
            documents=visible + len(view.hidden),
            visible=visible,
            model=self._model,
            dimension=self._dimension,
            mapping=MAPPING,
        )


def _all(columns: Columns) -> NDArray[np.bool_]:
    return np.ones(len(columns), np.bool_)


def _hidden(entries: Iterable[Entry]) -> dict[int, int]:
    return {entry.document.id: entry.document.revision for entry in entries if not entry.document.visible}


def _holders(view: _View, term: str) -> int:
    return sum(int(alive[part.postings(term)[0]].sum()) for part, alive in zip(view.parts, view.alive, strict=True))
