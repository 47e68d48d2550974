"""The match score of one pair: what, who, place, tier and term, money, in two directions; knows no engine."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.embedder import Vectors
from indexer.sides import Side, areas, money, pair_of, place, tier_and_term, who
from indexer.texts import Sentence

PARTS = {"what": 0.45, "areas": 0.2, "who": 0.12, "place": 0.1, "tier": 0.06, "money": 0.07}
"""Weights of the parts; *what* and *areas*, what both are about, are more than half (docs/decisions/0010)."""

PRIORS = {"outcomes": 0.32, "areas": 0.5, "who": 0.50, "place": 0.5, "tier": 0.5, "money": 0.5}
"""What an unstated part enters with: its mean over the tuning half of the judged pairs, at most 0.5.

The means: outcomes .32, areas .57, who .50, place .53, tier .68, money .82.
"""

OUTCOMES, TEXTS = 0.75, 0.25
"""How *what* is made: on the judged pairs, outcomes alone rank better than title and summary (nDCG@10 .87 and .73)."""

LOWEST, HIGHEST = 0.15, 0.85
"""Cosines that count as nothing and as all: the spread of MiniLM between unlike and like sentences."""


@dataclass(frozen=True, slots=True)
class Citation:
    """One unit of the asking listing, the closest sentence of the other, and how close they are (cosine)."""

    unit: str
    sentence: Sentence
    cosine: float

    @property
    def value(self) -> float:
        """Give the closeness in [0,1] as the score counts it."""
        return float(np.clip((self.cosine - LOWEST) / (HIGHEST - LOWEST), 0.0, 1.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the text of the other listing says to each unit of the asking one."""

    outcomes: tuple[Citation, ...]
    texts: tuple[Citation, ...]

    @property
    def what(self) -> float:
        """Give the part *what*: never higher when a sentence is taken away, because each unit takes its best."""
        outcomes = _mean(self.outcomes) if self.outcomes else PRIORS["outcomes"]
        return OUTCOMES * outcomes + TEXTS * _mean(self.texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """The asking listing's units with their vectors, shapes (outcomes, dimension) and (texts, dimension)."""

    outcomes: tuple[str, ...]
    outcome_vectors: Vectors
    texts: tuple[str, ...]
    text_vectors: Vectors


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A pair's score: both directions' parts (None: not stated), and their harmonic mean in [0,1]."""

    evidence: Evidence
    there: dict[str, float | None]
    back: dict[str, float | None]

    @property
    def total(self) -> float:
        """Fuse the two directions by harmonic mean: a match must be good for both."""
        one, other = weighed(self.there), weighed(self.back)
        return 2 * one * other / (one + other) if one + other else 0.0

    @property
    def parts(self) -> dict[str, float]:
        """Give each part as it enters: the mean of the two directions, a prior where it is not stated."""
        return {name: (entering(name, self.there) + entering(name, self.back)) / 2 for name in PARTS}

    def share(self, name: str, portion: float = 1.0) -> float:
        """Give the part of the whole score that a portion of one part carries, 0-1."""
        return PARTS[name] * self.parts[name] * portion / max((weighed(self.there) + weighed(self.back)) / 2, 1e-9)


def entering(name: str, parts: dict[str, float | None]) -> float:
    """Give a part, or its prior where it is not stated: silence is neither "no" nor an advantage."""
    value = parts[name]
    return PRIORS[name] if value is None else value


def weighed(parts: dict[str, float | None]) -> float:
    """Give the weighted mean of the parts of one direction."""
    return sum(weight * entering(name, parts) for name, weight in PARTS.items())


def cite(
    units: tuple[str, ...], vectors: Vectors, sentences: tuple[Sentence, ...], theirs: Vectors
) -> tuple[Citation, ...]:
    """Find for each unit the closest sentence of the other listing."""
    if not units:
        return ()
    near: NDArray[np.float32] = vectors @ theirs.T
    best = near.argmax(axis=1)
    return tuple(
        Citation(unit, sentences[at], float(near[row, at]))
        for row, (unit, at) in enumerate(zip(units, best, strict=True))
    )


def read_evidence(units: Units, sentences: tuple[Sentence, ...], vectors: Vectors) -> Evidence:
    """Compare the asking listing's units with every sentence of the other one."""
    return Evidence(
        outcomes=cite(units.outcomes, units.outcome_vectors, sentences, vectors),
        texts=cite(units.texts, units.text_vectors, sentences, vectors),
    )


def score_pair(asker: Side, other: Side, evidence: Evidence, neighbours: frozenset[str]) -> Score:
    """Score one pair; `neighbours` are the districts next to those that the need requires.

    *What* is read once, from the asker's units over the other's text: reading it back as well ranked worse on the
    judged pairs, and a score must fall whenever the text that it cites is taken away.
    """
    pair = pair_of(asker, other)
    shared = {
        "what": evidence.what,
        "areas": areas(pair),
        "place": place(pair, neighbours),
        "money": money(pair),
    }
    there = {**shared, "who": who(asker, other), "tier": tier_and_term(asker.content, other.content)}
    back = {**shared, "who": who(other, asker), "tier": tier_and_term(other.content, asker.content)}
    return Score(evidence=evidence, there=there, back=back)


def _mean(citations: tuple[Citation, ...]) -> float:
    return sum(citation.value for citation in citations) / max(len(citations), 1)
