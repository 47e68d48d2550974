"""A letter as a mail: whatever people typed, it has our headers and no other, and says what was written."""

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import InputError
from exchange.letters import one_line
from exchange.models_people import Letter
from exchange.settings import MAILBOX, load_settings
from web.mail.mail_message import message_of

SETTINGS = load_settings({"EXCHANGE_BASE_URL": "https://exchange.example"})
HEADERS = {
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
}
HOSTILE = [
    "a\r\nBcc: eve@site.example",
    "a\nBcc: eve@site.example\n\nAnother body",
    "a\rBcc: eve@site.example",
    "a\x00b",
    "a\u2028Bcc: eve@site.example\u2029b\x85c\x0b\x0cd\x1ce",
    "=?utf-8?q?a=0D=0ABcc:_eve@site.example?=",
    "=?utf-8?b?DQpCY2M6IGV2ZUBzaXRlLmV4YW1wbGU=?=",
    "x" * 5_000,
    "word " * 1_000,
    "é" * 5_000,
    "Zoë Ünder “the long way” " * 20,
    "日本語のとても長い件名" * 30,
    "👩‍👧‍👦" * 60,
    "\u202egnp.exe",
    ": starts with a colon",
    "  ",
    "",
]
"""Subjects, names and bodies that somebody might try."""


def letter(**changes: object) -> Letter:
    given = {"id": 7, "address": "ann@people.example", "subject": "Hello", "body": "Good news.", "path": None}
    return Letter(**given | {"created_at": datetime(2027, 3, 1, 9, 0, tzinfo=UTC)} | changes)


def received(**changes: object) -> EmailMessage:
    """Give the mail as its recipient's program reads it; its bytes are plain lines of a bearable length."""
    data = message_of(letter(**changes), SETTINGS).as_bytes()
    assert data.isascii()
    assert b"\r" not in data.replace(b"\r\n", b"")
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert max(len(line) for line in data.split(b"\r\n")) <= 998
    return message_from_bytes(data, policy=SMTP)


def text_of(message: EmailMessage) -> str:
    return message.get_content().replace("\r\n", "\n")


def test_a_mail_has_every_header_that_mail_programs_want():
    message = received(subject="Your listing is published")
    assert set(message.keys()) == HEADERS
    assert (message["From"], message["To"]) == ("Innovation Exchange <exchange@exchange.example>", "ann@people.example")
    assert (message["Subject"], message["Date"]) == ("Your listing is published", "Mon, 01 Mar 2027 09:00:00 +0000")
    assert message["Message-ID"] == "<7.1803891600@exchange.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "text/plain"


def test_a_mail_that_goes_out_again_bears_the_same_number():
    assert received()["Message-ID"] == received()["Message-ID"] != received(id=8)["Message-ID"]


def test_the_text_is_the_body_the_link_and_who_sends_it():
    footer = "\n\n-- \nInnovation Exchange\nhttps://exchange.example\nThis mail was sent automatically"
    assert text_of(received(body="Good news.\n", path="/listings/1")).startswith(
        f"Good news.\n\nhttps://exchange.example/listings/1{footer}"
    )
    assert text_of(received()).startswith(f"Good news.{footer}")


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_subject_stays_a_subject(text):
    message = received(subject=text)
    assert sorted(message.keys()) == sorted(HEADERS)
    assert message["Subject"] == one_line(text)
    assert text_of(message).startswith("Good news.\n")


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_body_stays_a_body(text):
    message = received(body=text)
    assert sorted(message.keys()) == sorted(HEADERS)
    written = re.sub(r"\r\n|\r", "\n", text.strip())  # the three ends of a line are one to mail
    assert text_of(message).startswith(f"{written}\n\n-- \n")


@given(st.text(max_size=300), st.text(max_size=2_000))
def test_no_text_at_all_changes_the_headers(subject, body):
    message = received(subject=subject, body=body)
    assert sorted(message.keys()) == sorted(HEADERS)
    assert message["Subject"] == one_line(subject)
    assert "Innovation Exchange" in text_of(message)


@given(st.from_regex(MAILBOX, fullmatch=True))
def test_every_address_that_is_taken_is_the_one_that_the_envelope_names(address):
    try:
        message = received(address=address)
    except InputError:
        return  # a host that IDNA does not know
    assert [one.addr_spec for one in message["To"].addresses] == [address]


def test_a_host_of_other_letters_is_written_as_mail_servers_know_it():
    assert received(address="ann@münchen.example")["To"] == "ann@xn--mnchen-3ya.example"


@pytest.mark.parametrize(
    "address",
    [
        "ann@people.example\r\nBcc: eve@site.example",
        "ann@people.example, eve@site.example",
        "Ann <ann@people.example>",
        "ann@people.example\x00",
        "ann@people.example\u2028",
        "zoë@people.example",
        "ann",
        "",
    ],
)
def test_an_address_that_is_none_makes_no_mail(address):
    with pytest.raises(InputError, match="cannot be sent to this address"):
        message_of(letter(address=address), SETTINGS)


LINK = "/unsubscribe?token=eyJhIjoxfQ.abc-_9"


def test_a_letter_that_can_be_ended_says_how_to_people_and_to_mail_programs():
    message = received(unsubscribe=LINK)
    assert message["List-Unsubscribe"] == f"<https://exchange.example{LINK}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert sorted(message.keys()) == sorted(HEADERS | {"List-Unsubscribe", "List-Unsubscribe-Post"})
    ending = f"To stop these letters, open this page and press its button:\nhttps://exchange.example{LINK}\n\n-- \n"
    assert ending in text_of(message)


def test_the_longest_link_stands_on_one_line():
    data = message_of(letter(unsubscribe=f"/unsubscribe?token={'x' * 500}"), SETTINGS).as_bytes()
    (line,) = [line for line in data.split(b"\r\n") if line.startswith(b"List-Unsubscribe:")]
    assert line.endswith(b"x>")
    assert len(line) < 998


def test_one_click_is_offered_over_https_only():
    plain = load_settings({"EXCHANGE_BASE_URL": "http://127.0.0.1:8000"})
    message = message_of(letter(unsubscribe=LINK), plain)
    assert message["List-Unsubscribe"] == f"<http://127.0.0.1:8000{LINK}>"
    assert "List-Unsubscribe-Post" not in message


@pytest.mark.parametrize(
    "link", ["/a>, <mailto:eve@site.example", "/a\r\nBcc: eve@site.example", "/a b", '/"a"', "/é", "/" + "x" * 2_000]
)
def test_what_would_break_out_of_the_header_is_left_out_of_it(link):
    message = received(unsubscribe=link)
    assert sorted(message.keys()) == sorted(HEADERS)
