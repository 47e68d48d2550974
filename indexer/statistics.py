"""Term statistics that are frozen at a rebuild, and a document's weighted words; knows no engine and no query."""

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from indexer.analysis import terms, words
from indexer.document import Document, Field

FIELD_WEIGHTS = {
    Field.TITLE: 1.5,
    Field.SUMMARY: 1.25,
    Field.OUTCOMES: 1.25,
    Field.BODY: 1.0,
    Field.ORGANISATION: 0.1,
    Field.LABELS: 0.5,
}
"""Weights of the fields in the one weighted document of BM25F (Robertson, Zaragoza and Taylor, 2004)."""

K1, B = 1.2, 0.75
"""BM25's constants as Lucene ships them; the baselines of our judged sets use the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """What an index knew of its terms when it was built, so that no listing's coming or going changes a score."""

    documents: int = 0
    average_length: float = 1.0
    frequencies: Mapping[str, int] = field(default_factory=dict)

    def idf(self, term: str) -> float:
        """Weigh a term by its rarity (Lucene's BM25 idf); a term never seen weighs most."""
        count = self.frequencies.get(term, 0)
        return math.log1p((self.documents - count + 0.5) / (count + 0.5))

    def norm(self, length: float) -> float:
        """Give what BM25 adds to a term's frequency below the line, for a document of this weighted length."""
        return K1 * (1 - B + B * length / max(self.average_length, 1e-6))


@dataclass(frozen=True, slots=True)
class WeightedTerms:
    """A document's terms with their weighted frequencies, its words each with its term, and its weighted length."""

    counts: Mapping[str, float]
    surfaces: Mapping[str, str]
    length: float


def weighted_terms(document: Document) -> WeightedTerms:
    """Count a document's terms with field weights."""
    counts: defaultdict[str, float] = defaultdict(float)
    surfaces: dict[str, str] = {}
    length = 0.0
    for name, text in document.texts.items():
        weight = FIELD_WEIGHTS[name]
        found = terms(text)
        length += weight * len(found)
        for term in found:
            counts[term] += weight
        surfaces.update(zip(words(text), found, strict=True))
    return WeightedTerms(counts, surfaces, length)


class Census:
    """Count documents one by one for the statistics of an index that is being built."""

    def __init__(self) -> None:
        self._documents = 0
        self._length = 0.0
        self._frequencies: defaultdict[str, int] = defaultdict(int)

    def add(self, found: WeightedTerms) -> None:
        """Count one visible document."""
        self._documents += 1
        self._length += found.length
        for term in found.counts:
            self._frequencies[term] += 1

    def freeze(self) -> Statistics:
        """Give the statistics of all documents counted so far."""
        average = self._length / self._documents if self._documents else 1.0
        return Statistics(documents=self._documents, average_length=average, frequencies=dict(self._frequencies))
