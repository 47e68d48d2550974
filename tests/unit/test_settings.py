"""Settings: what holds where nothing is set, and for every value that cannot be used a sentence that names it."""

from pathlib import Path

import pytest

from exchange.errors import SettingsError
from exchange.settings import PACKAGED_MODEL, Settings, load_settings

URL = "https://search.example:9200"
ELASTIC = {"EXCHANGE_ENGINE": "elasticsearch", "EXCHANGE_ELASTICSEARCH_URL": URL}


def load(**values: str) -> Settings:
    return load_settings({f"EXCHANGE_{name}": value for name, value in values.items()})


def elastic(**values: str):
    """Give the settings of Elasticsearch, with its address set and more as given."""
    found = load_settings(ELASTIC | {f"EXCHANGE_ELASTICSEARCH_{name}": value for name, value in values.items()})
    assert found.elasticsearch is not None
    return found.elasticsearch


def said(environ: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as raised:
        load_settings(environ)
    return str(raised.value)


# --- what holds where nothing is set ----------------------------------------------------------------------------------


def test_where_nothing_is_set_one_machine_is_enough():
    found = load()
    assert (found.engine, found.elasticsearch, found.model) == ("embedded", None, PACKAGED_MODEL)
    assert (found.data_dir, found.database_url) == (
        Path("var").absolute(),
        f"sqlite:///{Path('var').absolute()}/exchange.db",
    )
    assert (found.host, found.port, found.base_url) == ("127.0.0.1", 8000, "http://127.0.0.1:8000")
    assert (found.log, found.metrics_token, found.lease) == ("", "", 120)
    assert 1 <= found.threads <= 8


def test_everything_may_be_set():
    found = load(
        DATA_DIR="/srv/exchange",
        DATABASE_URL="postgresql+psycopg://a@db/exchange",
        MODEL="hash-64",
        THREADS="3",
        HOST="::1",
        PORT="80",
        BASE_URL="https://exchange.example/",
        LOG="json",
        METRICS_TOKEN="0123456789abcdef",
        LEASE="30",
    )
    assert (found.index_dir, found.postcodes_dir) == (Path("/srv/exchange/index"), Path("/srv/exchange/postcodes"))
    assert (found.database_url, found.model, found.threads) == ("postgresql+psycopg://a@db/exchange", "hash-64", 3)
    assert (found.host, found.port, found.base_url) == ("::1", 80, "https://exchange.example")
    assert (found.log, found.metrics_token, found.lease) == ("json", "0123456789abcdef", 30)


def test_the_address_for_links_follows_host_and_port():
    assert load(HOST="0.0.0.0", PORT="81").base_url == "http://0.0.0.0:81"  # noqa: S104  a value, nothing listens


def test_elasticsearch_needs_no_more_than_its_address():
    found = elastic()
    assert (found.urls, found.index, found.shards, found.replicas) == ((URL,), "exchange", 1, 0)
    assert (found.username, found.password, found.api_key, found.ca) == (None, None, None, None)


def test_elasticsearch_may_have_several_nodes_a_name_and_a_shape_of_its_indexes():
    found = elastic(URL=" http://a:9200, https://b/search ,", INDEX="site-2", SHARDS="6", REPLICAS="2")
    assert found.urls == ("http://a:9200", "https://b/search")
    assert (found.index, found.shards, found.replicas) == ("site-2", 6, 2)


def test_elasticsearch_may_ask_for_a_name_and_password_or_a_key_and_an_authority(tmp_path):
    ca = tmp_path / "ca.crt"
    ca.write_text("certificate")
    found = elastic(USERNAME="site", PASSWORD="secret", CA=str(ca))
    assert (found.username, found.password, found.ca) == ("site", "secret", str(ca))
    assert elastic(API_KEY="a2V5").api_key == "a2V5"


def test_what_is_set_to_nothing_is_not_set():
    names = "USERNAME", "PASSWORD", "API_KEY", "CA", "INDEX"
    assert elastic(**dict.fromkeys(names, "")) == elastic()


def test_the_settings_of_elasticsearch_are_not_looked_at_on_the_embedded_engine():
    assert load(ELASTICSEARCH_URL="nonsense", ELASTICSEARCH_SHARDS="many").elasticsearch is None


def test_secrets_are_not_shown_where_settings_are_printed():
    shown = repr(
        load_settings(ELASTIC | {"EXCHANGE_ELASTICSEARCH_API_KEY": "key-1", "EXCHANGE_METRICS_TOKEN": "t" * 16})
    )
    shown += repr(elastic(USERNAME="site", PASSWORD="word-1"))
    assert not any(secret in shown for secret in ("key-1", "word-1", "t" * 16))


# --- what cannot be used ----------------------------------------------------------------------------------------------

ONE = {
    "DATABASE_URL": ["mysql://x", "", "postgresql://x"],
    "ENGINE": ["other", "", "Elasticsearch"],
    "PORT": ["none", "0", "65536", "-1", "1.5", ""],
    "THREADS": ["0", "257", "two"],
    "LEASE": ["0", "86401", "2m"],
    "LOG": ["xml", "JSON"],
    "METRICS_TOKEN": ["short", "with a space in the middle", "0123456789abcdé"],
}
AT_ELASTICSEARCH = {
    "URL": ["", "search.example:9200", "ftp://x", "https://user:word@x:9200", "https://x:port", "https://a, b", ","],
    "INDEX": ["Exchange", "1exchange", "a_b", "a*", "a,b", ".a", "a" * 62],
    "SHARDS": ["0", "1025", "one"],
    "REPLICAS": ["-1", "21"],
    "CA": ["/nowhere/ca.crt", "."],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in ONE.items() for value in values])
def test_a_value_that_cannot_be_used_is_refused_with_the_name_of_its_setting(name, value):
    sentence = said({f"EXCHANGE_{name}": value})
    assert sentence.startswith(f"EXCHANGE_{name} ")
    assert sentence.endswith(".")


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in AT_ELASTICSEARCH.items() for value in values]
)
def test_so_is_one_for_elasticsearch(name, value):
    sentence = said(ELASTIC | {f"EXCHANGE_ELASTICSEARCH_{name}": value})
    assert sentence.startswith(f"EXCHANGE_ELASTICSEARCH_{name} ")
    assert sentence.endswith(".")


SENTENCES = {
    "EXCHANGE_ENGINE": ("other", "EXCHANGE_ENGINE is 'other'; set it to embedded or elasticsearch."),
    "EXCHANGE_LOG": ("xml", "EXCHANGE_LOG is 'xml'; set it to text or json, or leave it out."),
    "EXCHANGE_LEASE": ("x", "EXCHANGE_LEASE is 'x'; set it to a whole number from 1 to 86400."),
    "EXCHANGE_ELASTICSEARCH_SHARDS": (
        "x",
        "EXCHANGE_ELASTICSEARCH_SHARDS is 'x'; set it to a whole number from 1 to 1024.",
    ),
    "EXCHANGE_ELASTICSEARCH_URL": (
        "x",
        (
            "EXCHANGE_ELASTICSEARCH_URL is 'x'; set it to one or more addresses such as "
            "https://search.example:9200, with commas between them."
        ),
    ),
}


@pytest.mark.parametrize("name", SENTENCES)
def test_the_sentence_says_what_it_may_be(name):
    value, sentence = SENTENCES[name]
    assert said(ELASTIC | {name: value}) == sentence


def test_elasticsearch_without_an_address_says_which_setting_is_missing():
    assert said({"EXCHANGE_ENGINE": "elasticsearch"}).startswith("EXCHANGE_ELASTICSEARCH_URL is ''; set it to ")


def test_a_key_and_a_name_are_one_too_many():
    sentence = said(ELASTIC | {"EXCHANGE_ELASTICSEARCH_API_KEY": "k", "EXCHANGE_ELASTICSEARCH_USERNAME": "u"})
    assert (
        sentence == "EXCHANGE_ELASTICSEARCH_API_KEY and EXCHANGE_ELASTICSEARCH_USERNAME are both set; set one of them."
    )


@pytest.mark.parametrize("name", ["USERNAME", "PASSWORD"])
def test_a_name_without_its_password_is_half_a_setting(name):
    sentence = said(ELASTIC | {f"EXCHANGE_ELASTICSEARCH_{name}": "x"})
    assert "go together; set both or neither." in sentence


def test_an_address_that_holds_a_password_is_refused_without_repeating_it():
    sentence = said(ELASTIC | {"EXCHANGE_ELASTICSEARCH_URL": "https://site:s3cret@search.example:9200"})
    assert "EXCHANGE_ELASTICSEARCH_USERNAME and EXCHANGE_ELASTICSEARCH_PASSWORD" in sentence
    assert "s3cret" not in sentence


@pytest.mark.parametrize("name", ["METRICS_TOKEN", "ELASTICSEARCH_PASSWORD", "ELASTICSEARCH_API_KEY"])
def test_no_sentence_repeats_a_secret(name):
    assert "s3cret" not in said(
        ELASTIC
        | {"EXCHANGE_ELASTICSEARCH_USERNAME": "u", f"EXCHANGE_{name}": "s3cret"}
        | {"EXCHANGE_ELASTICSEARCH_CA": "/nowhere"}
    )
