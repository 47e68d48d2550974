"""Saved searches as plans, kept in memory as long as nothing that they depend on changes; knows no listing's text."""

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from sqlalchemy import Engine as Database
from sqlalchemy.orm import Session

from exchange.alerting.watched import Question, Watched, questions, watched
from exchange.errors import UnavailableError
from exchange.listing.listings import listings_by_ids
from exchange.taxonomy import Taxonomy
from indexer.constraints import Reading
from indexer.document import DocumentBuilder
from indexer.embedder import MODEL_FAILURES, Embedder, Progress, Vectors
from indexer.engine import Plan
from indexer.matching import queries_of
from indexer.results import Query, Sort
from indexer.search import Finder
from indexer.sides import Side, side_of
from indexer.statistics import Statistics
from indexer.sync import subject_of
from indexer.token_reader import Tokens
from indexer.vectors import embed_texts

log = logging.getLogger(__name__)

AGAIN = 60.0
"""Seconds after which a search is planned again that could not be, or that has a word which no listing held: another
word stands for it then, and those come and go with listings."""

NO_MODEL = "The language model does not work just now; saved searches are tested as soon as it does."

Reader = Callable[[Taxonomy], Callable[[Question], Query | None]]
"""Turns the question of a saved search into a query, with the areas of a version; None where it cannot be read."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One search of a saved one, with what its text says."""

    plan: Plan
    reading: Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A saved search: a listing that passes any of `asks` is wanted. `asker` is the listing that it is to match."""

    search_id: int
    asks: tuple[Ask, ...]
    asker: Side | None = None


@dataclass(slots=True)
class _Kept:
    """A saved search as it was made ready, and until when that holds."""

    wanted: Wanted | None
    until: float = float("inf")


def alert_query(query: Query) -> Query:
    """Give the query whose passing an alert tells of: of open listings, whatever page and order were looked at."""
    return replace(query, include_closed=False, sort=Sort.RELEVANCE, page=1, seed=None)


@dataclass(slots=True, kw_only=True)
class AlertPlans:
    """The saved searches of a site as plans, for one thread.

    A plan depends on the question, the frozen term statistics, the areas and, for a word that no listing holds, on the
    listings of the last minute. When the statistics or the areas change, every plan is made anew.
    """

    database: Database
    embedder: Embedder
    finder: Finder
    reader: Reader
    clock: Callable[[], float] = time.monotonic
    unreadable: frozenset[int] = frozenset()
    """The saved searches whose question could not be read when they were looked at last: they are passed over."""
    statistics: Statistics = field(default_factory=Statistics, init=False)
    """Those that the plans were made with."""
    _version: int | None = field(default=None, init=False)
    _kept: dict[Watched, _Kept] = field(default_factory=dict, init=False)
    _wanted: tuple[Wanted, ...] = field(default=(), init=False)

    def wanted(self, session: Session, taxonomy: Taxonomy) -> tuple[Wanted, ...]:
        """Give every saved search whose person is to be told; the same tuple while nothing has changed.

        Do not call it within a transaction that writes: texts that are new are embedded and kept.

        Raises:
            UnavailableError: the engine or the model does not answer.
        """
        statistics = self.finder.engine.statistics()
        if statistics is not self.statistics or taxonomy.version != self._version:
            self._kept, self.statistics, self._version = {}, statistics, taxonomy.version
        every, now = watched(session), self.clock()
        stale = [one for one in every if (kept := self._kept.get(one)) is None or kept.until <= now]
        if stale:
            self._kept |= self._made(session, taxonomy, stale)
        if stale or len(every) != len(self._kept):
            self._kept = {one: self._kept[one] for one in every}
            self._wanted = tuple(kept.wanted for kept in self._kept.values() if kept.wanted is not None)
            self.unreadable = frozenset(one.search_id for one, kept in self._kept.items() if kept.wanted is None)
        return self._wanted

    def _made(self, session: Session, taxonomy: Taxonomy, stale: Sequence[Watched]) -> dict[Watched, _Kept]:
        """Make saved searches ready; what cannot be read, or not planned, is passed over and does not stop the rest."""
        asked = self._asked(session, taxonomy, stale)
        later = _Later(self.embedder.name)
        finder = replace(self.finder, embedder=later, second=None)
        planned: dict[Watched, tuple[list[Ask], list[tuple[str, ...]]]] = {}
        for one, (queries, _) in asked.items():
            try:
                planned[one] = _planned(finder, later, queries)
            except UnavailableError:
                raise
            except Exception:
                log.exception("saved search %d cannot be asked and is passed over", one.search_id)
        vectors = self._vectors(text for _, parts in planned.values() for texts in parts for text in texts)
        made = {one: _Kept(None, self.clock() + AGAIN if one in asked else float("inf")) for one in stale}
        for one, (asks, parts) in planned.items():
            if all(text in vectors for texts in parts for text in texts):
                ready = [_with_vectors(ask, texts, vectors) for ask, texts in zip(asks, parts, strict=True)]
                wanted = Wanted(search_id=one.search_id, asks=tuple(ready), asker=asked[one][1])
                made[one] = _Kept(wanted, self.clock() + AGAIN if self._unknown(ready) else float("inf"))
        return made

    def _asked(
        self, session: Session, taxonomy: Taxonomy, stale: Sequence[Watched]
    ) -> dict[Watched, tuple[tuple[Query, ...], Side | None]]:
        """Give the queries of each saved search, and the listing whose matches it asks for."""
        read, builder = self.reader(taxonomy), DocumentBuilder(taxonomy, self.finder.gazetteer)
        known = questions(session, [one.search_id for one in stale if one.listing_id is None])
        rows = listings_by_ids(session, [one.listing_id for one in stale if one.listing_id is not None])
        asked: dict[Watched, tuple[tuple[Query, ...], Side | None]] = {}
        for one in stale:
            if one.listing_id in rows:
                side = side_of(subject_of(rows[one.listing_id]), builder)
                asked[one] = queries_of(side), side
            elif one.search_id in known and (query := read(known[one.search_id])) is not None:
                asked[one] = (alert_query(query),), None
        return asked

    def _unknown(self, asks: Iterable[Ask]) -> bool:
        """Say whether a search has a word that no listing held when the statistics were frozen."""
        return any(not self.finder.engine.frequency(group.typed) for ask in asks for group in ask.plan.terms)

    def _vectors(self, texts: Iterable[str]) -> Mapping[str, Vectors]:
        """Embed all texts in one run; one that the model cannot read is missing."""
        every = list(dict.fromkeys(texts))
        try:
            return {} if not every else dict(zip(every, embed_texts(self.database, self.embedder, every), strict=True))
        except UnavailableError:
            raise
        except MODEL_FAILURES:
            read = {text: rows[0] for text in every if (rows := self._vector(text)) is not None}
        if not read:
            raise UnavailableError(NO_MODEL)
        return read

    def _vector(self, text: str) -> Vectors | None:
        try:
            return embed_texts(self.database, self.embedder, [text])
        except UnavailableError:
            raise
        except MODEL_FAILURES:
            return None


class _Later:
    """Stands for the model while plans are made, and notes the texts: all of them are embedded together afterwards."""

    dimension = 1

    def __init__(self, name: str) -> None:
        self.name = name
        self.texts: tuple[str, ...] = ()

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Give a place to be filled."""
        del progress  # nothing is embedded here
        self.texts = tuple(texts)
        return np.zeros((len(texts), self.dimension), np.float32)

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """Give a place to be filled."""
        return self.encode(texts)

    def read(self, texts: Sequence[str], progress: Progress | None = None) -> list[Tokens]:
        """Give no tokens: an alert has no second look."""
        del texts, progress
        return []

    def read_query(self, texts: Sequence[str]) -> list[Tokens]:
        """Give no tokens: an alert has no second look."""
        return self.read(texts)


def _planned(finder: Finder, later: _Later, queries: Iterable[Query]) -> tuple[list[Ask], list[tuple[str, ...]]]:
    """Plan queries without vectors; give the texts to embed for each."""
    asks: list[Ask] = []
    parts: list[tuple[str, ...]] = []
    for query in queries:
        later.texts = ()
        asks.append(Ask(*finder.plan(query)))
        parts.append(later.texts)
    return asks, parts


def _with_vectors(ask: Ask, texts: Sequence[str], vectors: Mapping[str, Vectors]) -> Ask:
    rows = np.array([vectors[text] for text in texts], np.float32) if texts else None
    return Ask(replace(ask.plan, vectors=rows, count_facets=False), ask.reading)
