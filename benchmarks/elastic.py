"""`python -m benchmarks.elastic`: speed of the Elasticsearch engine beside the bare client; measures, asserts nothing.

The server is the one of EXCHANGE_ELASTICSEARCH_URL, or one that is started for the run. The listings are a real corpus
and copies of it with altered words; see `copies`. A search is timed without the query's embedding; beside it the bare
client sends the same body.
"""

import argparse
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.table import Table

from benchmarks.faults.servers import elasticsearch
from benchmarks.figures import Spread, machine, spread, times
from benchmarks.searching import Remembered
from benchmarks.store import Store, embed_originals, grow, import_into, open_store
from benchmarks.texts import DATA, material
from exchange.content import Kind
from exchange.database import open_database
from exchange.errors import UnavailableError
from exchange.schema import migrate
from exchange.settings import PREFIX, Elasticsearch, load_settings
from indexer.elastic_client import Access, Clients, connect
from indexer.elastic_index import open_index
from indexer.elastic_request import request_of
from indexer.embedder import Embedder
from indexer.engine import Plan
from indexer.engine_elastic import ElasticEngine, Naming
from indexer.results import Query
from indexer.search import Finder
from indexer.sync import Indexer
from web.commands.output import OUT, bar, say, warn
from web.opening import open_embedder

SIZES = (10_000, 100_000)
FOLDER = "benchmark"
ROUNDS = 5
PATIENCE = 30.0
"""Seconds that the bench waits for one search; a person waits for two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was measured at one size; seconds, spreads in milliseconds."""

    listings: int
    search: Spread
    bare: Spread
    rebuild: float
    filling: float
    switch: "Switch"


@dataclass(slots=True)
class Switch:
    """What a client saw that searched through a rebuild and its switch."""

    searches: int = 0
    failed: list[str] = field(default_factory=list)
    slowest: float = 0.0


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.elastic", description=__doc__)
    parser.add_argument("--listings", type=int, nargs="+", default=SIZES, help="sizes to measure at")
    parser.add_argument("--data", type=Path, default=DATA, help="a corpus with queries.jsonl beside it")
    asked = parser.parse_args(arguments)
    for line in machine():
        say(line)
    texts = material(asked.data)
    if texts.notice:
        say(texts.notice)
    settings = load_settings()
    embedder = open_embedder(settings)
    home = settings.data_dir / FOLDER
    home.mkdir(parents=True, exist_ok=True)
    cache = open_database(f"sqlite:///{home / 'vectors.db'}")
    migrate(cache)
    with TemporaryDirectory(dir=home) as name, _clients() as clients:
        store = open_store(Path(name) / "site", settings.postcodes_dir)
        warn("Importing ...")
        import_into(store, texts.lines[: min(asked.listings)])
        with bar("Vectors of the real texts", 0) as progress:
            embed_originals(store, cache, embedder, progress)
        engine = ElasticEngine(clients, Naming(prefix=f"bench-{secrets.token_hex(4)}"), embedder.name, _fixed(embedder))
        try:
            found = [
                _measured(store, size, texts.queries, _Parts(clients, engine, embedder)) for size in asked.listings
            ]
        finally:
            engine.drop()
        store.database.dispose()
    cache.dispose()
    OUT.print(_table(found))


def _fixed(embedder: Embedder) -> Callable[[], int]:
    return lambda: embedder.dimension


@contextmanager
def _clients() -> Iterator[Clients]:
    with _server() as environment:
        given = load_settings(environment | {PREFIX + "ENGINE": "elasticsearch"}).elasticsearch
        clients = connect(_access(given)) if given else None
        if clients is None:
            raise SystemExit("Set EXCHANGE_ELASTICSEARCH_URL to the server to measure.")
        yield clients
        clients.close()


@contextmanager
def _server() -> Iterator[dict[str, str]]:
    name = PREFIX + "ELASTICSEARCH_URL"
    if os.environ.get(name):
        yield dict(os.environ)
        return
    with elasticsearch("bench") as (_, address):
        yield dict(os.environ) | {name: address}


def _access(given: Elasticsearch) -> Access:
    return Access(
        urls=given.urls,
        username=given.username,
        password=given.password,
        api_key=given.api_key,
        ca=given.ca,
        patience=PATIENCE,
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    clients: Clients
    engine: ElasticEngine
    embedder: Embedder


def _measured(store: Store, size: int, texts: Sequence[str], parts: _Parts) -> Figures:
    with bar(f"Copies up to {size:,}", size - store.held) as progress:
        grow(store, size, parts.embedder, progress)
    finder = Finder(
        engine=parts.engine,
        embedder=Remembered(parts.embedder),
        gazetteer=store.context.gazetteer,
        postcodes=store.context.postcodes,
    )
    indexer = Indexer(database=store.database, engine=parts.engine, embedder=parts.embedder)
    warn(f"Index of {size:,} ...")
    seconds, filling = _rebuilt(indexer)
    with _searching(finder, texts) as switch:
        _rebuilt(indexer)
    warn(f"Searching {size:,} ...")
    search, bare = _search_times(finder, parts, texts)
    return Figures(listings=size, search=search, bare=bare, rebuild=seconds, filling=filling, switch=switch)


def _rebuilt(indexer: Indexer) -> tuple[float, float]:
    """Rebuild; give the seconds of the whole, and of writing to the server."""
    start, first = time.perf_counter(), list[float]()

    def written(_count: int) -> None:
        first.append(time.perf_counter())

    def read(_count: int) -> None:
        first.clear()
        first.append(time.perf_counter())

    indexer.rebuild(read, written=written)
    end = time.perf_counter()
    return end - start, end - (first[0] if first else start)


@contextmanager
def _searching(finder: Finder, texts: Sequence[str]) -> Iterator[Switch]:
    """Let a client search, one text after another, until the block ends."""
    seen, over = Switch(), threading.Event()

    def search() -> None:
        while not over.is_set():
            text = texts[seen.searches % len(texts)]
            start = time.perf_counter()
            try:
                finder.ranked(Query(text=text, kind=Kind.INNOVATION))
            except UnavailableError as error:
                seen.failed.append(str(error))
            seen.searches += 1
            seen.slowest = max(seen.slowest, time.perf_counter() - start)

    client = threading.Thread(target=search)
    client.start()
    try:
        yield seen
    finally:
        over.set()
        client.join()


def _search_times(finder: Finder, parts: _Parts, texts: Sequence[str]) -> tuple[Spread, Spread]:
    """Time a search and, right after it, the bare client with the same body: both meet the same server."""
    name = next(name for name, serves in parts.engine.indexes().items() if serves)
    statistics = open_index(parts.clients, name).statistics
    bodies = []
    for text in texts:
        plan: Plan = finder.plan(Query(text=text, kind=Kind.INNOVATION))[0]
        bodies.append(request_of(plan, statistics))
    ours = [lambda text=text: finder.ranked(Query(text=text, kind=Kind.INNOVATION)) for text in texts]
    bare = [
        lambda body=body: parts.clients.people.search(index=name, body=body, include_named_queries_score=True)
        for body in bodies
    ]
    calls = [call for pair in zip(ours, bare, strict=True) for call in pair]
    times(calls, 1)
    taken = times(calls, ROUNDS)
    return spread(taken[0::2]), spread(taken[1::2])


def _table(found: Sequence[Figures]) -> Table:
    table = Table(title="Elasticsearch engine")
    table.add_column("")
    rows: dict[str, Callable[[Figures], str]] = {
        "search without embedding, p50 / p95, ms": lambda one: str(one.search),
        "bare client, same body, p50 / p95, ms": lambda one: str(one.bare),
        "ratio, p50 / p95": lambda one: f"{one.search.p50 / one.bare.p50:.2f} / {one.search.p95 / one.bare.p95:.2f}",
        "rebuild, all vectors known, s": lambda one: f"{one.rebuild:.0f}",
        "of it, writing to the server, listings/s": lambda one: f"{one.listings / one.filling:,.0f}",
        "searches through a second rebuild": lambda one: f"{one.switch.searches:,}",
        "of them failed": lambda one: str(len(one.switch.failed)),
        "slowest of them, ms": lambda one: f"{one.switch.slowest * 1000:,.0f}",
    }
    for one in found:
        table.add_column(f"{one.listings:,} listings", justify="right")
    for label, figure in rows.items():
        table.add_row(label, *(figure(one) for one in found))
    return table


if __name__ == "__main__":
    main()
