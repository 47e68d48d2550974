"""Two runs beside each other on the same judgements, family by family; knows no search and no command line."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from exchange.errors import InputError
from indexer.judgements import JudgedQuery
from indexer.metrics import Grades, mean, ndcg
from indexer.significance import Interval, interval, paired_p

HEADER = "family", "queries", "nDCG@10", "other run", "difference", "95% interval", "p"

Group = frozenset[tuple[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A family's mean nDCG@10 here and in the other run; `p` is of a paired randomisation test over its queries."""

    family: str
    queries: int
    here: float
    there: float
    difference: float
    interval: Interval | None
    p: float | None


def group_of(grades: Grades) -> Group:
    """Give what makes queries one group for resampling: the same grades for the same documents."""
    return frozenset(grades.items())


def check_run(queries: Sequence[JudgedQuery], run: Mapping[str, Sequence[str]], name: str) -> None:
    """Refuse a run that was made with other queries, before the long work.

    Raises:
        InputError: it has none of the judged queries; `name` is what the sentence calls it.
    """
    if not any(query.id in run for query in queries if query.grades):
        raise InputError(f"The run {name} has none of the judged queries; give one made with the same queries.")


def compare(
    queries: Sequence[JudgedQuery], here: Mapping[str, Sequence[str]], there: Mapping[str, Sequence[str]]
) -> tuple[Comparison, ...]:
    """Compare two runs over the judged queries that have something to find: each family, then all.

    A query that a run does not have found nothing there.
    """
    measured = [query for query in queries if any(grade > 0 for grade in query.grades.values())]
    families = sorted({query.family for query in measured if query.family})
    rows = [_row(family, (q for q in measured if q.family == family), here, there) for family in families]
    return (*rows, _row("all", measured, here, there))


def table(rows: Iterable[Comparison]) -> list[tuple[str, ...]]:
    """Give the header and a line a family as text."""
    return [HEADER, *(_line(row) for row in rows)]


def shown(value: Interval | None, *, signed: bool = False) -> str:
    """Give an interval as text, three places, without a leading nought."""
    return "-" if value is None else f"{_figure(value[0], signed=signed)} to {_figure(value[1], signed=signed)}"


def _row(
    family: str,
    queries: Iterable[JudgedQuery],
    here: Mapping[str, Sequence[str]],
    there: Mapping[str, Sequence[str]],
) -> Comparison:
    asked = list(queries)
    groups = [group_of(query.grades) for query in asked]
    ours = [ndcg(here.get(query.id, ()), query.grades) or 0.0 for query in asked]
    theirs = [ndcg(there.get(query.id, ()), query.grades) or 0.0 for query in asked]
    differences = [one - other for one, other in zip(ours, theirs, strict=True)]
    return Comparison(
        family=family,
        queries=len(asked),
        here=mean(ours) or 0.0,
        there=mean(theirs) or 0.0,
        difference=mean(differences) or 0.0,
        interval=interval(differences, groups),
        p=paired_p(differences, groups),
    )


def _line(row: Comparison) -> tuple[str, ...]:
    p = "-" if row.p is None else "<.001" if row.p < 0.001 else _figure(row.p)
    return (
        row.family,
        str(row.queries),
        _figure(row.here),
        _figure(row.there),
        _figure(row.difference, signed=True),
        shown(row.interval, signed=True),
        p,
    )


def _figure(value: float, *, signed: bool = False) -> str:
    text = f"{value:+.3f}" if signed else f"{value:.3f}"
    return text.replace("0.", ".", 1)
