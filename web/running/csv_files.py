"""Tables as CSV files, sent part by part, whose cells no spreadsheet takes for formulas; knows no table."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

from starlette.responses import Response, StreamingResponse

BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001  the wide signs count too
"""Spreadsheets calculate a cell that begins so, and what it says may send their reader's data away (OWASP)."""
AFTER = "'"
"""Before such a cell; spreadsheets then show it as text."""

Cell = str | int | None


def csv_file(name: str, header: Sequence[str], parts: Iterable[Iterable[Sequence[Cell]]]) -> Response:
    """Answer with a file of that name; each part is read only when the ones before it are on their way."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return StreamingResponse(_written(header, parts), media_type="text/csv; charset=utf-8", headers=headers)


def _written(header: Sequence[str], parts: Iterable[Iterable[Sequence[Cell]]]) -> Iterator[bytes]:
    yield _lines([header])
    for part in parts:
        yield _lines(part)


def _lines(rows: Iterable[Sequence[Cell]]) -> bytes:
    text = StringIO(newline="")
    csv.writer(text).writerows([safe(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def safe(cell: Cell) -> str:
    """Give a cell as text that no spreadsheet takes for a formula; nothing for None."""
    text = "" if cell is None else str(cell)
    return AFTER + text if text.startswith(BEGINS_FORMULA) or text.lstrip().startswith(BEGINS_FORMULA) else text
