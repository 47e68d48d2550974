"""What the cluster's client raises becomes one sentence that says which setting to look at."""

import socket

import pytest
from elastic_transport import ApiResponseMeta, ConnectionTimeout, HttpHeaders, NodeConfig, TlsError, TransportError
from elastic_transport import ConnectionError as NoConnectionError
from elasticsearch import ApiError

from exchange.errors import ExchangeError, InputError, SettingsError, UnavailableError
from indexer.elastic_client import BULK_PATIENCE, PATIENCE, Access, Clients, RefusedError, connect, told
from indexer.engine import ReplacedError


def said(error: Exception) -> ExchangeError:
    with pytest.raises(ExchangeError) as raised, told():
        raise error
    assert raised.value.__cause__ is error
    assert str(raised.value).endswith(".")
    return raised.value


def answered(status: int, kind: str = "", reason: str = "why", body: object = None) -> ApiError:
    meta = ApiResponseMeta(status, "1.1", HttpHeaders(), 0.1, NodeConfig("http", "localhost", 9200))
    return ApiError(kind or "failed", meta, body or {"error": {"type": kind, "reason": reason, "root_cause": []}})


def closed_port() -> int:
    """Give a port where nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture
def nobody():
    clients = connect(Access(urls=(f"http://127.0.0.1:{closed_port()}",)))
    yield clients
    clients.close()


def test_where_nobody_listens_the_address_is_named(nobody):
    for client in (nobody.people, nobody.bulk):
        with pytest.raises(UnavailableError, match=r"cannot be reached; look at EXCHANGE_ELASTICSEARCH_URL"), told():
            client.info()


@pytest.mark.parametrize(
    ("error", "kind", "sentence"),
    [
        (ConnectionTimeout("slow"), UnavailableError, "did not answer in time"),
        (NoConnectionError("refused"), UnavailableError, "EXCHANGE_ELASTICSEARCH_URL (refused)"),
        (TlsError("unknown authority"), UnavailableError, "EXCHANGE_ELASTICSEARCH_CA"),
        (TlsError("[SSL: WRONG_VERSION_NUMBER]"), UnavailableError, "EXCHANGE_ELASTICSEARCH_URL, which says https"),
        (TransportError("half an answer\nmore"), UnavailableError, "EXCHANGE_ELASTICSEARCH_URL (half an answer)"),
        (answered(401, "security_exception"), UnavailableError, "EXCHANGE_ELASTICSEARCH_PASSWORD"),
        (answered(401, "security_exception"), UnavailableError, "EXCHANGE_ELASTICSEARCH_API_KEY"),
        (answered(403, "security_exception", "unauthorized"), UnavailableError, "may not do this (unauthorized)"),
        (answered(403, "cluster_block_exception", "read-only"), UnavailableError, "for now (read-only)"),
        (answered(404, "index_not_found_exception"), ReplacedError, "replaced by another"),
        (answered(404, "alias_not_found_exception"), ReplacedError, "replaced by another"),
        (answered(413), InputError, "shorten the listing"),
        (answered(429, "circuit_breaking_exception"), UnavailableError, "too much to do"),
        (answered(429, body="Too many requests"), UnavailableError, "too much to do"),
        (answered(503, "search_phase_execution_exception"), RefusedError, "search_phase_execution_exception: why"),
        (answered(502, body="<html>Bad gateway</html>"), RefusedError, "answered with an error"),
    ],
)
def test_a_failure_is_told_in_a_sentence(error, kind, sentence):
    found = said(error)
    assert type(found) is kind
    assert sentence in str(found)


def test_the_root_of_a_failure_is_told_and_no_more_than_a_person_reads():
    body = {"error": {"type": "x", "reason": "all shards failed", "root_cause": [{"reason": "too deep" * 100}]}}
    assert "too deep" in str(said(answered(500, body=body)))
    assert len(str(said(answered(500, body=body)))) < 400


def test_what_works_is_not_touched_and_other_errors_pass():
    with told():
        pass
    with pytest.raises(KeyError), told():
        raise KeyError("ours")


@pytest.mark.parametrize(
    "given", [{"urls": ("search.example",)}, {"urls": ("http://search.example",), "ca": "/nowhere/ca.crt"}]
)
def test_settings_that_make_no_client_are_named(given):
    with pytest.raises(SettingsError, match=r"EXCHANGE_ELASTICSEARCH_URL and EXCHANGE_ELASTICSEARCH_CA\.$"):
        connect(Access(**given))


def asked_with(clients: Clients) -> list[dict]:
    return [dict(client._headers) for client in (clients.people, clients.bulk)]


def test_people_and_batches_ask_with_the_same_name_and_with_patience_of_their_own():
    named = connect(Access(urls=("http://localhost:9200",), username="site", password="secret"))
    keyed = connect(Access(urls=("http://localhost:9200",), api_key="a2V5"))
    assert [headers["authorization"] for headers in asked_with(named)] == ["Basic c2l0ZTpzZWNyZXQ="] * 2
    assert [headers["authorization"] for headers in asked_with(keyed)] == ["ApiKey a2V5"] * 2
    assert (named.people._request_timeout, named.bulk._request_timeout) == (PATIENCE, BULK_PATIENCE)


def test_no_answer_is_waited_for_twice():
    assert not connect(Access(urls=("http://localhost:9200", "http://localhost:9201"))).people._retry_on_timeout
