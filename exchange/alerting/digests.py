"""Letters of what saved searches found, at once or by the day or week, each told once; knows no mail server."""

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Engine, Select, and_, or_, select
from sqlalchemy.orm import Session, defer

from exchange.alerting import signing
from exchange.alerting.alerts import AlertState
from exchange.alerting.digest_letters import Section, digest_note
from exchange.alerting.saved_searches import Cadence, told
from exchange.database import reading, writing
from exchange.letters import write_to
from exchange.listing.listings import listings_by_ids
from exchange.models import Account, Listing, State
from exchange.models_alerts import Alert, AlertMute, SavedSearch
from exchange.working_days import LONDON, london_date

log = logging.getLogger(__name__)

SEVEN = time(7)
"""When digests go out, by the clock in London; the clocks change at one in the morning, so every day has it once."""
DAYS = {Cadence.DAILY: 1, Cadence.WEEKLY: 7}


@dataclass(frozen=True, slots=True)
class Due:
    """One letter that may be due: all of a person's searches of a cadence, or one search that is told at once."""

    account_id: int
    cadence: Cadence
    search_id: int | None


def last_turn(cadence: Cadence, now: datetime) -> datetime:
    """Give the moment up to which alerts of a cadence are told: 07:00 in London, weekly on Mondays; else now."""
    if cadence is Cadence.AT_ONCE:
        return now
    day, step = london_date(now), timedelta(days=DAYS[cadence])
    if cadence is Cadence.WEEKLY:
        day -= timedelta(days=day.weekday())
    turn = datetime.combine(day, SEVEN, LONDON)
    return turn if turn <= now.astimezone(LONDON) else datetime.combine(day - step, SEVEN, LONDON)


def tend(database: Engine, base_url: str, now: datetime) -> int:
    """Write every letter that is due; give their number. Several processes may do so at once.

    Each letter has a transaction of its own. One that fails keeps no other from being written, and is tried again the
    next time.

    Raises:
        Exception: the first failure, when everything else is done.
    """
    with reading(database) as session:
        every = due(session, now)
    failures: list[Exception] = []
    written = 0
    for one in every:
        try:
            with writing(database) as session:
                written += tell(session, one, base_url, now)
        except Exception as error:
            log.exception("a letter of saved searches failed")
            failures.append(error)
    if failures:
        raise failures[0]
    return written


def due(session: Session, now: datetime) -> list[Due]:
    """Give the letters that may be due now: what waits may turn out to be no longer worth telling."""
    waiting = (
        select(SavedSearch.account_id, SavedSearch.cadence, SavedSearch.id).join(Alert).where(_due(now)).distinct()
    )
    found = {
        Due(account_id, Cadence(cadence), search_id if cadence == Cadence.AT_ONCE else None)
        for account_id, cadence, search_id in session.execute(waiting)
    }
    return sorted(found, key=lambda one: (one.account_id, one.cadence, one.search_id or 0))


def tell(session: Session, one: Due, base_url: str, now: datetime) -> bool:
    """Write one letter of what waits, look again at all of it first, and note what became of each; say whether it went.

    Left out is what is muted, a listing that is not open to the public any more, and everything of a search that is
    stopped or of a person who may not be written to. Where nothing is left, no letter is written. State and letter are
    one transaction, in which the person's row is locked: two processes never tell the same.
    """
    account = session.get_one(Account, one.account_id, with_for_update={"key_share": True})
    searches = _told(session, one)
    alerts = session.scalars(_waiting(one, now)).all()
    rows = listings_by_ids(session, {alert.listing_id for alert in alerts})
    muted = _muted(session, one.account_id, rows)
    kept: dict[int, list[Alert]] = {}
    for alert in alerts:
        alert.state = _verdict(alert, searches, muted, rows, now)
        if alert.state == AlertState.SENT:
            alert.sent_at = now
            kept.setdefault(alert.search_id, []).append(alert)
    session.flush()
    if not kept:
        return False
    sections = [
        Section(searches[number], tuple((a, rows[a.listing_id]) for a in found)) for number, found in kept.items()
    ]
    if one.search_id is not None:
        scope = signing.of_search(searches[one.search_id])
    else:
        scope = signing.of_digest(one.account_id, one.cadence)
    note = digest_note(one.cadence, sections, base_url, signing.sign(session, scope, now))
    return write_to(session, account, note, now) is not None


def _due(now: datetime) -> ColumnElement[bool]:
    """Say which alerts wait for a turn that has come; a cadence that was chosen since waits for its next."""
    turns = [
        and_(SavedSearch.cadence == cadence, Alert.found_at < turn, SavedSearch.changed_at < turn)
        for cadence in DAYS
        for turn in (last_turn(cadence, now),)
    ]
    return and_(Alert.state == AlertState.WAITING, or_(SavedSearch.cadence == Cadence.AT_ONCE, *turns))


def _waiting(one: Due, now: datetime) -> Select[Alert]:
    """Name the alerts of one letter, by search, the latest first."""
    those = [_due(now), SavedSearch.account_id == one.account_id, SavedSearch.cadence == one.cadence]
    if one.search_id is not None:
        those.append(SavedSearch.id == one.search_id)
    query = select(Alert).join(SavedSearch).where(*those).order_by(Alert.search_id, Alert.id.desc())
    return query.execution_options(populate_existing=True)


def _told(session: Session, one: Due) -> dict[int, SavedSearch]:
    """Give those of the searches whose person is still to be told; all their rows are locked: changes come after."""
    those = [SavedSearch.account_id == one.account_id, SavedSearch.cadence == one.cadence]
    if one.search_id is not None:
        those.append(SavedSearch.id == one.search_id)
    locked = select(SavedSearch.id).where(*those).order_by(SavedSearch.id).with_for_update(key_share=True)
    numbers = session.scalars(locked).all()
    query = select(SavedSearch).join(Account, Account.id == SavedSearch.account_id)
    query = query.outerjoin(Listing, Listing.id == SavedSearch.listing_id).where(SavedSearch.id.in_(numbers), told())
    query = query.options(defer(SavedSearch.known)).execution_options(populate_existing=True)
    return {search.id: search for search in session.scalars(query)}


def _muted(session: Session, account_id: int, numbers: Collection[int]) -> frozenset[int]:
    mutes = select(AlertMute.listing_id).where(AlertMute.account_id == account_id)
    return frozenset(session.scalars(mutes.where(AlertMute.listing_id.in_(numbers))))


def _verdict(
    alert: Alert,
    searches: Mapping[int, SavedSearch],
    muted: Collection[int],
    rows: Mapping[int, Listing],
    now: datetime,
) -> AlertState:
    listing = rows.get(alert.listing_id)
    if alert.search_id not in searches or listing is None or not is_open(listing, london_date(now)):
        return AlertState.DROPPED
    return AlertState.MUTED if alert.listing_id in muted else AlertState.SENT


def is_open(listing: Listing, today: date) -> bool:
    """Say whether a listing is still worth telling of: published, and its closing date not past."""
    return listing.state == State.PUBLISHED and (listing.closes_on is None or listing.closes_on >= today)
