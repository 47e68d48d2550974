"""Clients who read pages of the real site all the time and look at their watch; knows no fault."""

import http.client
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from urllib.parse import urlencode

from benchmarks.faults.chance import chance
from benchmarks.faults.ledger import Item, Ledger
from benchmarks.faults.people import PEOPLE, TOPICS
from benchmarks.faults.processes import Exchange
from benchmarks.faults.verdict import Verdict
from benchmarks.figures import spread
from exchange.models import State
from indexer.fallback import BROWSING, BY_WORDS, MATCHES

HOST = "127.0.0.1"
COUNT = 20
LONGEST_PAGE = 5.0
"""Seconds."""
GIVEN_UP = 60.0
PAUSE = 2.5
"""Seconds on average for which a client reads a page."""
READY_WITHIN = 120.0
WITHOUT_ENGINE = tuple({text.split(".")[0] for text in (BY_WORDS, BROWSING, MATCHES)})
"""How the banner of a page begins that the fallback served."""


@contextmanager
def site(exchange: Exchange) -> Iterator[int]:
    """Serve the real site, without a worker of its own, on a free port; give the port."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        port = int(listener.getsockname()[1])
    process = exchange.start("site", "serve", "--no-worker", "--host", HOST, "--port", str(port))
    try:
        until = time.monotonic() + READY_WITHIN
        while not _ready(port):
            if time.monotonic() > until or process.poll() is not None:
                raise RuntimeError(f"The site did not start; see its log in {exchange.folder}.")
            time.sleep(0.2)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()


def _ready(port: int) -> bool:
    try:
        return _get(port, "/ready")[0] == http.HTTPStatus.OK
    except OSError:
        return False


def _get(port: int, address: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(HOST, port, timeout=GIVEN_UP)
    try:
        connection.request("GET", address)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


@dataclass(slots=True)
class Clients:
    """Many at once; `watch` holds the milliseconds of every page, those of the fallback also apart."""

    port: int
    ledger: Ledger
    verdict: Verdict
    seed: int
    watch: list[float] = field(default_factory=list)
    without_engine: list[float] = field(default_factory=list)

    def warm(self, seconds: float) -> None:
        """Read pages one after the other, which count for nothing."""
        rng, until = chance(self.seed, "first client"), time.monotonic() + seconds
        while time.monotonic() < until:
            published = self.ledger.of(State.PUBLISHED)
            _get(self.port, _address(rng, rng.choice(published) if published else None))

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Have them read for the length of a block."""
        stop = threading.Event()
        threads = [self._client(chance(self.seed, f"client {number}"), stop) for number in range(COUNT)]
        yield
        stop.set()
        for thread in threads:
            thread.join(GIVEN_UP)

    def _client(self, rng: Random, stop: threading.Event) -> threading.Thread:
        def read() -> None:
            while not stop.wait(rng.uniform(0, 2 * PAUSE)):
                self._look(rng)

        return self.verdict.thread("A client", read)

    def _look(self, rng: Random) -> None:
        withdrawn, published = self.ledger.of(State.WITHDRAWN), self.ledger.of(State.PUBLISHED)
        if withdrawn and rng.random() < 0.3:
            item = rng.choice(withdrawn)
            text = self._page("/search?" + urlencode({"q": item.word}))
            self.verdict.count("pages looked through for a withdrawn listing")
            if text and f'"/listings/{item.number}"' in text:
                self.verdict.fail(f"Listing {item.number} was on a page {item.age:.1f} s after its withdrawal.")
            return
        self._page(_address(rng, rng.choice(published) if published else None))

    def _page(self, address: str) -> str:
        start = time.monotonic()
        try:
            status, text = _get(self.port, address)
        except OSError as error:
            self.verdict.fail(f"{address} was not answered: {error}")
            return ""
        seconds = time.monotonic() - start
        self.verdict.count("pages")
        self.watch.append(seconds * 1000)
        if status >= http.HTTPStatus.INTERNAL_SERVER_ERROR:
            self.verdict.fail(f"{address} was answered with {status}.")
        if seconds > LONGEST_PAGE:
            self.verdict.fail(f"{address} took {seconds:.1f} s.")
        if any(banner in text for banner in WITHOUT_ENGINE):
            self.verdict.count("of them served by the fallback, with its banner")
            self.without_engine.append(seconds * 1000)
        return text

    def remark(self) -> None:
        """Tell how long pages took."""
        if self.watch:
            self.verdict.remark(f"Pages, p50 / p95, ms: {spread(self.watch)}; the slowest {max(self.watch):,.0f}.")
        if self.without_engine:
            times = f"{spread(self.without_engine)}; the slowest {max(self.without_engine):,.0f}"
            self.verdict.remark(f"Those of the fallback, p50 / p95, ms: {times}.")


def _address(rng: Random, item: Item | None) -> str:
    words = f"{rng.choice(TOPICS)} for {rng.choice(PEOPLE)}"
    searches = ["/search?" + urlencode({"q": words}), "/search", "/search?" + urlencode({"q": words, "page": 2})]
    plain = ["/", "/newest", "/browse/areas", "/browse/places"]
    if item is None:
        return rng.choice([*searches, *plain])
    own = [f"/listings/{item.number}", "/search?" + urlencode({"q": item.word}), f"/listings/{item.number}/matches"]
    return rng.choice([*searches, *searches, *own, *plain])
