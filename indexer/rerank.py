"""The second score: the first candidates ordered again by closer evidence; pure, knows no engine, model or listing.

It never changes who is a candidate (design, ruling 5): it orders the first `DEPTH` of the first order among themselves.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

DEPTH = 100
"""Listings that are looked at closely; recall at 100 stays what the first order gives."""
LIFTED = 0.65
"""A place or people lift no listing that scores below this share of the closest one.

At .55 two more of the fixtures' constrained queries put one off topic before one that is right; at .70 tag_region of
`ukcat_charities` falls by .05, at .75 the needs of `moj_rehab_services` that name a region fall by .08.
"""

LIKENESS = "like the closest"

MOST_LABELS, LABEL_FLOOR, SHARE_SCALE = 3, 0.25, 0.6
"""A query is about its three closest labels, as far as they are above the cosine of unlike texts. All of them together
count .6, which is what the closest label of a right listing reaches. Floors of .20 and .30 rank alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """Weights of the parts of the second score, chosen on all judged sets at once (docs/relevance.md).

    The first score's own weight is 1. `feedback` is how much a listing gains from being like the `closest` ones;
    `asked` is what lies between a listing whose areas are all that the text asks for and one where they are none of it.
    """

    words: float = 0.8
    back: float = 0.2
    area: float = 0.4
    group: float = 0.4
    feedback: float = 0.5
    closest: int = 5
    asked: float = 0.5


MIX = Mix()

LABEL_WORDS = 4
LABEL_MIX = Mix(words=1.0)
"""A text of so few words of topic is a label or a list of words: no sentence says what they mean together, so each
counts for more. `uk_notices` gains .008 (p .02), the charities .004 (p .04); at 3 words .005. Longer texts lose."""


def mix_for(words: int) -> Mix:
    """Give the weights for a text of so many words of topic."""
    return LABEL_MIX if words <= LABEL_WORDS else MIX


@dataclass(frozen=True, slots=True, kw_only=True)
class Priors:
    """What an unstated part enters with: its mean over the listings of the fixtures that state it.

    Of what is asked it is the middle: stating it raises a score as far as stating other areas lowers it.
    """

    area: float = 0.14
    group: float = 0.17
    asked: float = 0.5


PRIORS = Priors()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The first listings of one query as columns of one length, in their first order.

    `first` is the first score without what an exact title adds; `words` and `back` come from late interaction;
    `area` and `group` are the listing's `aboutness`, nan where it states none; `asked` is how much of the help that is
    asked for its areas are, nan where the text asks for none that is known; `passages` are unit rows: of each listing
    the passage closest to the query.
    """

    first: Array
    words: Array
    back: Array
    area: Array
    group: Array
    asked: Array
    passages: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    """The second score of each listing and its parts: they add up to 0-1, which help asked for moves by .08 at most."""

    score: Array
    parts: dict[str, Array]

    def alone(self, mix: Mix) -> Array:
        """Give each listing's score without its likeness to others, 0-1: what no other listing changes."""
        whole = _whole(mix)
        return np.asarray((self.score - self.parts[LIKENESS]) * (whole / (whole - mix.feedback)), np.float32)


def second_score(evidence: Evidence, mix: Mix = MIX, priors: Priors = PRIORS) -> Second:
    """Score the first listings of a query again; each part is given as it counts, so that a page may cite it."""
    whole = _whole(mix)
    parts: dict[str, Array] = {
        "first": evidence.first,
        "words": mix.words * evidence.words,
        "back": mix.back * evidence.back,
        "area": mix.area * stated_or(evidence.area, priors.area),
        "group": mix.group * stated_or(evidence.group, priors.group),
        "asked": mix.asked * (stated_or(evidence.asked, priors.asked) - priors.asked),
    }
    alone = np.sum(list(parts.values()), axis=0)
    parts[LIKENESS] = mix.feedback * likeness(alone, evidence.passages, mix.closest)
    shares = {name: np.asarray(part / whole, np.float32) for name, part in parts.items()}
    return Second(score=np.asarray(np.sum(list(shares.values()), axis=0), np.float32), parts=shares)


def _whole(mix: Mix) -> float:
    return 1 + mix.words + mix.back + mix.area + mix.group + mix.feedback


def aboutness(stated: Array, every: Array) -> float:
    """Say how far the areas (or groups) that a listing states are what a query is about.

    `stated` are the query's cosines to the labels that the listing states, `every` those to all labels of the scheme.
    Half is the closest label; half is how much of the query's closest labels is stated, so that "paid work for people
    with a learning disability" is not answered by a listing about learning disability alone. nan where none is stated.
    """
    if not len(stated):
        return float("nan")
    wanted = np.maximum(np.sort(every)[-MOST_LABELS:] - LABEL_FLOOR, 0).sum()
    held = np.maximum(stated - LABEL_FLOOR, 0).sum()
    share = min(float(held / wanted), 1.0) if wanted > 0 else 0.0
    return float(stated.max()) / 2 + SHARE_SCALE * share / 2


def stated_or(values: Array, prior: float) -> Array:
    """Put the prior where nothing is stated: silence is neither "no" nor an advantage."""
    return np.asarray(np.where(np.isnan(values), prior, values), np.float32)


def likeness(scores: Array, passages: Array, closest: int) -> Array:
    """Give each listing's cosine to the middle of the best-scored ones, weighted by score (Rocchio, 1971).

    With fewer than three listings there is no middle to speak of: all noughts.
    """
    if len(scores) < 3:
        return np.zeros(len(scores), np.float32)
    top = np.argsort(-scores, kind="stable")[:closest]
    middle = np.maximum(scores[top], 0) @ passages[top]
    return np.asarray(passages @ (middle / max(float(np.linalg.norm(middle)), 1e-6)), np.float32)


def lifted(scores: Array, asked: Array, share: float = LIFTED) -> NDArray[np.bool_]:
    """Mark the listings that a place or people may lift: those close enough to the closest of all.

    One whose areas are none of what is asked is not lifted: housing in Bristol is no paid work there.
    """
    return np.asarray((scores >= share * scores.max(initial=0.0)) & (asked != 0), np.bool_)
