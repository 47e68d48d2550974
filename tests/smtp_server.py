"""A mail server in a thread, small enough to misbehave on purpose: what it is told to answer, it answers."""

import base64
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

CERTIFICATE = Path(__file__).with_name("smtp_server.pem")
"""Made by itself, for this server alone."""


@dataclass
class Received:
    """One mail as it came: the envelope, every byte, and the name that had signed in."""

    sender: str
    to: list[str]
    data: bytes
    user: str | None
    encrypted: bool

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.data, policy=SMTP)

    @property
    def text(self) -> str:
        return self.message.get_content().replace("\r\n", "\n")


@dataclass
class MailServer:
    """What it received, and what it answers: `answers` maps a word (MAIL, RCPT, an address, DATA, .) to a line.

    The line "drop" ends the connection, "hang" answers nothing until the server stops.
    """

    port: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    starttls: bool = False
    tls: bool = False
    users: dict[str, str] = field(default_factory=dict)
    mails: list[Received] = field(default_factory=list)
    connections: int = 0
    commands: list[str] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)


class _DropError(Exception):
    """The connection is to end."""


class _Talk(socketserver.StreamRequestHandler):
    server: "_Server"

    def setup(self):
        self.mail = self.server.mail
        self.mail.connections += 1
        self.encrypted = False
        if self.mail.tls:
            self._encrypt()
        else:
            super().setup()
        self.user, self.sender, self.to = None, "", []

    def finish(self):
        super().finish()
        self.request.close()

    def _encrypt(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        self.request = context.wrap_socket(self.request, server_side=True)
        self.encrypted = True
        super().setup()

    def say(self, line):
        self.wfile.write(f"{line}\r\n".encode())

    def told(self, word, otherwise):
        answer = self.mail.answers.get(word, otherwise)
        if answer == "hang":
            self.mail.stopped.wait(60)
        if answer in {"drop", "hang"}:
            raise _DropError
        self.say(answer)
        return answer

    def handle(self):
        try:
            self.told("hello", "220 mail.example ESMTP")
            while line := self.rfile.readline():
                word, _, rest = line.decode().strip().partition(" ")
                self.mail.commands.append(word.upper())
                if word.upper() == "QUIT":
                    self.say("221 bye")
                    return
                getattr(self, f"do_{word.lower()}", self.do_unknown)(rest)
        except (_DropError, ConnectionError, ssl.SSLError):
            return

    def do_unknown(self, _rest):
        self.say("502 not known")

    def do_ehlo(self, _rest):
        offers = ["mail.example"]
        offers += ["STARTTLS"] if self.mail.starttls and not self.encrypted else []
        offers += ["AUTH PLAIN"] if self.mail.users else []
        for offer in offers[:-1]:
            self.say(f"250-{offer}")
        self.told("EHLO", f"250 {offers[-1]}")

    def do_starttls(self, _rest):
        self.say("220 go on")
        self._encrypt()

    def do_auth(self, rest):
        _, user, password = base64.b64decode(rest.split()[1]).decode().split("\0")
        known = self.mail.users.get(user) == password
        self.user = user if known else None
        self.told("AUTH", "235 welcome" if known else "535 5.7.8 wrong")

    def do_mail(self, rest):
        self.sender, self.to = rest[rest.index("<") + 1 : rest.index(">")], []
        self.told("MAIL", "250 ok")

    def do_rcpt(self, rest):
        address = rest[rest.index("<") + 1 : rest.index(">")]
        if self.told(address if address in self.mail.answers else "RCPT", "250 ok").startswith("25"):
            self.to.append(address)

    def do_rset(self, _rest):
        self.told("RSET", "250 ok")

    def do_data(self, _rest):
        if not self.told("DATA", "354 go on").startswith("354"):
            return
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line[1:] if line.startswith(b"..") else line)
        if self.told(".", "250 taken").startswith("250"):
            data = b"".join(lines)
            self.mail.mails.append(Received(self.sender, self.to, data, self.user, self.encrypted))


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, mail: MailServer) -> None:
        self.mail = mail
        super().__init__(("127.0.0.1", 0), _Talk)


@contextmanager
def mail_server(**told: object) -> Iterator[MailServer]:
    """Run a mail server until the block ends."""
    mail = MailServer(**told)
    with _Server(mail) as server:
        mail.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield mail
        finally:
            mail.stopped.set()
            server.shutdown()
            thread.join()
