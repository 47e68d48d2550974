"""The site's own key, and links signed with it, so that a letter can be ended without signing in; knows no page."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from exchange.alerting.saved_searches import Cadence
from exchange.models_alerts import SavedSearch, SiteSecret

KEY = "signing"
SALT = "exchange.unsubscribe"
LONGEST_TOKEN = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a link ends: one search of a person, or all that come at one cadence.

    `made` is the second in which the search was saved: a number may come to another search once it is deleted.
    """

    account_id: int
    search_id: int | None = None
    made: int | None = None
    cadence: Cadence | None = None


def of_search(search: SavedSearch) -> Scope:
    """Give what ends the letters of one search."""
    return Scope(account_id=search.account_id, search_id=search.id, made=int(search.created_at.timestamp()))


def of_digest(account_id: int, cadence: Cadence) -> Scope:
    """Give what ends all letters of one cadence to a person."""
    return Scope(account_id=account_id, cadence=cadence)


def sign(session: Session, scope: Scope, now: datetime) -> str:
    """Give the token of a link that ends such letters; it holds for ever. The site's key is made at its first use."""
    said = {"a": scope.account_id, "s": scope.search_id, "m": scope.made, "c": scope.cadence}
    return str(_signer(_make_key(session, now)).dumps({name: value for name, value in said.items() if value}))


def read(session: Session, token: str) -> Scope | None:
    """Give what a link ends; None where this site did not sign it."""
    key = session.scalar(_KEY)
    if key is None or not 0 < len(token) <= LONGEST_TOKEN:
        return None
    try:
        said = _signer(key).loads(token)
    except BadData:
        return None
    cadence = Cadence(said["c"]) if "c" in said else None
    return Scope(account_id=said["a"], search_id=said.get("s"), made=said.get("m"), cadence=cadence)


_KEY = select(SiteSecret.value).where(SiteSecret.name == KEY)


def _signer(key: str) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt=SALT)


def _make_key(session: Session, now: datetime) -> str:
    """Give the site's key; of two processes that make one at the same moment, both get the first."""
    key = session.scalar(_KEY)
    if key is None:
        insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
        row = insert(SiteSecret).values(name=KEY, value=secrets.token_urlsafe(32), created_at=now)
        session.execute(row.on_conflict_do_nothing())
        key = session.scalars(_KEY).one()
    return key
