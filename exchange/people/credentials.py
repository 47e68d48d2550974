"""What proves who a person is: signing in by password, changing and resetting it; knows no page.

Each use-case is given the database, not a session: a try is counted and committed before a password is hashed, and no
transaction that writes is open while it is.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from exchange.content import clean
from exchange.database import reading, writing
from exchange.errors import InputError
from exchange.letters import write, write_to
from exchange.models import Account
from exchange.people import account_letters, limits, one_time_links, passwords, sign_ins
from exchange.people.account_events import record
from exchange.people.accounts import (
    LINK_OVER,
    MAIL_ADDRESS,
    MAIL_CLIENT,
    by_email,
    email_of,
    locked_account,
    send_move,
)
from exchange.people.limits import client_key, count
from exchange.people.one_time_links import Purpose
from exchange.people.sign_ins import Person

RESET_LASTS = timedelta(hours=1)
SIGN_IN_ADDRESS = 10, timedelta(minutes=15)
SIGN_IN_CLIENT = 100, timedelta(minutes=15)
"""A whole office shares one address of the network."""
PROOF = 10, timedelta(minutes=15)
RESET = 20, timedelta(hours=1)

WRONG = "Email address or password is wrong. Check both, or choose a new password."
WRONG_NOW = "This is not your password. Enter the one that you sign in with now."
DEMO_REFUSED = (
    "Demonstration accounts work only on a site that nobody else can reach. Register with an address of your own."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try to sign in, from which browser; `demo` says whether demonstration accounts may."""

    email: str
    password: str = field(repr=False)
    client: str
    browser: str | None = field(default=None, repr=False)
    """The secret of the browser's cookie until now: its sign-in ends, whoever's it was."""
    demo: bool = False


def sign_in(database: Engine, attempt: Attempt, now: datetime) -> tuple[str, Person]:
    """Sign a person in; give the secret for the cookie and who it is.

    Raises:
        InputError: address or password is wrong, or it is a demonstration account and may not; one sentence for all
            that could tell whether the address is known.
        TooManyError: it was tried too often with this address or from this client.
    """
    email = clean(attempt.email).lower()
    with writing(database) as session:
        count(session, f"sign-in {email}", *SIGN_IN_ADDRESS, now)
        count(session, f"sign-in from {client_key(attempt.client)}", *SIGN_IN_CLIENT, now)
    with reading(database) as session:
        account = by_email(session, email)
        kept = account.password_hash if account is not None and account.can_sign_in else None
    if not passwords.matches(kept, attempt.password) or account is None or kept is None:
        raise InputError(WRONG, field="email")
    if account.demo and not attempt.demo:
        raise InputError(DEMO_REFUSED, field="email")
    renewed = passwords.hash_password(attempt.password) if passwords.outdated(kept) else kept
    with writing(database) as session:
        account = locked_account(session, account.id)
        if account.password_hash != kept or not account.can_sign_in:  # changed while we hashed
            raise InputError(WRONG, field="email")
        account.password_hash = renewed
        limits.forget(session, f"sign-in {email}")
        if attempt.browser is not None:
            sign_ins.end(session, attempt.browser)
        return sign_ins.start(session, account.id, now), sign_ins.person(session, account)


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChange:
    """A person's wish for another password."""

    account_id: int
    old: str = field(repr=False)
    new: str = field(repr=False)


def change_password(database: Engine, change: PasswordChange, now: datetime) -> str:
    """Change the password and end every sign-in; give the secret of a new one for the browser that asked.

    Raises:
        InputError: at "old_password" or "password".
        TooManyError: it was tried too often.
    """
    account = _proven(database, change.account_id, change.old, "old_password", now)
    passwords.check_new(change.new, account.name, account.email or "")
    kept = passwords.hash_password(change.new)
    with writing(database) as session:
        now_there = locked_account(session, account.id)
        if now_there.password_hash != account.password_hash:
            raise InputError(WRONG_NOW, field="old_password")
        _set_password(session, now_there, kept, now)
        record(session, account.id, account.id, "password changed", now)
        return sign_ins.start(session, account.id, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailChange:
    """A person's wish for another address, proven by the password."""

    account_id: int
    email: str
    password: str = field(repr=False)
    client: str


def ask_email_change(database: Engine, change: EmailChange, now: datetime) -> str:
    """Mail a link to the new address, which moves the account there; give the address.

    Raises:
        InputError: at "email" or "password".
        TooManyError: it was tried too often.
    """
    email = email_of(change.email)
    account = _proven(database, change.account_id, change.password, "password", now)
    if email == account.email:
        raise InputError("This is your email address already. Enter the new one.", field="email")
    with writing(database) as session:
        count(session, f"mail to {email}", *MAIL_ADDRESS, now)
        count(session, f"mail from {client_key(change.client)}", *MAIL_CLIENT, now)
        send_move(session, locked_account(session, account.id), email, now)
    return email


def ask_reset(session: Session, email: str, client: str, now: datetime) -> str:
    """Mail a link to a new password, or that there is no account; give the address. Nobody else can tell which.

    Raises:
        InputError: it cannot be an address.
        TooManyError: too many were asked for with this address or from this client.
    """
    email = email_of(email)
    count(session, f"mail to {email}", *MAIL_ADDRESS, now)
    count(session, f"mail from {client_key(client)}", *MAIL_CLIENT, now)
    account = by_email(session, email)
    if account is None or not account.can_sign_in:
        write(session, email, account_letters.no_account(), now)
        return email
    about = one_time_links.About(account_id=account.id, email=email)
    secret = one_time_links.make(session, Purpose.RESET, now, RESET_LASTS, **about)
    write_to(session, account, account_letters.reset(secret), now)
    return email


def reset(database: Engine, secret: str, password: str, now: datetime) -> None:
    """Set a new password by the mailed link, which proves the address; every sign-in and every other link ends.

    Raises:
        InputError: the link is over, or, at "password", the password cannot be used; then the link works still.
        TooManyError: it was tried too often.
    """
    with reading(database) as session:
        link = one_time_links.look(session, Purpose.RESET, secret, now)
        account = session.get(Account, link.account_id) if link is not None else None
    if link is None or account is None:
        raise InputError(LINK_OVER)
    with writing(database) as session:
        count(session, f"reset {link.digest}", *RESET, now)
    passwords.check_new(password, account.name, account.email or "")
    kept = passwords.hash_password(password)
    with writing(database) as session:
        if one_time_links.use(session, Purpose.RESET, secret, now) is None:
            raise InputError(LINK_OVER)  # another window was quicker
        account = locked_account(session, account.id)
        if account.confirmed_at is None:
            account.confirmed_at = now
        _set_password(session, account, kept, now)
        record(session, account.id, account.id, "password reset", now)


def _proven(database: Engine, account_id: int, password: str, field: str, now: datetime) -> Account:
    """Give the account of a person who knows its password."""
    with writing(database) as session:
        count(session, f"password of account {account_id}", *PROOF, now)
        account = locked_account(session, account_id)
    if not passwords.matches(account.password_hash, password):
        raise InputError(WRONG_NOW, field=field)
    return account


def _set_password(session: Session, account: Account, kept: str, now: datetime) -> None:
    """Set a new password: what somebody else may hold by the old one is worth nothing any more."""
    account.password_hash = kept
    sign_ins.end_all(session, account.id)
    one_time_links.spend_all(session, account.id, now, Purpose.RESET, Purpose.NEW_EMAIL)
    write_to(session, account, account_letters.password_changed(), now)
