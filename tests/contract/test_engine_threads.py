"""Readers beside a writer: every answer is one moment of the index, whole."""

import threading
from collections.abc import Callable

from entries import QUERY, entry, hide, ids, plan

from indexer.engine import Engine, Found
from indexer.results import NOT_STATED, Facet

LISTINGS, ROUNDS = 40, 30


def run_beside(index: Engine, write: Callable[[], None], check: Callable[[Found], None]) -> int:
    """Search in three threads until `write` has ended; raise what any of them raised, give the number of searches."""
    ended, errors, searches = threading.Event(), [], [0, 0, 0]

    def read(number: int) -> None:
        try:
            while not ended.is_set() or not searches[number]:
                check(index.search(plan("alpha", QUERY)))
                index.similar_words("alpah", 3)
                status = index.status()
                assert status.visible <= status.documents
                assert index.revisions() is not None
                searches[number] += 1
        except Exception as error:  # noqa: BLE001  handed to the test below
            errors.append(error)

    readers = [threading.Thread(target=read, args=(number,)) for number in range(3)]
    for reader in readers:
        reader.start()
    try:
        write()
    finally:
        ended.set()
        for reader in readers:
            reader.join()
    if errors:
        raise errors[0]
    return sum(searches)


def whole(found: Found) -> None:
    """Check that the columns of an answer fit together."""
    assert len(ids(found)) == len(found.share) == len(found.cosine) == len(found.tier)
    assert sum(found.facets[Facet.STAGE].values()) == len(found.ids)
    assert found.facets[Facet.STAGE].get(NOT_STATED, 0) == 0


def listing(number: int, revision: int):
    """Give a listing whose closing date tells its revision."""
    stage = {Facet.STAGE: ("pilot" if revision % 2 else "running",)}
    return entry(number, "alpha", cosine=0.9, revision=revision, facets=stage)


def test_a_write_is_seen_whole_or_not_at_all(index):
    index.rebuild([listing(number, 1) for number in range(LISTINGS)])

    def write() -> None:
        for revision in range(2, ROUNDS):
            index.write([listing(number, revision) for number in range(LISTINGS)])

    def check(found: Found) -> None:
        whole(found)
        assert len(found.ids) == LISTINGS
        assert len(found.facets[Facet.STAGE]) == 1, "all listings are of one revision"

    assert run_beside(index, write, check) >= 3


def test_listings_come_and_go_and_the_index_is_rebuilt_beside_readers(index):
    index.rebuild([listing(number, 1) for number in range(LISTINGS)])

    def write() -> None:
        for revision in range(2, ROUNDS):
            index.write([hide(number, revision) for number in range(0, LISTINGS, 2)])
            if revision % 5 == 0:
                index.rebuild([listing(number, revision) for number in range(LISTINGS)])
            index.write([listing(number, revision) for number in range(0, LISTINGS, 2)])

    def check(found: Found) -> None:
        whole(found)
        assert len(found.ids) in {LISTINGS, LISTINGS // 2}

    assert run_beside(index, write, check) >= 3


def test_two_writers_of_one_listing_leave_the_newest(index):
    def write(first: int) -> Callable[[], None]:
        def run() -> None:
            for revision in range(first, 60, 2):
                index.write([entry(1, f"word{revision}", revision=revision)])

        return run

    writers = [threading.Thread(target=write(first)) for first in (1, 2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert index.revisions() == {1: 59}
    assert ids(index.search(plan("word59"))) == {1}
