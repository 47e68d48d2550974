"""Links that are mailed and work once: kept as hashes, used by one of many at once; knows no mail and no page."""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypedDict, Unpack

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from exchange.models_people import OneTimeLink
from exchange.people.sign_ins import digest_of

KEPT = timedelta(days=1)
"""How long a row is kept after its link is over."""
LONGEST_SECRET = 100
SWEPT = 200


class Purpose(StrEnum):
    """What a link is for; it works for nothing else."""

    CONFIRM = "confirm"
    NEW_EMAIL = "new email"
    RESET = "reset"
    INVITATION = "invitation"


class About(TypedDict, total=False):
    """Whom and what a link is about; `email` is the address that it is mailed to."""

    account_id: int
    organisation_id: int
    email: str
    by_id: int


def make(session: Session, purpose: Purpose, now: datetime, lasts: timedelta, **about: Unpack[About]) -> str:
    """Make a link; give its secret, which is kept nowhere: mail it in this transaction, as a letter's secret path."""
    secret = secrets.token_urlsafe(32)
    _sweep(session, now - KEPT)
    link = OneTimeLink(
        digest=digest_of(secret), purpose=purpose, created_at=now, expires_at=now + lasts, used_at=None, **about
    )
    session.add(link)
    session.flush()
    return secret


def look(session: Session, purpose: Purpose, secret: str, now: datetime) -> OneTimeLink | None:
    """Give the link without using it; None where there is none, it was used, is too old, or is for something else."""
    link = session.get(OneTimeLink, digest_of(secret[:LONGEST_SECRET]))
    good = link is not None and link.purpose == purpose and link.used_at is None and link.expires_at > now
    return link if good else None


def use(session: Session, purpose: Purpose, secret: str, now: datetime) -> OneTimeLink | None:
    """Use the link up and give it; None where `look` gives none. Of two at once one gets it."""
    mine = (
        update(OneTimeLink)
        .where(OneTimeLink.digest == digest_of(secret[:LONGEST_SECRET]), OneTimeLink.purpose == purpose)
        .where(OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > now)
        .values(used_at=now)
        .returning(OneTimeLink)
    )
    return session.scalar(mine, execution_options={"populate_existing": True})


def spend_all(session: Session, account_id: int, now: datetime, *purposes: Purpose) -> None:
    """Make the account's links for these purposes worth nothing."""
    waiting = update(OneTimeLink).where(OneTimeLink.account_id == account_id, OneTimeLink.used_at.is_(None))
    session.execute(waiting.where(OneTimeLink.purpose.in_(purposes)).values(used_at=now))


def _sweep(session: Session, before: datetime) -> None:
    """Delete some rows that are over; those that another transaction holds are left to the next sweep."""
    old = select(OneTimeLink.digest).where(OneTimeLink.expires_at < before)
    old = old.limit(SWEPT).with_for_update(skip_locked=True)
    session.execute(delete(OneTimeLink).where(OneTimeLink.digest.in_(old)))
