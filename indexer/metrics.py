"""Measures of a ranking and of a yes-or-no judge against judgements; pure, knows no file, engine or listing."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Grades = Mapping[str, int]
"""What the judges gave each document of one query; a document that is not in it is unjudged, not wrong."""

DEPTH = 10
RECALL_DEPTH = 100
TOP_GRADE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """The measures of one ranking, each 0-1; None where the judges left nothing to find."""

    ndcg: float | None
    condensed: float | None
    unjudged: float
    recall: float | None
    mrr: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How a yes-or-no judge agrees with the labels; `wrong` are its false yeses, `missed` its false noes, by id."""

    right: int
    wrong: tuple[str, ...]
    missed: tuple[str, ...]

    @property
    def precision(self) -> float | None:
        """Give the share of its yeses that are right; None where it never said yes."""
        said = self.right + len(self.wrong)
        return self.right / said if said else None

    @property
    def recall(self) -> float | None:
        """Give the share of the labelled yeses that it found; None where there are none."""
        labelled = self.right + len(self.missed)
        return self.right / labelled if labelled else None


def gain(grade: int) -> float:
    """Turn a grade into a gain, 2^grade - 1 (Burges et al., ICML 2005); a negative grade gains nothing."""
    return 2.0 ** max(grade, 0) - 1


def ndcg(ranking: Sequence[str], grades: Grades, depth: int = DEPTH) -> float | None:
    """Give the normalised discounted cumulated gain of the first `depth`, 0-1; None where no grade is above 0.

    Discount log2(1 + rank); the ideal order is made of all judged documents, also those that were not found.
    Source: Jarvelin and Kekalainen, Cumulated gain-based evaluation of IR techniques, ACM TOIS 20(4), 2002.
    """
    ideal = _cumulated(sorted((gain(grade) for grade in grades.values()), reverse=True)[:depth])
    return _cumulated(gain(grades.get(found, 0)) for found in ranking[:depth]) / ideal if ideal else None


def condensed_ndcg(ranking: Sequence[str], grades: Grades, depth: int = DEPTH) -> float | None:
    """Give nDCG of the ranking from which unjudged documents are taken out first.

    Source: Sakai, Alternatives to Bpref, SIGIR 2007 (condensed lists).
    """
    return ndcg([found for found in ranking if found in grades], grades, depth)


def unjudged_share(ranking: Sequence[str], grades: Grades, depth: int = DEPTH) -> float:
    """Give the share of the first `depth` that nobody judged, 0-1; 0 for an empty ranking."""
    first = ranking[:depth]
    return sum(found not in grades for found in first) / max(len(first), 1)


def recall_at(ranking: Sequence[str], relevant: frozenset[str], depth: int = RECALL_DEPTH) -> float | None:
    """Give the share of the relevant documents that stand in the first `depth`; None where there are none."""
    return len(relevant.intersection(ranking[:depth])) / len(relevant) if relevant else None


def reciprocal_rank(ranking: Sequence[str], relevant: frozenset[str], depth: int = DEPTH) -> float | None:
    """Give 1 / rank of the first relevant document, 0 when none stands in the first `depth`; None as in recall."""
    if not relevant:
        return None
    ranks = (rank for rank, found in enumerate(ranking[:depth], start=1) if found in relevant)
    return 1 / next(ranks, math.inf)


def relevant_from(judgements: Iterable[Grades]) -> int:
    """Give the least grade that counts as relevant in recall and MRR: 2 where grades go to 3, else 1.

    Source: the judging rules of the data sets, where 1 of 3 is "same topic, would not be shortlisted".
    """
    return 2 if any(grade >= TOP_GRADE for grades in judgements for grade in grades.values()) else 1


def measure(ranking: Sequence[str], grades: Grades, least: int) -> Measures:
    """Take every measure of one ranking; `least` is the grade from which a document is relevant."""
    relevant = frozenset(found for found, grade in grades.items() if grade >= least)
    return Measures(
        ndcg=ndcg(ranking, grades),
        condensed=condensed_ndcg(ranking, grades),
        unjudged=unjudged_share(ranking, grades),
        recall=recall_at(ranking, relevant),
        mrr=reciprocal_rank(ranking, relevant),
    )


def mean(values: Iterable[float | None]) -> float | None:
    """Give the mean of what could be measured; None where nothing could."""
    measured = [value for value in values if value is not None]
    return sum(measured) / len(measured) if measured else None


def match_ndcg(judgements: Mapping[str, Grades], orders: Mapping[str, Sequence[str]]) -> dict[str, float | None]:
    """Give nDCG@10 of each need over its judged innovations; one that an order leaves out gains nothing.

    `orders` may hold innovations that nobody judged for the need: they are taken out first.
    """
    return {need: condensed_ndcg(orders.get(need, ()), grades) for need, grades in judgements.items()}


def agreement(labels: Mapping[str, bool], said: Mapping[str, bool]) -> Agreement:
    """Compare what a judge said with the labels, by id; an id that it left out counts as a no."""
    yes = [key for key in labels if said.get(key, False)]
    return Agreement(
        right=sum(labels[key] for key in yes),
        wrong=tuple(key for key in yes if not labels[key]),
        missed=tuple(key for key, label in labels.items() if label and not said.get(key, False)),
    )


def _cumulated(gains: Iterable[float]) -> float:
    return sum(value / math.log2(1 + rank) for rank, value in enumerate(gains, start=1))
