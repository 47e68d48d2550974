"""Working days as England counts them: weekends, bank holidays, and the hour in London."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.working_days import (
    add_working_days,
    days_after,
    days_used,
    is_working_day,
    london_date,
    promised_by,
)


def at(year: int, month: int, day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2027, 3, 1), True),
        (date(2027, 3, 6), False),
        (date(2027, 3, 7), False),
        (date(2027, 3, 26), False),  # Good Friday
        (date(2027, 3, 29), False),  # Easter Monday
        (date(2027, 3, 30), True),
        (date(2027, 5, 3), False),
        (date(2027, 8, 30), False),  # England's, not Scotland's
        (date(2027, 1, 4), True),  # a holiday in Scotland only
        (date(2027, 7, 12), True),  # a holiday in Northern Ireland only
        (date(2027, 12, 27), False),  # for Christmas Day on a Saturday
        (date(2027, 12, 28), False),
        (date(2022, 9, 19), False),  # a day that was proclaimed once
    ],
)
def test_a_working_day_is_a_weekday_that_is_no_bank_holiday_in_england(day, works):
    assert is_working_day(day) is works


def test_what_comes_in_on_a_friday_has_used_one_day_on_monday():
    friday = at(2027, 3, 5, 17)
    assert days_used(friday, at(2027, 3, 5, 23)) == 0
    assert days_used(friday, at(2027, 3, 6)) == 0
    assert days_used(friday, at(2027, 3, 7, 23)) == 0
    assert days_used(friday, at(2027, 3, 8, 0, 1)) == 1
    assert days_used(friday, at(2027, 3, 12)) == 5


def test_what_comes_in_at_a_weekend_begins_to_count_on_monday():
    assert days_used(at(2027, 3, 6), at(2027, 3, 8)) == 1
    assert promised_by(at(2027, 3, 6), 5) == date(2027, 3, 12)


def test_easter_takes_two_days_out():
    thursday = at(2027, 3, 25)
    assert days_used(thursday, at(2027, 3, 29)) == 0
    assert days_used(thursday, at(2027, 3, 30)) == 1
    assert promised_by(thursday, 5) == date(2027, 4, 5)


def test_christmas_on_a_saturday_is_kept_on_the_monday_and_tuesday_after():
    friday = at(2027, 12, 24)
    assert days_used(friday, at(2027, 12, 28)) == 0
    assert days_used(friday, at(2027, 12, 29)) == 1
    assert promised_by(friday, 5) == date(2028, 1, 5)


def test_an_hour_before_midnight_in_summer_is_the_next_day_in_london():
    assert london_date(at(2027, 7, 1, 23, 30)) == date(2027, 7, 2)
    assert london_date(at(2027, 1, 7, 23, 30)) == date(2027, 1, 7)
    assert days_used(at(2027, 7, 1, 22, 30), at(2027, 7, 1, 23, 30)) == 1
    assert days_used(at(2027, 1, 7, 22, 30), at(2027, 1, 7, 23, 30)) == 0


def test_the_days_on_which_clocks_change_count_as_any_other():
    before_spring, after_spring = at(2027, 3, 26, 9), at(2027, 3, 31, 8)
    assert days_used(before_spring, after_spring) == 2
    before_autumn, after_autumn = at(2027, 10, 29, 9), at(2027, 11, 2, 9)
    assert days_used(before_autumn, after_autumn) == 2


def test_a_moment_that_is_earlier_has_used_nothing():
    assert days_used(at(2027, 3, 5), at(2027, 3, 1)) == 0
    assert add_working_days(date(2027, 3, 6), 0) == date(2027, 3, 6)


@given(
    start=st.dates(date(2020, 1, 1), date(2035, 1, 1)),
    days=st.integers(1, 60),
)
def test_the_last_day_of_a_promise_has_used_exactly_the_promise(start, days):
    last = add_working_days(start, days)
    assert days_after(start, last) == days
    assert days_after(start, last - timedelta(days=1)) == days - 1
    assert is_working_day(last)
