"""Words of an area change while people search without pause: no search fails, and the new word finds and finds not.

The way is the administrator's own, by the pages: prepared, previewed, published, gone back on; the worker indexes.
"""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from engine_factories import ELASTICSEARCH, EMBEDDED, FACTORIES, Factory
from filling import forms_in, send
from people import enrol, enter
from real_site import BASE_URL, EMBEDDER, indexer_of, service_over, site_over
from seen import text_of
from small_exchange import fill
from sqlalchemy import Engine
from starlette.testclient import TestClient

from exchange.database import reading, writing
from exchange.imports.import_places import MapContext
from exchange.outbox import pending
from exchange.people.permissions import Role
from exchange.place.places import load_gazetteer
from exchange.running.proposal_list import proposal_for
from exchange.taxonomy import load_taxonomy
from indexer.drift import find_drift
from indexer.engine_embedded import EmbeddedEngine
from indexer.evaluate import evaluate
from indexer.results import Query
from indexer.runs import Workbench
from indexer.search import Finder
from indexer.second_look import SecondLook
from indexer.shelf import SqlShelf
from indexer.sync import Indexer
from indexer.worker import Worker
from web.packaged import packaged_corpus, packaged_order
from web.running.previews import preview_of, work_out

WORD = "zorbelling"
HOME = "/administration/areas"
TOGETHER = {"sqlite": EMBEDDED, "postgresql": ELASTICSEARCH}
"""What a start on one machine has, and production; where no Elasticsearch is named, PostgreSQL has the embedded one."""


@dataclass
class Running:
    """A site with its worker, an administrator's browser, and the evaluation of what is published."""

    client: TestClient
    database: Engine
    indexer: Indexer
    workbench: Callable[[], Workbench]

    @property
    def service(self):
        return self.client.app.state.site.service

    def send(self, path: str, changes: dict[str, str] | None = None) -> str:
        """Fill in the form at a path; give where it leads."""
        answer = send(self.client, path, changes, action=path)
        assert answer.status_code == 303, (path, answer.status_code, text_of(answer.text)[:600])
        return answer.headers["location"].partition("?")[0]

    def ndcg(self) -> float | None:
        """Give what `exchange evaluate --packaged` gives now."""
        corpus = packaged_corpus(datetime.now(UTC).date())
        return evaluate(packaged_order(), self.workbench(), corpus=corpus).rows[-1].ndcg

    def settled(self) -> None:
        """Wait until the worker has indexed what waits."""
        pause = threading.Event()
        for _ in range(600):
            with reading(self.database) as session:
                if not pending(session).waiting:
                    return
            pause.wait(0.05)
        raise AssertionError("the worker did not index what waits")

    def found(self) -> list[int]:
        return [hit.id for hit in self.service.search(Query(text=WORD)).hits]


@pytest.fixture
def running(engine: Engine, tmp_path: Path) -> Iterator[Running]:
    factory: Factory = FACTORIES.get(TOGETHER[engine.dialect.name], FACTORIES[EMBEDDED])
    fill(engine)
    with factory(tmp_path) as opened:
        service = service_over(engine, opened(EMBEDDER.name, EMBEDDER.dimension))
        indexer = indexer_of(service)
        indexer.rebuild()
        indexer.settle()
        worker = Worker(indexer, pause=0.02)
        with TestClient(site_over(engine, service, tmp_path), BASE_URL, follow_redirects=False) as client:
            with writing(engine) as session:
                ada = enrol(session, "Ada Admin", Role.ADMINISTRATOR).id
            enter(client, engine, ada)
            worker.start()
            yield Running(client, engine, indexer, lambda: workbench_over(engine))
            worker.stop()
            assert worker.error is None


def workbench_over(database: Engine) -> Workbench:
    """Give what the runtime gives: the published areas, the site's search, an index that is thrown away."""
    gazetteer = load_gazetteer()

    @contextmanager
    def throwaway():
        with TemporaryDirectory() as folder:
            yield EmbeddedEngine(Path(folder), EMBEDDER.name, EMBEDDER.dimension)

    def finder(engine):
        passages = indexer_of(service_over(database, engine)).passages
        second = SecondLook(passages, SqlShelf(database))
        return Finder(engine=engine, embedder=EMBEDDER, gazetteer=gazetteer, postcodes=None, second=second)

    with reading(database) as session:
        taxonomy = load_taxonomy(session)
    return Workbench(
        database=database,
        embedder=EMBEDDER,
        context=MapContext(gazetteer),
        taxonomy=taxonomy,
        finder=finder,
        engine=throwaway,
    )


@dataclass
class Searchers:
    """People who search without pause, through the service and through the page, and what went wrong for them."""

    running: Running
    asked: dict[str, int] = field(default_factory=lambda: {"service": 0, "page": 0})
    failures: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def by_service(self) -> None:
        for text in self._texts():
            results = self.running.service.search(Query(text=text))
            self._note("service", text, ok=not results.degraded and (text == WORD or bool(results.hits)))

    def by_page(self) -> None:
        client = TestClient(self.running.client.app, BASE_URL, follow_redirects=False)
        for text in self._texts():
            answer = client.get("/search", params={"q": text})
            shown = re.search(r'href="/listings/\d+', answer.text) is not None
            self._note("page", text, ok=answer.status_code == 200 and (text == WORD or shown))

    def _texts(self) -> Iterator[str]:
        while not self.over.is_set():
            yield from ("carers of people with dementia", WORD)

    def _note(self, way: str, text: str, *, ok: bool) -> None:
        self.asked[way] += 1
        if not ok:
            self.failures.append(f"{way}: {text}")

    def guarded(self, search: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            try:
                search()
            except Exception as error:  # noqa: BLE001  a search that raises is one that failed
                self.failures.append(f"{type(error).__name__}: {error}")

        return run

    @contextmanager
    def searching(self) -> Iterator[None]:
        ways = [self.guarded(way) for way in (self.by_service, self.by_page)]
        threads = [threading.Thread(target=way) for way in ways]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.over.set()
            for thread in threads:
                thread.join()


def test_a_synonym_comes_and_goes_while_people_search_and_no_search_fails(running: Running):
    searchers = Searchers(running)
    before = running.ndcg()
    with searchers.searching():
        assert running.found() == []
        change = running.send(HOME)
        form = f"{change}/terms/area/short-breaks"
        typed = next(one for one in forms_in(running.client.get(form).text, form) if one.action == form).values
        running.send(form, {"synonyms": f"{typed['synonyms'][0]}\n{WORD}\nlonely older people"})
        running.send(f"{change}/preview")
        work_out(running.database, running.workbench, lambda: datetime.now(UTC))
        with reading(running.database) as session:
            row = proposal_for(session, int(change.rsplit("/", 1)[1]))
        shown = preview_of(row.preview)
        page = text_of(running.client.get(f"{change}/preview").text)
        assert f"nDCG@10: {shown.before:.3f} as published, {shown.after:.3f} with this change." in page
        assert shown.before == before
        running.send(change, {"reason": "People say zorbelling."})
        running.settled()
        found = running.found()
        assert found
        assert running.ndcg() == shown.after
        running.send(f"{HOME}/versions/1", {"reason": "Nobody says zorbelling."})
        running.settled()
        assert running.found() == []
        assert running.ndcg() == before
    assert searchers.failures == []
    assert all(asked > 20 for asked in searchers.asked.values()), searchers.asked
    assert find_drift(running.indexer).found == 0


def test_every_process_notices_a_version_that_another_one_published(running: Running):
    site = running.client.app.state.site
    assert "Short breaks" in text_of(running.client.get("/browse/areas/short-breaks").text)
    other = TestClient(site_over(running.database, running.service, site.settings.data_dir), BASE_URL)
    other.get("/browse/areas")
    change = running.send(HOME)
    running.send(f"{change}/terms/area/short-breaks", {"label": "Time off"})
    running.send(change, {"reason": "Plain words."})
    assert "Time off" in text_of(running.client.get("/browse/areas/short-breaks").text), "the one that published"
    other.app.state.site._read_at = float("-inf")  # a minute later
    assert "Time off" in text_of(other.get("/browse/areas/short-breaks").text)
