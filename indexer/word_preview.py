"""What other words for the areas do to the judged queries: the evaluation before and after; knows no proposal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from exchange.taxonomy import Taxonomy
from indexer.evaluate import EvaluationOrder, evaluate
from indexer.judgements import JudgedQuery, read_judged
from indexer.metrics import DEPTH
from indexer.runs import Corpus, Workbench, read_run


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewRow:
    """One document among a query's first ten: its places before and after, from 1, and its grade.

    A place is None where it is beyond the run's depth, a grade where nobody judged it.
    """

    title: str
    before: int | None
    after: int | None
    grade: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewQuery:
    """A query that changes: nDCG@10 before and after, the first ten after, and those that left the first ten."""

    id: str
    text: str
    before: float
    after: float
    rows: tuple[PreviewRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Mean nDCG@10 over all judged queries before and after, as the evaluation gives it, and what changes."""

    documents: int
    queries: int
    before: float
    after: float
    changed: tuple[PreviewQuery, ...]


@dataclass(frozen=True, slots=True)
class _Measured:
    documents: int
    mean: float
    figures: Mapping[str, float]
    run: Mapping[str, Sequence[str]]


def preview(
    order: EvaluationOrder, corpus: Corpus, workbench: Workbench, taxonomies: tuple[Taxonomy, Taxonomy]
) -> Preview:
    """Evaluate a judged corpus with one taxonomy and with another, each in an index that is thrown away.

    Raises:
        InputError: a file of the judged queries cannot be used.
        UnavailableError: the model or the cache of vectors does not answer.
    """
    before, after = (_measure(order, corpus, replace(workbench, taxonomy=one)) for one in taxonomies)
    titles = {name: mapped.content.title for name, mapped in zip(corpus.ids, corpus.mapped, strict=True)}
    judged = [query for query in read_judged(order.queries, order.qrels).queries if query.id in before.figures]
    changed = (
        _query(query, before, after, titles)
        for query in judged
        if before.figures[query.id] != after.figures[query.id] or _first(before, query) != _first(after, query)
    )
    return Preview(
        documents=before.documents,
        queries=len(judged),
        before=before.mean,
        after=after.mean,
        changed=tuple(changed),
    )


def _measure(order: EvaluationOrder, corpus: Corpus, workbench: Workbench) -> _Measured:
    with TemporaryDirectory(prefix="exchange-preview-") as folder:
        run = Path(folder) / "run.txt"
        found = evaluate(replace(order, run_out=run), workbench, corpus=corpus)
        documents = read_run(run)
    figures = {one.query: one.measures.ndcg for one in found.queries if one.measures.ndcg is not None}
    return _Measured(found.documents, found.rows[-1].ndcg or 0.0, figures, documents)


def _first(measured: _Measured, query: JudgedQuery) -> Sequence[str]:
    return measured.run.get(query.id, ())[:DEPTH]


def _query(query: JudgedQuery, before: _Measured, after: _Measured, titles: Mapping[str, str]) -> PreviewQuery:
    places = [{name: at for at, name in enumerate(one.run.get(query.id, ()), start=1)} for one in (before, after)]
    shown = dict.fromkeys((*_first(after, query), *_first(before, query)))
    return PreviewQuery(
        id=query.id,
        text=query.text,
        before=before.figures[query.id],
        after=after.figures[query.id],
        rows=tuple(
            PreviewRow(
                title=titles[name],
                before=places[0].get(name),
                after=places[1].get(name),
                grade=query.grades.get(name),
            )
            for name in shown
        ),
    )
