"""The figures at /metrics: who may read them, and that they move with what the site does."""

import logging
import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from real_site import BASE_URL, real_service
from seen import NOW
from stage import Stage
from starlette.testclient import TestClient

from exchange.database import open_database, writing
from exchange.models import OutboxRow
from exchange.outbox import done, enqueue, row_ids
from exchange.settings import load_settings
from web.app import create_app

TOKEN = "a-token-for-the-scraper"
NOTHING = "zebra xylophone quark"


class Watched:
    """A site whose figures a test reads; `stage` takes its engine down."""

    def __init__(self, folder) -> None:
        self.folder = folder
        self.database = open_database(f"sqlite:///{folder / 'exchange.db'}")
        self.stage = Stage(real_service(self.database, folder / "index"))

    def client(self, base_url="http://127.0.0.1:8000", peer="127.0.0.1", **environ: str):
        named = {"EXCHANGE_DATA_DIR": str(self.folder), "EXCHANGE_BASE_URL": base_url} | environ
        app = create_app(load_settings(named), self.database, self.stage)
        return TestClient(app, base_url="http://127.0.0.1:8000", client=(peer, 50_000), follow_redirects=False)


def read(client):
    answer = client.get("/metrics")
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.text)
    return {
        (sample.name.removeprefix("exchange_"), *sorted(sample.labels.values())): sample.value
        for family in families
        for sample in family.samples
    }


def moved(client, *addresses: str):
    """Give what changed while some addresses were asked for, without the figures of the process."""
    before = read(client)
    for address in addresses:
        client.get(address)
    after = read(client)
    return {name: value - before.get(name, 0) for name, value in after.items() if value != before.get(name, 0)}


@pytest.fixture
def watched(filled, tmp_path):
    """Give a site of this test's own over the small exchange."""
    shutil.copyfile(filled[0], tmp_path / "exchange.db")
    site = Watched(tmp_path)
    yield site
    site.database.dispose()


@pytest.fixture
def client(watched):
    """Give a client on the machine of a site that serves this machine only."""
    return watched.client()


def test_a_client_on_this_machine_may_read_them_as_prometheus_does(client):
    answer = client.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    names = {family.name for family in text_string_to_metric_families(answer.text)}
    assert {"exchange_search_step_seconds", "exchange_outbox_lag_seconds", "process_resident_memory_bytes"} <= names


@pytest.mark.parametrize(
    ("base_url", "peer", "headers"),
    [
        ("http://127.0.0.1:8000", "192.0.2.7", {}),
        ("http://127.0.0.1:8000", "127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}),
        ("http://127.0.0.1:8000", "127.0.0.1", {"Forwarded": "for=192.0.2.7"}),
        ("http://127.0.0.1:8000", "127.0.0.1", {"Host": "exchange.example"}),
        (BASE_URL, "127.0.0.1", {}),
    ],
)
def test_without_a_token_nobody_else_and_nobody_behind_a_proxy_may(watched, base_url, peer, headers):
    client = watched.client(base_url, peer)
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 404
    assert "exchange_" not in answer.text
    assert answer.headers["content-type"] == client.get("/nope").headers["content-type"]


def test_with_a_token_only_who_brings_it_may_from_wherever(watched):
    client = watched.client(BASE_URL, "192.0.2.7", EXCHANGE_METRICS_TOKEN=TOKEN)
    assert client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
    for given in ("", TOKEN, f"Bearer {TOKEN}x", "Bearer é", f"Basic {TOKEN}"):
        assert client.get("/metrics", headers={"Authorization": given.encode()}).status_code == 404
    here = watched.client(EXCHANGE_METRICS_TOKEN=TOKEN)
    assert here.get("/metrics").status_code == 404


def test_a_search_moves_the_figures_of_each_of_its_steps(client):
    change = moved(client, "/search?q=carers")
    assert change["searches_total", "engine"] == 1
    assert ("searches_without_result_total", "engine") not in change
    for step in ("embed", "engine", "lexical", "dense", "fusion", "explain"):
        assert change["search_step_seconds_count", step] == 1, step
    assert change["embedded_texts_total", "query"] == 1
    assert change["embedding_seconds_total", "query"] > 0


def test_a_search_that_finds_nothing_is_counted_beside(client):
    change = moved(client, f"/search?q={NOTHING}", "/search?q=carers")
    assert change["searches_total", "engine"] == 2
    assert change["searches_without_result_total", "engine"] == 1


def test_browsing_and_turning_a_page_are_no_searches(client):
    change = moved(client, "/", "/newest", "/search", "/browse/areas/dementia", "/search?q=carers&page=2")
    assert change["search_step_seconds_count", "engine"] >= 4
    assert not [name for name in change if name[0].startswith("searches")]


def test_requests_are_told_by_route_method_and_class_and_never_by_address(client, exchange):
    numbers = [exchange.sitters, exchange.need, 999_999]
    change = moved(client, *(f"/listings/{number}" for number in numbers), "/a", "/b", "/c", "/browse/areas/x?y=z")
    counts = {name[1:]: value for name, value in change.items() if name[0] == "request_seconds_count"}
    assert counts == {
        ("/listings/{id}", "2xx", "GET"): 2,
        ("/listings/{id}", "4xx", "GET"): 1,
        ("(none)", "4xx", "GET"): 3,
        ("/browse/areas/{code}", "4xx", "GET"): 1,
        ("/metrics", "2xx", "GET"): 1,
    }


def test_methods_that_strangers_make_up_are_one(client):
    before = read(client)
    for method in ("BREW", "PROPFIND", "XYZZY"):
        client.request(method, "/")
    new = {name[1:] for name in read(client) if name not in before and name[0] == "request_seconds_count"}
    assert new == {("/", "4xx", "OTHER"), ("/metrics", "2xx", "GET")}


def test_two_sites_in_one_process_count_apart(watched):
    one, other = watched.client(), watched.client()
    one.get("/search?q=carers")
    assert read(one)["searches_total", "engine"] == 1
    assert read(other)["searches_total", "engine"] == 0


def test_rows_that_wait_and_rows_that_are_parked_are_told_with_their_age(watched, client, exchange):
    with writing(watched.database) as session:
        done(session, row_ids(session))
    told = read(client)
    assert [told[f"outbox_{name}",] for name in ("waiting_rows", "parked_rows", "lag_seconds")] == [0, 0, 0]
    with writing(watched.database) as session:
        enqueue(session, exchange.sitters, datetime.now(UTC) - timedelta(hours=1))
        enqueue(session, exchange.need, datetime.now(UTC))
        session.add(OutboxRow(listing_id=exchange.bare, created_at=NOW, due_at=NOW, parked=True))
    told = read(client)
    assert (told["outbox_waiting_rows",], told["outbox_parked_rows",]) == (2, 1)
    assert told["outbox_lag_seconds",] >= 3600
    assert told["database_up",] == 1


def test_the_engine_and_its_model_are_told(watched, client):
    assert read(client)["engine_up",] == 1
    assert ("model_info", "hash-64") in read(client)
    watched.stage.up = False
    assert read(client)["engine_up",] == 0


def test_while_sql_is_down_the_rest_is_still_told(watched, client):
    client.get("/search?q=carers")
    watched.database.dispose()
    for file in watched.folder.glob("exchange.db*"):
        file.unlink()
    told = read(client)
    assert told["database_up",] == 0
    assert told["searches_total", "engine"] == 1
    assert not [name for name in told if name[0].startswith("outbox")]


def test_a_fault_is_logged_once_with_the_number_that_its_page_shows(watched, client, monkeypatch, caplog):
    def broken(_query):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(watched.stage, "search", broken)
    with caplog.at_level(logging.ERROR):
        answer = client.get("/search?q=my+private+words", headers={"X-Request-ID": "7f3c-number-of-mine"})
    assert answer.status_code == 500
    assert re.search(r"reference <strong>([^<]+)</strong>", answer.text)[1] == "7f3c-number-of-mine"
    assert answer.headers["x-request-id"] == "7f3c-number-of-mine"
    assert caplog.text.count("Traceback") == 1
    assert "7f3c-number-of-mine" in caplog.text
    assert "private" not in caplog.text


def test_a_token_is_kept_out_of_the_settings_in_words():
    settings = load_settings({"EXCHANGE_METRICS_TOKEN": TOKEN})
    assert TOKEN not in repr(settings)
    assert replace(settings, metrics_token="") == load_settings({})
