"""What only a real server can show: which index serves, dead rebuilds, late writes, swaps beside searches, models."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pytest
from engine_factories import DIMENSION, MODEL, server
from entries import QUERY, by_id, entry, hide, ids, plan

from exchange.errors import UnavailableError
from indexer import elastic_index
from indexer.elastic_client import Clients
from indexer.embedder import HashEmbedder
from indexer.embedders import Embedders, ServingEmbedder
from indexer.engine import Entry, Origin, ReplacedError
from indexer.engine_elastic import ElasticEngine, Naming

SWAPS, SECONDS = 50, 20.0


@dataclass(frozen=True)
class Server:
    """Clients of the server and a name for the indexes of one test; an engine is opened as another process would."""

    clients: Clients
    naming: Naming

    def engine(self, model: str = MODEL, dimension: int = DIMENSION, *, building: bool = True) -> ElasticEngine:
        return ElasticEngine(self.clients, self.naming, model, lambda: dimension, lambda: building)

    def names(self) -> list[str]:
        return sorted(self.clients.bulk.indices.get(index=f"{self.naming.prefix}*"))

    def serving(self) -> str:
        (name,) = (name for name, serves in self.engine().indexes().items() if serves)
        return name

    def set(self, **settings: object) -> None:
        """Change settings of the index that serves; a dot is written as two underscores."""
        named = {f"index.{name.replace('__', '.')}": value for name, value in settings.items()}
        self.clients.bulk.indices.put_settings(index=self.serving(), settings=named)


@pytest.fixture
def site() -> Iterator[Server]:
    with server() as (clients, naming):
        yield Server(clients, naming)


@pytest.fixture
def engine(site) -> ElasticEngine:
    """Give an engine whose index holds two listings."""
    engine = site.engine()
    engine.rebuild([entry(1, "alpha bravo", cosine=0.6), entry(2, "alpha")])
    return engine


class DiedError(Exception):
    """Say that a rebuild did not come to its end."""


def die(*_: object) -> None:
    raise DiedError


# --- statistics -------------------------------------------------------------------------------------------------------


def test_statistics_come_with_the_index_to_every_process(site, engine):
    other = site.engine()
    assert (other.frequency("alpha"), other.frequency("bravo"), other.frequency("delta")) == (2, 1, 0)
    assert other.idf("bravo") == engine.idf("bravo")
    asked = plan("alpha bravo", QUERY)
    assert by_id(other.search(asked), "lexical") == by_id(engine.search(asked), "lexical")


def test_statistics_stay_as_they_are_until_a_rebuild(site, engine):
    engine.write([entry(number, "delta") for number in range(3, 9)])
    assert (site.engine().frequency("delta"), site.engine().frequency("alpha")) == (0, 2)
    engine.rebuild([entry(number, "delta") for number in range(3, 9)])
    assert (site.engine().frequency("delta"), site.engine().frequency("alpha")) == (6, 0)


def test_statistics_of_many_terms_are_kept_in_several_pieces(site, monkeypatch):
    monkeypatch.setattr(elastic_index, "CHUNK", 100)
    words = [f"word{number}" for number in range(200)]
    site.engine().rebuild([entry(1, " ".join(words)), entry(2, "alpha")])
    stored = site.clients.bulk.count(index=site.serving(), query={"exists": {"field": "statistics"}})
    assert stored["count"] == 0  # binary: never searched
    other = site.engine()
    assert [other.frequency(word) for word in (*words, "alpha", "bravo")] == [1] * 201 + [0]


def test_the_documents_of_the_statistics_are_no_listings(engine):
    assert ids(engine.search(plan())) == {1, 2}
    assert engine.held().keys() == engine.revisions().keys() == {1, 2}
    assert (engine.status().documents, engine.status().visible) == (2, 2)


# --- which indexes take writes ----------------------------------------------------------------------------------------


def test_the_serving_index_takes_writes_and_so_does_one_that_is_being_built(site, engine):
    seen = []
    engine.rebuild([entry(3, "alpha")], lambda _target: seen.extend(target.name for target in site.engine().targets()))
    assert len(seen) == 2
    assert [target.name for target in engine.targets()] == [seen[1]] == site.names()


def test_before_there_is_an_index_nothing_takes_writes_and_nothing_is_found(site):
    empty = site.engine()
    assert (list(empty.targets()), empty.serves(), empty.made_with(), empty.indexes()) == ([], False, None, {})
    assert ids(empty.search(plan("alpha"))) == set()
    assert site.names() == []


def test_an_index_whose_rebuild_died_takes_writes_only_while_somebody_rebuilds(site, engine):
    before = site.serving()
    with pytest.raises(DiedError):
        engine.rebuild([entry(3, "alpha")], die)
    assert len(site.names()) == 2
    assert [target.name for target in site.engine(building=False).targets()] == [before]
    assert [target.name for target in site.engine(building=True).targets()] == site.names()


def test_an_index_that_is_not_whole_takes_no_writes(site, engine):
    half = site.naming.numbered(7)
    site.clients.bulk.indices.create(index=half)
    assert [target.name for target in engine.targets()] == [site.serving()] != [half]


# --- rebuilds that die ------------------------------------------------------------------------------------------------


def left_behind(site: Server, engine: ElasticEngine) -> None:
    with pytest.raises(DiedError):
        engine.rebuild([entry(3, "alpha")], die)


def without_alias(site: Server, _engine: ElasticEngine) -> None:
    site.clients.bulk.indices.create(index=site.naming.numbered(7))


@pytest.mark.parametrize("leave", [left_behind, without_alias])
def test_what_a_dead_rebuild_left_is_dropped_by_the_next_and_the_old_index_serves_until_then(site, engine, leave):
    before = site.serving()
    leave(site, engine)
    assert (site.serving(), len(site.names())) == (before, 2)
    assert ids(site.engine().search(plan("alpha"))) == {1, 2}
    left = [name for name in site.names() if name != before]
    site.engine().rebuild([entry(4, "alpha")])
    assert site.names() == [site.serving()]
    assert site.serving() not in {before, *left}
    assert ids(site.engine().search(plan("alpha"))) == {4}


def test_a_rebuild_that_dies_while_it_reads_leaves_nothing(site, engine):
    def entries() -> Iterator[Entry]:
        yield entry(3, "alpha")
        die()

    with pytest.raises(DiedError):
        engine.rebuild(entries())
    assert site.names() == [site.serving()]


def test_what_is_written_after_a_dead_rebuild_is_found_and_is_in_the_next_index(site, engine):
    left_behind(site, engine)
    site.engine(building=False).write([entry(5, "bravo")])
    site.engine().write([hide(2, 2)])
    assert ids(site.engine().search(plan())) == {1, 5}


# --- writes that come late --------------------------------------------------------------------------------------------


def test_a_write_to_an_index_that_was_dropped_makes_no_new_one(site, engine):
    (old,) = engine.targets()
    engine.rebuild([entry(1, "alpha")])
    with pytest.raises(ReplacedError):
        old.write([entry(9, "alpha")])
    assert site.names() == [site.serving()] != [old.name]
    assert not site.clients.bulk.indices.exists_alias(name=f"{old.name}-writes")


def test_every_question_to_an_index_that_was_dropped_says_so(engine):
    (old,) = engine.targets()
    engine.rebuild([entry(1, "alpha")])
    asks: list[Callable[[], object]] = [old.held, old.revisions, old.refresh, lambda: old.search(plan("alpha"))]
    for ask in asks:
        with pytest.raises(ReplacedError):
            ask()


def test_an_engine_that_does_not_know_of_the_swap_writes_to_the_new_index(site, engine):
    other = site.engine()
    other.search(plan())
    engine.rebuild([entry(1, "alpha")])
    other.write([entry(9, "alpha")])
    assert ids(engine.search(plan("alpha"))) == {1, 9}


def test_a_withdrawn_listing_does_not_come_back_when_the_server_has_forgotten_deletions(site, engine):
    site.set(gc_deletes="1s")
    engine.write([entry(1, "alpha", revision=2), entry(2, "alpha", revision=2)])
    engine.write([hide(1, 3)])
    late = {"_id": "2", "version": 3, "version_type": "external_gte"}
    site.clients.bulk.bulk(index=site.serving(), operations=[{"delete": late}], refresh=True)
    time.sleep(1.5)
    engine.write([entry(3, "alpha")])  # a refresh is when deletions are forgotten
    engine.write([entry(1, "alpha", revision=2), entry(2, "alpha", revision=2)])
    assert engine.revisions() == {1: 3, 2: 2, 3: 1}  # the one that was really deleted is back: the trap is real
    assert ids(engine.search(plan("alpha"))) == {2, 3}


def test_of_several_processes_that_find_no_index_one_makes_it_and_no_write_is_lost(site):
    start, done = threading.Barrier(4), []

    def write(number: int) -> None:
        mine = site.engine()
        start.wait()
        for _ in range(600):
            try:
                mine.write([entry(number, "alpha")])
            except UnavailableError:
                time.sleep(0.05)
            else:
                done.append(number)
                return

    threads = [threading.Thread(target=write, args=(number,)) for number in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [1, 2, 3, 4]
    assert site.names() == [site.serving()]
    assert ids(site.engine().search(plan("alpha"))) == {1, 2, 3, 4}


def test_a_write_never_makes_a_first_index_beside_one_that_is_not_whole(site):
    site.clients.bulk.indices.create(index=site.naming.numbered(3))
    with pytest.raises(UnavailableError, match=r"half made.*index rebuild"):
        site.engine().write([entry(1, "alpha")])
    assert len(site.names()) == 1


# --- swaps ------------------------------------------------------------------------------------------------------------


def test_no_search_fails_while_the_index_is_replaced_again_and_again(site, engine):
    listings = [entry(number, "alpha", cosine=0.9) for number in range(1, 6)]
    engine.rebuild(listings)
    ended, searched, failed = threading.Event(), [], []

    def search(process: Callable[[], ElasticEngine]) -> None:
        while not ended.is_set():
            try:
                searched.append(ids(process().search(plan("alpha", QUERY))))
            except Exception as error:  # noqa: BLE001  any failure is one too many
                failed.append(error)

    other = site.engine()
    processes = [lambda: other, site.engine]  # one that goes on, and a new one for each search
    threads = [threading.Thread(target=search, args=(process,)) for process in processes]
    for thread in threads:
        thread.start()
    try:
        until, swaps = time.monotonic() + SECONDS, 0
        while swaps < SWAPS and time.monotonic() < until:
            engine.rebuild(listings)
            swaps += 1
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    assert failed == []
    assert swaps > 1
    assert len(searched) > swaps
    assert all(found == {1, 2, 3, 4, 5} for found in searched)


def test_another_process_answers_from_the_new_index_at_once(site, engine):
    other = site.engine()
    assert ids(other.search(plan("bravo"))) == {1}
    engine.rebuild([entry(7, "bravo"), entry(8, "bravo")])
    assert ids(other.search(plan("bravo"))) == {7, 8}
    assert (other.frequency("bravo"), other.revisions()) == (2, {7: 1, 8: 1})


# --- models -----------------------------------------------------------------------------------------------------------


def hashed(number: int, embedder: HashEmbedder, text: str) -> Entry:
    return replace(entry(number, text), vectors=embedder.encode([text]))


def test_an_index_of_another_model_serves_with_that_model_until_a_rebuild(site):
    old, new = HashEmbedder(16), HashEmbedder(32)
    site.engine(old.name, 16).rebuild([hashed(1, old, "alpha"), hashed(2, old, "bravo")])
    engine = site.engine(new.name, 32)
    serving = ServingEmbedder(engine, Embedders(lambda name: {old.name: old, new.name: new}[name]))
    assert (engine.model, engine.serving_model(), serving.name) == ("hash-32", "hash-16", "hash-16")
    assert engine.made_with() == Origin("hash-16", 1)
    found = engine.search(plan("", serving.encode_query(["alpha"])))
    assert by_id(found, "cosine") == pytest.approx({1: 1.0}, abs=1e-5)
    with pytest.raises(UnavailableError, match="another model"):
        engine.search(plan("", new.encode_query(["alpha"])))
    engine.rebuild([hashed(1, new, "alpha")])
    assert (engine.serving_model(), serving.encode_query(["alpha"]).shape) == ("hash-32", (1, 32))


def test_a_write_of_the_new_model_never_replaces_the_index_of_the_old_one(site, engine):
    other = site.engine("random-7", 7)
    with pytest.raises(UnavailableError, match=r"another model.*index rebuild"):
        other.write([Entry(document=entry(3, "alpha").document, vectors=np.eye(1, 7, dtype=np.float32))])
    assert ids(engine.search(plan("alpha"))) == {1, 2}


def test_an_engine_whose_model_cannot_be_loaded_still_tells_and_finds_words(site, engine):
    def refuse() -> int:
        raise UnavailableError("The model cannot be loaded.")

    other = ElasticEngine(site.clients, site.naming, MODEL, refuse)
    assert (other.status().documents, other.status().dimension) == (2, 0)
    assert ids(other.search(plan("alpha"))) == {1, 2}
    with pytest.raises(UnavailableError, match="cannot be loaded"):
        other.write([entry(3, "alpha")])
    with pytest.raises(UnavailableError, match="cannot be loaded"):
        other.rebuild([entry(3, "alpha")])
    assert site.names() == [site.serving()]
