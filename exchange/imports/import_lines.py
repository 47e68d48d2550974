"""Lines of an import file: read as rows or set aside as bad rows with the reason; knows no mapping and no database."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from exchange.content import clean

ID_LENGTH = 500
"""PostgreSQL's unique index takes about 2,700 bytes a row; a real id is far shorter."""

_PLACEHOLDER = re.compile(
    r"n/a|na|none|null|nil|tbc|tbd|untitled|title|test|testing|unknown|unspecified|unnamed"
    r"|(no|not) (specified|stated|known|applicable|available|given|provided)"
    r"|(there is )?no (\w+ )?(name|title)\b.*"
    r"|[a-z]{0,4}[-/ ]?\d{4,}"  # a bare reference number
)


@dataclass(frozen=True, slots=True)
class Row:
    """One good row; `title` is empty where the file gives none or only a placeholder."""

    line: int
    id: str
    title: str
    text: str
    metadata: dict[str, Any]


@dataclass(frozen=True, slots=True)
class BadRow:
    """One row set aside: its line number, from 1, and a sentence that says what is wrong."""

    line: int
    reason: str


class _BadLineError(ValueError):
    """Carry the reason of one line out of its checks; it never leaves this module."""


def read_lines(path: Path) -> Iterator[str]:
    """Give the file's lines; a byte that is not UTF-8 makes its own line bad, not the file unreadable."""
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="\n") as file:
        yield from file


def parse_lines(lines: Iterable[str]) -> Iterator[Row | BadRow]:
    """Read each line as a row; never raises for what a line says.

    Blank lines are passed over. Of two rows with one `_id` the first is kept.
    """
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = _row(number, line, seen)
        except _BadLineError as error:
            yield BadRow(number, str(error))
        else:
            seen[row.id] = number
            yield row


def is_placeholder(title: str) -> bool:
    """Say whether a title says nothing: empty, a dash, "n/a", "untitled", "no name given", a bare reference number."""
    plain = " ".join(title.casefold().split()).strip("()[]<>{}\"'!. ")
    says_something = any(c.isalnum() for c in plain)
    return not says_something or _PLACEHOLDER.fullmatch(plain) is not None


def _row(number: int, line: str, seen: dict[str, int]) -> Row:
    data = _object(line)
    row_id = _text(data, "_id")
    if not row_id:
        raise _BadLineError("The row has no _id; give it one that stays the same from file to file.")
    if len(row_id) > ID_LENGTH:
        raise _BadLineError(f"The _id has {len(row_id)} characters; shorten it to {ID_LENGTH} or fewer.")
    if row_id in seen:
        raise _BadLineError(f"The _id {row_id} was already on line {seen[row_id]}; give each row its own.")
    title, text = _text(data, "title"), _text(data, "text")
    title = "" if is_placeholder(title) else title
    if not title and not text:
        raise _BadLineError("The row has no title and no text; give it at least one.")
    metadata = data.get("metadata")
    if metadata is not None and not isinstance(metadata, dict):
        raise _BadLineError("The metadata is not an object; write it as {...} or leave it out.")
    return Row(number, row_id, title, text, metadata or {})


def _object(line: str) -> dict[str, Any]:
    try:
        data = msgspec.json.decode(line)
    except UnicodeEncodeError as error:
        raise _BadLineError("The line is not UTF-8; save the file as UTF-8.") from error
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise _BadLineError(f"The line is not JSON ({error}); mend it or take it out.") from error
    if not isinstance(data, dict):
        raise _BadLineError("The line is JSON but not an object; write it as {...}.")
    return data


def _text(data: dict[str, Any], name: str) -> str:
    value = data.get(name)
    if value is not None and not isinstance(value, str):
        raise _BadLineError(f"The {name} is not text; put it in quotation marks.")
    return clean(value or "")
