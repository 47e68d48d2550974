"""Evaluation: a judged corpus through the product's own search, measured by family; knows no command line."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from exchange.content import Kind
from exchange.imports.import_lines import BadRow
from exchange.imports.import_places import MapContext
from exchange.organisation.organisations import size_band
from indexer.compare import Comparison, check_run, compare, group_of, shown, table
from indexer.exposure import Exposure, Spread, exposure, spread
from indexer.judgements import Judged, JudgedQuery, read_judged
from indexer.metrics import Measures, mean, measure, ndcg, relevant_from
from indexer.runs import (
    Answer,
    Constraints,
    Corpus,
    Progress,
    Workbench,
    ask,
    check_run_out,
    finder_of,
    index_corpus,
    query_of,
    read_corpus,
    read_run,
    stated_filters,
    write_run,
)
from indexer.search import Finder, Leg
from indexer.significance import Interval, interval

NAMED_ROWS = 10
"""Bad rows that the warnings name; `bad_rows` holds them all."""

ALL = "all"
HEADER = (
    "family",
    "results seen",
    "queries",
    "nDCG@10",
    "95% interval",
    "condensed",
    "unjudged@10",
    "recall@100",
    "MRR@10",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationOrder:
    """What to evaluate: the files in the BEIR layout, and how search is asked."""

    corpus: Path
    queries: Path
    qrels: Path
    kind: Kind = Kind.INNOVATION
    constraints: Constraints = Constraints.TEXT
    leg: Leg = Leg.BOTH
    run_out: Path | None = None
    compare: Path | None = None
    days: int = 0
    """On so many days' seeds all queries are asked again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyFigures:
    """Means over the judged queries of a family (`all`: of every family); `seen` is the mean number of results.

    `nothing` counts the queries for which a person would see no result. None where nothing could be measured.
    `interval` is nDCG's, by the bootstrap.
    """

    family: str
    queries: int
    seen: float
    nothing: int
    ndcg: float | None
    interval: Interval | None
    condensed: float | None
    unjudged: float | None
    recall: float | None
    mrr: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryFigures:
    """One judged query: what a person would see, and its measures from the run; `family` None where not stated.

    Queries of one `group` were judged alike.
    """

    query: str
    group: str
    family: str | None
    seen: int
    measures: Measures


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """All figures of one evaluation; `rows` ends with the one over all queries, and so does `comparison`.

    `relevant_from` is the least grade that recall and MRR count. `bad_rows` are the corpus rows left out.
    """

    order: EvaluationOrder
    documents: int
    relevant_from: int
    rows: tuple[FamilyFigures, ...]
    comparison: tuple[Comparison, ...]
    exposure: tuple[Exposure, ...]
    spread: Spread | None
    queries: tuple[QueryFigures, ...]
    bad_rows: tuple[BadRow, ...]
    warnings: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Give everything as plain JSON values; figures 0-1, unrounded."""
        order = {name: str(value) for name, value in asdict(self.order).items() if value is not None}
        return {
            "order": order,
            "documents": self.documents,
            "relevant_from": self.relevant_from,
            "families": [asdict(row) for row in self.rows],
            "comparison": [asdict(row) for row in self.comparison],
            "exposure": [asdict(row) for row in self.exposure],
            "spread": asdict(self.spread) if self.spread else None,
            "queries": [asdict(row) | {"measures": asdict(row.measures)} for row in self.queries],
            "bad_rows": [asdict(row) for row in self.bad_rows],
            "warnings": list(self.warnings),
        }

    def table(self) -> list[tuple[str, ...]]:
        """Give the header and a line a family as text, figures with three places and without a leading nought."""
        return [HEADER, *(_line(row) for row in self.rows)]

    def comparison_table(self) -> list[tuple[str, ...]]:
        """Give the same of the comparison with another run; empty where none was asked for."""
        return table(self.comparison) if self.comparison else []


def evaluate(
    order: EvaluationOrder, workbench: Workbench, progress: Progress | None = None, corpus: Corpus | None = None
) -> Evaluation:
    """Index the corpus in a temporary folder, ask every query, write the run file and measure the same run.

    `corpus` is given where its rows say more than the files of the layout can; the order then only names it.

    Raises:
        InputError: a file is missing or cannot be used, or the run to compare with is of other queries; a corpus row
            that cannot be used is only left out and named.
        UnavailableError: the model or the cache of vectors does not answer.
    """
    told = progress or (lambda _stage, _done, _total: None)
    judged = read_judged(order.queries, order.qrels)
    other = read_run(order.compare) if order.compare else None
    if other is not None:
        check_run(judged.queries, other, str(order.compare))
    corpus = corpus or read_corpus(order.corpus, order.kind, workbench.context)
    if order.run_out:
        check_run_out(order.run_out, (*corpus.ids, *(query.id for query in judged.queries)))
    with workbench.engine() as engine:
        shelf = index_corpus(corpus, workbench, engine, told)
        finder = replace(finder_of(workbench, engine, shelf), leg=order.leg)
        answers = list(_answers(order, finder, corpus, judged, told))
        days = [_mean_on(day, order, finder, corpus, judged) for day in range(order.days)]
    if order.run_out:
        write_run(order.run_out, answers, f"exchange-{order.leg}-{order.constraints}")
    least = relevant_from(query.grades for query in judged.queries)
    figures = tuple(
        _figures(query, answer, least) for query, answer in zip(judged.queries, answers, strict=True) if query.grades
    )
    run = {answer.query: answer.documents for answer in answers}
    return Evaluation(
        order=order,
        exposure=_exposure(judged, corpus, run, least),
        spread=spread(days) if days else None,
        comparison=() if other is None else compare(judged.queries, run, other),
        documents=len(corpus.ids),
        relevant_from=least,
        rows=by_family(figures),
        queries=figures,
        bad_rows=corpus.bad_rows,
        warnings=(
            *judged.warnings,
            *_row_warnings(order, corpus),
            *_grade_warnings(judged, corpus, least),
            *_filter_warnings(order, judged, workbench.context),
        ),
    )


def by_family(figures: Sequence[QueryFigures]) -> tuple[FamilyFigures, ...]:
    """Take the means of each family in alphabetical order, then of all queries; only the last where none is stated."""
    families = sorted({figure.family for figure in figures if figure.family})
    rows = [_mean_row(family, [figure for figure in figures if figure.family == family]) for family in families]
    return (*rows, _mean_row(ALL, figures))


def _answers(
    order: EvaluationOrder, finder: Finder, corpus: Corpus, judged: Judged, progress: Progress
) -> Iterator[Answer]:
    context = MapContext(finder.gazetteer, finder.postcodes)
    for done, query in enumerate(judged.queries, start=1):
        yield ask(finder, corpus, query.id, query_of(query, order.kind, order.constraints, context))
        progress("Asking queries", done, len(judged.queries))


def _mean_on(day: int, order: EvaluationOrder, finder: Finder, corpus: Corpus, judged: Judged) -> float:
    """Give the mean nDCG@10 of all queries with the seed of one day."""
    context = MapContext(finder.gazetteer, finder.postcodes)
    found = []
    for query in judged.queries:
        asked = replace(query_of(query, order.kind, order.constraints, context), seed=f"day {day}")
        found.append(ndcg(ask(finder, corpus, query.id, asked).documents, query.grades))
    return mean(found) or 0.0


def _exposure(judged: Judged, corpus: Corpus, run: Mapping[str, Sequence[str]], least: int) -> tuple[Exposure, ...]:
    """Compare what is seen by size; nothing where the corpus states no income."""
    bands = {
        document: size_band(mapped.organisation.income if mapped.organisation else None)
        for document, mapped in zip(corpus.ids, corpus.mapped, strict=True)
    }
    return exposure(judged.queries, run, bands.get, least) if any(bands.values()) else ()


def _figures(query: JudgedQuery, answer: Answer, least: int) -> QueryFigures:
    measures = measure(answer.documents, query.grades, least)
    group = hashlib.sha256(repr(sorted(group_of(query.grades))).encode()).hexdigest()[:12]
    return QueryFigures(query=query.id, group=group, family=query.family, seen=answer.seen, measures=measures)


def _mean_row(family: str, figures: Sequence[QueryFigures]) -> FamilyFigures:
    found = [(figure.measures.ndcg, figure.group) for figure in figures if figure.measures.ndcg is not None]
    return FamilyFigures(
        family=family,
        interval=interval([value for value, _ in found], [group for _, group in found]) if found else None,
        queries=len(figures),
        seen=mean(figure.seen for figure in figures) or 0.0,
        nothing=sum(figure.seen == 0 for figure in figures),
        **{name: mean(getattr(figure.measures, name) for figure in figures) for name in Measures.__slots__},
    )


def _row_warnings(order: EvaluationOrder, corpus: Corpus) -> list[str]:
    rows = corpus.bad_rows
    named = [f"{order.corpus.name}, line {row.line} is left out: {row.reason}" for row in rows[:NAMED_ROWS]]
    return [*named, f"{len(rows) - NAMED_ROWS} more rows are left out."] if len(rows) > NAMED_ROWS else named


def _grade_warnings(judged: Judged, corpus: Corpus, least: int) -> list[str]:
    found = []
    held = set(corpus.ids)
    unknown = [document for query in judged.queries for document in query.grades if document not in held]
    if unknown:
        found.append(
            f"{len(unknown)} grades are for documents that the corpus does not hold, such as {unknown[0]!r}; "
            "they count as not found."
        )
    empty = [query.id for query in judged.queries if query.grades and max(query.grades.values()) < least]
    if empty:
        found.append(
            f"{len(empty)} judged queries have no document of grade {least} or more, such as {empty[0]!r}; "
            "recall and MRR leave them out, and nDCG too where no grade is above 0."
        )
    return found


def _filter_warnings(order: EvaluationOrder, judged: Judged, context: MapContext) -> list[str]:
    if order.constraints != Constraints.GIVEN:
        return []
    counts = Counter(name for query in judged.queries for name in stated_filters(query.filters, context)[1])
    return [
        f"Search cannot set the filter {name} of {count} queries; it is left out." for name, count in counts.items()
    ]


def _line(row: FamilyFigures) -> tuple[str, ...]:
    figures: Mapping[str, float | None] = {name: getattr(row, name) for name in Measures.__slots__}
    seen = f"{row.seen:.1f}" + (f" ({row.nothing} with none)" if row.nothing else "")
    ndcg, *others = (_figure(value) for value in figures.values())
    return row.family, seen, str(row.queries), ndcg, shown(row.interval), *others


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}".removeprefix("0")
