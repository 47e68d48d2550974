"""By which day a side of an introduction is asked to answer; knows no session."""

from datetime import date, datetime

from exchange.models import Listing
from exchange.working_days import add_working_days, london_date

DAYS = 10
"""Working days for an answer where no date is stated."""


def for_answer(need: Listing | None, now: datetime) -> date:
    """Give the day by which the innovator is asked to answer: in 10 working days, within the need's closing date."""
    usual = add_working_days(london_date(now), DAYS)
    return min(usual, need.closes_on) if need is not None and need.closes_on else usual


def after_answer(need: Listing | None, now: datetime) -> date:
    """Give the day by which the commissioner owes an answer: the one that the need promises, else 10 working days."""
    promised = promise_of(need)
    return promised if promised and promised >= london_date(now) else add_working_days(london_date(now), DAYS)


def promise_of(need: Listing | None) -> date | None:
    """Give the day by which a need promises its final answer."""
    return need.content.reply_by if need is not None else None


def spoken(day: date) -> str:
    """Write a day as people do: "9 April 2027"."""
    return f"{day.day} {day:%B %Y}"
