"""A server with TLS and a password, reached by the site's settings; each mistake gets the name of its setting."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from engine_factories import GIVEN, SECURE, server

from exchange.errors import ExchangeError, SettingsError, UnavailableError
from exchange.settings import load_settings
from indexer.document import Document, Field, Places
from indexer.elastic_client import Clients
from indexer.engine import Entry
from indexer.engine_elastic import Naming
from indexer.results import Query
from web.runtime import Runtime, open_runtime

URL, CA = GIVEN[SECURE], GIVEN.get(f"{SECURE}_CA", "")
NAMED = {"USERNAME": GIVEN.get(f"{SECURE}_USERNAME", ""), "PASSWORD": GIVEN.get(f"{SECURE}_PASSWORD", "")}
COMPOSE = Path(__file__).parents[2] / "docker-compose.yml"


@pytest.fixture
def administrator() -> Iterator[tuple[Clients, Naming]]:
    """Give who may make keys, and a name for indexes, which are dropped at the end."""
    with server(SECURE) as (clients, naming):
        yield clients, naming


@pytest.fixture
def site(administrator, tmp_path):
    """Give what opens the parts of a site by settings as an operator writes them."""

    @contextmanager
    def opened(**given: str) -> Iterator[Runtime]:
        values = {"URL": URL, "CA": CA, "INDEX": administrator[1].prefix} | given
        environ = {f"EXCHANGE_ELASTICSEARCH_{name}": value for name, value in values.items()}
        common = {"EXCHANGE_ENGINE": "elasticsearch", "EXCHANGE_MODEL": "hash-64", "EXCHANGE_DATA_DIR": str(tmp_path)}
        with open_runtime(load_settings(common | environ)) as runtime:
            yield runtime

    return opened


@pytest.fixture
def key(administrator) -> Iterator[str]:
    """Give an API key that may do what the account of the compose file may, with this test's indexes."""
    clients, naming = administrator
    found = re.search(r"put role/exchange '(\{.+\})'", COMPOSE.read_text())
    assert found
    role = json.loads(found[1].replace("exchange", naming.prefix))
    made = clients.bulk.security.create_api_key(name=naming.prefix, role_descriptors={"exchange": role})
    yield made["encoded"]
    clients.bulk.security.invalidate_api_key(ids=[made["id"]])


def works(runtime: Runtime) -> None:
    """See that a process can make the index, write, search, count, tell what it holds, and make it anew."""
    runtime.make_first_index()
    document = Document(
        id=7, revision=1, visible=True, open=True, places=Places(), texts={Field.TITLE: "Respite for carers"}
    )
    runtime.engine.write([Entry(document=document, vectors=runtime.embedder.encode(["Respite for carers"]))])
    assert runtime.finder.ranked(Query(text="respite")).found.ids.tolist() == [7]
    assert runtime.engine.similar_words("respitte", 1) == [("respite", 1)]
    assert (runtime.engine.status().visible, runtime.engine.held().keys()) == (1, {7})
    assert runtime.service.status() == {"engine": "up", "model": "hash-64"}
    runtime.rebuild()
    (serves,) = runtime.indexes().values()
    assert serves


def test_a_name_and_password_open_it_with_the_authority_of_the_certificate(site):
    with site(**NAMED) as runtime:
        works(runtime)


def test_an_api_key_opens_it_with_no_more_rights_than_the_account_of_the_compose_file(site, key):
    with site(API_KEY=key) as runtime:
        works(runtime)


def test_that_key_may_touch_no_other_index(site, key):
    with site(API_KEY=key, INDEX="test-of-others") as runtime, pytest.raises(UnavailableError) as raised:
        runtime.rebuild()
    assert "EXCHANGE_ELASTICSEARCH_USERNAME or _API_KEY may not do this" in str(raised.value)


MISTAKES = {
    "a wrong password": ({"PASSWORD": "wrong"}, "EXCHANGE_ELASTICSEARCH_PASSWORD"),
    "a wrong name": ({"USERNAME": "nobody"}, "EXCHANGE_ELASTICSEARCH_USERNAME"),
    "a wrong key": ({"USERNAME": "", "PASSWORD": "", "API_KEY": "bm86bm8="}, "EXCHANGE_ELASTICSEARCH_API_KEY"),
    "no name and no key": ({"USERNAME": "", "PASSWORD": ""}, "EXCHANGE_ELASTICSEARCH_USERNAME"),
    "no authority": ({"CA": ""}, "EXCHANGE_ELASTICSEARCH_CA"),
    "http": ({"CA": "", "URL": URL.replace("https", "http")}, "EXCHANGE_ELASTICSEARCH_URL"),
    "http with an authority": ({"URL": URL.replace("https", "http")}, "EXCHANGE_ELASTICSEARCH_URL"),
    "no such host": ({"URL": "https://nowhere.invalid:9200"}, "EXCHANGE_ELASTICSEARCH_URL"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_gets_a_sentence_that_names_its_setting(site, mistake):
    given, setting = MISTAKES[mistake]
    with site(**NAMED | given) as runtime, pytest.raises(ExchangeError) as raised:
        runtime.engine.held()
    assert type(raised.value) in {UnavailableError, SettingsError}
    assert setting in str(raised.value)
    assert str(raised.value).endswith(".")
    assert NAMED["PASSWORD"] not in str(raised.value)


# Made for these tests by `openssl req -x509 -newkey ed25519 -nodes -keyout /dev/null -subj /CN=another -days 36500`.
ANOTHER_AUTHORITY = """-----BEGIN CERTIFICATE-----
MIIBOjCB7aADAgECAhRFBtHDxFSBN5Pe5p5RONuMhwwOlDAFBgMrZXAwEjEQMA4G
A1UEAwwHYW5vdGhlcjAgFw0yNjExMjMwNzM3MTFaGA8yMTI2MTAzMDA3MzcxMVow
EjEQMA4GA1UEAwwHYW5vdGhlcjAqMAUGAytlcAMhAAI1IDPO7wGWbvEAlA+wUGsJ
MlOD3siod8WaUM4ym1bLo1MwUTAdBgNVHQ4EFgQUdREWnNtuKdoFQcQeasIdhumB
qZswHwYDVR0jBBgwFoAUdREWnNtuKdoFQcQeasIdhumBqZswDwYDVR0TAQH/BAUw
AwEB/zAFBgMrZXADQQB93bCq+V52BiZYZIb6HFbz74ArGXJNzXRzB8ZDqxqgrJjz
GrV6Xn6uJg9T7RzRCeQbaX+ILu94NIl2mVWpUL8F
-----END CERTIFICATE-----
"""


@pytest.mark.parametrize("authority", [ANOTHER_AUTHORITY, "not a certificate"], ids=["another", "no certificate"])
def test_a_wrong_authority_gets_a_sentence_that_names_its_setting(site, tmp_path, authority):
    file = tmp_path / "ca.crt"
    file.write_text(authority)
    with site(**NAMED, CA=str(file)) as runtime, pytest.raises(UnavailableError) as raised:
        runtime.engine.held()
    assert "not trusted; set EXCHANGE_ELASTICSEARCH_CA" in str(raised.value)


def test_a_site_that_is_not_let_in_answers_by_words_from_sql(site):
    with site(**NAMED | {"PASSWORD": "wrong"}) as runtime:
        assert runtime.service.search(Query(text="respite")).degraded
        assert runtime.service.status()["engine"] == "down"
