"""Accounts: made, confirmed by a mailed link, moved to another address; the operator; knows no sign-in and no page."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from exchange.content import clean
from exchange.database import take_turn, writing
from exchange.errors import InputError, NotFoundError
from exchange.letters import one_line, wire_address, write, write_to
from exchange.models import Account
from exchange.models_people import OneTimeLink
from exchange.people import account_letters, one_time_links, passwords
from exchange.people.account_events import record
from exchange.people.limits import client_key, count
from exchange.people.one_time_links import Purpose

LONGEST_NAME, LONGEST_EMAIL, LONGEST_TELEPHONE = 100, 254, 40
"""Characters; the address's by RFC 5321."""
CONFIRM_LASTS, NEW_EMAIL_LASTS = timedelta(days=3), timedelta(days=1)
DOUBLE_CLICK = timedelta(minutes=1)
"""A second form so soon after an account was made is the same person's: the mail about it is on its way already."""

_HOUR = timedelta(hours=1)
REGISTER_CLIENT = 30, _HOUR
REGISTER_ADDRESS = 5, _HOUR
MAIL_ADDRESS = 3, _HOUR
MAIL_CLIENT = 20, _HOUR

LINK_OVER = "This link has been used already, or it is too old. Ask for a new one."
CONFIRMED_ALREADY = "Your email address is confirmed already; there is nothing to do."
NO_ADDRESS = "Enter an email address in the form name@example.org, its first part in letters from a to z."
TAKEN = "Another account has this email address by now. Sign in with that one, or choose another address."
GONE = "There is no such account; it may be closed. Sign in again."

_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"]+@[^\s@<>()\[\],;:\\\"]+")
"""One @ and nothing that means something in the header of a mail."""
_TELEPHONE = re.compile(r"[0-9+() ./-]*(?:(?:ext|x)\.? ?[0-9]+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What a person gives to register; `client` is the network address of their browser."""

    name: str
    email: str
    password: str = field(repr=False)
    client: str


def operator(session: Session, name: str) -> Account:
    """Give the account of that name that cannot sign in; make it when there is none.

    Raises:
        InputError: the name is blank.
    """
    name = clean(name)
    if not name:
        raise InputError("Give the name in which to decide.", field="name")
    mine = select(Account).where(Account.name == name, Account.can_sign_in.is_(False), Account.email.is_(None))
    mine = mine.where(Account.closed_at.is_(None))  # a closed account cannot sign in either
    first = mine.order_by(Account.id).limit(1)
    account = session.scalar(first)
    if account is None:
        take_turn(session)
        account = session.scalar(first)  # another process may have made it while we waited
    if account is None:
        account = Account(name=name, can_sign_in=False)
        session.add(account)
        session.flush()
    return account


def name_of(text: str) -> str:
    """Give a person's name on one line.

    Raises:
        InputError: it is blank or too long.
    """
    name = one_line(text)
    if not name:
        raise InputError("Enter your name.", field="name")
    if len(name) > LONGEST_NAME:
        raise InputError(f"The name has {len(name):,} characters; use {LONGEST_NAME} or fewer.", field="name")
    return name


def email_of(text: str) -> str:
    """Give an email address as it is kept: without blanks around it, in small letters.

    Raises:
        InputError: it cannot be one.
    """
    email = clean(text).lower()
    if not email:
        raise InputError("Enter your email address.", field="email")
    if len(email) > LONGEST_EMAIL:
        raise InputError(
            f"The email address has {len(email):,} characters; at most {LONGEST_EMAIL} can be used.", field="email"
        )
    try:
        wire_address(email if _ADDRESS.fullmatch(email) and email.isprintable() else "")
    except InputError as error:
        raise InputError(NO_ADDRESS, field="email") from error
    return email


def telephone_of(text: str) -> str | None:
    """Give a telephone number; None where none was typed.

    Raises:
        InputError: it cannot be one.
    """
    number = one_line(text)
    if len(number) > LONGEST_TELEPHONE or not _TELEPHONE.fullmatch(number):
        raise InputError("Enter a telephone number such as 01632 960 001, or leave it out.", field="telephone")
    return number or None


def register(database: Engine, given: Registration, now: datetime) -> None:
    """Make an account and mail the link that confirms its address.

    Whoever has the address already gets a letter instead, and nobody else can tell: the same work is done for both.
    The database is given, not a session: tries are counted and committed before the password is looked at, and no
    lock is held while it is hashed.

    Raises:
        InputError: the name, address or password cannot be used.
        TooManyError: too many were made from this client or with this address.
    """
    name, email = name_of(given.name), email_of(given.email)
    with writing(database) as session:
        count(session, f"register from {client_key(given.client)}", *REGISTER_CLIENT, now)
    passwords.check_new(given.password, name, email)
    with writing(database) as session:
        count(session, f"register {email}", *REGISTER_ADDRESS, now)
    kept = passwords.hash_password(given.password)
    with writing(database) as session:
        account = Account(name=name, email=email, can_sign_in=True, password_hash=kept, created_at=now)
        if added(session, account):
            record(session, account.id, account.id, "registered", now)
            _send_confirmation(session, account, now)
        elif (known := by_email(session, email)) and not _just_made(known, now):
            write_to(session, known, account_letters.known_already(), now)


def added(session: Session, account: Account) -> bool:
    """Add an account; False, and nothing added, where another has its address."""
    try:
        with session.begin_nested():
            session.add(account)
            session.flush()
    except IntegrityError:
        return False
    return True


def by_email(session: Session, email: str) -> Account | None:
    """Give the open account with the address, as `email_of` gives it."""
    return session.scalar(select(Account).where(Account.email == email, Account.closed_at.is_(None)))


def locked_account(session: Session, account_id: int) -> Account:
    """Read an account as it is now and keep other writers off it until the transaction ends.

    Raises:
        NotFoundError: there is none, or it is closed.
    """
    query = select(Account).where(Account.id == account_id, Account.closed_at.is_(None)).with_for_update(key_share=True)
    account = session.scalar(query.execution_options(populate_existing=True))
    if account is None:
        raise NotFoundError(GONE)
    return account


def resend_confirmation(session: Session, account_id: int, client: str, now: datetime) -> None:
    """Mail the link that confirms an address once more.

    Raises:
        InputError: the address is confirmed already.
        TooManyError: too many were asked for.
    """
    count(session, f"mail to account {account_id}", *MAIL_ADDRESS, now)
    count(session, f"mail from {client_key(client)}", *MAIL_CLIENT, now)
    account = locked_account(session, account_id)
    if account.confirmed_at is not None:
        raise InputError(CONFIRMED_ALREADY)
    _send_confirmation(session, account, now)


def link_to_confirm(session: Session, secret: str, now: datetime) -> OneTimeLink | None:
    """Give the link that confirms an address, without using it; None where it is over."""
    found = (one_time_links.look(session, purpose, secret, now) for purpose in (Purpose.CONFIRM, Purpose.NEW_EMAIL))
    return next((link for link in found if link is not None), None)


def confirm(session: Session, secret: str, now: datetime) -> Account:
    """Use the mailed link: the address of a new account is confirmed, or an account moves to its new address.

    Raises:
        InputError: the link is over, or the new address belongs to another account by now.
    """
    for purpose, then in ((Purpose.CONFIRM, _confirm), (Purpose.NEW_EMAIL, _move)):
        link = one_time_links.use(session, purpose, secret, now)
        if link is not None and link.account_id is not None and link.email is not None:
            account = locked_account(session, link.account_id)
            then(session, account, link.email, now)
            return account
    raise InputError(LINK_OVER)


def change_details(session: Session, account_id: int, name: str, telephone: str, now: datetime) -> None:
    """Change what others see of a person: the name, and the number that is shown once both sides agree.

    Raises:
        InputError: one of them cannot be used.
    """
    new = name_of(name), telephone_of(telephone)
    account = locked_account(session, account_id)
    if (account.name, account.telephone) != new:
        account.name, account.telephone = new
        record(session, account.id, account.id, "name or telephone number changed", now)


def send_move(session: Session, account: Account, email: str, now: datetime) -> None:
    """Mail the link that moves an account to a new address; who has it already is told so instead."""
    known = by_email(session, email)
    if known is not None:
        write_to(session, known, account_letters.email_taken(), now)
        return
    one_time_links.spend_all(session, account.id, now, Purpose.NEW_EMAIL)
    about = one_time_links.About(account_id=account.id, email=email)
    secret = one_time_links.make(session, Purpose.NEW_EMAIL, now, NEW_EMAIL_LASTS, **about)
    write(session, email, account_letters.new_email(secret), now, account_id=account.id)
    record(session, account.id, account.id, "change of address asked for", now)


def _send_confirmation(session: Session, account: Account, now: datetime) -> None:
    about = one_time_links.About(account_id=account.id, email=account.email or "")
    secret = one_time_links.make(session, Purpose.CONFIRM, now, CONFIRM_LASTS, **about)
    write_to(session, account, account_letters.confirm(secret), now)


def _just_made(account: Account, now: datetime) -> bool:
    return account.created_at is not None and now - account.created_at < DOUBLE_CLICK


def _confirm(session: Session, account: Account, email: str, now: datetime) -> None:
    if account.email != email:
        raise InputError(LINK_OVER)
    if account.confirmed_at is None:
        account.confirmed_at = now
        record(session, account.id, account.id, "address confirmed", now)
    one_time_links.spend_all(session, account.id, now, Purpose.CONFIRM)


def _move(session: Session, account: Account, email: str, now: datetime) -> None:
    """Give an account its new address; what was mailed to the old one is worth nothing any more."""
    old = account.email
    try:
        with session.begin_nested():
            account.email, account.confirmed_at = email, now
            session.flush()
    except IntegrityError as error:
        raise InputError(TAKEN) from error
    one_time_links.spend_all(session, account.id, now, Purpose.CONFIRM, Purpose.RESET, Purpose.NEW_EMAIL)
    if old is not None:
        write(session, old, account_letters.email_moved(), now, account_id=account.id)
    record(session, account.id, account.id, "address changed", now)
