"""Fusion: the two legs' evidence becomes one score and one order; knows neither engines nor texts."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.engine import Found
from indexer.long_text import LEXICAL

Scores = NDArray[np.float32]

LESS_CLOSE, BELOW = 10, 100
LIFTED = 0.22
"""A place lifts no listing that scores below: a flood plan in Sheffield (.21) is no debt advice there.

It costs `ukcat_charities` tag_region .01 and the other judged families nothing; at .25 constrained needs fall by .014.
"""
BUCKET = 0.004
"""Scores of the second look that are the same to a person.

Turned by 30 days' seeds, nDCG@10 is at most a hundredth part less on every judged set (docs/relevance.md); with .005
`uk_notices` loses a little more, with .01 `need2charity` 5 parts.
"""
DIGITS = 5
"""Scores are compared to so many digits: the last ones of a cosine depend on the row where the listing stands."""


@dataclass(frozen=True, slots=True)
class Weights:
    """The weight of the lexical leg beside the dense one, and what an exact title adds.

    With .58, all four judged sets that have a bar (grants, outcomes, notices, SciFact) pass it; .5 loses the outcomes.
    """

    lexical: float = LEXICAL
    exact: float = 10.0


def fuse(found: Found, weights: Weights, scale: float | None = None) -> Scores:
    """Score every candidate by a convex sum of two absolute parts, so that no other listing changes a score.

    The lexical part is BM25 over `scale` (default: the most that this query could score), at most 1; the dense part is
    the cosine. Where one leg is off, the other stands alone.
    """
    cosine = np.clip(found.cosine, 0.0, 1.0)
    scale = scale or found.lexical_top
    lexical = found.lexical / scale if scale else np.zeros_like(found.lexical)
    if np.isnan(found.cosine).all():
        score = lexical
    elif not scale:
        score = cosine
    else:
        score = weights.lexical * np.minimum(lexical, 1.0) + (1 - weights.lexical) * cosine
    return np.asarray(score + weights.exact * found.exact, np.float32)


def tie_break(ids: NDArray[np.int64], seed: str = "") -> NDArray[np.uint64]:
    """Give each listing a fixed random place among equals: never the alphabet, never the order of arrival."""
    start = np.frombuffer(hashlib.blake2b(seed.encode(), digest_size=8).digest(), np.uint64)
    mixed = ids.astype(np.uint64) + start  # splitmix64 (Steele, Lea and Flood, 2014): whole columns in one pass
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)), np.uint64)


def order(found: Found, scores: Scores) -> NDArray[np.intp]:
    """Order candidates: exact names, then by score; where the text has constraints, the strong ones by tier first.

    Those below the rule come last. Equals stand by `tie_break`.
    """
    return by_score(found.ids, scores, bands(found, found.strong & (scores >= LIFTED)))


def bands(found: Found, lifted: NDArray[np.bool_]) -> NDArray[np.int16]:
    """Give what goes before the score: exact names, the tier of those that may be lifted, the others, the rest."""
    tier = np.where(lifted, found.tier, LESS_CLOSE if found.tier.any() else 0).astype(np.int16)
    return np.asarray(np.where(found.exact, -1, np.where(found.qualifies, tier, BELOW)), np.int16)


def by_score(
    ids: NDArray[np.int64], scores: Scores, band: NDArray[np.int16], seed: str | None = None
) -> NDArray[np.intp]:
    """Order by band, then by score; equals stand by `tie_break`.

    With a seed, all scores of one bucket are equal: who stands before whom among them turns with the seed.
    """
    kept = np.round(scores, DIGITS) if seed is None else np.floor(scores / BUCKET)
    return np.lexsort((tie_break(ids, seed or ""), -kept, band))
