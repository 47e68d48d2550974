"""Whoever walks the site by its links meets no dead end: as nobody, and as each person of the demonstration."""

from collections import Counter, deque
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urldefrag, urlsplit

import pytest
from people import enter
from real_site import BASE_URL, RealSite, copy_with_fixtures, open_site
from sqlalchemy import select
from starlette.routing import Match
from starlette.testclient import TestClient

from exchange.database import reading
from exchange.models import Account

EACH = 3
"""Pages of one route that are looked at: the first, and others that may differ."""
NOBODY = "nobody"
ROLES = [NOBODY, "innovator", "commissioner", "moderator", "administrator", "newcomer"]


class Links(HTMLParser):
    """The addresses that a page leads to, the forms it sends, and its headings."""

    def __init__(self) -> None:
        super().__init__()
        self.hrefs: list[str] = []
        self.actions: list[tuple[str, str]] = []
        self.headings = 0
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and given.get("href"):
            self.hrefs.append(given["href"])
        if tag == "form":
            self.actions.append(((given.get("method") or "get").upper(), given.get("action") or ""))
        self.headings += tag == "h1"
        if given.get("id"):
            self.ids.append(given["id"])


@pytest.fixture(scope="module")
def site(template_database, tmp_path_factory) -> Iterator[RealSite]:
    with open_site(copy_with_fixtures(template_database, tmp_path_factory.mktemp("links"))) as site:
        yield site


def become(site: RealSite, who: str, monkeypatch) -> TestClient:
    client = TestClient(site.client.app, BASE_URL, follow_redirects=False)
    if who != NOBODY:
        monkeypatch.setattr("web.visit.on_loopback", lambda _settings: True)
        with reading(site.database) as session:
            number = session.scalars(select(Account.id).where(Account.email == f"{who}@demo.example")).one()
        enter(client, site.database, number)
    return client


def route_of(client: TestClient, path: str, method: str = "GET") -> str | None:
    """Give the pattern of the route that takes the path by this method."""
    scope = {"type": "http", "method": method, "path": path, "headers": []}
    return next((r.path for r in client.app.routes if r.matches(scope)[0] is Match.FULL), None)


@pytest.mark.parametrize("who", ROLES)
def test_no_link_and_no_form_leads_nowhere(site, who, monkeypatch):
    client, seen, visited, opened = become(site, who, monkeypatch), Counter(), set(), set()
    waiting, faults = deque([("/", "the start"), ("/my/listings", "the start")]), []
    while waiting:
        address, origin = waiting.popleft()
        path = urlsplit(address).path
        route = route_of(client, path)
        if route is None:
            faults.append(f"{origin} leads to {address}, where nothing is")
            continue
        if address in visited or seen[route] >= EACH or route == "/static":
            continue
        visited.add(address)
        seen[route] += 1
        answer = client.get(address)
        if answer.status_code == 303:
            waiting.append((answer.headers["location"], address))
        elif answer.status_code != 200:
            faults.append(f"{origin} leads to {address}, which answers {answer.status_code}")
        else:
            opened.add(route)
        if answer.status_code == 200 and answer.headers["content-type"].startswith("text/html"):
            faults += look(client, address, answer.text, waiting)
    assert faults == []
    assert len(visited) > 30
    assert any(route.startswith("/my/") for route in opened) is (who != NOBODY)


def look(client: TestClient, address: str, page: str, waiting: deque) -> list[str]:
    """Note where a page leads; give what is wrong with it."""
    links = Links()
    links.feed(page)
    faults = [f"{address} has {links.headings} headings of the first level"] if links.headings != 1 else []
    faults += [f"{address} has the id {one} twice" for one, many in Counter(links.ids).items() if many > 1]
    for method, action in links.actions:
        if route_of(client, urlsplit(action).path or urlsplit(address).path, method) is None:
            faults.append(f"{address} sends a form by {method} to {action}, where nothing takes it")
    for href in links.hrefs:
        target, fragment = urldefrag(href)
        if target.startswith("/"):
            waiting.append((target, address))
        elif not target and fragment not in links.ids:
            faults.append(f"{address} leads to #{fragment}, which is not on it")
    return faults


def test_a_person_of_the_demonstration_is_nobody_where_others_reach_the_site(site):
    with reading(site.database) as session:
        number = session.scalars(select(Account.id).where(Account.email == "moderator@demo.example")).one()
    client = TestClient(site.client.app, BASE_URL, follow_redirects=False)
    enter(client, site.database, number)
    assert client.get("/moderation").headers["location"].startswith("/sign-in")
