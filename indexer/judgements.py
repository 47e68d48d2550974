"""Files of judgements: queries, grades, judged pairs and passages, read strictly; knows no index and no measure."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from exchange.content import Kind
from exchange.errors import InputError
from exchange.imports.import_lines import BadRow, parse_lines, read_lines

QRELS_HEADER = "query-id", "corpus-id", "score"
PAIRS_HEADER = "split", "need", "innovation", "grade", "why"
PASSAGES_HEADER = "id", "split", "outcome", "passage", "label", "why"

_GRADE = re.compile(r"-?[0-9]{1,2}")
_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedQuery:
    """One query of the file; `filters` are its stated constraints, `grades` what the judges gave (may be empty).

    `kind` is the side that it asks, where its file has both.
    """

    id: str
    text: str
    kind: Kind | None = None
    family: str | None = None
    filters: Mapping[str, Any] = field(default_factory=dict)
    grades: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """All queries in the order of their file, with what could not be used of the grades, in sentences."""

    queries: tuple[JudgedQuery, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A need and an innovation with the grade 0-3 that the judges gave the match."""

    split: str
    need: str
    innovation: str
    grade: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A required outcome and an offered passage; `label` says whether the passage meets it."""

    id: str
    split: str
    outcome: str
    passage: str
    label: bool
    why: str


def read_judged(queries: Path, qrels: Path) -> Judged:
    """Read a BEIR queries file and its grades.

    Raises:
        InputError: a file is missing or broken (the sentence names the line), or no query has a grade.
    """
    asked = {query.id: query for query in read_queries(queries)}
    grades, warnings = read_qrels(qrels)
    unknown = [query for query in grades if query not in asked]
    if unknown:
        warnings.append(
            f"The qrels {qrels.name} grade {len(unknown)} queries that {queries.name} does not hold, "
            f"such as {unknown[0]!r}; those grades are left out."
        )
    if len(unknown) == len(grades):
        raise InputError(f"None of the queries of {queries.name} has a grade in {qrels.name}; give files that belong.")
    if bare := [query for query in asked if query not in grades]:
        warnings.append(f"{len(bare)} queries have no grade, such as {bare[0]!r}; no figure counts them.")
    found = (_with_grades(query, grades.get(query.id, {})) for query in asked.values())
    return Judged(queries=tuple(found), warnings=tuple(warnings))


def read_queries(path: Path) -> Iterator[JudgedQuery]:
    """Read `_id`, `text`, and `family`, `kind` and `filters` of the metadata, of each line.

    Raises:
        InputError: the file is missing, a line is broken, or an id comes twice; the sentence names the line.
    """
    for row in parse_lines(lines_of(path, "queries file")):
        if isinstance(row, BadRow):
            raise InputError(f"{path.name}, line {row.line}: {row.reason}", field="queries")
        family, filters = row.metadata.get("family"), row.metadata.get("filters")
        yield JudgedQuery(
            id=row.id,
            text=row.text or row.title,
            kind=_kind(row.metadata.get("kind")),
            family=family if isinstance(family, str) and family else None,
            filters=filters if isinstance(filters, dict) else {},
        )


def _kind(value: object) -> Kind | None:
    return Kind(value) if isinstance(value, str) and value in set(Kind) else None


def read_qrels(path: Path) -> tuple[dict[str, dict[str, int]], list[str]]:
    """Read the grades by query and document, and say in sentences what was passed over.

    Raises:
        InputError: the file is missing or has no header, or a line is short or its grade no whole number.
    """
    grades: dict[str, dict[str, int]] = {}
    twice = Counter[bool]()
    for line, (query, document, score) in _read_table(path, "qrels", QRELS_HEADER):
        grade = _grade(path, line, score)
        held = grades.setdefault(query, {}).setdefault(document, grade)
        twice[held != grade] += 1
    if not grades:
        raise InputError(f"The qrels {path.name} hold no grade; add lines below the header.", field="qrels")
    if twice[True]:
        return grades, [f"{twice[True]} lines of {path.name} grade a pair a second time otherwise; the first counts."]
    return grades, []


def read_pairs(path: Path) -> list[Pair]:
    """Read judged pairs: split, need, innovation, grade, why; tab-separated, with a header.

    Raises:
        InputError: as `read_qrels`, or a pair comes twice.
    """
    found: dict[tuple[str, str], Pair] = {}
    for line, (split, need, innovation, score, why) in _read_table(path, "pairs file", PAIRS_HEADER):
        if (need, innovation) in found:
            raise InputError(f"{path.name}, line {line}: {need} and {innovation} are judged twice; keep one line.")
        grade = _grade(path, line, score)
        found[need, innovation] = Pair(split=split, need=need, innovation=innovation, grade=grade, why=why)
    return list(found.values())


def grades_by_need(pairs: list[Pair]) -> dict[str, dict[str, int]]:
    """Group pairs as grades of innovations by need, in the order of the file."""
    found: dict[str, dict[str, int]] = {}
    for pair in pairs:
        found.setdefault(pair.need, {})[pair.innovation] = pair.grade
    return found


def read_passages(path: Path) -> list[Passage]:
    """Read judged passages: id, split, outcome, passage, label (0 or 1), why; tab-separated, with a header.

    Raises:
        InputError: as `read_qrels`, or an id comes twice, or a label is neither 0 nor 1.
    """
    found: dict[str, Passage] = {}
    for line, (key, split, outcome, passage, label, why) in _read_table(path, "passages file", PASSAGES_HEADER):
        if key in found:
            raise InputError(f"{path.name}, line {line}: the id {key!r} was there before; give each line its own.")
        if label not in {"0", "1"}:
            raise InputError(f"{path.name}, line {line}: the label is {label[:_SHOWN]!r}; write 0 or 1.")
        found[key] = Passage(id=key, split=split, outcome=outcome, passage=passage, label=label == "1", why=why)
    return list(found.values())


def lines_of(path: Path, what: str) -> Iterator[str]:
    """Give a file's lines.

    Raises:
        InputError: it cannot be read; the sentence calls it `what`.
    """
    try:
        yield from read_lines(path)
    except OSError as error:
        raise InputError(f"The {what} {path} cannot be read ({error.strerror}); check its path.") from error


def _with_grades(query: JudgedQuery, grades: Mapping[str, int]) -> JudgedQuery:
    return replace(query, grades=grades)


def _grade(path: Path, line: int, text: str) -> int:
    if not _GRADE.fullmatch(text):
        raise InputError(
            f"{path.name}, line {line}: the grade is {text[:_SHOWN]!r}; write a whole number such as 0 or 3."
        )
    return int(text)


def _read_table(path: Path, what: str, header: tuple[str, ...]) -> Iterator[tuple[int, list[str]]]:
    """Give each line's number and its cells; quotation marks are plain text, blank lines are passed over."""
    wanted = ", ".join(header)
    head = None
    for number, line in enumerate(lines_of(path, what), start=1):
        cells = [cell.strip() for cell in line.rstrip("\r\n").split("\t")]
        if head is None:
            head = tuple(cells)
            if head != header:
                shown = line.strip()[:_SHOWN]
                raise InputError(f"{path.name} begins with {shown!r}; put the header {wanted} first, tab-separated.")
        elif any(cells):
            if len(cells) != len(header):
                raise InputError(f"{path.name}, line {number}: {len(cells)} columns, not {wanted}; separate by tabs.")
            if not line.isascii() and not _is_utf8(line):
                raise InputError(f"{path.name}, line {number}: the line is not UTF-8; save the file as UTF-8.")
            yield number, cells
    if head is None:
        raise InputError(f"{path.name} is empty; begin it with the header {wanted}, tab-separated.")


def _is_utf8(line: str) -> bool:
    try:
        line.encode()
    except UnicodeEncodeError:
        return False
    return True
