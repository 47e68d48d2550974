"""A letter as a mail: its headers on lines that nobody can break out of, its text in one form; knows no server."""

import re
from email import message_from_string
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from exchange.letters import one_line, wire_address
from exchange.models_people import Letter
from exchange.settings import Settings, mail_host

NAME = "Innovation Exchange"
FOOTER = """\
-- 
{name}
{base_url}
This mail was sent automatically; answers to it are not read."""  # noqa: W291  the blank is the mark of a signature
PLAIN = re.compile(r"[ -~]{1,60}")
WHOLE = re.compile(r"https?://[!#-;=?-~]{1,900}")
"""An address that stands between < and > whole: plain signs, and short enough for one line of a mail."""
UNSUBSCRIBE = "To stop these letters, open this page and press its button:"
POLICY = SMTP.clone(refold_source="none")
"""What is folded and encoded here stays so: the library's own folding loses blanks between encoded words."""


def message_of(letter: Letter, settings: Settings) -> EmailMessage:
    """Turn a letter into a mail of plain text.

    Raises:
        InputError: no mail server takes such an address.
    """
    host = mail_host(settings.base_url)
    headers = {
        "From": f"{NAME} <{settings.mail_from}>",
        "To": wire_address(letter.address),
        "Subject": _unstructured("Subject", letter.subject),
        "Date": format_datetime(letter.created_at),
        "Message-ID": f"<{letter.id}.{letter.created_at.timestamp():.0f}@{host}>",  # the same when it goes out again
        "Auto-Submitted": "auto-generated",
        **_unsubscribing(letter, settings),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    message = message_from_string(lines + "\r\n", policy=POLICY)
    message.set_content(text_of(letter, settings), cte="quoted-printable")
    return message


def text_of(letter: Letter, settings: Settings) -> str:
    """Give the whole text: the body, the link where there is one, how to end such letters, and who sends it."""
    parts = [letter.body.strip()]
    if letter.path:
        parts.append(settings.base_url + letter.path)
    if letter.unsubscribe:
        parts.append(f"{UNSUBSCRIBE}\n{settings.base_url}{letter.unsubscribe}")
    return "\n\n".join([*parts, FOOTER.format(name=NAME, base_url=settings.base_url)]) + "\n"


def _unsubscribing(letter: Letter, settings: Settings) -> dict[str, str]:
    """Give the headers by which mail programs end such letters (RFC 2369); with one click over HTTPS only (RFC 8058).

    An address with a sign that would end it is left out: the text of the letter still has it.
    """
    address = settings.base_url + (letter.unsubscribe or "")
    if not letter.unsubscribe or not WHOLE.fullmatch(address):
        return {}
    listed = {"List-Unsubscribe": f"<{address}>"}  # never folded: within the brackets no blank may stand
    if not address.startswith("https://"):
        return listed
    return listed | {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _unstructured(name: str, text: str) -> str:
    """Write any text as the value of a header; what is not plain and short becomes encoded words (RFC 2047)."""
    text = one_line(text)
    if PLAIN.fullmatch(text) and "=?" not in text:
        return text
    return Header(text, "utf-8", header_name=name).encode(linesep="\r\n")
