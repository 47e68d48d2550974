"""Fixtures for browser tests: the real site on a free port, and Chromium at two widths, with JavaScript and without."""

import math
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright
from real_site import RealSite, copy_with_fixtures, open_site, site_over
from windows import NARROW, WIDE, Live, open_context

from exchange.content import Kind
from exchange.models import State
from exchange.settings import load_settings
from indexer.breaker import Breaker
from indexer.results import Facet, Matches, Query, Results
from indexer.service import SearchService
from web.assets import STATIC, is_current

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
BREAK, DOWN = "break this page", "take the engine down"
"""What is typed to see the pages that nobody hopes to see."""


@dataclass(frozen=True)
class Breakable:
    """The real search, except that two texts make it fail as a fault or a fallen engine would."""

    real: SearchService

    def status(self) -> dict[str, str]:
        return self.real.status()

    def counts(self) -> dict[Facet, dict[str, int]]:
        return self.real.counts()

    def search(self, query: Query) -> Results:
        if query.text == BREAK:
            raise RuntimeError("broken for a test")
        if query.text == DOWN:
            fallen = Breaker("search engine", seconds=math.inf)
            fallen.failed("taken down for a test")
            return replace(self.real, breaker=fallen).search(replace(query, text="short breaks for carers"))
        return self.real.search(query)

    def match(self, listing_id: int, limit: int) -> Matches:
        return self.real.match(listing_id, limit)

    def __getattr__(self, name: str) -> object:
        return getattr(self.real, name)


@pytest.fixture(scope="session")
def axe() -> str:
    """Give the accessibility checker's script."""
    file = load_settings().data_dir / "assets" / "node_modules" / "axe-core" / "axe.min.js"
    if not is_current(STATIC, dev=True) or not file.is_file():
        pytest.fail("The styles or axe-core are missing: run `python -m web.assets --dev`.")
    return file.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def live(template_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Serve the packaged fixtures on a free port for the length of the run."""
    folder = tmp_path_factory.mktemp("live")
    with open_site(copy_with_fixtures(template_database, folder)) as site:
        app = site_over(site.database, Breakable(site.service), folder)
        server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical", ws="none"))
        thread = threading.Thread(target=server.run, name="site")
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield Live(f"http://127.0.0.1:{port}", paths_of(site), site.database)
        server.should_exit = True
        thread.join(timeout=30)


def paths_of(site: RealSite) -> dict[str, str]:
    """Give an address for every kind of page."""
    need = next(n for n in site.numbers(Kind.NEED) if site.get(f"/listings/{n}").count('class="ix-card"') > 3)
    innovation = next(n for n in site.numbers(Kind.INNOVATION) if 'class="ix-card"' in site.get(f"/listings/{n}"))
    organisation = site.get(f"/listings/{innovation}").split('href="/organisations/')[1].split('"')[0]
    return {
        "home": "/",
        "no results": "/search?q=xylograph+zzyzx+qwertyuiop",
        "some results": "/search?q=short+breaks+for+carers&kind=need",
        "many results": "/search?kind=innovation&page=2",
        "chips": "/search?q=mentors+for+boys+aged+16-24+in+Leeds&kind=innovation",
        "filters": "/search?q=carers&place=E08000035&tier=grant&unstated.place=hide&closed=1&sort=newest",
        "did you mean": "/search?q=dementai",
        "wrong input": "/search?q=carers&place=Narnia&page=abc",
        "past the end": "/search?q=carers&page=999",
        "engine down": f"/search?q={DOWN.replace(' ', '+')}",
        "need": f"/listings/{need}",
        "innovation": f"/listings/{innovation}",
        "closed listing": f"/listings/{site.numbers(Kind.NEED, State.CLOSED)[0]}",
        "matches": f"/listings/{need}/matches",
        "organisation": f"/organisations/{organisation}",
        "areas": "/browse/areas",
        "area": "/browse/areas/adult-social-care",
        "places": "/browse/places",
        "place": "/browse/places/E12000003",
        "newest": "/newest?kind=need",
        "discussion": f"/listings/{innovation}/discussion",
        "gap map": "/gap-map",
        "gaps": "/gap-map/innovations",
        "interface": "/api",
        "how ranking works": "/how-ranking-works",
        "accessibility": "/accessibility",
        "privacy": "/privacy",
        "cookies": "/cookies",
        "not found": "/nothing-here",
        "fault": f"/search?q={BREAK.replace(' ', '+')}",
    }


KINDS_OF_PAGE = [
    *("home", "no results", "some results", "many results", "chips", "filters", "did you mean", "wrong input"),
    *(
        "past the end",
        "engine down",
        "need",
        "innovation",
        "closed listing",
        "matches",
        "organisation",
        "areas",
        "area",
    ),
    *("discussion", "gap map", "gaps", "interface"),
    *("places", "place", "newest", "how ranking works", "accessibility", "privacy", "cookies", "not found", "fault"),
]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for `kind` on every kind of page."""
    if "kind" in metafunc.fixturenames:
        metafunc.parametrize("kind", KINDS_OF_PAGE)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Chromium once a run."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session", params=[WIDE, NARROW], ids=["wide", "narrow"])
def checked(request: pytest.FixtureRequest, browser: Browser, live: Live) -> Iterator[Page]:
    """Give a page of each width into which the checker may be put."""
    with open_context(browser, live, request.param, csp=False) as context:
        yield context.new_page()


@pytest.fixture(params=[True, False], ids=["with-script", "without-script"])
def page(request: pytest.FixtureRequest, browser: Browser, live: Live) -> Iterator[Page]:
    """Give a wide page with JavaScript and one without."""
    with open_context(browser, live, WIDE, script=request.param) as context:
        yield context.new_page()


@pytest.fixture(params=[True, False], ids=["with-script", "without-script"])
def phone(request: pytest.FixtureRequest, browser: Browser, live: Live) -> Iterator[Page]:
    """Give a narrow page with JavaScript and one without."""
    with open_context(browser, live, NARROW, script=request.param) as context:
        yield context.new_page()


@pytest.fixture(scope="session")
def plain(browser: Browser, live: Live) -> Iterator[Page]:
    """Give one wide page with JavaScript and the site's own policy, shared by tests that only look."""
    with open_context(browser, live, WIDE) as context:
        yield context.new_page()


@pytest.fixture(scope="session")
def small(browser: Browser, live: Live) -> Iterator[Page]:
    """Give one narrow page, shared by tests that only look."""
    with open_context(browser, live, NARROW) as context:
        yield context.new_page()
