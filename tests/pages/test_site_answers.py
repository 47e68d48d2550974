"""Headers, health, failures and static files."""

import logging
import re
from datetime import UTC, datetime, timedelta

import pytest
from seen import text_of

from exchange.database import writing
from exchange.errors import ConflictError, UnavailableError
from exchange.models import OutboxRow
from web import rendering

PATHS = ["/", "/search?q=carers", "/nope", "/search?page=abc", "/health", "/robots.txt"]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_security_headers(client, path):
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]


def test_every_script_has_the_nonce_of_its_own_answer(client, exchange):
    answers = [client.get(f"/listings/{exchange.sitters}") for _ in range(2)]
    nonces = [re.search(r"'nonce-([^']+)'", a.headers["content-security-policy"])[1] for a in answers]
    assert nonces[0] != nonces[1]
    for answer, nonce in zip(answers, nonces, strict=True):
        assert answer.text.count("<script") == answer.text.count(f'nonce="{nonce}"') == 3
        assert " style=" not in answer.text
        assert "onclick" not in answer.text


def test_health_names_every_part(client):
    answer = client.get("/health")
    assert answer.status_code == 200
    body = answer.json()
    assert body["status"] == "ok"
    assert body["parts"]["engine"] == "up"
    assert body["parts"]["model"] == "hash-64"
    assert body["parts"]["database"] == "up"
    assert set(body["parts"]["outbox"]) == {"waiting", "parked", "lag_seconds"}
    assert "worker" not in body["parts"]
    assert answer.headers["cache-control"] == "no-store"


def test_health_stays_200_and_says_degraded_while_the_engine_is_down(client, stage):
    stage.up = False
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.json()["status"] == "degraded"
    assert answer.json()["parts"]["engine"] == "down"


def test_health_names_rows_that_are_parked_and_how_long_others_wait(own):
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    with writing(own.database) as session:
        session.add(OutboxRow(listing_id=1, created_at=long_ago, due_at=long_ago, parked=True, last_error="no"))
        session.add(OutboxRow(listing_id=2, created_at=long_ago, due_at=long_ago))
        before = session.query(OutboxRow).count() - 2
    body = own.client.get("/health").json()
    assert body["status"] == "degraded"
    outbox = body["parts"]["outbox"]
    assert (outbox["waiting"], outbox["parked"]) == (before + 1, 1)
    assert outbox["lag_seconds"] >= 3_600


@pytest.mark.parametrize(
    ("error", "state", "status"), [(None, "up", "ok"), ("OperationalError: host 10.0.0.7 is down", "down", "degraded")]
)
def test_health_names_the_worker_where_one_runs_here_and_tells_nobody_what_it_met(
    client, monkeypatch, error, state, status
):
    monkeypatch.setattr(client.app.state.site, "worker_error", lambda: error)
    answer = client.get("/health")
    assert (answer.json()["parts"]["worker"], answer.json()["status"]) == (state, status)
    assert "10.0.0.7" not in answer.text


def test_ready_stays_200_without_the_engine_because_sql_stands_in(client, stage):
    assert client.get("/ready").status_code == 200
    stage.up = False
    assert client.get("/ready").status_code == 200


def test_an_error_of_ours_gives_a_reference_that_the_log_holds_and_no_trace(client, stage, monkeypatch, caplog):
    def broken(_query):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(stage, "search", broken)
    with caplog.at_level(logging.ERROR):
        answer = client.get("/search?q=carers")
    assert answer.status_code == 500
    assert "Sorry, there is a problem" in answer.text
    assert "secret detail" not in answer.text
    assert "Traceback" not in answer.text
    reference = re.search(r"reference <strong>(\w+)</strong>", answer.text)[1]
    assert reference in caplog.text
    assert "secret detail" in caplog.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "nonce" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("error", "status"),
    [(UnavailableError("The database does not answer: try again."), 503), (ConflictError("It has changed."), 409)],
)
def test_an_error_of_the_tree_becomes_its_own_page(client, stage, monkeypatch, error, status):
    def failing(_id, _limit):
        raise error

    monkeypatch.setattr(stage, "match", failing)
    answer = client.get("/listings/1")
    assert answer.status_code == status
    assert str(error) in text_of(answer.text)


def test_a_built_file_is_kept_for_ever_with_a_hash_and_asked_again_without(client, monkeypatch):
    rendering.STATIC.mkdir(exist_ok=True)
    file = rendering.STATIC / "test-only.css"
    file.write_text("body{}")
    try:
        address = rendering.static_url("test-only.css")
        assert client.get(address).headers["cache-control"] == "public, max-age=31536000, immutable"
        plain = client.get("/static/test-only.css")
        assert plain.headers["cache-control"] == "no-cache"
        again = client.get("/static/test-only.css", headers={"If-None-Match": plain.headers["etag"]})
        assert again.status_code == 304
    finally:
        file.unlink()
