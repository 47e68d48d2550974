"""The outbox on a real server: bad listings, an index that takes no writes, a change of model; nothing is lost."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from engine_factories import server
from published import NOW, POISON, Double, Town
from sqlalchemy import select

from exchange.content import Content
from exchange.database import reading, writing
from exchange.errors import UnavailableError
from exchange.models import OutboxRow
from exchange.outbox import MOST_ATTEMPTS, Pending, parked, pending, retry_parked
from indexer import elastic_bulk
from indexer.drift import find_drift
from indexer.elastic_client import Access, Clients, connect
from indexer.embedder import HashEmbedder
from indexer.embedders import Embedders, ServingEmbedder
from indexer.engine_elastic import ElasticEngine, Naming
from indexer.results import Query
from indexer.search import Finder
from indexer.sync import Indexer

LONG = "Sitters come on Thursdays and stay until the evening of the day. " * 60
"""More passages than the index of `refusing` takes."""


@dataclass(frozen=True)
class Cluster:
    """A real server and the name of this test's indexes."""

    clients: Clients
    naming: Naming

    def engine(self, model: str = "hash-512", dimension: int = 512) -> ElasticEngine:
        return ElasticEngine(self.clients, self.naming, model, lambda: dimension)

    def set(self, name: str, value: object) -> None:
        """Change a setting of every index of this test."""
        self.clients.bulk.indices.put_settings(index=f"{self.naming.prefix}-*", settings={f"index.{name}": value})

    @contextmanager
    def little_room(self) -> Iterator[None]:
        """Let indexes that are made meanwhile refuse listings of more than two passages."""
        name, pattern = self.naming.prefix, [f"{self.naming.prefix}-*"]
        template = {"settings": {"index.mapping.nested_objects.limit": 2}}
        self.clients.bulk.indices.put_index_template(name=name, index_patterns=pattern, template=template, priority=900)
        yield
        self.clients.bulk.indices.delete_index_template(name=name)


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    with server() as (clients, naming):
        yield Cluster(clients, naming)


@pytest.fixture
def town(engine, tmp_path, cluster) -> Town:
    """Give a town where one listing is indexed."""
    town = Town(engine, tmp_path, open_index=cluster.engine)
    town.publish("Lunch club for older people")
    town.open()
    return town


@pytest.fixture
def indexer(town) -> Indexer:
    return town.indexer()


def now() -> datetime:
    return NOW


def found(town: Town, text: str) -> list[int]:
    return sorted(hit.id for hit in town.service(town.engine()).search(Query(text=text)).hits)


def waiting(town: Town) -> Pending:
    with reading(town.database) as session:
        return pending(session)


def rows(town: Town) -> list[OutboxRow]:
    with reading(town.database) as session:
        return list(session.scalars(select(OutboxRow).order_by(OutboxRow.id)))


def work_until_parked(town: Town, indexer: Indexer) -> None:
    """Let the worker look whenever something is due, until nothing but what was given up is left."""
    for _ in range(10 * MOST_ATTEMPTS):
        if not waiting(town).waiting:
            return
        moment = max(row.due_at for row in rows(town))
        indexer.work(lambda at=moment: at)
    pytest.fail("the worker does not come to an end")


# --- bad listings -----------------------------------------------------------------------------------------------------


def refusing(town: Town, cluster: Cluster) -> int:
    """Publish a listing that the index refuses for its length."""
    cluster.set("mapping.nested_objects.limit", 2)
    return town.publish("Respite at length", description=LONG)


def unreadable(town: Town, _cluster: Cluster) -> int:
    """Publish a listing that the model cannot embed."""
    return town.publish(f"Respite {POISON}")


BAD: list[tuple[Callable[[Town, Cluster], int], str]] = [
    (refusing, "InputError: Elasticsearch refused 1 documents"),
    (unreadable, "RuntimeError: the model cannot read this text"),
]


@pytest.mark.parametrize(("publish", "reason"), BAD)
def test_a_bad_listing_is_given_up_with_its_reason_and_its_neighbours_are_found(
    town, indexer, cluster, publish, reason
):
    before = town.publish("Respite one")
    bad = publish(town, cluster)
    after = town.publish("Respite two")
    assert indexer.work(now) == 2
    assert found(town, "respite") == [before, after]
    work_until_parked(town, indexer)
    assert waiting(town) == Pending(waiting=0, parked=1)
    with reading(town.database) as session:
        (row,) = parked(session, 10)
    assert (row.listing_id, row.attempts) == (bad, MOST_ATTEMPTS)
    assert reason in row.error


@pytest.mark.parametrize(("publish", "reason"), BAD)
def test_it_is_found_when_it_is_tried_again_and_the_fault_is_gone(town, indexer, cluster, publish, reason):
    bad = publish(town, cluster)
    work_until_parked(town, indexer)
    town.embedder.sick = False
    cluster.set("mapping.nested_objects.limit", 10_000)
    with writing(town.database) as session:
        assert retry_parked(session, NOW) == 1
    assert indexer.work(now) == 1
    assert found(town, "respite") == [bad]
    assert find_drift(indexer).found == 0


def test_a_listing_that_a_new_index_refuses_does_not_stop_the_rebuild(town, indexer, cluster):
    bad, good = town.publish("Respite at length", description=LONG), town.publish("Respite")
    assert indexer.work(now) == 2
    with cluster.little_room():
        indexer.rebuild()
    assert found(town, "respite") == [good]
    assert {row.listing_id for row in rows(town)} == {bad}
    work_until_parked(town, indexer)
    assert {row.listing_id for row in rows(town)} == {bad}
    assert find_drift(indexer).missing.keys() == {bad}


def test_a_batch_larger_than_one_request_is_written_whole(town, indexer, cluster, monkeypatch):
    monkeypatch.setattr(elastic_bulk, "MOST", 20_000)
    numbers = [town.publish(f"Respite {number}", description=LONG[:2_000]) for number in range(8)]
    assert indexer.work(now) == 8
    assert found(town, "respite") == numbers
    indexer.rebuild()
    assert found(town, "respite") == numbers
    cluster.set("mapping.nested_objects.limit", 1)
    town.revise(numbers[0], Content(title="Respite 0", description=LONG))
    town.revise(numbers[7], Content(title="Respite changed"))
    assert indexer.work(now) == 1
    assert found(town, "changed") == [numbers[7]]


# --- a server that takes no writes ------------------------------------------------------------------------------------


@pytest.mark.parametrize("block", ["blocks.write", "blocks.read_only_allow_delete"])
def test_an_index_that_is_read_only_puts_the_rows_back_and_blames_none(town, indexer, cluster, block):
    number = town.publish("Respite")
    cluster.set(block, True)
    moment = NOW
    for _ in range(MOST_ATTEMPTS + 1):
        with pytest.raises(UnavailableError, match=r"takes no writes for now .*block"):
            indexer.work(lambda at=moment: at)
        moment += timedelta(minutes=1)
    (row,) = rows(town)
    assert (row.attempts, row.parked) == (0, False)
    assert "takes no writes for now" in (row.last_error or "")
    assert found(town, "lunch club") != []  # reading goes on
    cluster.set(block, None)
    assert indexer.work(lambda: moment) == 1
    assert (found(town, "respite"), waiting(town)) == ([number], Pending(0, 0))


def test_a_rebuild_on_a_server_that_takes_no_writes_leaves_the_old_index(town, indexer, cluster):
    cluster.set("blocks.write", True)
    indexer.rebuild()  # the new index is not blocked
    cluster.set("blocks.read_only", True)
    with pytest.raises(UnavailableError, match="for now"):
        indexer.rebuild()
    assert found(town, "lunch club") != []
    cluster.set("blocks.read_only", None)
    indexer.rebuild()
    assert list(cluster.engine().indexes().values()) == [True]


def test_a_server_that_cannot_be_reached_puts_the_rows_back(town, indexer, cluster):
    number = town.publish("Respite")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        nobody = connect(Access(urls=(f"http://127.0.0.1:{listener.getsockname()[1]}",)))
    away = replace(indexer, engine=ElasticEngine(nobody, cluster.naming, "hash-512", lambda: 512))
    with pytest.raises(UnavailableError, match="EXCHANGE_ELASTICSEARCH_URL"):
        away.work(now)
    nobody.close()
    (row,) = rows(town)
    assert (row.attempts, row.parked) == (0, False)
    assert indexer.work(lambda: NOW + timedelta(minutes=1)) == 1
    assert found(town, "respite") == [number]


# --- another model ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """A site whose settings name a new model while the index is still of the old one."""

    town: Town
    cluster: Cluster
    models: Embedders

    def engine(self) -> ElasticEngine:
        return self.cluster.engine("hash-32", 32)

    def indexer(self) -> Indexer:
        return Indexer(
            database=self.town.database,
            engine=self.engine(),
            embedder=self.models.get("hash-32"),
            other_embedder=self.models.get,
        )

    def cosines(self, text: str) -> dict[int, float]:
        """Search by meaning with the serving index's own model; give the cosine of each listing that is near."""
        engine = self.engine()
        service = self.town.service(engine)
        finder: Finder = replace(service.finder, embedder=ServingEmbedder(engine, self.models))
        found = finder.ranked(Query(text=text)).found
        return dict(zip(found.ids.tolist(), found.cosine.tolist(), strict=True))


@pytest.fixture
def change(town, cluster) -> Change:
    old, new = town.embedder, HashEmbedder(32)
    return Change(town, cluster, Embedders({old.name: old, new.name: new}.__getitem__))


def test_the_index_of_the_old_model_goes_on_taking_changes_with_its_own_vectors(change):
    number = change.town.publish("Respite for carers")
    indexer = change.indexer()
    assert indexer.engine.serving_model() == "hash-512"
    assert indexer.work(now) == 1
    assert change.cosines("respite for carers")[number] == pytest.approx(1.0, abs=1e-4)


def test_what_is_published_while_the_new_index_is_built_goes_to_both_each_with_its_own_vectors(change):
    indexer, seen = change.indexer(), []

    def publish() -> None:
        if seen:
            return
        number = change.town.publish("Respite for carers")
        other = change.indexer()
        models = [target.model for target in other.engine.targets()]
        assert other.work(now) == 1
        held = [target.revisions().get(number) for target in other.engine.targets()]
        seen.append((number, models, held, change.cosines("respite for carers")))

    indexer.rebuild(may_switch=publish)
    ((number, models, held, before),) = seen
    assert (models, held) == (["hash-512", "hash-32"], [2, 2])
    assert before[number] == pytest.approx(1.0, abs=1e-4)
    assert change.engine().serving_model() == "hash-32"
    assert change.cosines("respite for carers")[number] == pytest.approx(1.0, abs=1e-4)
    assert find_drift(change.indexer()).found == 0


def test_where_the_old_model_is_no_longer_to_be_had_words_go_on_and_withdrawals_count(change):
    gone = Embedders(lambda name: change.models.get("hash-32") if name == "hash-32" else refuse(name))
    indexer = replace(change.indexer(), other_embedder=gone.get)
    kept, withdrawn = change.town.publish("Respite for carers"), change.town.publish("Respite for sitters")
    assert indexer.work(now) == 2
    change.town.withdraw(withdrawn)
    assert indexer.work(now) == 1
    assert [hit for hit in found(change.town, "respite") if hit != kept] == []
    indexer.rebuild()
    assert change.cosines("respite for carers")[kept] == pytest.approx(1.0, abs=1e-4)


def refuse(name: str) -> Double:
    raise UnavailableError(f"The model {name!r} cannot be loaded.")
