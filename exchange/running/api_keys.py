"""Keys of the programming interface: made, shown once, looked up and ended; knows no request and no rate."""

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from exchange.content import clean
from exchange.database import LARGEST_KEY
from exchange.errors import ForbiddenError, InputError, NotFoundError, StateError
from exchange.models import Account
from exchange.models_running import ApiKey
from exchange.people import account_events, limits
from exchange.people.accounts import locked_account
from exchange.people.sign_ins import digest_of

MOST = 10
"""Live keys a person."""
MADE_A_DAY = 30
LONGEST_NAME = 100
PREFIX = "ixk_"
"""Tells people, and programs that look for leaked secrets, what a key is."""
SHAPE = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{43}}")
SHOWN = 4
"""Last characters that the row keeps, by which its owner knows a key."""
NOTED_EVERY = timedelta(hours=1)
"""A key's last use is written no more often: reading through the interface is not a write."""
KEPT = timedelta(days=90)
"""For so long an ended key stays on its owner's page."""

CONFIRM_FIRST = "Confirm your email address first: only then can you make a key."
TOO_MANY = f"You have {MOST} keys, which is as many as one person may have. End one that you no longer use first."
SAME_NAME = "You have a key called “{}” already. Give this one another name, or end the other first."
NOT_THERE = "There is no such key among yours. Open your list of keys again."
ENDED = "This key has ended already. Nothing more can be done with it."


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made; `secret` is kept nowhere and can be shown only now."""

    id: int
    name: str
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Whose key a program brought; `stale` says that its use should be noted."""

    key_id: int
    account_id: int
    stale: bool


def make(session: Session, account_id: int, name: str, now: datetime) -> NewKey:
    """Make a key; the row keeps the SHA-256 of its 256 random bits, and its last characters.

    Raises:
        InputError: at "name": there is none, it is too long, or a live key of theirs bears it.
        ForbiddenError: their address is not confirmed.
        StateError: they have as many keys as one may have.
        TooManyError: they made too many today, ended or not.
    """
    name = _name_of(name)
    account = locked_account(session, account_id)  # two forms at once must not make an eleventh
    if account.confirmed_at is None:
        raise ForbiddenError(CONFIRM_FIRST)
    live = session.scalars(select(ApiKey.name).where(ApiKey.account_id == account_id, ApiKey.ended_at.is_(None))).all()
    if name.casefold() in {one.casefold() for one in live}:
        raise InputError(SAME_NAME.format(name), field="name")
    if len(live) >= MOST:
        raise StateError(TOO_MANY)
    limits.count(session, f"keys of account {account_id}", MADE_A_DAY, limits.LONGEST_WINDOW, now)
    secret = PREFIX + secrets.token_urlsafe(32)
    key = ApiKey(
        account_id=account_id, name=name, digest=digest_of(secret), hint=secret[-SHOWN:], created_at=now, used_at=None
    )
    session.add(key)
    account_events.record(session, account_id, account_id, "key made", now)
    return NewKey(key.id, name, secret)


def end(session: Session, key_id: int, account_id: int, now: datetime) -> ApiKey:
    """End one of a person's keys: programs that bring it are refused from now on.

    Raises:
        NotFoundError: there is none, or it is somebody else's; the sentence is the same for both.
        StateError: it has ended already.
    """
    key = _live(session, key_id, account_id, lock=True)
    key.ended_at = now
    account_events.record(session, account_id, account_id, "key ended", now)
    return key


def erase(session: Session, account_id: int) -> None:
    """Delete all keys of an account that is being closed: their names are the person's words."""
    for key in session.scalars(select(ApiKey).where(ApiKey.account_id == account_id)):
        session.delete(key)
    session.flush()


def keys_of(session: Session, account_id: int) -> list[ApiKey]:
    """Give a person's keys, live ones first, then the newest."""
    theirs = select(ApiKey).where(ApiKey.account_id == account_id)
    return list(session.scalars(theirs.order_by(ApiKey.ended_at.is_not(None), ApiKey.id.desc()).limit(MOST * 10)))


def key_of(session: Session, key_id: int, account_id: int) -> ApiKey:
    """Read one of a person's live keys.

    Raises:
        NotFoundError: there is none, or it is somebody else's.
        StateError: it has ended already.
    """
    return _live(session, key_id, account_id)


def caller(session: Session, secret: str, now: datetime, *, demo: bool) -> Caller | None:
    """Give whose live key this is; None for any other text, or where its account is closed or not confirmed.

    `demo` says whether a demonstration account may be used on this site. The database compares digests, which tell
    nobody how near a guess was, and what it found is compared in constant time.
    """
    if not SHAPE.fullmatch(secret):
        return None
    digest = digest_of(secret)
    key = session.scalar(select(ApiKey).where(ApiKey.digest == digest, ApiKey.ended_at.is_(None)))
    if key is None or not hmac.compare_digest(key.digest, digest):
        return None
    account = session.get_one(Account, key.account_id)
    if account.closed_at is not None or account.confirmed_at is None or (account.demo and not demo):
        return None
    stale = key.used_at is None or now - key.used_at > NOTED_EVERY
    return Caller(key_id=key.id, account_id=account.id, stale=stale)


def note_use(session: Session, key_id: int, now: datetime) -> None:
    """Note that a key was used, at most once an hour; never over a later use."""
    before = or_(ApiKey.used_at.is_(None), ApiKey.used_at <= now - NOTED_EVERY)
    session.execute(update(ApiKey).where(ApiKey.id == key_id, before).values(used_at=now))


def forget_ended(session: Session, now: datetime) -> None:
    """Delete the keys that ended long ago."""
    for key in session.scalars(select(ApiKey).where(ApiKey.ended_at < now - KEPT).limit(1_000)):
        session.delete(key)


def _live(session: Session, key_id: int, account_id: int, *, lock: bool = False) -> ApiKey:
    query = select(ApiKey).where(ApiKey.id == min(key_id, LARGEST_KEY), ApiKey.account_id == account_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    key = session.scalar(query)
    if key is None or key.id != key_id:
        raise NotFoundError(NOT_THERE)
    if key.ended_at is not None:
        raise StateError(ENDED)
    return key


def _name_of(text: str) -> str:
    name = " ".join(clean(text).split())
    if not name:
        raise InputError("Give the key a name, so that you know later which program uses it.", field="name")
    if len(name) > LONGEST_NAME:
        raise InputError(f"Shorten the name to {LONGEST_NAME} characters or fewer.", field="name")
    return name
