"""Who is signed in: rows that a browser's cookie points at, so that they can be ended; knows no password."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from exchange.models import Account
from exchange.models_people import RoleGrant, SignIn
from exchange.people.permissions import Action, Role, may, roles_with

IDLE = timedelta(hours=12)
"""Without a page for so long, a browser is signed out."""
LONGEST = timedelta(days=14)
NOTED_EVERY = timedelta(minutes=10)
"""A sign-in's last use is written no more often: a page is not a write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who asks for a page, as read from SQL for this page."""

    id: int
    name: str
    email: str
    organisation_id: int | None
    roles: frozenset[Role]
    stale: bool = False
    """Whether the last use of the sign-in should be noted."""

    def may(self, action: Action) -> bool:
        """Say whether this person may do such a thing at all."""
        return may(self.roles, action)


def digest_of(secret: str) -> str:
    """Give what is kept of a secret: SHA-256, enough for 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def start(session: Session, account_id: int, now: datetime) -> str:
    """Sign a browser in; give the secret for its cookie, which is kept nowhere."""
    secret = secrets.token_urlsafe(32)
    session.execute(delete(SignIn).where(SignIn.expires_at < now))
    session.add(
        SignIn(digest=digest_of(secret), account_id=account_id, created_at=now, seen_at=now, expires_at=now + IDLE)
    )
    session.flush()
    return secret


def person_of(session: Session, secret: str, now: datetime, *, demo: bool = True) -> Person | None:
    """Give the person whom a browser's secret signs in; None where it signs in nobody any more.

    `demo` says whether a demonstration account may be signed in on this site.
    """
    row = session.get(SignIn, digest_of(secret))
    if row is None or row.expires_at <= now:
        return None
    account = session.get_one(Account, row.account_id)
    if not account.can_sign_in or account.closed_at is not None or (account.demo and not demo):
        return None
    return person(session, account, stale=now - row.seen_at > NOTED_EVERY)


def person(session: Session, account: Account, *, stale: bool = False) -> Person:
    """Give an account as the person who asks."""
    granted = session.scalars(select(RoleGrant.role).where(RoleGrant.account_id == account.id))
    return Person(
        id=account.id,
        name=account.name,
        email=account.email or "",
        organisation_id=account.organisation_id,
        roles=roles_with(
            frozenset(Role(role) for role in granted), signed_in=True, confirmed=account.confirmed_at is not None
        ),
        stale=stale,
    )


def note_use(session: Session, secret: str, now: datetime) -> None:
    """Note that a sign-in was used just now: it lasts on, but never longer than two weeks."""
    row = session.get(SignIn, digest_of(secret))
    if row is not None:
        row.seen_at = now
        row.expires_at = min(now + IDLE, row.created_at + LONGEST)


def end(session: Session, secret: str) -> None:
    """Sign one browser out."""
    session.execute(delete(SignIn).where(SignIn.digest == digest_of(secret)))


def end_all(session: Session, account_id: int) -> None:
    """Sign every browser of an account out."""
    session.execute(delete(SignIn).where(SignIn.account_id == account_id))
