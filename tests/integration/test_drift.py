"""Drift: an index that was damaged is told from one that is only late, and is put right, on every engine."""

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from engine_factories import FACTORIES
from published import NOW, Town
from sqlalchemy import update

from exchange.content import Content
from exchange.database import reading, writing
from exchange.errors import UnavailableError
from exchange.listing.listings import index_revisions
from exchange.models import Organisation, OutboxRow
from exchange.outbox import MOST_ATTEMPTS
from indexer.drift import Drift, find_drift, repair
from indexer.engine import Engine, Entry
from indexer.engine_elastic import ElasticEngine
from indexer.engine_embedded import EmbeddedEngine
from indexer.sync import Indexer, tombstone

NOBODY = 90_001


@pytest.fixture(params=sorted(FACTORIES))
def open_index(request, tmp_path):
    """Give what opens the index of one engine; by itself for the model of the town."""
    with FACTORIES[request.param](tmp_path) as opener:
        yield lambda model="hash-512", dimension=512: opener(model, dimension)


@pytest.fixture
def town(engine, tmp_path) -> Town:
    return Town(engine, tmp_path / "index")


@pytest.fixture
def numbers(town) -> list[int]:
    """Give three open listings, and see to it that there are a closed, a withdrawn and a submitted one."""
    found = [town.publish(title) for title in ("Lunch club", "Sailing boats", "Respite for carers")]
    town.close(town.need("A closed need"))
    town.withdraw(town.publish("A withdrawn listing"))
    town.submit("A submitted listing")
    return found


@pytest.fixture
def indexer(town, numbers, open_index) -> Indexer:
    """Give an indexer whose index holds what SQL says."""
    indexer = Indexer(database=town.database, engine=open_index(), embedder=town.embedder)
    work(indexer)
    return indexer


def now():
    return NOW


def work(indexer: Indexer) -> None:
    while indexer.work(now):
        pass


def listings(drift: Drift) -> tuple[list[int], list[int], list[int]]:
    return sorted(drift.missing), sorted(drift.stale), sorted(drift.extra)


def revision(town: Town, number: int) -> int:
    with reading(town.database) as session:
        return index_revisions(session, [number])[number]


def write(indexer: Indexer, number: int, **changes: Any) -> None:
    """Put a listing's document into the index with something in it changed."""
    (entry,) = indexer.entries([number])
    indexer.engine.write([replace(entry, document=replace(entry.document, **changes))])


def resurrect(indexer: Indexer, like: int, number: int, at: int) -> None:
    """Put the text of one listing into the index under the number of another."""
    write(indexer, like, id=number, revision=at)


def lose(engine: Engine, number: int) -> None:
    """Take a document out of the index as no writer of ours does."""
    if isinstance(engine, ElasticEngine):
        (name,) = engine.indexes()
        engine._clients.bulk.delete(index=name, id=str(number), refresh=True)
        return
    held = engine.held()[number]
    none = np.empty((0, 512), np.float32)
    engine.write([Entry(document=tombstone(number, held.revision), vectors=none)])


def mend(indexer: Indexer) -> int:
    """Repair what differs, let the worker do it, and see that nothing differs then."""
    count = repair(indexer, find_drift(indexer), now)
    work(indexer)
    after = find_drift(indexer)
    assert (after.found, after.waiting) == (0, 0)
    return count


def test_an_index_that_holds_what_sql_says_has_no_drift(indexer):
    drift = find_drift(indexer)
    assert (drift.compared, drift.found, drift.waiting, drift.otherwise) == (4, 0, 0, "")
    assert repair(indexer, drift, now) == 0
    assert indexer.work(now) == 0


def test_a_document_that_was_taken_out_is_missing_and_comes_back(town, indexer, numbers):
    before = [revision(town, number) for number in numbers]
    lose(indexer.engine, numbers[0])
    assert listings(find_drift(indexer)) == ([numbers[0]], [], [])
    assert mend(indexer) == 1
    assert indexer.engine.held()[numbers[0]].visible
    assert revision(town, numbers[0]) > before[0]
    assert [revision(town, number) for number in numbers[1:]] == before[1:]


@pytest.mark.parametrize("newer", [0, 1, 7])
def test_another_document_is_stale_at_whatever_revision(town, indexer, numbers, newer):
    at = revision(town, numbers[1]) + newer
    write(indexer, numbers[1], content_hash=bytes(16), revision=at)
    drift = find_drift(indexer)
    assert listings(drift) == ([], [numbers[1]], [])
    assert drift.stale == {numbers[1]: at}
    assert mend(indexer) == 1
    assert revision(town, numbers[1]) == at + 1


def test_an_index_put_back_from_an_older_copy_is_told_and_mended(town, indexer, numbers):
    withdrawn, changed, kept = numbers
    old = indexer.entries(numbers)
    town.withdraw(withdrawn)
    town.revise(changed, Content(title="Rowing boats"))
    fresh = town.publish("Gardening for veterans")
    work(indexer)
    indexer.engine.rebuild(old)
    drift = find_drift(indexer)
    assert drift.missing.keys() >= {fresh}
    assert (drift.stale.keys(), drift.extra.keys()) == ({changed}, {withdrawn})
    assert mend(indexer) == drift.found
    held = indexer.engine.held()
    assert [held[number].visible for number in (withdrawn, changed, kept, fresh)] == [False, True, True, True]


@pytest.mark.parametrize("newer", [1, 9])
def test_a_withdrawn_listing_that_was_brought_back_is_extra_and_is_hidden_again(town, indexer, numbers, newer):
    town.withdraw(numbers[0])
    work(indexer)
    resurrect(indexer, numbers[1], numbers[0], revision(town, numbers[0]) + newer)
    drift = find_drift(indexer)
    assert listings(drift) == ([], [], [numbers[0]])
    assert drift.gone == frozenset()
    assert mend(indexer) == 1
    assert not indexer.engine.held()[numbers[0]].visible


def test_a_document_that_sql_knows_nothing_of_is_hidden_at_once_with_a_newer_revision(indexer, numbers):
    resurrect(indexer, numbers[0], NOBODY, 5)
    drift = find_drift(indexer)
    assert (listings(drift), drift.gone) == (([], [], [NOBODY]), {NOBODY})
    assert repair(indexer, drift.without_gone(), now) == 0
    assert find_drift(indexer).gone == {NOBODY}
    assert repair(indexer, drift, now) == 1
    assert (find_drift(indexer).found, indexer.engine.held()[NOBODY].revision) == (0, 6)
    assert indexer.work(now) == 0


def test_a_change_that_passed_by_the_use_cases_is_seen_by_its_content(town, indexer):
    owner = town.organisation("Blue Door")
    number = town.publish("Meals", organisation=owner)
    work(indexer)
    with writing(town.database) as session:
        session.execute(update(Organisation).values(name="Zebra House"))
    assert listings(find_drift(indexer)) == ([], [number], [])
    assert mend(indexer) == 1


def test_what_waits_in_the_outbox_is_late_and_no_drift(town, indexer, numbers):
    town.withdraw(numbers[0])
    town.revise(numbers[1], Content(title="Rowing boats"))
    town.publish("Gardening for veterans")
    drift = find_drift(indexer)
    assert (drift.found, drift.waiting) == (0, 3)
    work(indexer)
    assert find_drift(indexer).waiting == 0


def test_what_was_given_up_is_drift(town, indexer):
    number = town.publish("Gardening for veterans")
    with writing(town.database) as session:
        session.execute(update(OutboxRow).values(parked=True, attempts=MOST_ATTEMPTS))
    drift = find_drift(indexer)
    assert (listings(drift), drift.waiting) == (([number], [], []), 0)


ACTS: dict[str, Callable[[Town, int], object]] = {
    "withdrawn": lambda town, number: town.withdraw(number),
    "revised": lambda town, number: town.revise(number, Content(title="Rowing boats")),
    "published": lambda town, _number: town.publish("Gardening for veterans"),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
@pytest.mark.parametrize("indexed", [True, False])
def test_what_changes_between_the_two_readings_is_no_drift(town, indexer, numbers, act, indexed):
    lose(indexer.engine, numbers[2])

    def read(_count):
        act(town, numbers[0])
        if indexed:
            work(indexer)

    assert listings(find_drift(indexer, read)) == ([numbers[2]], [], [])


def test_an_index_of_another_model_is_stale_as_a_whole_and_only_a_rebuild_mends_it(indexer, numbers, open_index):
    indexer.rebuild()
    other = replace(indexer, engine=open_index("hash-32", 32))
    drift = find_drift(other)
    assert (len(drift.stale), drift.missing, drift.extra) == (4, {}, {})
    assert "made with model hash-512, mapping" in drift.otherwise
    assert drift.otherwise.endswith("run `exchange index rebuild`.")
    with pytest.raises(UnavailableError, match="index rebuild"):
        repair(other, drift, now)


def test_an_index_of_another_mapping_is_stale_as_a_whole(indexer, open_index, monkeypatch):
    indexer.rebuild()
    monkeypatch.setattr(sys.modules[type(indexer.engine).__module__], "MAPPING", 99)
    drift = find_drift(replace(indexer, engine=open_index()))
    assert len(drift.stale) == 4
    assert "the settings say model hash-512, mapping 99" in drift.otherwise


def test_an_index_that_is_not_there_misses_everything(indexer, numbers, tmp_path):
    empty = EmbeddedEngine(tmp_path / "elsewhere", "hash-512", 512)
    drift = find_drift(replace(indexer, engine=empty))
    assert (len(drift.missing), drift.found, drift.otherwise) == (4, 4, "")


def test_what_another_process_holds_in_memory_is_on_its_way(town, indexer, numbers):
    old = indexer.entries(numbers)
    town.withdraw(numbers[0])
    town.revise(numbers[1], Content(title="Rowing boats"))
    fresh = town.publish("Gardening for veterans")
    work(indexer)
    indexer.engine.rebuild(old)
    write(indexer, numbers[2], content_hash=bytes(16))
    drift = find_drift(indexer, unsaved=True)
    assert listings(drift) == ([], [numbers[2]], [])
    assert drift.waiting >= len({numbers[0], numbers[1], fresh})


def test_progress_counts_every_listing(indexer, numbers):
    told: list[int] = []
    lose(indexer.engine, numbers[0])
    drift = find_drift(indexer, told.append)
    assert sum(told) == drift.compared == 4
    repair(indexer, drift, now, told.append)
    assert sum(told) == 5
