"""What saved searches found, for the person who saved them, and results that they want to hear no more of."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from exchange.alerting.alerts import AlertState
from exchange.alerting.saved_searches import owned
from exchange.database import LARGEST_KEY
from exchange.errors import NotFoundError
from exchange.listing.listings import listings_by_ids
from exchange.models import Account, Listing
from exchange.models_alerts import Alert, AlertMute, SavedSearch

A_PAGE = 20
NOT_FOUND_BY = "Saved search {} did not find listing {}; look at what it found."


@dataclass(frozen=True, slots=True)
class Found:
    """One result of a saved search; `listing` is None where the public may no longer see it."""

    alert: Alert
    listing: Listing | None
    muted: bool


@dataclass(frozen=True, slots=True)
class FoundPage:
    """One page of results, the latest first, and how many there are in all."""

    found: tuple[Found, ...]
    total: int
    number: int

    @property
    def last(self) -> int:
        """Give the number of the last page."""
        return max(1, -(-self.total // A_PAGE))


@dataclass(frozen=True, slots=True)
class Figures:
    """How many results a saved search has had, how many of them wait for a letter, and when the last letter went."""

    found: int = 0
    waiting: int = 0
    told_at: datetime | None = None


def found_by(session: Session, search_id: int, number: int, by: Account) -> FoundPage:
    """Give one page (from 1) of what a person's own search found; past the end the last one.

    Raises:
        NotFoundError: it is not theirs.
    """
    search = owned(session, search_id, by.id)
    total = session.scalar(select(func.count()).select_from(Alert).where(Alert.search_id == search.id)) or 0
    number = max(1, min(number, -(-total // A_PAGE)))
    query = select(Alert).where(Alert.search_id == search.id).order_by(Alert.id.desc())
    alerts = session.scalars(query.offset((number - 1) * A_PAGE).limit(A_PAGE)).all()
    numbers = [alert.listing_id for alert in alerts]
    rows = listings_by_ids(session, numbers)
    mine = AlertMute.account_id == by.id, AlertMute.listing_id.in_(numbers)
    muted = set(session.scalars(select(AlertMute.listing_id).where(*mine)))
    found = (Found(alert, rows.get(alert.listing_id), alert.listing_id in muted) for alert in alerts)
    return FoundPage(tuple(found), total, number)


def figures(session: Session, account_id: int) -> dict[int, Figures]:
    """Give the figures of each of a person's saved searches that has found something."""
    waits = func.count().filter(Alert.state == AlertState.WAITING)
    query = select(Alert.search_id, func.count(), waits, func.max(Alert.sent_at)).join(SavedSearch)
    rows = session.execute(query.where(SavedSearch.account_id == account_id).group_by(Alert.search_id))
    return {number: Figures(found, waiting, told_at) for number, found, waiting, told_at in rows}


def mute(session: Session, search_id: int, listing_id: int, by: Account, now: datetime) -> None:
    """Tell the person no more of a listing that their search found, by whatever search; once or again.

    Raises:
        NotFoundError: the search is not theirs, or it did not find the listing.
    """
    _found(session, search_id, listing_id, by)
    # Two at once make one row, and a letter that is being written comes before or after.
    session.get_one(Account, by.id, with_for_update={"key_share": True})
    searches = select(SavedSearch.id).where(SavedSearch.account_id == by.id).order_by(SavedSearch.id)
    mine = session.scalars(searches.with_for_update(key_share=True)).all()  # as who stops one does, before its alerts
    if session.get(AlertMute, (by.id, listing_id)) is None:
        session.add(AlertMute(account_id=by.id, listing_id=listing_id, at=now))
    those = Alert.search_id.in_(mine), Alert.listing_id == listing_id, Alert.state == AlertState.WAITING
    session.execute(update(Alert).where(*those).values(state=AlertState.MUTED))
    session.flush()


def unmute(session: Session, search_id: int, listing_id: int, by: Account) -> None:
    """Let searches that have not found a listing yet tell of it again; what was left out of a letter is not sent late.

    Raises:
        NotFoundError: the search is not theirs, or it did not find the listing.
    """
    _found(session, search_id, listing_id, by)
    session.execute(delete(AlertMute).where(AlertMute.account_id == by.id, AlertMute.listing_id == listing_id))


def _found(session: Session, search_id: int, listing_id: int, by: Account) -> None:
    search = owned(session, search_id, by.id)
    those = Alert.search_id == search.id, Alert.listing_id == listing_id
    known = 0 < listing_id <= LARGEST_KEY
    if not known or session.scalar(select(Alert.id).where(*those)) is None:
        raise NotFoundError(NOT_FOUND_BY.format(search_id, listing_id))
