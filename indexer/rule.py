"""The candidate rule and the scale of a query's words, from their frozen weights alone; knows no listing and no engine.

A listing is a candidate when enough of the query's weighted terms match, or its cosine is at or above the
floor (design, ruling 5). Both bounds depend on the query, never on other listings.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.engine import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """The numbers of the rule, with what tuned them.

    `share_of_one / sqrt(terms)`, within `least_share` and `most_share`: a pasted page never has half of its words
    in one listing, while of three words two should be there ("respite carers Leeds" is not any listing with "carers").
    `floor` and `strong_floor` are cosines (docs/decisions/0004-floor-and-strong.md). They rise where no listing
    holds the words, because the model puts gibberish near something: by `none_known` where nothing is known (nearest of
    the nonsense queries: .415, "zzkrwq pphlt"), by `some_unknown` where a quarter of the weight is not, in a query of
    up to `few_words` (.35, "Cretaceous ammonite stratigraphy"; .36, "knife crime" where nobody says knife). A longer
    text always has words that no listing holds: raised too, it cost the outcomes of `moj_outcome2activity` .01.
    """

    share_of_one: float = 1.1
    least_share: float = 0.25
    most_share: float = 0.6
    floor: float = 0.26
    strong_floor: float = 0.36
    some_unknown: float = 0.1
    none_known: float = 0.2
    few_words: int = 6


TUNING = Tuning()


def rule_for(weights: Sequence[float], known: Sequence[bool], tuning: Tuning = TUNING) -> Rule:
    """Give the rule of one query from the weight of each of its terms, and whether any listing holds the term."""
    share = tuning.share_of_one / math.sqrt(max(len(weights), 1))
    share = min(max(share, tuning.least_share), tuning.most_share)
    raised = _raised(weights, known, tuning)
    return Rule(
        share=share,
        cosine=tuning.floor + raised,
        strong_share=share,
        strong_cosine=tuning.strong_floor + raised,
    )


def _raised(weights: Sequence[float], known: Sequence[bool], tuning: Tuning) -> float:
    total = sum(weights)
    unknown = sum(weight for weight, is_known in zip(weights, known, strict=True) if not is_known)
    if total and not any(known):
        return tuning.none_known
    return tuning.some_unknown if unknown >= total / 4 and unknown and len(weights) <= tuning.few_words else 0.0


def lexical_scale(weights: Sequence[float]) -> float:
    """Give what a good listing scores on these words: the r-th heaviest counts 1/sqrt(r).

    The sum of all weights would make a long text's words count for nothing beside its cosine (a pasted notice found its
    winner among the first 100 for 25% of `need2charity` so, 39% with this), and the best score found would let other
    listings change a score.
    """
    return math.fsum(weight / math.sqrt(rank) for rank, weight in enumerate(sorted(weights, reverse=True), 1))
