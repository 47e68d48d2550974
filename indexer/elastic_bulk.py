"""Writing many documents: which go into one request, and what the server says of each; knows no client and no body."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from exchange.errors import UnavailableError
from indexer.engine import Entry, ReplacedError

Item = dict[str, Any]

MOST: Final = 8_000_000
"""Characters of one request, roughly. The server refuses 100 MB, and 45 MB of vectors took 17 s on a busy machine."""
A_NUMBER, A_CHARACTER = 21, 4
"""Characters of a request for each number of a vector and for each character of a text: impacts and words."""

WRITTEN, OLDER, AT_FAULT = {200, 201}, 409, 400
NOT_THERE = "index_not_found_exception"
CLOSED = "index_closed_exception"


def newest(entries: Iterable[Entry]) -> list[Entry]:
    """Keep one entry a listing, the newest and of equals the last: a batch may hold a listing twice."""
    kept: dict[int, Entry] = {}
    for entry in entries:
        held = kept.get(entry.document.id)
        if held is None or entry.document.revision >= held.document.revision:
            kept[entry.document.id] = entry
    return list(kept.values())


def requests(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """Give entries in their order, as many in each list as one request may hold, at least one."""
    part: list[Entry] = []
    size = 0
    for entry in entries:
        own = A_NUMBER * entry.vectors.size + A_CHARACTER * sum(map(len, entry.document.texts.values()))
        if part and size + own > MOST:
            yield part
            part, size = [], 0
        part.append(entry)
        size += own
    if part:
        yield part


def refused(items: Iterable[Item]) -> list[str]:
    """Give what the server says of each document that it refuses for what is in it; older than what is held is fine.

    Raises:
        ReplacedError: the index is gone.
        UnavailableError: it takes no writes now, whatever is in them.
    """
    bad = [item["index"] for item in items if item["index"]["status"] not in {*WRITTEN, OLDER}]
    reasons = [f"{one['error']['type']}: {one['error']['reason']}"[:500] for one in bad]
    if any(one["error"]["type"] == NOT_THERE for one in bad):
        raise ReplacedError("The index was replaced by another one meanwhile.")
    for one, reason in zip(bad, reasons, strict=True):
        if one["status"] != AT_FAULT or one["error"]["type"] == CLOSED:
            raise UnavailableError(f"Elasticsearch takes no writes for now ({reason}).")
    return reasons
