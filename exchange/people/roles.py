"""Roles: granted and revoked by administrators, told to the person; knows no page."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from exchange import letters
from exchange.database import reading, writing
from exchange.errors import ForbiddenError, InputError, StateError
from exchange.letters import Note
from exchange.models import Account
from exchange.models_people import RoleGrant
from exchange.people import account_events, accounts, passwords
from exchange.people.account_events import ROLE_TAKEN
from exchange.people.account_list import open_account
from exchange.people.permissions import GRANTED, Role

GIVEN = "role granted"

NOT_ADMINISTRATOR = "Only an administrator of the exchange may give and take roles; ask one."
LAST = (
    "{name} is the only administrator, so this role stays: nobody could look after the exchange. Make somebody else an "
    "administrator first."
)
MEANS = {
    Role.COMMISSIONER: "You can now post needs, ask for introductions, keep a shortlist and answer respondents.",
    Role.MODERATOR: "You can now decide on listings, changes, reports and appeals of other organisations.",
    Role.ADMINISTRATOR: "You can now give and take roles, decide on requests to join, and see the mail that was sent.",
}
STARTS = {Role.COMMISSIONER: "/post", Role.MODERATOR: "/moderation", Role.ADMINISTRATOR: "/administration"}
ACCOUNT_PAGE = "/my/account"

KNOWN = (
    "{email} has an account already; nothing was changed. To make its owner an administrator, run "
    "`exchange accounts grant {email} administrator`."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAdministrator:
    """Who is to look after the exchange, and what they will sign in with."""

    name: str
    email: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Order:
    """The roles that a page showed as given, and those that were chosen on it."""

    seen: frozenset[Role]
    chosen: frozenset[Role]


def grant(session: Session, account_id: int, role: Role, by: Account, now: datetime) -> bool:
    """Give a person a role and tell them; False where they have it already.

    Raises:
        ForbiddenError: `by` is no administrator, nor the command line's operator.
        NotFoundError: there is no such account, or it is closed.
        StateError: its address is not confirmed.
        InputError: the role is none that is given.
    """
    account = _ready(session, account_id, role, by)
    if account.confirmed_at is None or not account.can_sign_in:
        raise StateError(f"{account.name} has not confirmed the email address yet; ask them to, then give the role.")
    if session.get(RoleGrant, (account.id, role)) is not None:
        return False
    session.add(RoleGrant(account_id=account.id, role=role.value, by_id=by.id, at=now))
    account_events.record(session, account.id, by.id, GIVEN, now, detail=role.value)
    body = f"An administrator gave you the role {role} on the exchange.\n\n{MEANS[role]}"
    letters.write_to(session, account, Note(subject=f"Your new role: {role}", body=body, path=STARTS[role]), now)
    return True


def revoke(session: Session, account_id: int, role: Role, by: Account, now: datetime) -> bool:
    """Take a role from a person and tell them; False where they do not have it.

    Raises:
        ForbiddenError: `by` is no administrator, nor the command line's operator.
        NotFoundError: there is no such account, or it is closed.
        StateError: the person is the last administrator.
        InputError: the role is none that is given.
    """
    account = _ready(session, account_id, role, by)
    held = session.get(RoleGrant, (account.id, role), populate_existing=True)
    if held is None:
        return False
    if role is Role.ADMINISTRATOR and is_last_administrator(session, account.id):
        raise StateError(LAST.format(name=account.name))
    session.delete(held)
    account_events.record(session, account.id, by.id, ROLE_TAKEN, now, detail=role.value)
    body = (
        f"An administrator took the role {role} from your account. Everything else in your account stays as it is.\n\n"
        "If you think that this is a mistake, ask an administrator of the exchange."
    )
    note = Note(subject=f"You no longer have the role {role}", body=body, path=ACCOUNT_PAGE)
    letters.write_to(session, account, note, now)
    return True


def change(session: Session, account_id: int, order: Order, by: Account, now: datetime) -> bool:
    """Give and take what differs between the roles that a page showed and those that were chosen on it.

    What another administrator gave meanwhile stays. False where nothing is left to do.

    Raises:
        ForbiddenError, NotFoundError, StateError, InputError: as `grant` and `revoke` do; then nothing is changed.
    """
    given = [grant(session, account_id, role, by, now) for role in sorted(order.chosen - order.seen)]
    less = sorted(order.seen - order.chosen, key=lambda role: role is Role.ADMINISTRATOR)  # one's own comes last
    taken = [revoke(session, account_id, role, by, now) for role in less]
    return any(given + taken)


def create_administrator(database: Engine, given: NewAdministrator, by: str, now: datetime) -> None:
    """Make an account that is confirmed and administers, in the name of an operator; its owner is told.

    The database is given, not a session: no lock is held while the password is hashed.

    Raises:
        InputError: the name, address or password cannot be used, or the address has an account.
    """
    name, email = accounts.name_of(given.name), accounts.email_of(given.email)
    known = KNOWN.format(email=email)
    with reading(database) as session:
        if accounts.by_email(session, email) is not None:
            raise InputError(known, field="email")
    passwords.check_new(given.password, name, email)
    kept = passwords.hash_password(given.password)
    with writing(database) as session:
        account = Account(
            name=name, email=email, can_sign_in=True, password_hash=kept, created_at=now, confirmed_at=now
        )
        operator = accounts.operator(session, by)
        if not accounts.added(session, account):
            raise InputError(known, field="email")
        account_events.record(session, account.id, operator.id, "made on the command line", now)
        grant(session, account.id, Role.ADMINISTRATOR, operator, now)


def is_last_administrator(session: Session, account_id: int) -> bool:
    """Say whether nobody else could look after the exchange; others who ask wait for the end of this transaction.

    Those of the demonstration can sign in only where the site is tried out, so they stand in for nobody else.
    """
    able = Account.closed_at.is_(None), Account.confirmed_at.is_not(None), Account.can_sign_in.is_(True)
    held = (
        select(RoleGrant.account_id, Account.demo)
        .join(Account, Account.id == RoleGrant.account_id)
        .where(RoleGrant.role == Role.ADMINISTRATOR, *able)
        .order_by(RoleGrant.account_id)
        .with_for_update(of=RoleGrant)  # two who revoke one another's role: the second sees what the first did
    )
    rows = session.execute(held).all()
    mine = next((row for row in rows if row.account_id == account_id), None)
    others = [row for row in rows if row is not mine]
    return mine is not None and all(row.demo and not mine.demo for row in others)


def _ready(session: Session, account_id: int, role: Role, by: Account) -> Account:
    """Check who asks for what, and give the account.

    Both accounts are locked, in one order: two who revoke one another's role come one after the other, and so does
    somebody who closes their account; what only names an account (events, letters) does not wait.
    """
    if role not in GRANTED:
        raise InputError(f"The role {role} is not given by anybody; choose {', '.join(sorted(GRANTED))}.", field="role")
    open_account(session, account_id)
    both = select(Account).where(Account.id.in_({account_id, by.id})).order_by(Account.id)
    session.scalars(both.with_for_update(key_share=True), execution_options={"populate_existing": True}).all()
    if not _may(session, by):
        raise ForbiddenError(NOT_ADMINISTRATOR)
    return open_account(session, account_id)


def _may(session: Session, by: Account) -> bool:
    """Say whether it is an administrator, or the command line's operator: who can run it can change the tables too."""
    if by.closed_at is not None:
        return False
    if not by.can_sign_in:
        return by.email is None
    held = session.get(RoleGrant, (by.id, Role.ADMINISTRATOR), populate_existing=True)
    return held is not None and by.confirmed_at is not None
