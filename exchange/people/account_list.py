"""Accounts as administrators see them: a list to search, and one with its roles and events; knows no page."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, aliased

from exchange.content import clean
from exchange.database import LARGEST_KEY
from exchange.errors import NotFoundError
from exchange.models import Account, Organisation
from exchange.models_people import AccountEvent, RoleGrant
from exchange.people.accounts import by_email, email_of
from exchange.people.permissions import Role

PER_PAGE = 50
LATEST = 50
"""Events that are shown of an account."""


@dataclass(frozen=True, slots=True)
class Found:
    """One account of the list, its organisation's name and its roles."""

    account: Account
    organisation: str | None
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class AccountPage:
    """One page of accounts by name, and how many there are in all."""

    accounts: tuple[Found, ...]
    total: int
    number: int

    @property
    def last(self) -> int:
        """Give the number of the last page."""
        return max(1, -(-self.total // PER_PAGE))


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to an account, and who did it."""

    event: AccountEvent
    by: str


def account_page(session: Session, text: str, number: int) -> AccountPage:
    """Give one page (from 1) of the open accounts whose name or address holds the text; past the end the last one."""
    where = _matching(clean(text))
    total = session.scalar(select(func.count()).select_from(Account).where(*where)) or 0
    number = max(1, min(number, -(-total // PER_PAGE)))
    query = (
        select(Account, Organisation.name)
        .join(Organisation, Organisation.id == Account.organisation_id, isouter=True)
        .where(*where)
        .order_by(func.lower(Account.name), Account.id)
        .offset((number - 1) * PER_PAGE)
        .limit(PER_PAGE)
    )
    rows = session.execute(query).all()
    roles = _roles(session, [account.id for account, _ in rows])
    found = tuple(Found(account, organisation, roles.get(account.id, ())) for account, organisation in rows)
    return AccountPage(found, total, number)


def open_account(session: Session, account_id: int) -> Account:
    """Give an account that a person may sign in to.

    Raises:
        NotFoundError: there is none of that number, or it is closed.
    """
    account = session.get(Account, account_id) if account_id <= LARGEST_KEY else None
    if account is None or account.email is None or account.closed_at is not None:
        raise NotFoundError("There is no account of this number; it may have been closed.")
    return account


def with_roles(session: Session, account: Account) -> Found:
    """Give an account with its organisation's name and its roles."""
    organisation = session.get(Organisation, account.organisation_id) if account.organisation_id else None
    roles = _roles(session, [account.id]).get(account.id, ())
    return Found(account, organisation.name if organisation else None, roles)


def count_accounts(session: Session) -> int:
    """Count the open accounts of people."""
    return session.scalar(select(func.count()).select_from(Account).where(*_matching(""))) or 0


def events_of(session: Session, account_id: int) -> list[Event]:
    """Give the latest events of an account, newest first."""
    by = aliased(Account)
    query = select(AccountEvent, by.name).join(by, by.id == AccountEvent.by_id)
    query = query.where(AccountEvent.account_id == account_id).order_by(AccountEvent.id.desc()).limit(LATEST)
    return [Event(event, name) for event, name in session.execute(query)]


def person_called(session: Session, email: str) -> Account:
    """Give the open account of an address.

    Raises:
        InputError: it is no address.
        NotFoundError: there is none.
    """
    address = email_of(email)
    account = by_email(session, address)
    if account is None:
        raise NotFoundError(f"Nobody has registered with the address {address}; check how it is spelt.")
    return account


def _roles(session: Session, account_ids: Collection[int]) -> dict[int, tuple[Role, ...]]:
    held: dict[int, set[str]] = {}
    query = select(RoleGrant.account_id, RoleGrant.role).where(RoleGrant.account_id.in_(account_ids))
    for account_id, role in session.execute(query):
        held.setdefault(account_id, set()).add(role)
    return {account_id: tuple(role for role in Role if role in names) for account_id, names in held.items()}


def _matching(text: str) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = [Account.email.is_not(None), Account.closed_at.is_(None)]
    if text:
        where.append(or_(Account.name.icontains(text, autoescape=True), Account.email.icontains(text, autoescape=True)))
    return where
