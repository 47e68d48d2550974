"""Settings: what holds where nothing is set, and for every value that cannot be used a sentence that names it."""

from pathlib import Path

import pytest

from exchange.errors import SettingsError
from exchange.settings import MAILBOX, PACKAGED_MODEL, Settings, Smtp, load_settings

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
    assert (found.smtp, found.mail_from, found.promise_days, found.trusted_proxies) == (
        None,
        "exchange@[127.0.0.1]",
        5,
        (),
    )
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
        SMTP_URL="smtps://mail.example",
        MAIL_FROM="post@site.example",
        PROMISE_DAYS="60",
        API_RATE="1000",
        TRUSTED_PROXIES="10.0.0.7, 2001:db8::/32",
    )
    assert (found.index_dir, found.postcodes_dir) == (Path("/srv/exchange/index"), Path("/srv/exchange/postcodes"))
    assert (found.database_url, found.model, found.threads) == ("postgresql+psycopg://a@db/exchange", "hash-64", 3)
    assert (found.host, found.port, found.base_url) == ("::1", 80, "https://exchange.example")
    assert (found.log, found.metrics_token, found.lease) == ("json", "0123456789abcdef", 30)
    assert (found.smtp, found.mail_from) == (Smtp(host="mail.example", port=465, tls=True), "post@site.example")
    assert (found.promise_days, found.trusted_proxies) == (60, ("10.0.0.7", "2001:db8::/32"))
    assert found.api_rate == 1_000


def test_the_address_for_links_follows_host_and_port():
    assert load(HOST="0.0.0.0", PORT="81").base_url == "http://0.0.0.0:81"  # noqa: S104  a value, nothing listens
    assert load(HOST="::1").base_url == "http://[::1]:8000"


@pytest.mark.parametrize(
    ("base_url", "address"),
    [
        ("https://exchange.example", "exchange@exchange.example"),
        ("https://Exchange.example:8443/", "exchange@exchange.example"),
        ("http://192.0.2.7:8000", "exchange@[192.0.2.7]"),
        ("http://[2001:db8::7]", "exchange@[IPv6:2001:db8::7]"),
        ("http://localhost", "exchange@localhost"),
    ],
)
def test_mail_comes_from_the_host_that_people_see_unless_another_address_is_set(base_url, address):
    assert load(BASE_URL=base_url).mail_from == address
    assert load(BASE_URL=base_url, MAIL_FROM=" ").mail_from == address


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example", Smtp(host="mail.example", port=25)),
        ("smtps://mail.example:1465/", Smtp(host="mail.example", port=1465, tls=True)),
        ("SMTP://[::1]:587", Smtp(host="::1", port=587)),
        (
            "smtp://post%40site.example:s3cr%2Ft%20%3A%40@mail.example:587",
            Smtp(host="mail.example", port=587, username="post@site.example", password="s3cr/t :@"),
        ),
    ],
)
def test_a_mail_server_is_one_address_with_its_name_and_password_percent_encoded(url, server):
    assert load(SMTP_URL=url).smtp == server


def test_a_host_that_no_mail_can_come_from_is_left_to_who_listens_there():
    assert load(HOST="no such host").mail_from == "exchange@localhost"


def test_an_empty_address_of_a_mail_server_is_none():
    assert load(SMTP_URL="").smtp is None


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
    shown += repr(load(SMTP_URL="smtp://n:word-2@mail.example", DATABASE_URL="postgresql+psycopg://n:word-3@db/x"))
    assert not any(secret in shown for secret in ("key-1", "word-1", "word-2", "word-3", "t" * 16))


# --- what cannot be used ----------------------------------------------------------------------------------------------

ONE = {
    "DATABASE_URL": ["mysql://x", "", "postgresql://x"],
    "ENGINE": ["other", "", "Elasticsearch"],
    "PORT": ["none", "0", "65536", "-1", "1.5", ""],
    "THREADS": ["0", "257", "two"],
    "LEASE": ["0", "86401", "2m"],
    "LOG": ["xml", "JSON"],
    "BASE_URL": [
        "",
        "exchange.example",
        "ftp://x",
        "https://",
        "https://a b",
        "https://münchen.example",
        "https://u:p@x",
    ],
    "SMTP_URL": [
        "mail.example",
        "http://mail.example",
        "smtp://",
        "smtp://:25",
        "smtp://mail.example:none",
        "smtp://mail.example:70000",
        "smtp://mail.example/inbox",
        "smtp://name@mail.example",
        "smtp://:word@mail.example",
        "smtp://name:@mail.example",
        "smtp://n%C3%A4me:word@mail.example",
        "smtp://name:wo%0D%0Ard@mail.example",
        "smtp://mail.example?tls=1",
        "smtp://mail\r\nx.example",
    ],
    "MAIL_FROM": [
        "post",
        "@site.example",
        "Post <post@site.example>",
        "a@b@c",
        "p\u00f6st@site.example",
        "a@b\r\nBcc: c@d",
    ],
    "PROMISE_DAYS": ["0", "61", "five", "", "5.5"],
    "API_RATE": ["0", "1000001", "many", "", "-1"],
    "TRUSTED_PROXIES": ["*", "proxy.example", "10.0.0.1/8", "0.0.0.0/0", "::/0", "10.0.0.7 10.0.0.8", "10.0.0.256"],
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


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://name:s3cret@db/exchange"),
        ("SMTP_URL", "smtp://name:s3cret@mail.example:none"),
        ("BASE_URL", "https://name:s3cret@site.example"),
    ],
)
def test_an_address_with_a_password_is_refused_without_the_password(name, value):
    assert "s3cret" not in said({f"EXCHANGE_{name}": value})


@pytest.mark.parametrize("address", ["ann@b", "a.b+c'd@x-y.example", "x" * 64 + "@a.b", "a@[IPv6:::1]"])
def test_an_address_of_plain_letters_can_be_written_to(address):
    assert MAILBOX.fullmatch(address)


@pytest.mark.parametrize("name", ["METRICS_TOKEN", "ELASTICSEARCH_PASSWORD", "ELASTICSEARCH_API_KEY"])
def test_no_sentence_repeats_a_secret(name):
    assert "s3cret" not in said(
        ELASTIC
        | {"EXCHANGE_ELASTICSEARCH_USERNAME": "u", f"EXCHANGE_{name}": "s3cret"}
        | {"EXCHANGE_ELASTICSEARCH_CA": "/nowhere"}
    )
