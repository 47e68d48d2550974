"""Closing an account: what is personal goes, what others decided or need stays without it; knows no page."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine, delete, or_, select
from sqlalchemy.orm import Session

from exchange.alerting import personal
from exchange.database import take_turn, writing
from exchange.discussing import speaking
from exchange.errors import InputError, StateError
from exchange.introducing import needs
from exchange.models import Account, Listing, Organisation, State
from exchange.models_introductions import ShortlistItem
from exchange.models_people import Letter, OneTimeLink, RoleGrant
from exchange.organisation.memberships import CANCELLED, join_of, part, tell_who_stays
from exchange.people import account_events, limits, passwords, roles, sign_ins
from exchange.people.accounts import locked_account
from exchange.people.credentials import PROOF, WRONG_NOW
from exchange.people.erasure import erase_contact, erase_letters, erase_words, eraser
from exchange.running import api_keys, audit

CLOSED_NAME = "Closed account"
"""What stands where the name stood."""
LAST_ADMINISTRATOR = (
    "You are the only administrator, so your account cannot be closed: nobody could look after the exchange. Make "
    "somebody else an administrator first."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """A person's wish to close their account, proven by the password."""

    account_id: int
    password: str = field(repr=False)


def close_proven(database: Engine, closing: Closing, now: datetime) -> None:
    """Close the account of a person who knows its password: tries are counted and committed before it is hashed.

    Raises:
        InputError: at "password", where it is not the password.
        TooManyError: it was tried too often.
        StateError: they are the only administrator.
    """
    with writing(database) as session:
        limits.count(session, f"password of account {closing.account_id}", *PROOF, now)
        kept = locked_account(session, closing.account_id).password_hash
    if not passwords.matches(kept, closing.password):
        raise InputError(WRONG_NOW, field="password")
    with writing(database) as session:
        close_account(session, closing.account_id, now)


def close_account(session: Session, account_id: int, now: datetime) -> None:
    """Close an account for good.

    First everybody is told for whom only this person was there. Then name, address, telephone number, password,
    sign-ins, keys, links, roles, membership, shortlist, saved searches, drafts of no organisation, comments and letters
    go, and the person's name out of what they wrote. The row stays without them: decisions and introductions point at
    it.

    Raises:
        NotFoundError: there is no such account, or it is closed already.
        StateError: it is the only administrator's.
    """
    take_turn(session)
    audit.acting(session, account_id, now)
    account = locked_account(session, account_id)
    if roles.is_last_administrator(session, account_id):
        raise StateError(LAST_ADMINISTRATOR)
    needs.account_closed(session, account, now)
    _leave(session, account, now)
    _delete(session, account)
    speaking.forget(session, account_id, now)
    erase = eraser(account)
    erase_words(session, account, erase)
    erase_letters(session, account, erase)
    erase_contact(session, account, now)
    account.name, account.email, account.telephone, account.password_hash = CLOSED_NAME, None, None, None
    account.can_sign_in, account.confirmed_at, account.closed_at = False, None, now
    account_events.record(session, account_id, account_id, "account closed", now)


def _leave(session: Session, account: Account, now: datetime) -> None:
    if (waiting := join_of(session, account.id)) is not None:
        waiting.state, waiting.decided_at, waiting.by_id = CANCELLED, now, account.id
    if account.organisation_id is not None:
        organisation = session.get_one(Organisation, account.organisation_id)
        part(session, account, organisation, account.id, now)
        tell_who_stays(session, organisation, f"A member of {organisation.name} has closed their account.", now)


def _delete(session: Session, account: Account) -> None:
    """Delete what nobody else needs."""
    mine, address = account.id, account.email or ""
    sign_ins.end_all(session, mine)
    api_keys.erase(session, mine)
    personal.erase(session, mine)
    links = or_(OneTimeLink.account_id == mine, OneTimeLink.by_id == mine, OneTimeLink.email == address)
    session.execute(delete(OneTimeLink).where(links))
    for held in session.scalars(select(RoleGrant).where(RoleGrant.account_id == mine)):
        session.delete(held)
    session.execute(delete(ShortlistItem).where(ShortlistItem.account_id == mine))
    session.execute(delete(Letter).where(or_(Letter.account_id == mine, Letter.address == address)))
    drafts = select(Listing).where(
        Listing.by_id == mine, Listing.organisation_id.is_(None), Listing.state == State.DRAFT
    )
    for draft in session.scalars(drafts):
        session.delete(draft)
    session.flush()
