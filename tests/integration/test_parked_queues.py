"""What was given up on its way to the index or the alerts: shown with its listing, tried again one by one or all."""

from datetime import UTC, datetime, timedelta

import pytest
from people import enrol
from sqlalchemy import select

from exchange import outbox
from exchange.content import Content, Kind
from exchange.database import writing
from exchange.errors import StateError
from exchange.listing import listings
from exchange.models import OutboxRow
from exchange.models_alerts import AlertCheck
from exchange.moderating.moderation import approve
from exchange.people.accounts import operator
from exchange.running import indexing
from exchange.running.indexing import Line, retry, retry_all, standing

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
TABLES = {Line.INDEX: OutboxRow, Line.ALERTS: AlertCheck}


@pytest.fixture
def session(engine):
    with writing(engine) as session:
        by, ida = operator(session, "Operator"), enrol(session, "Ida")
        for title in ("Lunch club", "Night sitters"):
            new = listings.NewListing(kind=Kind.INNOVATION, content=Content(title=title, summary="S."))
            approve(session, listings.post(session, new, ida, NOW).id, by, None, NOW)
        listings.withdraw(session, 2, ida, "moved", NOW)
        for row in session.scalars(select(OutboxRow)):
            session.delete(row)
        yield session


def park(session, line, listing_id, error="UnicodeError: no such letter", at=NOW):
    row = TABLES[line](listing_id=listing_id, created_at=at, due_at=at, attempts=8, parked=True, last_error=error)
    session.add(row)
    session.flush()
    return row.id


@pytest.mark.parametrize("line", Line)
def test_a_row_is_shown_with_its_listing_why_and_since_when(session, line):
    later = park(session, line, 1, at=NOW + HOUR)
    first = park(session, line, 2)
    session.add(TABLES[line](listing_id=1, created_at=NOW, due_at=NOW))
    session.flush()
    found = standing(session, line, NOW + 2 * HOUR)
    assert (found.waiting, found.parked, found.lag, found.last) == (1, 2, 2 * HOUR, 1)
    assert [(one.id, one.title, one.seen) for one in found.given_up] == [
        (first, "Night sitters", False),
        (later, "Lunch club", True),
    ]
    assert (found.given_up[0].attempts, found.given_up[0].error, found.given_up[0].since) == (
        8,
        "UnicodeError: no such letter",
        NOW,
    )
    assert indexing.parked(session) == 2


@pytest.mark.parametrize("line", Line)
def test_one_row_is_tried_again_from_the_beginning_and_the_others_stay(session, line):
    first, second = park(session, line, 1), park(session, line, 2)
    retry(session, line, first, NOW + HOUR)
    row = session.get_one(TABLES[line], first, populate_existing=True)
    assert (row.parked, row.attempts, row.due_at) == (False, 0, NOW + HOUR)
    assert [one.id for one in standing(session, line, NOW).given_up] == [second]


@pytest.mark.parametrize("line", Line)
@pytest.mark.parametrize("number", [99, 2**40, -1])
def test_what_is_not_parked_any_more_is_said(session, line, number):
    first = park(session, line, 1)
    retry(session, line, first, NOW)
    for one in (first, number):
        with pytest.raises(StateError, match="not parked any more"):
            retry(session, line, one, NOW)


@pytest.mark.parametrize("line", Line)
def test_all_rows_of_one_queue_are_tried_again_and_none_of_the_other(session, line):
    other = next(one for one in Line if one is not line)
    for one in (line, line, other):
        park(session, one, 1)
    assert retry_all(session, line, NOW) == 2
    assert retry_all(session, line, NOW) == 0
    assert (standing(session, line, NOW).waiting, standing(session, other, NOW).parked) == (2, 1)


def test_pages_are_of_twenty_five(session):
    for _ in range(26):
        park(session, Line.INDEX, 1)
    assert [len(standing(session, Line.INDEX, NOW, page).given_up) for page in (1, 2, 9)] == [25, 1, 1]
    assert standing(session, Line.ALERTS, NOW, 9).given_up == ()


def test_the_outbox_offers_the_same(session):
    number = park(session, Line.INDEX, 1)
    outbox.retry(session, number, NOW)
    assert outbox.pending(session) == (1, 0)
