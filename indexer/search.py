"""Search: a query becomes a plan, the engine's candidates become an order; the one place of the candidate rule."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from exchange.place.places import Gazetteer
from exchange.place.postcodes import Postcodes
from indexer.analysis import sentences, tokens
from indexer.catalogue import without_exceptions, without_general
from indexer.constraints import ConstraintReader, Reading, place_ask
from indexer.document import pack
from indexer.embedder import MODEL_FAILURES, Embedder, Vectors
from indexer.engine import Engine, Found, Plan, TermGroup
from indexer.fusion import Scores, Weights, fuse, order
from indexer.long_text import LONG, lexical_weight, without_procedure
from indexer.rerank import DEPTH, mix_for
from indexer.results import DEEPEST, Facet, Query, Sort
from indexer.rule import TUNING, Tuning, lexical_scale, rule_for
from indexer.second_look import First, SecondLook, Spoken
from indexer.suggest import mended
from indexer.thesaurus import MOST_WORDS as MOST_WIDENED
from indexer.thesaurus import Meant, packaged
from indexer.timing import Step, step

log = logging.getLogger(__name__)

WEIGHTS = Weights()
DEPTHS = DEPTH, 2 * DEPTH, DEEPEST
"""How many candidates are told in order: the first of these that holds the page, at least what is looked at again."""
LONGEST_TEXT = 8_000
"""Characters of a query that are read; a pasted page of 1,000 words fits."""


class Leg(StrEnum):
    """Which retrievers take part (the command line's `--leg`)."""

    BOTH = "both"
    LEXICAL = "lexical"
    DENSE = "dense"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """All candidates in order with their evidence; `rows` index `found`.

    `lexical_only` says that the text should have been embedded and the model could not do it.
    """

    found: Found
    scores: Scores
    rows: NDArray[np.intp]
    reading: Reading
    parts: tuple[str, ...]
    vectors: Vectors | None
    lexical_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finder:
    """What a search needs, built once a process."""

    engine: Engine
    embedder: Embedder | None
    gazetteer: Gazetteer
    postcodes: Postcodes | None
    today: Callable[[], date] = date.today
    tuning: Tuning = TUNING
    weights: Weights = WEIGHTS
    leg: Leg = Leg.BOTH
    second: SecondLook | None = None
    """Orders the first results again; None where the first order is all that is asked for."""

    def plan(self, query: Query) -> tuple[Plan, Reading]:
        """Turn a query into a plan: constraints read, words weighted, text embedded."""
        plan, reading, _ = self._planned(query)
        return plan, reading

    def _planned(self, query: Query) -> tuple[Plan, Reading, Spoken | None]:
        text = query.text[:LONGEST_TEXT]
        said = without_exceptions(text) if _short(text) else text
        reader = ConstraintReader(self.gazetteer, self.postcodes)
        reading = reader.read(said, query.removed) if query.read_constraints else Reading(text=said)
        understood = mended(reading.text, self.engine, [chip.words for chip in reading.chips], query.removed)
        reading = replace(reading, text=understood.text, spellings=understood.chips)
        typed = understood.also_as_typed(term_groups(reading.text))
        groups = self._widened(reading.text, typed)
        vectors, spoken = self._read(reading.text, self._meant(reading.text, typed))
        wanted = query.filters.get(Facet.PLACE, ())
        weights = self._weights(groups)
        plan = Plan(
            rule=rule_for(self._weights(typed), self._known(typed, groups), self.tuning),
            terms=groups if self.leg != Leg.DENSE else (),
            vectors=vectors,
            phrase=text,
            kind=query.kind,
            include_closed=query.include_closed,
            today=self.today(),
            facets={f: v for f, v in query.filters.items() if f is not Facet.PLACE and v},
            exclude_not_stated=query.exclude_not_stated,
            place_filter=place_ask(self.gazetteer, wanted) if wanted else None,
            places=reading.places,
            people=reading.people,
            depth=_depth(query),
            sort=query.sort,
            scale=lexical_scale(weights) if self.leg != Leg.DENSE else 0.0,
            lexical_weight=lexical_weight(len(typed), self.weights.lexical),
        )
        return plan, reading, spoken

    def _widened(self, text: str, groups: tuple[TermGroup, ...]) -> tuple[TermGroup, ...]:
        """Take the words of buying out of a page, and let words that mean the same also count in a short text."""
        known = {group.typed: self.engine.idf(group.typed) for group in groups}
        return packaged().expand(text, without_procedure(groups), known)

    def _known(self, typed: tuple[TermGroup, ...], widened: tuple[TermGroup, ...]) -> list[bool]:
        """Say of each word typed whether a listing holds it, or a word that means the same."""
        meant = {group.typed: group for group in widened}
        alternatives = [meant.get(group.typed, group).alternatives for group in typed]
        return [any(self.engine.frequency(term) for term, _ in found) for found in alternatives]

    def _weights(self, groups: tuple[TermGroup, ...]) -> list[float]:
        return [group.factor * self.engine.idf(group.typed) for group in groups]

    def _meant(self, text: str, groups: tuple[TermGroup, ...]) -> tuple[Meant, ...]:
        return packaged().meant(text) if len(groups) <= MOST_WIDENED else ()

    def _read(self, text: str, meant: Sequence[Meant]) -> tuple[Vectors | None, Spoken | None]:
        """Embed a text, for a second look with its words."""
        if self.embedder is None or not self._embeds(text):
            return None, None
        try:
            with step(Step.EMBED):
                if self.second is None or self.leg is not Leg.BOTH:
                    return self.embedder.encode_query(embedded(text)), None
                spoken = self.second.read(self.embedder, embedded(text), meant)
                return spoken.vectors, spoken
        except MODEL_FAILURES as error:
            if self.leg is Leg.DENSE:
                raise
            log.info("a text was not embedded: %s: %s", type(error).__name__, error)
            return None, None  # its words still find much; `Ranked.lexical_only` tells

    def _embeds(self, text: str) -> bool:
        return self.embedder is not None and self.leg is not Leg.LEXICAL and bool(tokens(text))

    def ranked(self, query: Query, change: Callable[[Plan], Plan] = lambda plan: plan) -> Ranked:
        """Find and order all candidates of a query; `change` lets a caller add what it knows to the plan."""
        plan, reading, spoken = self._planned(query)
        plan = change(plan)
        with step(Step.ENGINE):
            found = self.engine.search(plan)
        with step(Step.FUSION):
            scores = fuse(found, replace(self.weights, lexical=plan.lexical_weight), plan.scale)
            rows = _sorted(query, plan, found, scores)
            if spoken is not None and query.sort is Sort.RELEVANCE and (query.page - 1) * query.page_size < DEPTH:
                exact = np.asarray(self.weights.exact * found.exact, np.float32)
                mix = mix_for(len(term_groups(reading.text)))
                first = First(found=found, scores=scores, rows=rows, exact=exact, seed=query.seed, mix=mix)
                rows, scores = self._again(spoken, first)
        return Ranked(
            found=found,
            scores=scores,
            rows=rows,
            reading=reading,
            parts=embedded(reading.text),
            vectors=plan.vectors,
            lexical_only=plan.vectors is None and self._embeds(reading.text),
        )

    def _again(self, spoken: Spoken, first: First) -> tuple[NDArray[np.intp], Scores]:
        """Order the first results again; where the model fails meanwhile, the first order stands."""
        if self.second is None or self.embedder is None:
            return first.rows, first.scores
        try:
            return self.second.again(self.embedder, spoken, self.engine.idf, first)
        except MODEL_FAILURES as error:
            log.info("the first order stands: %s: %s", type(error).__name__, error)
            return first.rows, first.scores


def _depth(query: Query) -> int:
    """Say how many candidates must be told in order."""
    return next((depth for depth in DEPTHS if query.page * query.page_size <= depth), DEEPEST)


def embedded(text: str) -> tuple[str, ...]:
    """Split a query into the parts that are embedded: whole sentences within the model's reach.

    Of a short one only what names what is sought.
    """
    return pack(sentences(without_general(without_exceptions(text)) if _short(text) else text))


def _short(text: str) -> bool:
    return len(term_groups(text)) <= LONG


def term_groups(text: str) -> tuple[TermGroup, ...]:
    """Give the words of a text that carry topic, each once, in order; all words when nothing else is there."""
    found = tokens(text)
    kept = [t for t in found if not t.stop] or found
    counts: dict[str, int] = {}
    for token in kept:
        counts[token.term] = counts.get(token.term, 0) + 1
    return tuple(TermGroup(alternatives=((term, 1.0),), factor=float(count)) for term, count in counts.items())


def _sorted(query: Query, plan: Plan, found: Found, scores: Scores) -> NDArray[np.intp]:
    if query.sort is Sort.CLOSING:
        closes = np.where(found.closes == 0, np.iinfo(np.int32).max, found.closes)
        return np.lexsort((order(found, scores).argsort(), closes))
    if query.sort is Sort.NEWEST or plan.browsing:
        return np.lexsort((order(found, scores).argsort(), -found.posted))
    return order(found, scores)
