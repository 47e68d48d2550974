"""Search while no engine answers: SQL finds what holds the words, and it is filtered and ordered here; knows no page.

Two hundred candidates at most, so that a page costs little where everybody's search comes this way at once.
"""

import math
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from exchange.listing.listings import listings_by_ids
from exchange.place.postcodes import Postcodes
from exchange.text_search import Held, Stated, Wanted, text_search
from indexer.analysis import terms, tokens
from indexer.columns_build import build_columns
from indexer.columns_search import search_parts
from indexer.constraints import ConstraintReader, Reading, place_ask
from indexer.document import DocumentBuilder, Subject, texts_of
from indexer.engine import Entry, Found, Plan
from indexer.explain_hit import explain_hit
from indexer.facets import buckets
from indexer.fusion import tie_break
from indexer.narrowing import narrowed
from indexer.results import Facet, Hit, Query, Results, Sort
from indexer.rule import rule_for
from indexer.search import LONGEST_TEXT
from indexer.sides import Side, side_of
from indexer.statistics import Statistics
from indexer.sync import subject_of
from indexer.texts import text_units

MOST = 200
MOST_WORDS = 10
FEW_BODIES = 1_000
LONGEST_WAIT = 0.5
"""Seconds that a page waits for its turn to read many listings; after them it reads few."""

_READING = threading.BoundedSemaphore(2)
NO_VECTORS = np.empty((0, 0), np.float32)

BY_WORDS = (
    "Search is running without its ranking engine. These results match your words only, not their meaning, so some "
    "that would fit may be missing. Nothing is lost: try again in a few minutes."
)
BROWSING = (
    "Search is running without its ranking engine. You can still browse and filter, but some listings and counts may "
    "be missing. Nothing is lost: try again in a few minutes."
)
MATCHES = (
    "Matching is running without the search engine. These were looked for by words, areas and groups alone, so some "
    "that would fit may be missing. Nothing is lost: try again in a few minutes."
)

Beginnings = Mapping[str, tuple[str, ...]]
"""Terms, each with how words of it may begin."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A listing with the number of words that it holds, and that its title holds."""

    subject: Subject
    held: int
    in_title: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallback:
    """What a search without an engine needs, for one session."""

    session: Session
    builder: DocumentBuilder
    postcodes: Postcodes | None
    today: date

    def search(self, query: Query) -> Results:
        """Find the open listings that hold most of the words (without words, the newest), filtered and explained."""
        text = query.text[:LONGEST_TEXT]
        reader = ConstraintReader(self.builder.gazetteer, self.postcodes)
        reading = reader.read(text, query.removed) if query.read_constraints else Reading(text=text)
        words = beginnings(reading.text)
        held = self._held(query, words, MOST)
        counted = self._counted(held.ids, words)
        found = self._filtered(query, reading, counted)
        rows = _in_order(query, found, counted)
        start = (query.page - 1) * query.page_size
        return Results(
            hits=tuple(self._hit(found, row, reading, counted) for row in rows[start : start + query.page_size]),
            total=found.total,
            query=query,
            chips=reading.chips,
            facets=buckets(found.facets, query, self.builder.taxonomy, self.builder.gazetteer),
            hidden=found.hidden,
            highlight=frozenset(words),
            banner=BY_WORDS if words else BROWSING,
            degraded=True,
            at_least=held.more,
        )

    def nearest(self, asker: Side, limit: int) -> list[int]:
        """Give listings of the other side that hold most of a listing's words, and those that state its codes.

        Codes are areas and groups. Where there are too many of both, half of each.
        """
        content, kind = asker.content, asker.subject.kind.other
        words = beginnings(" ".join(text_units(content)))
        by_words = self._held(Query(kind=kind), words, limit).ids if words else []
        codes = {*(content.areas or ()), *(content.groups or ())}
        wanted = Wanted(limit=limit, today=self.today, kind=kind, stated=[Stated(codes=codes)])
        by_codes = self._searched(wanted).ids if codes else []
        half = limit // 2
        return list(dict.fromkeys([*by_words[:half], *by_codes[:half], *by_words, *by_codes]))[:limit]

    def _held(self, query: Query, words: Beginnings, limit: int) -> Held:
        return self._searched(
            Wanted(
                limit=limit,
                today=self.today,
                words=tuple(words.values()),
                least=least(len(words)),
                kind=query.kind,
                include_closed=query.include_closed,
                stated=narrowed(query, self.builder),
                soonest=query.sort is Sort.CLOSING,
            )
        )

    def _searched(self, wanted: Wanted) -> Held:
        """Let few read at once; who would wait long reads less, because all pages come this way at the same time."""
        turn = _READING.acquire(timeout=LONGEST_WAIT)
        try:
            return text_search(self.session, wanted if turn else replace(wanted, bodies=FEW_BODIES))
        finally:
            if turn:
                _READING.release()

    def _counted(self, ids: Sequence[int], words: Beginnings) -> dict[int, Counted]:
        """Read the listings and count the words that each holds; those that hold too few are left out."""
        any_word = "|".join(re.escape(beginning) for forms in words.values() for beginning in forms)
        pattern = re.compile(rf"(?<![^\W_])(?:{any_word})[^\W_]*")
        subjects = map(subject_of, listings_by_ids(self.session, ids).values())
        counted = (_count(subject, pattern, words) for subject in subjects)
        return {one.subject.id: one for one in counted if one.held >= least(len(words))}

    def _filtered(self, query: Query, reading: Reading, counted: Mapping[int, Counted]) -> Found:
        """Filter and count with the columns of the embedded engine; the words are counted already."""
        documents = [self.builder.build(_without_text(one.subject)) for one in counted.values()]
        columns = build_columns([Entry(document=one, vectors=NO_VECTORS) for one in documents], 0)
        places = query.filters.get(Facet.PLACE, ())
        plan = Plan(
            rule=rule_for([], []),
            phrase=query.text,
            kind=query.kind,
            include_closed=query.include_closed,
            today=self.today,
            facets={facet: values for facet, values in query.filters.items() if facet is not Facet.PLACE and values},
            exclude_not_stated=query.exclude_not_stated,
            place_filter=place_ask(self.builder.gazetteer, places) if places else None,
            places=reading.places,
            people=reading.people,
        )
        return search_parts((columns,), (np.ones(len(columns), np.bool_),), Statistics(), plan)

    def _hit(self, found: Found, row: int, reading: Reading, counted: Mapping[int, Counted]) -> Hit:
        subject = counted[int(found.ids[row])].subject
        told = explain_hit(side_of(subject, self.builder), reading, None)
        tier = int(found.tier[row]) or None
        return Hit(id=subject.id, score=0.0, tier=tier, reasons=told.reasons, gaps=told.gaps)


def beginnings(text: str) -> Beginnings:
    """Give the topic terms of a text, each with how words of it may begin; of many, the commonest and longest ten."""
    found = tokens(text)
    topical = [token for token in found if not token.stop] or found
    topical = [token for token in topical if not token.term.isdecimal()] or topical
    counts: dict[str, int] = {}
    forms: dict[str, set[str]] = {}
    for token in topical:
        counts[token.term] = counts.get(token.term, 0) + 1
        forms.setdefault(token.term, set()).update(_forms(text[token.start : token.end].lower(), token.term))
    chosen = sorted(counts, key=lambda term: (-counts[term], -len(term)))[:MOST_WORDS]
    return {term: tuple(sorted(forms[term])) for term in chosen}


def _forms(word: str, term: str) -> tuple[str, ...]:
    """Give how words of one term begin: what word and term share ("famil" of families), or both ("women", "woman")."""
    same = next((at for at, (a, b) in enumerate(zip(word, term, strict=False)) if a != b), min(len(word), len(term)))
    shared = word[:same]
    if shared.endswith("i") and len(shared) > 3:
        shared = shared[:-1]
    return (shared,) if len(shared) >= max(3, len(term) - 1) else (word, term)


def least(words: int) -> int:
    """Give how many of the words a listing must hold: the share of the candidate rule, every word weighing the same."""
    return math.ceil(rule_for([1.0] * words, [True] * words).share * words)


def _count(subject: Subject, pattern: re.Pattern[str], words: Beginnings) -> Counted:
    if not words:
        return Counted(subject, 0, 0)

    def held(text: str) -> set[str]:
        return set(terms(" ".join(pattern.findall(text.lower())))) & words.keys()

    everything = held("\n".join(texts_of(subject.content, subject.organisation).values()))
    return Counted(subject, len(everything), len(held(subject.content.title)))


def _without_text(subject: Subject) -> Subject:
    """Leave out what no filter reads: cutting it into words would cost more than all the rest."""
    bare = replace(subject.content, summary=None, description=None, outcomes=None, full_value=None)
    return replace(subject, content=bare)


def _in_order(query: Query, found: Found, counted: Mapping[int, Counted]) -> NDArray[np.intp]:
    """Put the exact title first, then by tier, words held, words in the title, and day; or as was asked."""
    held = np.array([counted[number].held for number in found.ids.tolist()], np.int32)
    in_title = np.array([counted[number].in_title for number in found.ids.tolist()], np.int32)
    latest = (tie_break(found.ids), -found.posted)
    if query.sort is Sort.CLOSING:
        return np.lexsort((*latest, np.where(found.closes == 0, np.iinfo(np.int32).max, found.closes)))
    if query.sort is Sort.NEWEST:
        return np.lexsort(latest)
    return np.lexsort((*latest, -in_title, -held, found.tier, ~found.exact))
