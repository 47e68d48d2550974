"""By which day a need promises its final answer, and since when it takes no answers; knows no letter."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exchange.models import Decision, Listing, State
from exchange.working_days import add_working_days, london_date

DAYS_AFTER_CLOSING = 20
"""Working days for the final answer of a need that states no reply date: what the exchange expects of every public
body, so that leaving the date out is no way round the promise (issue "post, moderate, introduce", Reply promise)."""


def promised_on(need: Listing, closed_on: date | None) -> date | None:
    """Give the day by which respondents are to have their final answer; None while that is open.

    The stated reply date; else 20 working days after answers closed.
    """
    if (stated := need.content.reply_by) is not None:
        return stated
    return None if closed_on is None else add_working_days(closed_on, DAYS_AFTER_CLOSING)


def closing_days(session: Session, needs: Collection[Listing]) -> dict[int, date]:
    """Give the day on which each need stopped taking answers; one that still takes them is left out.

    That is its closing date, or the day on which it was taken out of the published ones before that.
    """
    left = select(Decision.listing_id, func.min(Decision.at).label("at")).where(
        Decision.listing_id.in_([need.id for need in needs]),
        Decision.revision_id.is_(None),
        Decision.old_state == State.PUBLISHED,
        Decision.new_state != State.PUBLISHED,
    )
    rows = session.execute(left.group_by(Decision.listing_id))
    days = {row.listing_id: london_date(row.at) for row in rows}
    stated = {need.id: need.closes_on for need in needs if need.closes_on is not None}
    return {number: min(day, stated.get(number, day)) for number, day in days.items()}
