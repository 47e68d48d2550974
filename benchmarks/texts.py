"""The rows and queries that a benchmark works with: a corpus file, or the invented fixtures where there is none."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from exchange.content import Content, Kind
from exchange.imports.import_lines import read_lines
from fixtures.files import FOLDER as FIXTURES
from fixtures.files import fixture_contents

DATA = Path("../shared/data/grants/corpus.jsonl")
QUERIES = "queries.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Lines of an import file and the texts of queries; `notice` says so where the data file was not there."""

    lines: tuple[str, ...]
    queries: tuple[str, ...]
    notice: str | None = None


def material(data: Path) -> Material:
    """Read the corpus with the queries beside it, or make both of the fixtures."""
    queries = data.parent / QUERIES
    if data.is_file() and queries.is_file():
        return Material(lines=tuple(read_lines(data)), queries=_queries(queries))
    return Material(
        lines=tuple(_lines()),
        queries=_queries(FIXTURES / QUERIES),
        notice=f"{data} with {QUERIES} beside it is not there: the texts are those of the fixtures, repeated.",
    )


def _queries(path: Path) -> tuple[str, ...]:
    return tuple(json.loads(line)["text"] for line in read_lines(path) if line.strip())


def _lines() -> list[str]:
    entries = fixture_contents(date(2027, 3, 1))
    contents = [(entry[0], entry[2]) for entry in entries if entry[1] is Kind.INNOVATION]
    return [json.dumps({"_id": key, "title": content.title, "text": _prose(content)}) for key, content in contents]


def _prose(content: Content) -> str:
    return " ".join(filter(None, (content.summary, content.description)))
