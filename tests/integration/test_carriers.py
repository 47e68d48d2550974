"""Carriers against a real mail server: encryption, signing in, every kind of refusal, and the console."""

import socket
import ssl
from contextlib import closing
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from smtp_server import mail_server

from exchange.errors import UnavailableError
from exchange.settings import load_settings
from web.mail import carriers
from web.mail.carriers import RULE, ConsoleCarrier, Refusal, SmtpCarrier, carrier_for, context_for
from web.mail.mail_message import message_of

BASE = {"EXCHANGE_BASE_URL": "https://exchange.example"}
NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


def message(address="ann@people.example", **changes: object):
    letter = {"id": 1, "address": address, "subject": "Hello", "body": "Good news.", "path": "/x", "created_at": NOW}
    return message_of(SimpleNamespace(unsubscribe=None, **letter | changes), load_settings(BASE))


def carrier(server, user="", scheme="smtp"):
    url = f"{scheme}://{user}{'@' if user else ''}127.0.0.1:{server.port}"
    return carrier_for(load_settings(BASE | {"EXCHANGE_SMTP_URL": url}), print)


def carry(*of: object):
    """Have one mail carried by a carrier of its own."""
    with closing(carrier(*of)) as ours:
        return ours.carry(message())


def test_a_mail_arrives_as_it_was_written_with_its_envelope():
    with mail_server() as server:
        ours = carrier(server)
        assert ours.carry(message(body="First.\n.\n..dots\n")) is None
        ours.close()
    (got,) = server.mails
    assert (got.sender, got.to) == ("exchange@exchange.example", ["ann@people.example"])
    assert got.text.startswith("First.\n.\n..dots\n\nhttps://exchange.example/x\n")
    assert server.commands[-1] == "QUIT"


def test_many_mails_go_over_one_connection_and_none_is_opened_without_a_mail():
    with mail_server() as server:
        ours = carrier(server)
        assert server.connections == 0
        for n in range(5):
            ours.carry(message(f"p{n}@people.example"))
        ours.close()
        ours.close()
    assert (server.connections, [got.to for got in server.mails]) == (1, [[f"p{n}@people.example"] for n in range(5)])


# --- encryption and signing in ----------------------------------------------------------------------------------------


def test_the_connection_is_encrypted_where_the_server_offers_it():
    with mail_server(starttls=True, users={"post@site": "s3cr/t"}) as server:
        assert carry(server, "post%40site:s3cr%2Ft") is None
    assert [(got.encrypted, got.user) for got in server.mails] == [(True, "post@site")]
    assert server.commands.index("STARTTLS") < server.commands.index("AUTH")


def test_smtps_is_encrypted_from_the_first_byte():
    with mail_server(tls=True, users={"post": "word"}) as server:
        assert carry(server, "post:word", "smtps") is None
    assert [(got.encrypted, got.user) for got in server.mails] == [(True, "post")]


def test_on_this_machine_a_password_may_go_in_plain():
    with mail_server(users={"post": "word"}) as server:
        assert carry(server, "post:word") is None
    assert [(got.encrypted, got.user) for got in server.mails] == [(False, "post")]


def test_to_another_machine_it_may_not(monkeypatch):
    monkeypatch.setattr(carriers, "is_here", lambda _host: False)
    with mail_server(users={"post": "word"}) as server, pytest.raises(UnavailableError, match="smtps://"):
        carry(server, "post:word")
    assert "AUTH" not in server.commands
    assert server.mails == []


def test_the_certificate_of_another_machine_is_checked(monkeypatch):
    assert context_for("mail.example").verify_mode is ssl.CERT_REQUIRED
    assert context_for("mail.example").check_hostname
    monkeypatch.setattr(carriers, "is_here", lambda _host: False)
    for told, scheme in (({"starttls": True}, "smtp"), ({"tls": True}, "smtps")):
        with (
            mail_server(**told) as server,
            pytest.raises(UnavailableError, match=r"does not take mail now .*certificate"),
        ):
            carry(server, "", scheme)
        assert server.mails == []


@pytest.mark.parametrize(
    ("host", "here"), [("localhost", True), ("127.0.0.9", True), ("::1", True), ("10.0.0.1", False)]
)
def test_this_machine_is_known_by_name_and_number(host, here):
    assert carriers.is_here(host) is here


def test_a_wrong_password_is_said_with_the_name_of_the_setting_and_without_the_password():
    with mail_server(users={"post": "word"}) as server, pytest.raises(UnavailableError) as raised:
        carry(server, "post:s3cret")
    assert "refused the name or password of EXCHANGE_SMTP_URL (535 5.7.8 wrong)" in str(raised.value)
    assert "s3cret" not in str(raised.value)


def test_a_server_that_knows_no_signing_in_is_told_apart_from_one_that_is_away():
    with mail_server() as server, pytest.raises(UnavailableError, match="AUTH"):
        carry(server, "post:word")


# --- refusals ---------------------------------------------------------------------------------------------------------

REFUSED = {
    "an unknown recipient": ({"RCPT": "550 5.1.1 no such user"}, "550 5.1.1 no such user", True),
    "a full mailbox": ({"RCPT": "452 4.2.2 full"}, "452 4.2.2 full", False),
    "a grey list": ({"RCPT": "451 4.7.1 later"}, "451 4.7.1 later", False),
    "no data wanted": ({"DATA": "554 5.7.1 spam"}, "554 5.7.1 spam", True),
    "no data now": ({"DATA": "451 busy"}, "451 busy", False),
    "a text that is not wanted": ({".": "554 5.7.1 spam"}, "554 5.7.1 spam", True),
    "no room for it": ({".": "452 4.3.1 no room"}, "452 4.3.1 no room", False),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refused_mail_says_why_and_the_next_one_goes_over_the_same_connection(case):
    answers, reason, final = REFUSED[case]
    with mail_server(answers=dict(answers)) as server:
        ours = carrier(server)
        assert ours.carry(message()) == Refusal(f"The mail server refused it: {reason}", final)
        server.answers.clear()
        assert ours.carry(message("bob@people.example")) is None
        ours.close()
    assert (server.connections, [got.to for got in server.mails]) == (1, [["bob@people.example"]])


def test_what_a_server_says_is_shown_as_one_line():
    with mail_server(answers={"RCPT": "550-No\r\n550 such \x1b[31m user"}) as server:
        assert carry(server).reason == "The mail server refused it: 550 No such [31m user"


AWAY = {
    "it takes nothing from us": ({"MAIL": "550 5.7.1 not you"}, "takes no mail from exchange@exchange.example"),
    "it wants a password": ({"RCPT": "530 5.7.0 sign in first"}, "takes no mail now"),
    "it is closing": ({"RCPT": "421 4.3.2 closing"}, "takes no mail now"),
    "it closes at the end": ({".": "421 4.3.2 closing"}, "takes no mail now"),
    "it greets nobody": ({"hello": "554 no service"}, "does not take mail now"),
    "it knows no greeting": ({"EHLO": "drop"}, "does not take mail now"),
    "it breaks off at the sender": ({"MAIL": "drop"}, "does not take mail now"),
    "it breaks off at the recipient": ({"RCPT": "drop"}, "does not take mail now"),
    "it says nothing": ({"hello": "hang"}, "does not take mail now"),
    "it stops answering": ({"MAIL": "hang"}, "does not take mail now"),
    "it talks nonsense": ({"RCPT": "what?"}, "takes no mail now"),
}


@pytest.mark.parametrize("case", AWAY)
def test_a_server_that_takes_no_mail_at_all_is_not_the_fault_of_the_mail(case, monkeypatch):
    answers, said = AWAY[case]
    if "hang" in answers.values():
        monkeypatch.setattr(carriers, "TIMEOUT", 0.3)
    with mail_server(answers=answers) as server, pytest.raises(UnavailableError, match=said):
        carry(server)
    assert server.mails == []


def test_nobody_at_the_address_is_said():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        with pytest.raises(UnavailableError, match=r"The mail server 127\.0\.0\.1 does not take mail now"):
            carry(SimpleNamespace(port=closed.getsockname()[1]))


@pytest.mark.parametrize("how", ["drop", "hang"])
def test_a_server_that_breaks_off_in_the_middle_of_a_mail_makes_this_mail_suspect(how, monkeypatch):
    monkeypatch.setattr(carriers, "TIMEOUT", 2.0)
    with mail_server(answers={".": how}) as server:
        ours = carrier(server)
        assert ours.carry(message()) == Refusal("The mail server broke off while it was given this mail.", final=False)
        with pytest.raises(UnavailableError):
            ours.carry(message())
        ours.close()


def test_closing_after_the_server_went_away_is_no_error():
    with mail_server() as server:
        ours = carrier(server)
        ours.carry(message())
        server.answers["RCPT"] = "drop"
        with pytest.raises(UnavailableError):
            ours.carry(message())
    ours.close()


def test_the_password_is_not_shown_where_a_carrier_is_printed():
    smtp = load_settings(BASE | {"EXCHANGE_SMTP_URL": "smtp://post:s3cret@mail.example"}).smtp
    assert "s3cret" not in repr(vars(SmtpCarrier(smtp, "here")))


# --- the console ------------------------------------------------------------------------------------------------------


def shown(**changes: object):
    pages = []
    console = ConsoleCarrier(pages.append)
    assert console.carry(message(**changes)) is None
    console.close()
    return pages[0]


def test_without_a_server_the_whole_mail_is_shown_between_ruled_lines():
    assert isinstance(carrier_for(load_settings(BASE), print), ConsoleCarrier)
    lines = shown(body="First.\n\nLast.", subject="Zoë “Z” news", path="/confirm?code=abc").splitlines()
    assert (lines[0], lines[-1]) == (RULE, RULE)
    assert lines[1:5] == [
        "| From: Innovation Exchange <exchange@exchange.example>",
        "| To: ann@people.example",
        "| Subject: Zoë “Z” news",
        "| Date: Mon, 01 Mar 2027 09:00:00 +0000",
    ]
    assert lines[5:11] == ["|", "| First.", "|", "| Last.", "|", "| https://exchange.example/confirm?code=abc"]


def test_what_people_typed_cannot_command_a_terminal_nor_forge_another_mail():
    text = shown(body=f"\x1b[2J\x07\u202eevil\x9b31m\r{RULE}\n{RULE}\nTo: you", subject="\x1b]0;owned\x07")
    assert not [sign for sign in text if sign != "\n" and not sign.isprintable()]
    assert "\\x1b[2J\\x07\\u202eevil\\x9b31m" in text
    assert [line for line in text.splitlines() if not line.startswith("|")] == [RULE, RULE]


@pytest.mark.parametrize("error", [BrokenPipeError("gone"), ValueError("I/O operation on closed file")])
def test_a_console_that_nobody_reads_any_more_keeps_the_mail(error):
    def broken(_text):
        raise error

    with pytest.raises(UnavailableError, match="console"):
        ConsoleCarrier(broken).carry(message())
