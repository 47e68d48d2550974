"""Match: a listing's counterparts on the other side, scored both ways; knows no page."""

import math
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from sqlalchemy import Engine as Database
from sqlalchemy.orm import Session

from exchange.database import reading
from exchange.errors import UnavailableError
from exchange.listing.listings import listings_by_ids, visible_listing
from exchange.models import State
from exchange.taxonomy import load_taxonomy
from indexer.document import DocumentBuilder, Subject
from indexer.embedder import MODEL_FAILURES, Embedder
from indexer.explain import Explained, explain_match
from indexer.fusion import tie_break
from indexer.results import Match, Matches, NearMiss, Query
from indexer.scoring import Score, Units, read_evidence, score_pair
from indexer.search import Finder, embedded
from indexer.sides import SAME_ORGANISATION, Side, cannot, pair_of, side_of
from indexer.sync import subject_of
from indexer.texts import outcome_units, sentences_of, text_units
from indexer.vectors import KeptVectors, embed_texts

DEEPEST_PAIRS = 100
"""Counterparts that are compared sentence by sentence: the closest of all candidates."""

NEAR_MISSES = 5
"""Listings that cannot match and are named all the same: enough to see what one thing would change."""
SEVERAL = "several reasons at once"
"""Counts what more than one reason keeps apart: to change one would change nothing."""

NO_MODEL = (
    "Matches cannot be worked out just now, because the language model that compares the texts does not work. "
    "Nothing is lost: try again in a few minutes."
)

Nearest = Callable[[Session, DocumentBuilder, Side], list[int]]
"""Gives candidates in the place of the engine: the listings of the other side that are nearest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """One counterpart with its score, before it is explained; `cannot` says all that excludes the two, if so."""

    side: Side
    score: Score
    cannot: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """The closest candidates, and the closest of the strong ones; `by_words` says that the model did not work."""

    first: list[int]
    strong: list[int]
    by_words: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Matcher:
    """What a match needs, built once a process; it asks the engine for `patience` seconds in all."""

    database: Database
    embedder: Embedder
    finder: Finder
    patience: float = math.inf

    def match(self, listing_id: int, limit: int, nearest: Nearest | None = None) -> Matches:
        """Find the counterparts of a visible listing, best first, among the engine's candidates or those of `nearest`.

        Where the model does not work and the texts were never embedded, there is a notice and no match.

        Raises:
            NotFoundError: there is no such listing, or it may not be seen.
            UnavailableError: the engine does not answer, or answers too slowly.
        """
        with reading(self.database) as session:
            listing = visible_listing(session, listing_id)
            if listing.state != State.PUBLISHED:
                return Matches(matches=(), total=0, notices=("This listing is closed: it is not matched.",))
            subject = subject_of(listing)
        return self.match_subject(subject, limit, nearest)

    def match_subject(self, subject: Subject, limit: int, nearest: Nearest | None = None) -> Matches:
        """Find the counterparts of a listing or of what is not one yet, whatever state it is in.

        Raises:
            UnavailableError: the engine does not answer, or answers too slowly.
        """
        with reading(self.database) as session:
            builder = self.builder(session)
            asker = side_of(subject, builder)
            ids = nearest(session, builder, asker) if nearest else self.candidates(asker)
            found = listings_by_ids(session, ids).values()
            sides = [side_of(subject_of(row), builder) for row in found if row.state == State.PUBLISHED]
        try:
            scored, excluded = self.score(asker, sides)
        except MODEL_FAILURES:
            return Matches(matches=(), total=0, notices=(NO_MODEL,))
        shown = [self._explained(asker, one) for one in scored[:limit]]
        return Matches(
            matches=tuple(shown),
            total=len(scored),
            cannot=_counts(excluded),
            near_misses=_near_misses(excluded),
        )

    def builder(self, session: Session) -> DocumentBuilder:
        """Give a builder for the taxonomy that is published now."""
        return DocumentBuilder(load_taxonomy(session), self.finder.gazetteer)

    def candidates(self, asker: Side) -> list[int]:
        """Give the union of one search with title and summary and one for each outcome, the closest first.

        Raises:
            UnavailableError: the engine does not answer, or answers too slowly.
        """
        return self.nearest(asker).first

    def nearest(self, asker: Side) -> Candidates:
        """Give the candidates, and those that one of the searches finds at the candidate rule's mark `strong`.

        Raises:
            UnavailableError: the engine does not answer, or answers too slowly.
        """
        queries = queries_of(asker)
        finder = replace(self.finder, embedder=self._kept(query.text for query in queries), second=None)
        best: dict[int, float] = {}
        strong: set[int] = set()
        began, by_words = time.monotonic(), False
        for query in queries:
            if time.monotonic() - began > self.patience:
                raise UnavailableError("The search engine answers too slowly for a match; try again in a few minutes.")
            ranked = finder.ranked(query, lambda plan: replace(plan, count_facets=False, depth=2 * DEEPEST_PAIRS))
            found, by_words = ranked.found, by_words or ranked.lexical_only
            strong.update(found.ids[found.strong & found.qualifies].tolist())
            for listing_id, score in zip(found.ids.tolist(), ranked.scores.tolist(), strict=True):
                best[listing_id] = max(best.get(listing_id, 0.0), score)
        ties = _ties(best)
        order = sorted(best, key=lambda listing_id: (-best[listing_id], ties[listing_id]))
        closest = [listing_id for listing_id in order if listing_id in strong][: 2 * DEEPEST_PAIRS]
        return Candidates(first=order[:DEEPEST_PAIRS], strong=closest, by_words=by_words)

    def _kept(self, texts: Iterable[str]) -> KeptVectors:
        """Embed what will be asked in one run of the model, so that only the engine's time counts after it."""
        kept = KeptVectors(self.database, self.embedder)
        with suppress(*MODEL_FAILURES):  # each search will find that out, and go by its words
            kept.encode([piece for text in texts for piece in embedded(text)])
        return kept

    def score(self, asker: Side, others: Iterable[Side]) -> tuple[list[Scored], list[Scored]]:
        """Score the sides that can match, and those that cannot, each best first.

        Of those that cannot the ones with the fewest reasons come first: they miss by least.
        """
        scored = self._scored(asker, list(others))
        ties = _ties(one.side.subject.id for one in scored)
        scored.sort(key=lambda one: (-one.score.total, ties[one.side.subject.id]))
        excluded = sorted((one for one in scored if one.cannot), key=lambda one: len(one.cannot))
        return [one for one in scored if not one.cannot], excluded

    def _scored(self, asker: Side, others: list[Side]) -> list[Scored]:
        units = self._units(asker)
        sentences = [sentences_of(other.content) for other in others]
        texts = [sentence.text for found in sentences for sentence in found]
        ends = np.cumsum([len(found) for found in sentences])
        vectors = np.split(embed_texts(self.database, self.embedder, texts), ends[:-1]) if others else []
        scored = []
        for other, found, theirs in zip(others, sentences, vectors, strict=True):
            pair = pair_of(asker, other)
            near = self.finder.gazetteer.neighbours(pair.need.places.now)
            score = score_pair(asker, other, read_evidence(units, found, theirs), near)
            scored.append(Scored(side=other, score=score, cannot=cannot(pair)))
        return scored

    def _units(self, asker: Side) -> Units:
        outcomes, texts = outcome_units(asker.content), text_units(asker.content)
        vectors = embed_texts(self.database, self.embedder, [*outcomes, *texts])
        return Units(
            outcomes=outcomes,
            outcome_vectors=vectors[: len(outcomes)],
            texts=texts,
            text_vectors=vectors[len(outcomes) :],
        )

    def _explained(self, asker: Side, one: Scored) -> Match:
        told: Explained = explain_match(asker, one.side, one.score, self.finder.gazetteer)
        return Match(
            id=one.side.subject.id,
            score=round(one.score.total, 4),
            parts={name: round(value, 4) for name, value in one.score.parts.items()},
            reasons=told.reasons,
            gaps=told.gaps,
        )


def queries_of(asker: Side) -> tuple[Query, ...]:
    """Give the searches that find a listing's candidates: one with title and summary, and one for each outcome.

    They are ordered without a second look, because a match has a score of its own.
    """
    texts = (" ".join(text_units(asker.content)), *outcome_units(asker.content))
    return tuple(Query(text=text, kind=asker.subject.kind.other, read_constraints=False) for text in texts)


def _counts(excluded: Iterable[Scored]) -> dict[str, int]:
    """Count those that cannot match, each once; those with several reasons last."""
    counts = Counter(one.cannot[0] if len(one.cannot) == 1 else SEVERAL for one in excluded)
    return {reason: counts[reason] for reason in sorted(counts, key=SEVERAL.__eq__)}


def _near_misses(excluded: Iterable[Scored]) -> tuple[NearMiss, ...]:
    """Name the best of those that one reason alone keeps apart; one's own listings are no news."""
    apart = (one for one in excluded if len(one.cannot) == 1 and one.cannot != (SAME_ORGANISATION,))
    return tuple(
        NearMiss(id=one.side.subject.id, score=round(one.score.total, 4), reason=one.cannot[0])
        for one in islice(apart, NEAR_MISSES)
    )


def _ties(ids: Iterable[int]) -> dict[int, int]:
    """Give each listing its fixed random place among equals."""
    numbers = list(ids)
    return dict(zip(numbers, tie_break(np.array(numbers, np.int64)).tolist(), strict=True))
