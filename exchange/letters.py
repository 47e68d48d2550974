"""Letters: mail written in the transaction that gives cause for it; knows no server that sends it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from exchange.content import clean
from exchange.models import Account
from exchange.models_people import Letter

LONGEST_SUBJECT = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What a letter says: plain text, and the path of the one link in it, which may be a secret."""

    subject: str
    body: str
    path: str | None = None
    secret: bool = False


def write_to(session: Session, account: Account, note: Note, now: datetime) -> Letter | None:
    """Write to a person; None where they have no address (any more)."""
    if account.email is None or account.closed_at is not None:
        return None
    return write(session, account.email, note, now, account_id=account.id)


def write(session: Session, address: str, note: Note, now: datetime, *, account_id: int | None = None) -> Letter:
    """Write to an address, with the subject on one line whatever was typed into it."""
    letter = Letter(
        account_id=account_id,
        address=one_line(address),
        subject=one_line(note.subject)[:LONGEST_SUBJECT],
        body=clean(note.body),
        path=note.path,
        secret=note.secret,
        created_at=now,
        due_at=now,
    )
    session.add(letter)
    session.flush()
    return letter


def one_line(text: str) -> str:
    """Give a text without line ends and other control characters: a header of a mail is one line."""
    return " ".join("".join(c if c.isprintable() else " " for c in clean(text)).split())
