"""Letters: mail written in the transaction that gives cause for it, and what became of it; knows no server."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, select, update
from sqlalchemy.orm import Session

from exchange.content import clean
from exchange.database import LARGEST_KEY
from exchange.discussing.comment_states import CommentState
from exchange.errors import InputError, NotFoundError, StateError
from exchange.listing.states import FOUND
from exchange.models import Account, Listing
from exchange.models_discussion import Comment
from exchange.models_people import Letter
from exchange.outbox import Pending
from exchange.settings import MAILBOX

LONGEST_SUBJECT = 150
KEPT = timedelta(days=90)
"""How long a letter is kept after it was sent."""
FIRST_DELAY = timedelta(minutes=2)
MOST_ATTEMPTS = 8
"""With the delays between them four hours: a mail server that asks for patience takes a letter well before."""
SERVER_DELAY = timedelta(seconds=30)
LONGEST_ERROR = 500
PER_PAGE = 50
NEVER_FINISHED = f"It was begun {MOST_ATTEMPTS} times and nobody came to an end with it; look at the log of the site."
NO_LONGER_SHOWN = "What this letter quoted is no longer shown on the exchange."
UNREACHABLE = "Mail cannot be sent to this address: it has signs that mail servers do not take."


class Box(StrEnum):
    """Where a letter lies: not sent yet, given up until somebody looks, or sent."""

    WAITING = "waiting"
    PARKED = "parked"
    SENT = "sent"


_IN: dict[Box, ColumnElement[bool]] = {
    Box.WAITING: and_(Letter.sent_at.is_(None), Letter.parked.is_(False)),
    Box.PARKED: and_(Letter.sent_at.is_(None), Letter.parked.is_(True)),
    Box.SENT: Letter.sent_at.is_not(None),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What a letter says: plain text, and the path of the one link in it, which may be a secret.

    `unsubscribe` is the path that stops letters of its kind; `comment_id` names the comment that it tells of.
    """

    subject: str
    body: str
    path: str | None = None
    secret: bool = False
    unsubscribe: str | None = None
    comment_id: int | None = None


@dataclass(frozen=True, slots=True)
class LetterPage:
    """One page of letters, newest first, and how many there are in all."""

    letters: tuple[Letter, ...]
    total: int
    number: int

    @property
    def last(self) -> int:
        """Give the number of the last page."""
        return max(1, -(-self.total // PER_PAGE))


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
        unsubscribe=note.unsubscribe,
        comment_id=note.comment_id,
        created_at=now,
        due_at=now,
    )
    session.add(letter)
    session.flush()
    return letter


def one_line(text: str) -> str:
    """Give a text without line ends and other control characters: a header of a mail is one line."""
    return " ".join("".join(c if c.isprintable() else " " for c in clean(text)).split())


def wire_address(address: str) -> str:
    """Give an address as mail servers take it: a host's other letters as IDNA.

    Raises:
        InputError: no mail server takes it.
    """
    local, at, host = address.rpartition("@")
    try:
        written = local + at + host.encode("idna").decode()
    except UnicodeError:
        written = ""
    if not MAILBOX.fullmatch(written):
        raise InputError(UNREACHABLE, field="email")
    return written


def due(session: Session, now: datetime) -> bool:
    """Say whether a letter is to be sent now."""
    return bool(session.scalar(select(exists().where(_IN[Box.WAITING], Letter.due_at <= now))))


def claim(session: Session, limit: int, now: datetime, lease: timedelta) -> list[Letter]:
    """Take up to `limit` due letters, oldest first, and keep them from others until `now + lease`.

    Commit before the work begins, and end it before the lease does, or a letter goes out twice. A letter to an account
    that was closed meanwhile is thrown away: nobody asked for it any more, and it holds what is personal.
    """
    _forget_closed(session, now)
    _forget_hidden(session, now)
    waiting = (
        select(Letter)
        .where(_IN[Box.WAITING], Letter.due_at <= now)
        .order_by(Letter.due_at, Letter.id)
        .limit(limit)
        .with_for_update(skip_locked=True)  # PostgreSQL; SQLite has one writer anyway
    )
    claimed = [letter for letter in session.scalars(waiting) if not _given_up(letter)]
    for letter in claimed:
        letter.due_at = now + lease
        letter.attempts += 1
    session.flush()
    return claimed


def sent(session: Session, letter_id: int, now: datetime) -> None:
    """Note that a letter was taken by a mail server; a secret link is forgotten."""
    for letter in session.scalars(_locked([letter_id])):
        letter.sent_at, letter.parked, letter.last_error = now, False, None
        letter.path = None if letter.secret else letter.path
    session.flush()


def failed(session: Session, letter_id: int, error: str, now: datetime, *, final: bool = False) -> None:
    """Put a letter off, twice as long each time from 2 minutes; park it after 8 attempts, or at once where `final`."""
    for letter in session.scalars(_locked([letter_id]).where(Letter.sent_at.is_(None))):
        delay = FIRST_DELAY * 2 ** max(min(letter.attempts, MOST_ATTEMPTS) - 1, 0)
        letter.due_at = now + delay
        letter.last_error = _short(error)
        letter.parked = final or letter.attempts >= MOST_ATTEMPTS
    session.flush()


def put_back(session: Session, letter_ids: Collection[int], error: str, now: datetime) -> None:
    """Put letters off for half a minute and do not count the attempt: no letter is at fault, the server is away."""
    for letter in session.scalars(_locked(letter_ids).where(_IN[Box.WAITING])):
        letter.due_at = now + SERVER_DELAY
        letter.last_error = _short(error)
        letter.attempts = max(letter.attempts - 1, 0)
    session.flush()


def pending(session: Session) -> Pending:
    """Count what waits and what is parked."""
    counted = session.execute(
        select(Letter.parked, func.count()).where(Letter.sent_at.is_(None)).group_by(Letter.parked)
    ).all()
    counts = {bool(parked): number for parked, number in counted}
    return Pending(waiting=counts.get(False, 0), parked=counts.get(True, 0))


def letter_page(session: Session, box: Box | None, number: int) -> LetterPage:
    """Give one page (from 1) of the letters of a box, or of all, newest first; past the end the last one."""
    where = [_IN[box]] if box else []
    total = session.scalar(select(func.count()).select_from(Letter).where(*where)) or 0
    number = max(1, min(number, -(-total // PER_PAGE)))
    query = select(Letter).where(*where).order_by(Letter.id.desc()).offset((number - 1) * PER_PAGE).limit(PER_PAGE)
    return LetterPage(tuple(session.scalars(query)), total, number)


def letter(session: Session, letter_id: int) -> Letter:
    """Give one letter.

    Raises:
        NotFoundError: there is none of that number.
    """
    found = session.get(Letter, letter_id) if letter_id <= LARGEST_KEY else None
    if found is None:
        raise NotFoundError("There is no mail of this number; it may have been thrown away with its account.")
    return found


def box_of(letter: Letter) -> Box:
    """Say where a letter lies."""
    if letter.sent_at is not None:
        return Box.SENT
    return Box.PARKED if letter.parked else Box.WAITING


def retry(session: Session, letter_id: int, now: datetime) -> None:
    """Have a parked letter tried again, its attempts forgotten.

    Raises:
        NotFoundError: there is none of that number.
        StateError: it is not parked.
    """
    letter(session, letter_id)
    again = update(Letter).where(Letter.id == letter_id, _IN[Box.PARKED]).values(_fresh(now)).returning(Letter.id)
    if session.scalar(again) is None:
        raise StateError("This mail is not parked: it was sent, or it is being tried again already.")


def retry_parked(session: Session, now: datetime) -> int:
    """Have every parked letter tried again; give their number."""
    return len(session.scalars(update(Letter).where(_IN[Box.PARKED]).values(_fresh(now)).returning(Letter.id)).all())


def drop_quotes(session: Session, comment_id: int) -> None:
    """Throw away the letters that quote a comment and are not sent yet; take it out of those that were sent."""
    quoting = Letter.comment_id == comment_id
    session.execute(delete(Letter).where(quoting, Letter.sent_at.is_(None)))
    session.execute(update(Letter).where(quoting).values(body=NO_LONGER_SHOWN))


def _fresh(now: datetime) -> dict[str, Any]:
    return {"parked": False, "attempts": 0, "due_at": now}


def _forget_closed(session: Session, now: datetime) -> None:
    closed = select(Account.id).where(Account.closed_at.is_not(None))
    session.execute(delete(Letter).where(_IN[Box.WAITING], Letter.due_at <= now, Letter.account_id.in_(closed)))


def _forget_hidden(session: Session, now: datetime) -> None:
    read = select(Comment.id).join(Listing, Listing.id == Comment.listing_id)
    shown = read.where(Comment.state == CommentState.SHOWN, Listing.state.in_(FOUND))
    due = _IN[Box.WAITING], Letter.due_at <= now, Letter.comment_id.is_not(None)
    session.execute(delete(Letter).where(*due, Letter.comment_id.not_in(shown)))


def _locked(letter_ids: Collection[int]) -> Select[Letter]:
    """Name the letters that are still there, locked in one order."""
    query = select(Letter).where(Letter.id.in_(letter_ids)).order_by(Letter.id).with_for_update()
    return query.execution_options(populate_existing=True)


def _given_up(letter: Letter) -> bool:
    """Park a letter that was begun again and again and never came back; say whether it is one."""
    if letter.attempts < MOST_ATTEMPTS:
        return False
    letter.parked, letter.last_error = True, NEVER_FINISHED
    return True


def _short(error: str) -> str:
    return one_line(error)[:LONGEST_ERROR]
