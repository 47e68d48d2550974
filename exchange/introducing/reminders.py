"""Reminders about the reply date of a need, each sent once; knows no clock and no page."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import exists, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from exchange.content import Kind
from exchange.introducing.need_letters import Nudge, nudge_note, tell_owners
from exchange.introducing.reply_promise import closing_days, promised_on
from exchange.introducing.respondents import ANSWERING, count_answering
from exchange.listing.changes import locked_listing
from exchange.models import Listing, State
from exchange.models_introductions import Introduction, Reminder
from exchange.working_days import days_after, london_date

NOTICE = 5
"""Working days: so long before the reply date comes the first reminder, and so long after it the last."""

_CAN_WAIT = (State.PUBLISHED, State.CLOSED)


def once(session: Session, listing_id: int, what: str, day: date, now: datetime) -> bool:
    """Note that something about a listing is sent for a day; False where that was done already, by whomever.

    Of two processes at the same moment the second waits for the first, and gets False.
    """
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    row = insert(Reminder).values(listing_id=listing_id, what=what, day=day, sent_at=now)
    return session.scalar(row.on_conflict_do_nothing().returning(Reminder.listing_id)) is not None


def nudge_on(promised: date, today: date) -> Nudge | None:
    """Say which letter about a reply date a day calls for: the latest one, however long nobody looked."""
    if days_after(promised, today) >= NOTICE:
        return Nudge.OVERDUE
    if today >= promised:
        return Nudge.TODAY
    return Nudge.SOON if days_after(today, promised) <= NOTICE else None


def to_remind(session: Session, now: datetime) -> list[int]:
    """Give the needs of which a letter about the reply date is due: with a respondent without a final answer."""
    waits = exists().where(Introduction.need_id == Listing.id, Introduction.state.in_(ANSWERING))
    of_needs = select(Listing).where(Listing.kind == Kind.NEED, Listing.state.in_(_CAN_WAIT), waits)
    needs = session.scalars(of_needs.order_by(Listing.id)).all()
    due = _due(session, needs, london_date(now))
    sent = select(Reminder.listing_id, Reminder.what, Reminder.day).where(Reminder.listing_id.in_(due))
    known = {tuple(row) for row in session.execute(sent)}
    return [number for number, (nudge, promised) in due.items() if (number, nudge.value, promised) not in known]


def remind(session: Session, need_id: int, now: datetime) -> None:
    """Write to the owners of a need about its reply date, once for each date and letter."""
    need = locked_listing(session, need_id)
    waiting = count_answering(session, need_id)
    nudge, promised = _due(session, [need], london_date(now)).get(need_id, (None, None))
    if nudge is None or promised is None or not waiting or need.state not in _CAN_WAIT:
        return
    if once(session, need_id, nudge, promised, now):
        tell_owners(session, need, nudge_note(need, nudge, waiting, promised), now)


def _due(session: Session, needs: Collection[Listing], today: date) -> dict[int, tuple[Nudge, date]]:
    closed = closing_days(session, needs)
    promises = {need.id: promised_on(need, closed.get(need.id)) for need in needs}
    return {
        number: (nudge, promised)
        for number, promised in promises.items()
        if promised is not None and (nudge := nudge_on(promised, today)) is not None
    }
