"""The figures' page, and how a search that finds nothing comes onto it: after the page, and never in its way."""

import csv
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from people import enrol, enter
from seen import text_of, title_of
from sqlalchemy import select

from exchange.database import reading, writing
from exchange.models_running import MissedSearch
from exchange.people.permissions import Role
from exchange.running import missed_searches
from exchange.running.missed_searches import note
from indexer.results import Query, Results
from web.running.misses import Misses

FIGURES, FILE = "/administration/figures", "/administration/missed-searches.csv"
SCRIPT = "<script>alert('x')</script>"
NONSENSE = "zorblequix wuffleton"


@pytest.fixture
def client(own):
    with writing(own.database) as session:
        ada = enrol(session, "Ada Admin", Role.ADMINISTRATOR).id
    enter(own.client, own.database, ada)
    return own.client


def kept(own):
    with reading(own.database) as session:
        return [(row.text, row.number) for row in session.scalars(select(MissedSearch).order_by(MissedSearch.text))]


def miss(own, *texts: str, now=None):
    with writing(own.database) as session:
        for text in texts:
            note(session, text, now or datetime.now(UTC))


def test_the_page_shows_what_there_is_what_waits_and_how_quickly_it_goes(own, client):
    page = client.get(FIGURES).text
    assert title_of(page) == "Figures - Innovation Exchange"
    told = text_of(page)
    for words in (
        "Decided in the last 90 days Nothing",
        "Within the promise of 5 working days No decision yet",
        "Listings 1 ",
        "Replies due, last 90 days None",
        "Submitted 0 1",
        "Published 3 1",
        "Withdrawn 1 0",
        "Talking 0",
        "Sent 0",
        "In the last 30 days every search for words found something.",
    ):
        assert words in told, words


def test_a_search_that_finds_nothing_is_counted_once_a_search(own, client):
    for _ in range(2):
        assert client.get("/search", params={"q": NONSENSE}).status_code == 200
    client.get("/search", params={"q": f"{NONSENSE} ann@example.org"})
    assert kept(own) == [(NONSENSE, 2), (f"{NONSENSE} (address removed)", 1)]
    told = text_of(client.get(FIGURES).text)
    assert "In the last 30 days 3 searches found nothing, in 2 wordings; the most frequent first." in told
    assert f"{NONSENSE} 2" in told


@pytest.mark.parametrize("params", [{}, {"q": "carers"}, {"kind": "need"}, {"q": NONSENSE, "page": "2"}])
def test_what_finds_something_or_asks_nothing_new_is_not_counted(own, client, params):
    client.get("/search", params=params)
    assert kept(own) == []


def test_what_only_a_filter_hides_is_not_counted(own, client):
    client.get("/search", params={"q": "sitters", "stage": "idea", "unstated.stage": "hide", "kind": "need"})
    results = Results(hits=(), total=0, hidden=2, query=Query(text="sitters"))
    misses = Misses()
    assert misses.noted(results, own.client.app.state.site.writing, datetime.now(UTC)) is None
    degraded = replace(results, hidden=0, degraded=True)
    assert misses.noted(degraded, own.client.app.state.site.writing, datetime.now(UTC)) is None


def test_a_database_that_is_locked_takes_no_search_down_and_what_comes_next_is_counted(own, client, monkeypatch):
    site = own.client.app.state.site
    path = site.database.url.database
    monkeypatch.setattr("exchange.database.PATIENCE_MS", 50)
    site.database.dispose()
    with site.database.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 50")
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    assert client.get("/search", params={"q": NONSENSE}).status_code == 200
    holder.execute("ROLLBACK")
    holder.close()
    assert client.get("/search", params={"q": "wuffleton"}).status_code == 200
    assert ("wuffleton", 1) in kept(own)


def test_what_people_typed_is_text_on_the_page_and_no_formula_in_the_file(own, client, monkeypatch):
    monkeypatch.setattr(missed_searches, "PAGE", 2)
    miss(own, SCRIPT, SCRIPT, SCRIPT, '=HYPERLINK("x")', '=HYPERLINK("x")', "tea")
    page = client.get(FIGURES).text
    assert SCRIPT not in page
    assert SCRIPT in text_of(page.replace("&lt;", "&amp;lt;")).replace("&lt;", "<").replace("&gt;", ">")
    answer = client.get(FILE)
    assert answer.headers["content-disposition"].startswith('attachment; filename="searches-without-results-')
    assert list(csv.reader(StringIO(answer.text))) == [
        ["words", "times"],
        [SCRIPT, "3"],
        ['\'=HYPERLINK("x")', "2"],
        ["tea", "1"],
    ]


def test_a_long_list_has_pages(own, client, monkeypatch):
    monkeypatch.setattr(missed_searches, "PAGE", 2)
    miss(own, *("one", "two", "three"))
    assert f'href="{FIGURES}?page=2#missed"' in client.get(FIGURES).text
    last = client.get(f"{FIGURES}?page=2").text
    assert f'href="{FIGURES}?page=1#missed"' in last
    assert client.get(f"{FIGURES}?page=99").status_code == 200
    for wrong in ("x", "0", "-1"):
        answer = client.get(f"{FIGURES}?page={wrong}")
        assert answer.status_code == 400
        assert "is not a page number" in text_of(answer.text)


def test_old_searches_are_not_shown(own, client):
    miss(own, "tea", now=datetime.now(UTC) - timedelta(days=31))
    assert "every search for words found something" in text_of(client.get(FIGURES).text)


@pytest.mark.parametrize("path", [FIGURES, FILE])
def test_only_administrators_get_in(own, client, path):
    with writing(own.database) as session:
        mo = enrol(session, "Mo", Role.MODERATOR, Role.COMMISSIONER).id
    enter(client, own.database, mo)
    assert client.get(path).status_code == 403
    client.cookies.clear()
    assert client.get(path).status_code == 303
