"""Engines under the contract: each factory opens one index in a place of its own, again and again the same one."""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from indexer.elastic_client import Access, Clients, connect
from indexer.engine import Engine
from indexer.engine_elastic import ElasticEngine, Naming
from indexer.engine_embedded import EmbeddedEngine

MODEL, DIMENSION = "random-4", 4


class Opener(Protocol):
    """Open the index, as a process does at its start; every call opens what the earlier ones wrote."""

    def __call__(self, model: str = MODEL, dimension: int = DIMENSION) -> Engine: ...


@contextmanager
def embedded(folder: Path) -> Iterator[Opener]:
    """Open the embedded engine on a folder."""

    def opened(model: str = MODEL, dimension: int = DIMENSION) -> Engine:
        return EmbeddedEngine(folder / "index", model, dimension)

    yield opened


def access() -> Access:
    """Read where the server of the tests is, and who may ask it."""
    named = {name: os.environ.get(f"EXCHANGE_TEST_ELASTICSEARCH_{name}") for name in ("USERNAME", "PASSWORD", "CA")}
    return Access(
        urls=tuple(os.environ["EXCHANGE_TEST_ELASTICSEARCH"].split(",")),
        username=named["USERNAME"],
        password=named["PASSWORD"],
        api_key=os.environ.get("EXCHANGE_TEST_ELASTICSEARCH_API_KEY"),
        ca=named["CA"],
        patience=30.0,
    )


def drop(clients: Clients, prefix: str) -> None:
    """Take away what a test left on the server."""
    for name in clients.bulk.indices.get(index=f"{prefix}*"):
        clients.bulk.indices.delete(index=name)


@contextmanager
def elasticsearch(_folder: Path) -> Iterator[Opener]:
    """Open the Elasticsearch engine on indexes of a name of their own."""
    clients, naming = connect(access()), Naming(prefix=f"test-{secrets.token_hex(6)}")

    def opened(model: str = MODEL, dimension: int = DIMENSION) -> Engine:
        return ElasticEngine(clients, naming, model, lambda: dimension)

    yield opened
    drop(clients, naming.prefix)
    clients.close()


FACTORIES: dict[str, Callable[[Path], object]] = {"embedded": embedded}
"""Add an engine here and the whole suite runs against it."""

if "EXCHANGE_TEST_ELASTICSEARCH" in os.environ:
    FACTORIES["elasticsearch"] = elasticsearch
