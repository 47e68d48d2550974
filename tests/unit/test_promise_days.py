"""The days of the reply promise and of "still true?", without a database."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.content import Content, Kind, to_json
from exchange.introducing.need_letters import Nudge
from exchange.introducing.reminders import nudge_on
from exchange.introducing.reply_promise import promised_on
from exchange.listing.still_true import asked_on, unconfirmed_since
from exchange.listing.years import years_later
from exchange.models import Listing, State
from exchange.working_days import add_working_days

DAYS = st.dates(date(2024, 1, 1), date(2040, 12, 31))
PUBLISHED = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)


def listing(state: State = State.PUBLISHED, **given_moments: datetime) -> Listing:
    moments = {"published_at": PUBLISHED} | given_moments
    return Listing(kind=Kind.NEED, state=state, title="x", data=to_json(Content(title="x")), **moments)


@pytest.mark.parametrize(
    ("today", "nudge"),
    [
        (date(2027, 4, 8), None),
        (date(2027, 4, 9), Nudge.SOON),  # five working days before Friday 16 April
        (date(2027, 4, 15), Nudge.SOON),
        (date(2027, 4, 16), Nudge.TODAY),
        (date(2027, 4, 22), Nudge.TODAY),
        (date(2027, 4, 23), Nudge.OVERDUE),  # five working days after
        (date(2028, 4, 23), Nudge.OVERDUE),
    ],
)
def test_reminders_come_five_working_days_before_on_the_day_and_five_after(today, nudge):
    assert nudge_on(date(2027, 4, 16), today) is nudge


@given(DAYS)
def test_bank_holidays_and_weekends_move_the_reminders(promised):
    assert nudge_on(promised, promised) is Nudge.TODAY
    assert nudge_on(promised, add_working_days(promised, 5)) is Nudge.OVERDUE
    assert nudge_on(promised, add_working_days(promised, 5) - timedelta(days=1)) is Nudge.TODAY
    assert nudge_on(promised, promised - timedelta(days=4)) is Nudge.SOON
    assert nudge_on(promised, promised - timedelta(days=16)) is None


def test_the_stated_reply_date_goes_before_twenty_working_days_and_nothing_is_promised_while_open():
    need = listing()
    assert promised_on(need, None) is None
    assert promised_on(need, date(2027, 3, 19)) == date(2027, 4, 20)
    need.data = to_json(Content(title="x", reply_by=date(2027, 4, 1)))
    assert promised_on(need, None) == promised_on(need, date(2027, 3, 19)) == date(2027, 4, 1)


@given(DAYS, st.integers(-5, 5))
def test_whole_years_keep_the_day_but_for_the_29th_of_february(day, years):
    later = years_later(day, years)
    assert (later.year, later.month) == (day.year + years, day.month)
    assert later.day == day.day or (day.month, day.day, later.day) == (2, 29, 28)


def test_a_listing_is_marked_thirty_days_after_its_year_with_the_day_when_it_was_true():
    assert asked_on(listing()) == date(2027, 5, 3)
    assert unconfirmed_since(listing(), date(2027, 6, 1)) is None
    assert unconfirmed_since(listing(), date(2027, 6, 2)) == date(2026, 5, 3)
    confirmed = listing(confirmed_at=datetime(2027, 5, 31, 23, 30, tzinfo=UTC))
    assert unconfirmed_since(confirmed, date(2027, 6, 2)) is None
    assert unconfirmed_since(confirmed, date(2028, 7, 1)) == date(2027, 6, 1), "half past midnight in London"


@pytest.mark.parametrize("state", [state for state in State if state is not State.PUBLISHED])
def test_what_is_not_published_is_neither_asked_about_nor_marked(state):
    assert asked_on(listing(state)) is None
    assert unconfirmed_since(listing(state), date(2040, 1, 1)) is None


def test_a_preview_without_a_day_of_publication_is_not_marked():
    assert unconfirmed_since(listing(published_at=None), date(2040, 1, 1)) is None
