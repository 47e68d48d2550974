"""A batch of documents as requests that the server can take, and its answers: whether a listing is at fault."""

import numpy as np
import pytest

from exchange.errors import UnavailableError
from indexer import elastic_bulk
from indexer.document import Document, Field, Places
from indexer.elastic_bulk import newest, refused, requests
from indexer.engine import Entry, ReplacedError


def entry(number: int, revision: int = 1, text: str = "", passages: int = 0) -> Entry:
    document = Document(id=number, revision=revision, visible=True, places=Places(), texts={Field.BODY: text})
    return Entry(document=document, vectors=np.zeros((passages, 10), np.float32))


def item(status: int, kind: str = "", reason: str = "why") -> dict:
    return {"index": {"status": status} | ({"error": {"type": kind, "reason": reason}} if kind else {})}


WRITTEN, OLDER = item(201), item(409, "version_conflict_engine_exception")
BAD = item(400, "document_parsing_exception", "failed to parse field [title]")
GONE = item(404, "index_not_found_exception")


# --- requests ---------------------------------------------------------------------------------------------------------


def test_of_one_listing_the_newest_is_sent_and_of_equals_the_last():
    first, older, last = entry(1, 2, "first"), entry(1, 1), entry(1, 2, "last")
    other = entry(2)
    assert newest([first, older, other, last]) == [last, other]


def test_what_is_small_goes_in_one_request():
    entries = [entry(number, text="respite") for number in range(500)]
    assert list(requests(entries)) == [entries]


@pytest.mark.parametrize("large", [{"passages": 40}, {"text": "respite " * 250}], ids=["vectors", "text"])
def test_what_is_large_goes_in_several_each_within_the_bound(monkeypatch, large):
    monkeypatch.setattr(elastic_bulk, "MOST", 20_000)
    entries = [entry(number, **large) for number in range(7)]
    parts = list(requests(entries))
    assert [len(part) for part in parts] == [2, 2, 2, 1]
    assert [one for part in parts for one in part] == entries


def test_what_is_larger_than_a_request_goes_alone(monkeypatch):
    monkeypatch.setattr(elastic_bulk, "MOST", 1_000)
    entries = [entry(1), entry(2, passages=99), entry(3)]
    assert [[one.document.id for one in part] for part in requests(entries)] == [[1], [2], [3]]


def test_nothing_is_no_request():
    assert list(requests([])) == []


# --- answers ----------------------------------------------------------------------------------------------------------


def test_what_is_written_or_older_than_what_is_held_is_no_failure():
    assert refused([WRITTEN, item(200), OLDER]) == []


def test_a_document_that_cannot_be_read_is_told_with_its_reason():
    assert refused([WRITTEN, BAD, OLDER]) == ["document_parsing_exception: failed to parse field [title]"]


def test_a_reason_is_cut_to_what_a_person_reads():
    assert len(refused([item(400, "mapper_parsing_exception", "x" * 9_000)])[0]) == 500


def test_an_index_that_is_gone_is_nobodys_fault_whatever_else_is_wrong():
    with pytest.raises(ReplacedError):
        refused([BAD, GONE])


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (403, "cluster_block_exception"),
        (429, "es_rejected_execution_exception"),
        (429, "circuit_breaking_exception"),
        (503, "unavailable_shards_exception"),
        (500, "translog_exception"),
        (400, "index_closed_exception"),
    ],
)
def test_a_server_that_takes_no_writes_now_blames_no_listing(status, kind):
    with pytest.raises(UnavailableError, match=f"{kind}: why"):
        refused([WRITTEN, BAD, item(status, kind)])
