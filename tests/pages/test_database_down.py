"""While the database does not answer: a page that says so, and everything that needs no database as always."""

import logging
import sqlite3
from collections.abc import Callable

import pytest
from real_site import real_service, site_over
from seen import text_of
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.testclient import TestClient

from exchange.database import open_database
from web.rendering import STATIC

NOBODY = "postgresql+psycopg://reader:s3cret@127.0.0.1:1/exchange"
"""An address at which no server can listen: each connection is refused, as by a server that has stopped."""
DOWN = "The database does not answer, so no listing can be shown or searched."
PATHS = [
    *("/", "/search", "/search?q=carers&kind=need", "/newest", "/browse/areas", "/browse/areas/dementia"),
    *("/browse/places/E08000035", "/listings/1", "/listings/1/matches", "/organisations/1"),
]


@pytest.fixture(scope="module")
def stopped(filled, tmp_path_factory):
    """Give a client of a site whose database has stopped since it was opened."""
    folder = tmp_path_factory.mktemp("stopped")
    working = open_database(f"sqlite:///{filled[0]}")
    service = real_service(working, folder / "index")
    working.dispose()
    database = open_database(NOBODY)
    object.__setattr__(service, "database", database)
    with TestClient(site_over(database, service, folder), follow_redirects=False) as client:
        yield client
    database.dispose()


@pytest.mark.parametrize("path", PATHS)
def test_every_page_with_listings_is_a_503_that_says_so_plainly(stopped, path):
    answer = stopped.get(path)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "30"
    page = text_of(answer.text)
    assert "The exchange is not available just now" in page
    assert DOWN in page
    assert "Nothing that was saved is lost. Try again in a few minutes." in page
    for secret in ("Traceback", "psycopg", "s3cret", "SELECT", "127.0.0.1"):
        assert secret not in answer.text
    assert "nonce" in answer.headers["content-security-policy"]


def test_the_page_leads_back_to_what_was_asked_and_keeps_what_was_typed(stopped):
    answer = stopped.get("/search?q=carers+%22%3E%3Cscript%3E&kind=need")
    assert 'href="/search?q=carers+%22%3E%3Cscript%3E&amp;kind=need">Try this page again</a>' in answer.text
    assert "What to try" not in answer.text  # no other page would do better


def test_an_address_of_two_slashes_leads_to_this_site(stopped):
    assert 'href="/' in stopped.get("//elsewhere.example/").text
    assert 'href="//' not in stopped.get("//elsewhere.example/").text


@pytest.mark.parametrize(
    "path", ["/how-ranking-works", "/accessibility", "/privacy", "/cookies", "/robots.txt", "/nothing-here"]
)
def test_what_needs_no_database_answers_as_always(stopped, path):
    assert stopped.get(path).status_code == (404 if path == "/nothing-here" else 200)


def test_files_are_served(stopped):
    assert stopped.get("/static/site.css").status_code == (200 if (STATIC / "site.css").is_file() else 404)


def test_health_names_the_database_and_ready_sends_people_away(stopped):
    answer = stopped.get("/health")
    assert answer.status_code == 200
    body = answer.json()
    assert body["status"] == "degraded"
    assert body["parts"] == {"engine": "up", "model": "hash-64", "database": "down"}
    assert stopped.get("/ready").status_code == 503


def test_the_log_says_it_in_one_line_without_a_trace(stopped, caplog):
    with caplog.at_level(logging.WARNING):
        stopped.get("/newest")
    told = [record for record in caplog.records if "the database does not answer" in record.getMessage()]
    assert len(told) == 1
    assert told[0].exc_info is None
    assert "s3cret" not in told[0].getMessage()


# --- which errors mean that -------------------------------------------------------------------------------------------


def raised(make: Callable[[], None]) -> Exception:
    with pytest.raises(Exception) as caught:  # noqa: PT011  whatever the database says is what is tested
        make()
    return caught.value


def locked(tmp_path) -> Exception:
    """Give what SQLite says to a writer who waited in vain for another one."""
    database = open_database(f"sqlite:///{tmp_path / 'busy.db'}")
    with database.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 0")
        connection.exec_driver_sql("CREATE TABLE one (number)")
        connection.commit()
        writer = sqlite3.connect(tmp_path / "busy.db")
        writer.execute("BEGIN IMMEDIATE")
        error = raised(lambda: connection.execute(text("INSERT INTO one VALUES (1)")))
    writer.close()
    database.dispose()
    return error


def failing_with(stage, monkeypatch, error: Exception) -> None:
    def fail(_query):
        raise error

    monkeypatch.setattr(stage, "search", fail)


def test_a_database_that_others_write_to_for_too_long_is_busy(client, stage, monkeypatch, tmp_path):
    failing_with(stage, monkeypatch, locked(tmp_path))
    answer = client.get("/search?q=carers")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert "The database is busy with other changes." in text_of(answer.text)
    assert "Try again in a few seconds." in text_of(answer.text)


class StateError(Exception):
    """An error of a driver with PostgreSQL's state of it."""

    def __init__(self, message: str, sqlstate: str) -> None:
        super().__init__(message)
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("error", "answered"),
    [
        (OperationalError("SELECT 1", {}, StateError("the database system is shutting down", "57P03")), (503, DOWN)),
        (DBAPIError("SELECT 1", {}, Exception("gone"), connection_invalidated=True), (503, DOWN)),
        (PoolTimeoutError("QueuePool limit reached"), (503, DOWN)),
        (OperationalError("UPDATE", {}, StateError("deadlock detected", "40P01")), (503, "The database is busy")),
        (OperationalError("UPDATE", {}, StateError("lock timeout", "55P03")), (503, "The database is busy")),
        (OperationalError("SELECT x", {}, Exception("no such column: x")), (500, "Sorry, there is a problem")),
        (IntegrityError("INSERT", {}, Exception("UNIQUE constraint failed")), (500, "Sorry, there is a problem")),
    ],
)
def test_only_what_time_will_mend_is_a_503(client, stage, monkeypatch, error, answered):
    failing_with(stage, monkeypatch, error)
    answer = client.get("/search?q=carers")
    status, sentence = answered
    assert answer.status_code == status
    assert sentence in text_of(answer.text)
    assert "SELECT" not in answer.text
