"""Accounts: for now the operator, in whose name the command line decides; knows no password and no session cookie."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.content import clean
from exchange.database import take_turn
from exchange.errors import InputError
from exchange.models import Account


def operator(session: Session, name: str) -> Account:
    """Give the account of that name that cannot sign in; make it when there is none.

    Raises:
        InputError: the name is blank.
    """
    name = clean(name)
    if not name:
        raise InputError("Give the name in which to decide.", field="name")
    mine = select(Account).where(Account.name == name, Account.can_sign_in.is_(False), Account.email.is_(None))
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
