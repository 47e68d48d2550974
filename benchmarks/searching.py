"""Search without and with the pages around it: retrieval, fusion and order in this process, pages over HTTP."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.figures import Memory, Spread, memory_now, spread, times
from exchange.content import Kind
from exchange.imports.import_places import MapContext
from exchange.settings import PREFIX, Settings
from indexer.embedder import Embedder, Progress, Vectors
from indexer.engine_embedded import EmbeddedEngine
from indexer.results import Query
from indexer.search import Finder

ROUNDS = 5
PAGE_ROUNDS = 3
PATIENCE = 600.0
"""Seconds that a site may take to its first page."""
LOOK = 0.01
HOST = "127.0.0.1"


class Remembered:
    """An embedder that knows its queries beforehand: what is left of a search is not the model's."""

    def __init__(self, real: Embedder) -> None:
        self.name, self.dimension = real.name, real.dimension
        self._real = real
        self._known: dict[tuple[str, ...], Vectors] = {}

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Embed with the real one."""
        return self._real.encode(texts, progress)

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """Give the vectors, embedded when they were first asked for."""
        key = tuple(texts)
        if key not in self._known:
            self._known[key] = self._real.encode_query(texts)
        return self._known[key]


def search_times(settings: Settings, embedder: Embedder, context: MapContext, texts: Sequence[str]) -> Spread:
    """Time constraints, retrieval, fusion, order and facet counts of the first page of innovations, not embedding."""
    engine = EmbeddedEngine(settings.index_dir, embedder.name, embedder.dimension, writable=False)
    finder = Finder(
        engine=engine,
        embedder=Remembered(embedder),
        gazetteer=context.gazetteer,
        postcodes=context.postcodes,
    )
    calls = [lambda text=text: finder.ranked(Query(text=text, kind=Kind.INNOVATION)) for text in texts]
    times(calls, 1)
    return spread(times(calls, ROUNDS))


def query_times(embedder: Embedder, texts: Sequence[str]) -> Spread:
    """Time the embedding of a query."""
    calls = [lambda text=text: embedder.encode_query([text]) for text in texts]
    times(calls, 1)
    return spread(times(calls, ROUNDS))


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFigures:
    """A site as it is served: seconds from process start to the first page, pages over HTTP, memory after them."""

    start: float
    pages: Spread
    memory: Memory | None


def site_figures(settings: Settings, texts: Sequence[str]) -> SiteFigures:
    """Start the site as the command line does, ask for the first page of every query, and stop it."""
    with _served(settings) as (process, port, seconds):
        connection = http.client.HTTPConnection(HOST, port, timeout=60)
        calls = [lambda text=text: _page(connection, text) for text in texts]
        times(calls, 1)
        pages = spread(times(calls, PAGE_ROUNDS))
        connection.close()
        return SiteFigures(start=seconds, pages=pages, memory=memory_now(process.pid))


def _page(connection: http.client.HTTPConnection, text: str) -> None:
    address = "/search?" + urlencode({"q": text, "kind": Kind.INNOVATION.value})
    connection.request("GET", address)
    answer = connection.getresponse()
    answer.read()
    if answer.status != http.HTTPStatus.OK:
        raise RuntimeError(f"{address} was answered with {answer.status}.")


@contextmanager
def _served(settings: Settings) -> Iterator[tuple[subprocess.Popen[bytes], int, float]]:
    port = _free_port()
    environment = {name: value for name, value in os.environ.items() if name != PREFIX + "DATABASE_URL"}
    environment[PREFIX + "DATA_DIR"] = str(settings.data_dir)  # model and threads as they are set
    start = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603  this interpreter, this project
        [sys.executable, "-m", "web.cli", "serve", "--port", str(port)],
        env=environment,
        cwd=Path(__file__).parent.parent,
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait(process, port)
        yield process, port, time.perf_counter() - start
    finally:
        process.terminate()
        process.wait(60)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        connection = http.client.HTTPConnection(HOST, port, timeout=5)
        try:
            connection.request("GET", "/ready")
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        except OSError:
            time.sleep(LOOK)
        finally:
            connection.close()
    raise RuntimeError(f"The site was not ready in {PATIENCE:.0f} seconds; start it by hand to see why.")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])
