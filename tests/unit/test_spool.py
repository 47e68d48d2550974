"""Entries that wait in a file: read as they were written, counted where they are visible, gone at the end."""

import itertools
from contextlib import suppress

import numpy as np
import pytest

from indexer.document import Document, Field, Places
from indexer.engine import Entry
from indexer.results import Facet
from indexer.spool import Spool, chunks


def entry(number: int, text: str = "respite", *, visible: bool = True) -> Entry:
    document = Document(
        id=number,
        revision=number + 1,
        visible=visible,
        places=Places(now=frozenset({"E1"})),
        texts={Field.BODY: text},
        facets={Facet.STAGE: ("pilot",)},
        content_hash=bytes(16),
    )
    return Entry(document=document, vectors=np.full((2, 3), number / 8, np.float32))


def test_what_was_added_is_read_again_as_it_was_in_its_order():
    added = [[entry(1), entry(2, visible=False)], [entry(3)]]
    with Spool() as spool:
        for chunk in added:
            spool.add(chunk)
        read = list(spool)
    assert [[one.document for one in chunk] for chunk in read] == [[one.document for one in chunk] for chunk in added]
    for written, found in zip(itertools.chain(*added), itertools.chain(*read), strict=True):
        assert found.vectors.dtype == np.float32
        assert np.array_equal(found.vectors, written.vectors)


def test_a_spool_to_which_nothing_was_added_is_empty():
    with Spool() as spool:
        assert list(spool) == []
        assert spool.census.freeze().documents == 0


def test_only_visible_entries_are_counted():
    with Spool() as spool:
        spool.add([entry(1, "respite carers"), entry(2, "respite", visible=False)])
        spool.add([entry(3, "respite")])
        statistics = spool.census.freeze()
    assert (statistics.documents, dict(statistics.frequencies)) == (2, {"respit": 2, "carer": 1})


def test_reading_holds_one_chunk_at_a_time():
    with Spool() as spool:
        for number in range(5):
            spool.add([entry(number)])
        reading = iter(spool)
        assert [next(reading)[0].document.id, next(reading)[0].document.id] == [0, 1]


@pytest.mark.parametrize("error", [None, OSError("the disk is full")])
def test_the_file_is_closed_however_the_work_ends(error):
    spool = Spool()
    with suppress(OSError), spool:
        spool.add([entry(1)])
        if error:
            raise error
    with pytest.raises(ValueError, match="closed file"):
        spool.add([entry(2)])


@pytest.mark.parametrize(("count", "sizes"), [(0, []), (1, [1]), (3, [3]), (4, [3, 1]), (6, [3, 3])], ids=str)
def test_entries_come_in_chunks_of_at_most_so_many(count, sizes):
    given = [entry(number) for number in range(count)]
    found = list(chunks(given, 3))
    assert [len(chunk) for chunk in found] == sizes
    assert [one for chunk in found for one in chunk] == given


def test_chunks_read_no_further_than_they_must():
    endless = (entry(number) for number in itertools.count())
    assert [one.document.id for one in next(chunks(endless, 3))] == [0, 1, 2]
    assert next(endless).document.id == 3
