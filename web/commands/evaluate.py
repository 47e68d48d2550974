"""`exchange evaluate`: search on a judged corpus, or the match on judged pairs, as tables or JSON; knows no measure."""

from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from exchange.content import Kind
from exchange.settings import load_settings
from indexer.evaluate import EvaluationOrder
from indexer.evaluate import evaluate as measure
from indexer.evaluate_match import MatchEvaluation, evaluate_match
from indexer.exposure import table as exposure_table
from indexer.matching import Matcher
from indexer.runs import Constraints
from indexer.search import Leg
from web.commands.indexing import reader
from web.commands.options import AsJson
from web.commands.output import OUT, say, say_json, stages, warn
from web.packaged import NAME, packaged_corpus, packaged_order
from web.runtime import open_runtime

FILE_WIDTH = 120
"""Characters of a table that goes to a file or another program: no figure is folded."""

_FILE = {"exists": True, "dir_okay": False, "readable": True}
Corpus = Annotated[Path | None, typer.Option(**_FILE, help="Rows with _id, title, text and metadata.")]
Queries = Annotated[Path | None, typer.Option(**_FILE, help="Queries with _id, text and metadata.")]
Qrels = Annotated[Path | None, typer.Option(**_FILE, help="Grades: query-id, corpus-id, score.")]
Compare = Annotated[
    Path | None,
    typer.Option(**_FILE, help="Another configuration's run: say whether the difference is more than luck."),
]
Pairs = Annotated[Path | None, typer.Option("--match", **_FILE, help="Judge the match on these pairs instead.")]
Passages = Annotated[Path | None, typer.Option(**_FILE, help="With --match: passages that meet an outcome or do not.")]


class Engine(StrEnum):
    """The engines that can be measured."""

    EMBEDDED = "embedded"
    ELASTICSEARCH = "elasticsearch"


def evaluate(
    corpus: Corpus = None,
    queries: Queries = None,
    qrels: Qrels = None,
    *,
    kind: Annotated[Kind, typer.Option(help="What the rows of the corpus are.")] = Kind.INNOVATION,
    engine: Annotated[
        Engine, typer.Option(help="The engine; elasticsearch is the one of the settings, with an index of its own.")
    ] = Engine.EMBEDDED,
    constraints: Annotated[
        Constraints, typer.Option(help="text: the typed text alone; given: the query's filters too; none: neither.")
    ] = Constraints.TEXT,
    leg: Annotated[Leg, typer.Option(help="Which retrievers take part.")] = Leg.BOTH,
    run_out: Annotated[Path | None, typer.Option(help="Write the run, 100 deep, in TREC's format.")] = None,
    compare: Compare = None,
    days: Annotated[int, typer.Option(min=0, max=365, help="Ask again with so many days' seeds.")] = 0,
    pairs: Pairs = None,
    passages: Passages = None,
    packaged: Annotated[
        bool, typer.Option("--packaged", help="Judge the package's own queries, with the areas that are published.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Measure search on a judged corpus, in an index that is thrown away, or the match on judged pairs."""
    if packaged:
        if corpus or queries or qrels or pairs or passages:
            raise typer.BadParameter("it brings its own files.", param_hint="--packaged")
        order = packaged_order(run_out)
        order = replace(order, kind=kind, constraints=constraints, leg=leg, compare=compare, days=days)
        _evaluate_search(order, engine, as_json=as_json, name=NAME)
    elif pairs is not None:
        if corpus or queries or qrels or run_out or compare:
            raise typer.BadParameter("it stands alone or with --passages.", param_hint="--match")
        _evaluate_match(pairs, passages, as_json=as_json)
    elif corpus is None or queries is None or qrels is None or passages is not None:
        raise typer.BadParameter(
            "give all three, or --match, or --packaged.", param_hint="--corpus, --queries and --qrels"
        )
    else:
        order = EvaluationOrder(
            corpus=corpus,
            queries=queries,
            qrels=qrels,
            kind=kind,
            constraints=constraints,
            leg=leg,
            run_out=run_out,
            compare=compare,
            days=days,
        )
        _evaluate_search(order, engine, as_json=as_json)


def _evaluate_search(order: EvaluationOrder, engine: Engine, *, as_json: bool, name: str | None = None) -> None:
    """Measure and show; `name` is given where the corpus is the package's."""
    corpus = packaged_corpus(datetime.now(UTC).date()) if name else None
    with open_runtime(load_settings()) as runtime, stages() as progress:
        found = measure(order, runtime.workbench(engine), progress, corpus)
    for warning in found.warnings:
        warn(warning)
    if as_json:
        say_json(found.as_json())
    else:
        _show(f"{name or order.corpus.resolve().parent.name}: {found.documents:,} documents", found.table())
        if lines := found.comparison_table():
            _show(f"Beside {order.compare}", lines)
        if found.exposure:
            _show("Who is seen among the first ten, by the organisation's size", exposure_table(found.exposure))
        if found.spread:
            least, most = _figure(found.spread.least), _figure(found.spread.most)
            say(f"On {found.spread.days} days: nDCG@10 {_figure(found.spread.mean)}, {least} to {most}")


def _evaluate_match(pairs: Path, passages: Path | None, *, as_json: bool) -> None:
    with open_runtime(load_settings()) as runtime:
        reader(runtime)
        matcher = Matcher(database=runtime.database, embedder=runtime.embedder, finder=runtime.finder)
        found = evaluate_match(pairs, passages, matcher)
    if as_json:
        say_json(found.as_json())
    else:
        _tell_match(found)


def _tell_match(found: MatchEvaluation) -> None:
    lines: list[tuple[str, ...]] = [("pairs", "needs", "match nDCG@10", "plain search nDCG@10")]
    lines += [(f.split, str(f.needs), _figure(f.match), _figure(f.search)) for f in found.matches]
    _show("Match", lines)
    if not found.met:
        return
    lines = [("passages", "precision of met", "recall of met", "wrongly met")]
    for part in found.met:
        agreed = part.agreement
        lines.append((part.split, _figure(agreed.precision), _figure(agreed.recall), str(len(part.wrong))))
    _show("Met", lines)
    for passage in found.met[-1].wrong:
        say(f"Wrongly met: “{passage.outcome}” by “{passage.passage}” ({passage.why})")


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}".removeprefix("0")


def _show(title: str, lines: list[tuple[str, ...]]) -> None:
    table = Table(title=title, title_justify="left")
    for at, name in enumerate(lines[0]):
        table.add_column(name, justify="left" if at == 0 else "right", overflow="fold")
    for line in lines[1:]:
        table.add_row(*line)
    console = OUT if OUT.is_terminal else Console(width=FILE_WIDTH)
    console.print(table)
