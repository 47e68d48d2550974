"""Several processes on one Elasticsearch: the first index, a rebuild whose lease another process does not see."""

import secrets
import socket
from dataclasses import replace
from datetime import timedelta

import pytest
from engine_factories import access, server
from published import NOW, Town

from exchange.errors import UnavailableError
from exchange.settings import load_settings
from indexer.drift import find_drift
from indexer.elastic_client import Access, connect
from indexer.engine_elastic import ElasticEngine
from indexer.lease import holding
from indexer.sync import Indexer
from web.runtime import REBUILD, open_runtime


@pytest.fixture
def open_engine():
    """Give what opens the same index as another process does."""
    with server() as (clients, naming):

        def opened(**given: object) -> ElasticEngine:
            return ElasticEngine(clients, naming, "hash-512", lambda: 512, **given)

        yield opened


@pytest.fixture
def town(engine, tmp_path) -> Town:
    town = Town(engine, tmp_path / "index")
    town.publish("Lunch club")
    return town


@pytest.fixture
def indexer(town, open_engine) -> Indexer:
    return Indexer(database=town.database, engine=open_engine(), embedder=town.embedder)


def test_an_index_that_another_process_makes_is_seen_at_once(indexer, open_engine):
    waiting = open_engine()
    assert (waiting.held(), waiting.serves(), waiting.made_with()) == ({}, False, None)
    indexer.rebuild()
    assert len(waiting.held()) == 1
    assert waiting.made_with().model == "hash-512"


def test_what_a_worker_wrote_who_did_not_see_the_rebuild_is_in_the_new_index(town, indexer, open_engine):
    """A lease may run out between the last comparison and the switch: the old index alone is written then."""
    indexer.rebuild()
    other = replace(indexer, engine=open_engine(building_counts=lambda: False))
    asked = []

    def may_switch():
        asked.append(1)
        if len(asked) == 2:  # the comparison is over
            town.publish("Gardening for veterans")
            other.work(lambda: NOW)

    indexer.rebuild(may_switch=may_switch)
    drift = find_drift(indexer)
    assert (drift.compared, drift.found, drift.waiting) == (2, 0, 0)


def test_the_name_of_an_index_that_was_dropped_half_filled_does_not_come_again(indexer):
    def refuse():
        raise UnavailableError("another process took this over")

    indexer.rebuild()
    for _ in range(2):
        with pytest.raises(UnavailableError, match="took this over"):
            indexer.rebuild(may_switch=refuse)
    indexer.rebuild()
    (name,) = indexer.engine.indexes()
    assert name.endswith("-000004")


@pytest.fixture
def frozen():
    """Give clients of a node that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        clients = connect(Access(urls=(f"http://127.0.0.1:{listener.getsockname()[1]}",), patience=0.2))
        yield clients
        clients.close()


def test_where_nobody_says_which_index_serves_the_last_one_known_is_asked(indexer, open_engine, frozen):
    indexer.rebuild()
    known, unknown = indexer.engine, open_engine()
    for engine in (known, unknown):
        engine._clients, engine._known_until = frozen, 0.0
    assert len(known.held()) == 1
    with pytest.raises(UnavailableError, match="did not answer in time"):
        unknown.held()


@pytest.fixture
def shared(data, monkeypatch):
    """Give settings for a site on the server of the tests, on an index of its own."""
    given_access = access()
    given = {
        "ENGINE": "elasticsearch",
        "ELASTICSEARCH_URL": ",".join(given_access.urls),
        "ELASTICSEARCH_INDEX": f"test-{secrets.token_hex(6)}",
        "ELASTICSEARCH_USERNAME": given_access.username,
        "ELASTICSEARCH_PASSWORD": given_access.password,
        "ELASTICSEARCH_API_KEY": given_access.api_key,
        "ELASTICSEARCH_CA": given_access.ca,
    }
    for name, value in given.items():
        if value:
            monkeypatch.setenv(f"EXCHANGE_{name}", value)
    yield load_settings()
    with open_runtime(load_settings()) as runtime:
        runtime.engine.drop()


def test_a_worker_waits_while_another_process_makes_the_first_index(shared):
    with open_runtime(shared) as runtime:
        with (
            holding(runtime.database, REBUILD, timedelta(minutes=1)),
            pytest.raises(UnavailableError, match="makes the first index"),
        ):
            runtime.before_work()
        assert runtime.indexes() == {}
        runtime.before_work()
        assert list(runtime.indexes().values()) == [True]


def test_the_command_compares_a_shared_index_and_repairs_it(shared, cli):
    assert cli("load-fixtures").exit_code == 0
    assert cli("index", "drift").exit_code == 0
    with open_runtime(shared) as runtime:
        (name,) = runtime.indexes()
        runtime.engine._clients.bulk.delete(index=name, id="1", refresh=True)
    told = cli("index", "drift")
    assert told.exit_code == 1
    assert "missing         1 (listings 1)\n" in told.stdout
    assert cli("index", "drift", "--repair").stdout.endswith(
        "1 listings are written anew; the index holds what the database says.\n"
    )
    assert cli("index", "drift").exit_code == 0
