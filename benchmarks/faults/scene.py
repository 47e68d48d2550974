"""What every run shares: the exchange on real servers, people at work in it, the look at what is left at the end."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from elasticsearch import Elasticsearch

from benchmarks.faults.chance import chance
from benchmarks.faults.checks import Checker
from benchmarks.faults.ledger import Ledger
from benchmarks.faults.people import Person
from benchmarks.faults.processes import Exchange, Workers, environment_of
from benchmarks.faults.servers import Cluster, elasticsearch, postgres
from benchmarks.faults.verdict import Verdict
from exchange.database import reading
from exchange.models import State
from exchange.outbox import lag, parked, pending
from exchange.settings import load_settings
from web.runtime import Runtime, open_runtime

LEASE = 2
"""Seconds: a worker that was killed gives its rows back, and a rebuild its lease, after so long."""
PEOPLE = 2
LAST_ACTS = 300.0
"""Seconds within which people have posted all that they were to post."""
DRAINED_WITHIN = 90.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a run is made of; `keep` is a folder for the logs of the processes."""

    name: str
    seed: int
    nodes: int = 1
    keep: Path | None = None


@dataclass(slots=True)
class Scene:
    """All parts of one run."""

    order: Order
    runtime: Runtime
    exchange: Exchange
    cluster: Cluster
    client: Elasticsearch
    verdict: Verdict
    ledger: Ledger = field(default_factory=Ledger)

    @contextmanager
    def workers(self, count: int) -> Iterator[Workers]:
        """Have workers for the length of a block; at its end they are told to stop and must do so."""
        rng = chance(self.order.seed, "workers")
        workers = Workers(self.exchange, self.runtime.database, self.verdict, rng, count)
        workers.start()
        try:
            yield workers
            workers.stop()
        finally:
            workers.end()

    @contextmanager
    def busy(self, listings: int, pause: float) -> Iterator[None]:
        """Have people at work for the length of a block, and until all listings are posted."""
        stop = threading.Event()
        people = [self._person(number, listings // PEOPLE, pause) for number in range(PEOPLE)]
        threads = [self.verdict.thread("A person", lambda one=one: one.work(stop)) for one in people]  # type: ignore[misc]
        yield
        stop.set()
        for thread in threads:
            thread.join(LAST_ACTS)
            if thread.is_alive():
                self.verdict.fail(f"The people were not done {LAST_ACTS:.0f} seconds after the last fault.")
        self.verdict.note("The people have stopped.")

    def _person(self, number: int, posts: int, pause: float) -> Person:
        return Person(
            database=self.runtime.database,
            ledger=self.ledger,
            verdict=self.verdict,
            random=chance(self.order.seed, f"person {number}"),
            entries=lambda ids: self.runtime.indexer.entries(list(ids)),
            posts=posts,
            pause=pause,
        )

    def checker(self, name: str = "checker") -> Checker:
        """Give somebody who checks."""
        parts = self.runtime.database, self.runtime.service, self.runtime.finder
        return Checker(*parts, self.ledger, self.verdict, chance(self.order.seed, name))

    @contextmanager
    def looking(self, name: str) -> Iterator[None]:
        """Have somebody check for the length of a block."""
        stop, checker = threading.Event(), self.checker(name)
        thread = self.verdict.thread("The checker", lambda: checker.work(stop))
        yield
        stop.set()
        thread.join(60)

    def drained(self, workers: Workers) -> None:
        """Wait until the outbox is empty; a row that stays is stuck, one that is parked was given up."""
        start = time.monotonic()
        while time.monotonic() - start < DRAINED_WITHIN:
            workers.look()
            with reading(self.runtime.database) as session:
                left, oldest = pending(session), lag(session, datetime.now(UTC))
            if not left.waiting:
                self.verdict.remark(f"The outbox was empty {time.monotonic() - start:.1f} s after the last change.")
                break
            time.sleep(0.2)
        else:
            self.verdict.fail(f"{left.waiting} outbox rows are stuck; the oldest has waited for {oldest}.")
        with reading(self.runtime.database) as session:
            for row in parked(session, 10):
                self.verdict.fail(f"The outbox row of listing {row.listing_id} was given up: {row.error}")

    def at_the_end(self) -> None:
        """Look for every listing, and compare index and database."""
        checker = self.checker()
        for item in self.ledger.of(State.WITHDRAWN):
            checker.withdrawn(item)
        looked = [checker.published(item, must_answer=True) for item in self.ledger.of(State.PUBLISHED)]
        self.verdict.count("published listings looked for at the end", sum(looked))
        if not all(looked):
            self.verdict.fail(f"{len(looked) - sum(looked)} published listings still wait for the index.")
        code, told = self.exchange.drift()
        if code or not isinstance(told, dict) or told["drift"] or told["waiting"]:
            self.verdict.fail(f"`exchange index drift` ended with {code} and says {told}.")
        else:
            self.verdict.remark(f"`exchange index drift`: 0 of {told['compared']:,} listings that may be found differ.")


@contextmanager
def scene(order: Order, verdict: Verdict) -> Iterator[Scene]:
    """Start servers of the run's own, open the exchange on them, and stop all at the end."""
    with (
        TemporaryDirectory(prefix="exchange-faults-") as name,
        elasticsearch(order.name, order.nodes) as (cluster, urls),
        postgres(order.name) as database,
    ):
        folder = order.keep or Path(name)
        settings = _environment(database, urls, folder, replicas=min(order.nodes - 1, 1))
        with open_runtime(load_settings(settings)) as runtime, Elasticsearch(urls.split(",")) as client:
            exchange = Exchange(environment_of(settings), folder)
            yield Scene(order, runtime, exchange, cluster, client, verdict)


def _environment(database: str, urls: str, folder: Path, replicas: int) -> dict[str, str]:
    return {
        "EXCHANGE_DATA_DIR": str(folder),
        "EXCHANGE_DATABASE_URL": database,
        "EXCHANGE_ENGINE": "elasticsearch",
        "EXCHANGE_ELASTICSEARCH_URL": urls,
        "EXCHANGE_ELASTICSEARCH_REPLICAS": str(replicas),
        "EXCHANGE_MODEL": "hash-64",
        "EXCHANGE_LEASE": str(LEASE),
        "EXCHANGE_THREADS": "1",
        "EXCHANGE_LOG": "json",
    }
