"""Rules of accounts that need no database: names, addresses, numbers, where one goes on to, who is on this machine."""

import pytest

from exchange.errors import InputError
from exchange.people.accounts import email_of, name_of, telephone_of
from exchange.people.demo import on_loopback
from exchange.people.limits import client_key
from exchange.settings import load_settings
from web.views.signing_in import START, local_path


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ann@Example.ORG ", "ann@example.org"),
        ("a\x00nn@example.org", "ann@example.org"),
        ("o'neil+work@sub.example.co.uk", "o'neil+work@sub.example.co.uk"),
        ("ann@bücher.example", "ann@bücher.example"),
    ],
)
def test_an_address_is_kept_in_small_letters_without_blanks(typed, kept):
    assert email_of(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "ann",
        "@example.org",
        "ann@",
        "ann@b@example.org",
        "ann b@example.org",
        "ann@exam ple.org",
        "ann@example.org\r\nBcc: eve@example.org",
        "ann@example.org\nX: y",
        "ann@example.org,eve@example.org",
        "<ann@example.org>",
        'ann"@example.org',
        "ann;eve@example.org",
        "ann\u202e@example.org",
        "ann@[127.0.0.1]\t",
        "<script>@example.org",
    ],
)
def test_what_could_be_no_address_or_break_out_of_a_header_is_refused(typed):
    with pytest.raises(InputError, match="in the form name@") as refused:
        email_of(typed)
    assert refused.value.field == "email"


def test_a_missing_or_long_address_is_refused_with_what_is_wrong():
    with pytest.raises(InputError, match="Enter your email address"):
        email_of(" \x00 ")
    with pytest.raises(InputError, match="has 262 characters"):
        email_of("a@" + "x" * 256 + ".org")


def test_a_name_is_one_line_of_what_can_be_read():
    assert name_of("  Ann\r\nBcc: eve@example.org \x00") == "Ann Bcc: eve@example.org"
    assert name_of("Zoë \u202eO'Neil-Łęcka") == "Zoë O'Neil-Łęcka"
    assert len(name_of("n" * 100)) == 100


@pytest.mark.parametrize("typed", ["", "  ", "\x00", "\u200b\u202e"])
def test_a_name_without_anything_to_read_is_refused(typed):
    with pytest.raises(InputError, match="Enter your name") as refused:
        name_of(typed)
    assert refused.value.field == "name"


def test_a_long_name_is_refused_with_its_length():
    with pytest.raises(InputError, match="has 1,000,000 characters; use 100 or fewer"):
        name_of("n" * 1_000_000)


@pytest.mark.parametrize("typed", ["01632 960 001", "+44 (0)1632 960-001", "01632 960001 ext. 12", "01632960001 x12"])
def test_a_telephone_number_may_be_written_in_any_usual_way(typed):
    assert telephone_of(f" {typed} ") == typed


def test_a_telephone_number_may_be_left_out_and_no_other_text_is_one():
    assert telephone_of("  ") is None
    for typed in ("ring me", "01632 960001<script>", "0" * 41):
        with pytest.raises(InputError, match="or leave it out") as refused:
            telephone_of(typed)
        assert refused.value.field == "telephone"


@pytest.mark.parametrize("path", ["/", "/my/account", "/listings/3/answer?draft=1#text", "/search?q=%2F%2Fx"])
def test_after_signing_in_one_goes_on_to_a_page_of_this_site(path):
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "my/account",
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "\\\\evil.example/",
        "/\t/evil.example/",
        "/\n/evil.example/",
        "/a\\..\\b",
        " //evil.example/",
        "javascript:alert(1)",
        "/\x00/evil.example",
        "/" + "a" * 20_000,
    ],
)
def test_a_link_cannot_make_signing_in_lead_to_another_site(path):
    assert local_path(path) == START


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_a_household_counts_as_one_client_however_many_addresses_it_has(host, key):
    assert client_key(host) == key


@pytest.mark.parametrize(
    ("host", "base_url", "local"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000", True),
        ("localhost", "http://localhost:8000", True),
        ("127.0.0.2", "http://[::1]:8000", True),
        ("0.0.0.0", "http://127.0.0.1:8000", False),  # noqa: S104  any machine may reach it
        ("127.0.0.1", "https://exchange.example", False),
        ("192.168.0.4", "http://192.168.0.4:8000", False),
        ("127.0.0.1", "http://localhost.evil.example", False),
    ],
)
def test_a_site_is_on_this_machine_when_it_listens_and_is_called_so(host, base_url, local):
    assert on_loopback(load_settings({"EXCHANGE_HOST": host, "EXCHANGE_BASE_URL": base_url})) is local
