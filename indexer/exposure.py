"""Who is seen: how much of the first page organisations of each size have, beside what they deserve; knows no search.

A listing that stands at rank r is seen with 1 / log2(1 + r), nDCG's own discount.
Source: Singh and Joachims, Fairness of exposure in rankings, KDD 2018.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from exchange.models import SizeBand
from indexer.judgements import JudgedQuery
from indexer.metrics import DEPTH

NOT_STATED = "not stated"
BANDS = (*(band.value for band in SizeBand), NOT_STATED)
HEADER = "size", "of the relevant", "of what is seen"


@dataclass(frozen=True, slots=True)
class Exposure:
    """One size band's share of the relevant documents, and its share of what is seen in the first ten; 0-1 each."""

    band: str
    relevant: float
    seen: float


@dataclass(frozen=True, slots=True)
class Spread:
    """nDCG@10 over all queries on days that turn equals differently: the mean, the least and the most."""

    days: int
    mean: float
    least: float
    most: float


def exposure(
    queries: Iterable[JudgedQuery],
    run: Mapping[str, Sequence[str]],
    band_of: Callable[[str], str | None],
    least: int,
) -> tuple[Exposure, ...]:
    """Compare, band by band, what is relevant (grade `least` or more) with what is seen; bands without either go."""
    deserved: Counter[str] = Counter()
    seen = dict.fromkeys(BANDS, 0.0)
    for query in queries:
        deserved.update(_named(band_of(document)) for document, grade in query.grades.items() if grade >= least)
        for rank, document in enumerate(run.get(query.id, ())[:DEPTH], start=1):
            seen[_named(band_of(document))] += 1 / math.log2(1 + rank)
    all_deserved, all_seen = deserved.total() or 1, sum(seen.values()) or 1
    return tuple(
        Exposure(band, deserved[band] / all_deserved, seen[band] / all_seen)
        for band in BANDS
        if deserved[band] or seen[band]
    )


def spread(means: Sequence[float]) -> Spread:
    """Give how far the figure of all queries moves from day to day."""
    return Spread(len(means), sum(means) / len(means), min(means), max(means))


def table(rows: Iterable[Exposure]) -> list[tuple[str, ...]]:
    """Give the header and a line a band as text, in hundredths."""
    return [HEADER, *((row.band, f"{row.relevant:.1%}", f"{row.seen:.1%}") for row in rows)]


def _named(band: str | None) -> str:
    return band or NOT_STATED
