"""The package's judged queries for the evaluation: invented listings as a corpus, queries, grades; knows no measure."""

from datetime import date
from pathlib import Path

from exchange.imports.import_map import Mapped
from exchange.models import State
from fixtures.files import FOLDER
from fixtures.loader import fixture_contents
from indexer.evaluate import EvaluationOrder
from indexer.runs import Corpus

NAME = "The package's judged queries"


def packaged_order(run_out: Path | None = None) -> EvaluationOrder:
    """Name the files; every other choice is the command's own default."""
    return EvaluationOrder(corpus=FOLDER, queries=FOLDER / "queries.jsonl", qrels=FOLDER / "qrels.tsv", run_out=run_out)


def packaged_corpus(today: date) -> Corpus:
    """Give the invented listings as they stand when they are loaded today, with those that are closed by then."""
    entries = list(fixture_contents(today))
    return Corpus(
        kinds=tuple(kind for _, kind, _, _, _ in entries),
        ids=tuple(key for key, _, _, _, _ in entries),
        mapped=tuple(
            Mapped(content=content, organisation=owner, awarded=False, licence=None)
            for _, _, content, owner, _ in entries
        ),
        closed=frozenset(key for key, _, _, _, state in entries if state is not State.PUBLISHED),
    )
