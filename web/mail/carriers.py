"""Whoever carries a mail: an SMTP server, or the console where none is set; knows no letter and no database."""

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from ipaddress import ip_address
from typing import Protocol

from exchange.errors import UnavailableError
from exchange.letters import one_line
from exchange.settings import Settings, Smtp, mail_host

TIMEOUT = 20.0
"""Seconds that the server has for each answer."""
OK = frozenset({250, 251})
ABOUT_US = frozenset({421, 530, 534, 535, 538})
"""Answers that any other mail would get too: the server is closing, or wants another password (RFC 4954)."""
RULE = "=" * 72
UNSAFE = (
    "The mail server {host} offers no encryption, so the password was not sent to it and no mail was. Set "
    "EXCHANGE_SMTP_URL to an address that begins with smtps://, or to the port that offers STARTTLS, often 587."
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a mail was not taken; `final` where it would not be another time either."""

    reason: str
    final: bool


class Carrier(Protocol):
    """Takes mails one by one until it is closed."""

    def carry(self, message: EmailMessage) -> Refusal | None:
        """Take a mail to its recipient; give why where it was not taken.

        Raises:
            UnavailableError: no mail at all is taken just now.
        """
        ...

    def close(self) -> None:
        """Let go of what was opened for it."""
        ...


def carrier_for(settings: Settings, write: Callable[[str], None]) -> Carrier:
    """Give the carrier that the settings name: the mail server, else `write`, which shows a text to the operator."""
    return SmtpCarrier(settings.smtp, mail_host(settings.base_url)) if settings.smtp else ConsoleCarrier(write)


@dataclass(slots=True)
class ConsoleCarrier:
    """Shows whole mails on the console, where a person tries the site without a mail server."""

    write: Callable[[str], None]

    def carry(self, message: EmailMessage) -> Refusal | None:
        """Show a mail between two ruled lines.

        Raises:
            UnavailableError: nobody reads the console any more.
        """
        headers = [f"{name}: {message[name]}" for name in ("From", "To", "Subject", "Date")]
        lines = [*headers, "", *message.get_content().rstrip("\n").split("\n")]
        shown = "\n".join(f"| {harmless(line)}".rstrip() for line in lines)
        try:
            self.write(f"{RULE}\n{shown}\n{RULE}\n")
        except (OSError, ValueError) as error:  # closed, or not made for these letters
            raise UnavailableError(f"The console, where mail is shown, cannot be written ({error}).") from error
        return None

    def close(self) -> None:
        """Leave the console as it is."""


def harmless(line: str) -> str:
    """Show signs that a terminal would obey, or that hide others, by their number."""
    return "".join(c if c.isprintable() or c == "\t" else c.encode("unicode_escape").decode() for c in line)


class SmtpCarrier:
    """Hands mails to a server over one connection, opened at the first."""

    def __init__(self, smtp: Smtp, here: str) -> None:
        self._smtp = smtp
        self._here = here
        self._server: smtplib.SMTP | None = None

    def carry(self, message: EmailMessage) -> Refusal | None:
        """Hand a mail over.

        Raises:
            UnavailableError: the server cannot be reached, or takes nothing from us; the sentence says why.
        """
        with self._said():
            if self._server is None:
                self._server = self._connected()
            return self._hand_over(self._server, message)

    def close(self) -> None:
        """Take leave of the server."""
        server, self._server = self._server, None
        if server is not None:
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()

    def _connected(self) -> smtplib.SMTP:
        at, context = self._smtp, context_for(self._smtp.host)
        server: smtplib.SMTP
        if at.tls:
            server = smtplib.SMTP_SSL(at.host, at.port, self._here, timeout=TIMEOUT, context=context)
        else:
            server = smtplib.SMTP(at.host, at.port, self._here, timeout=TIMEOUT)
        try:
            server.ehlo_or_helo_if_needed()
            if not at.tls and server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo()
            self._sign_in(server)
        except BaseException:
            server.close()
            raise
        return server

    def _sign_in(self, server: smtplib.SMTP) -> None:
        at = self._smtp
        if at.username is None or at.password is None:
            return
        if not isinstance(server.sock, ssl.SSLSocket) and not is_here(at.host):
            raise UnavailableError(UNSAFE.format(host=at.host))
        server.login(at.username, at.password)

    def _hand_over(self, server: smtplib.SMTP, message: EmailMessage) -> Refusal | None:
        sender = message["From"].addresses[0].addr_spec
        code, reply = server.mail(sender)
        if code not in OK:
            raise UnavailableError(
                f"The mail server {self._smtp.host} takes no mail from {sender} ({_told(code, reply)}); "
                "look at EXCHANGE_MAIL_FROM and at the server."
            )
        code, reply = server.rcpt(message["To"].addresses[0].addr_spec)
        if code in OK:
            try:
                code, reply = server.data(message.as_bytes())
            except smtplib.SMTPDataError as error:
                code, reply = error.smtp_code, _bytes(error.smtp_error)
            except (smtplib.SMTPException, OSError):  # only this mail is suspect: it was on its way
                return Refusal("The mail server broke off while it was given this mail.", final=False)
        if code in OK:
            return None
        if code in ABOUT_US or not 400 <= code < 600:
            raise UnavailableError(f"The mail server {self._smtp.host} takes no mail now ({_told(code, reply)}).")
        server.rset()
        return Refusal(f"The mail server refused it: {_told(code, reply)}", final=code >= 500)

    @contextmanager
    def _said(self) -> Iterator[None]:
        host = self._smtp.host
        try:
            yield
        except smtplib.SMTPAuthenticationError as error:
            told = _told(error.smtp_code, _bytes(error.smtp_error))
            raise UnavailableError(
                f"The mail server {host} refused the name or password of EXCHANGE_SMTP_URL ({told})."
            ) from error
        except (smtplib.SMTPException, OSError, UnicodeError) as error:  # the last: a host that is no name
            told = one_line(str(error)) or type(error).__name__
            raise UnavailableError(f"The mail server {host} does not take mail now ({told}).") from error


def context_for(host: str) -> ssl.SSLContext:
    """Give what checks a server's certificate; one on this machine may have made its own, nobody stands between."""
    context = ssl.create_default_context()
    if is_here(host):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def is_here(host: str) -> bool:
    """Say whether a name means this machine itself."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _told(code: int, reply: bytes) -> str:
    return one_line(f"{code} {reply.decode(errors='replace')}")[:300]


def _bytes(reply: bytes | str) -> bytes:
    return reply if isinstance(reply, bytes) else reply.encode()
