"""Working days: Monday to Friday but for England's bank holidays, by the date in London; knows no listing."""

from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

LONDON = ZoneInfo("Europe/London")
SATURDAY = 5
DAY = timedelta(days=1)


def london_date(moment: datetime) -> date:
    """Give the date that a clock in London shows at that moment."""
    return moment.astimezone(LONDON).date()


def is_working_day(day: date) -> bool:
    """Say whether people work on that day."""
    return day.weekday() < SATURDAY and day not in _bank_holidays(day.year)


def days_used(since: datetime, until: datetime) -> int:
    """Count the working days after the day of `since`, up to and with the day of `until`; 0 where it is earlier.

    What came in on a Friday has used one on the Monday after, whatever the hour.
    """
    return days_after(london_date(since), london_date(until))


def days_after(first: date, last: date) -> int:
    """Count the working days after `first`, up to and with `last`; 0 where it is earlier."""
    return sum(is_working_day(first + DAY * step) for step in range(1, (last - first).days + 1))


def add_working_days(day: date, number: int) -> date:
    """Give the working day that comes `number` working days after a day, which may be any; 0 gives the day itself."""
    left = number
    while left > 0:
        day += DAY
        left -= is_working_day(day)
    return day


def promised_by(since: datetime, promise_days: int) -> date:
    """Give the last day of a promise of so many working days that began at a moment."""
    return add_working_days(london_date(since), promise_days)


@cache
def _bank_holidays(year: int) -> frozenset[date]:
    """Give a year's bank holidays; a year at a time, since the library's own growing table is not for threads."""
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))
