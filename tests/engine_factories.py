"""Engines for tests: each factory opens one index in a place of its own, again and again the same one."""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Protocol

from indexer.elastic_client import Access, Clients, connect
from indexer.engine import Engine
from indexer.engine_elastic import ElasticEngine, Naming
from indexer.engine_embedded import EmbeddedEngine

MODEL, DIMENSION = "random-4", 4
EMBEDDED, ELASTICSEARCH, SECURED = "embedded", "elasticsearch", "elasticsearch-secure"
PLAIN, SECURE = "EXCHANGE_TEST_ELASTICSEARCH", "EXCHANGE_TEST_ELASTICSEARCH_SECURE"
"""The variables that name a server; who may ask it stands in others of the same beginning, "_USERNAME" for instance."""

GIVEN = {name: value for name, value in os.environ.items() if name.startswith(PLAIN) and value}
"""Read before any test changes the environment."""


class Opener(Protocol):
    """Open the index, as a process does at its start; every call opens what the earlier ones wrote."""

    def __call__(self, model: str = MODEL, dimension: int = DIMENSION) -> Engine: ...


Factory = Callable[[Path], AbstractContextManager[Opener]]


@contextmanager
def embedded(folder: Path) -> Iterator[Opener]:
    """Open the embedded engine on a folder."""

    def opened(model: str = MODEL, dimension: int = DIMENSION) -> Engine:
        return EmbeddedEngine(folder / "index", model, dimension)

    yield opened


def access(named: str = PLAIN, patience: float = 30.0) -> Access:
    """Say where a server of the tests is, and who may ask it."""
    return Access(
        urls=tuple(GIVEN[named].split(",")),
        username=GIVEN.get(f"{named}_USERNAME"),
        password=GIVEN.get(f"{named}_PASSWORD"),
        api_key=GIVEN.get(f"{named}_API_KEY"),
        ca=GIVEN.get(f"{named}_CA"),
        patience=patience,
    )


@contextmanager
def server(named: str = PLAIN) -> Iterator[tuple[Clients, Naming]]:
    """Give clients of a server and a name of its own for indexes, which are dropped at the end."""
    clients, naming = connect(access(named)), Naming(prefix=f"test-{secrets.token_hex(6)}")
    yield clients, naming
    for name in clients.bulk.indices.get(index=f"{naming.prefix}*"):
        clients.bulk.indices.delete(index=name)
    clients.close()


@contextmanager
def elasticsearch(_folder: Path, named: str = PLAIN) -> Iterator[Opener]:
    """Open the Elasticsearch engine on indexes of a name of their own."""
    with server(named) as (clients, naming):

        def opened(model: str = MODEL, dimension: int = DIMENSION) -> Engine:
            return ElasticEngine(clients, naming, model, lambda: dimension)

        yield opened


FACTORIES: dict[str, Factory] = {EMBEDDED: embedded}
"""Add an engine here and every test of engines runs against it."""

if PLAIN in GIVEN:
    FACTORIES[ELASTICSEARCH] = elasticsearch

SECURED_FACTORIES: dict[str, Factory] = {SECURED: partial(elasticsearch, named=SECURE)} if SECURE in GIVEN else {}
"""The same engine through TLS and a password: for the contract."""
