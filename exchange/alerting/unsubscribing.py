"""Ending letters by the signed link in them, without signing in; knows no page and no mail program."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, defer

from exchange.alerting import signing
from exchange.alerting.saved_searches import Cadence, halt
from exchange.alerting.signing import Scope
from exchange.errors import InputError, NotFoundError
from exchange.models import Account
from exchange.models_alerts import SavedSearch

BAD_LINK = (
    "This link cannot be used: it is not one of ours, or part of it is missing. Copy all of it from the letter, or "
    "sign in and stop the letters under “Saved searches”."
)
NOTHING_LEFT = "This link ends letters of a saved search that is deleted. No letter of it comes any more."


@dataclass(frozen=True, slots=True)
class Ending:
    """What a link ends: the names of the searches that it would stop now, and the cadence where it is all of one.

    `names` is empty where everything is stopped already; `told` are all that the link is about.
    """

    names: tuple[str, ...]
    told: tuple[str, ...]
    cadence: Cadence | None


def what_ends(session: Session, token: str) -> Ending:
    """Say what a link would stop; nothing is changed.

    Raises:
        InputError: the link is not one that this site signed.
        NotFoundError: what it was about is gone.
    """
    return _ending(session, _read(session, token))


def end(session: Session, token: str, now: datetime) -> Ending:
    """Stop what a link is about, once or again (RFC 8058), and say what it was.

    Raises:
        InputError: the link is not one that this site signed.
        NotFoundError: what it was about is gone.
    """
    scope = _read(session, token)
    ending = _ending(session, scope)
    # An alert that refers to a search is written meanwhile: it only needs that the row stays.
    locked = _searches(scope).with_for_update(key_share=True).execution_options(populate_existing=True)
    for search in session.scalars(locked):
        halt(session, search, now)
    session.flush()
    return ending


def _read(session: Session, token: str) -> Scope:
    scope = signing.read(session, token)
    if scope is None:
        raise InputError(BAD_LINK)
    return scope


def _ending(session: Session, scope: Scope) -> Ending:
    searches = session.scalars(_searches(scope)).all()
    account = session.get(Account, scope.account_id)
    gone = account is None or account.closed_at is not None or (scope.search_id is not None and not searches)
    if gone:
        raise NotFoundError(NOTHING_LEFT)
    running = tuple(search.name for search in searches if search.stopped_at is None)
    return Ending(running, running or tuple(search.name for search in searches), scope.cadence)


def _searches(scope: Scope) -> Select[SavedSearch]:
    """Name the searches that a link is about, in one order."""
    mine = select(SavedSearch).where(SavedSearch.account_id == scope.account_id).order_by(SavedSearch.id)
    mine = mine.options(defer(SavedSearch.known))
    if scope.search_id is None:
        return mine.where(SavedSearch.cadence == scope.cadence)
    made = datetime.fromtimestamp(scope.made or 0, UTC)
    return mine.where(
        SavedSearch.id == scope.search_id,
        SavedSearch.created_at >= made,
        SavedSearch.created_at < made + timedelta(seconds=1),
    )
