"""The outbox: leases, back-off, parking, and nothing forgotten."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from exchange import outbox
from exchange.content import Content, Kind
from exchange.database import reading, writing
from exchange.listing import listings
from exchange.models import OutboxRow
from exchange.people.accounts import operator

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
LEASE = timedelta(minutes=2)


@pytest.fixture
def session(engine):
    with writing(engine) as session:
        yield session


@pytest.fixture
def listing_id(session) -> int:
    new = listings.NewListing(kind=Kind.INNOVATION, content=Content(title="Lunch club"))
    return listings.draft(session, new, operator(session, "Operator"), NOW).id


def ids(rows) -> list[int]:
    return [row.id for row in rows]


def test_every_change_has_its_own_row_even_while_an_older_one_waits(session, listing_id):
    outbox.enqueue(session, listing_id, NOW)
    outbox.enqueue(session, listing_id, NOW)
    assert outbox.pending(session) == (2, 0)
    assert outbox.pending(session).waiting == 2


def test_claimed_rows_are_leased_and_come_back_when_the_lease_ends(session, listing_id):
    for _ in range(3):
        outbox.enqueue(session, listing_id, NOW)
    first = outbox.claim(session, 2, NOW, LEASE)
    assert ids(first) == [1, 2]
    assert [(row.attempts, row.due_at) for row in first] == [(1, NOW + LEASE)] * 2
    assert ids(outbox.claim(session, 2, NOW, LEASE)) == [3]
    assert outbox.claim(session, 2, NOW + LEASE - timedelta(seconds=1), LEASE) == []
    again = outbox.claim(session, 9, NOW + LEASE, LEASE)
    assert [(row.id, row.attempts) for row in again] == [(1, 2), (2, 2), (3, 2)]


def test_a_claim_outlives_the_session_that_made_it(engine):
    with writing(engine) as session:
        new = listings.NewListing(kind=Kind.NEED, content=Content(title="Bail support"))
        listing = listings.draft(session, new, operator(session, "Operator"), NOW)
        outbox.enqueue(session, listing.id, NOW)
    with writing(engine) as session:
        rows = outbox.claim(session, 5, NOW, LEASE)
    assert [(row.id, row.listing_id) for row in rows] == [(1, listing.id)]
    with reading(engine) as session:
        assert outbox.claim(session, 5, NOW, LEASE) == []
        assert outbox.pending(session) == (1, 0)


def test_done_deletes_exactly_the_rows_that_were_read(session, listing_id):
    outbox.enqueue(session, listing_id, NOW)
    rows = outbox.claim(session, 5, NOW, LEASE)
    outbox.enqueue(session, listing_id, NOW)
    outbox.done(session, ids(rows))
    outbox.done(session, [])
    assert session.scalars(select(OutboxRow.id)).all() == [2]


def test_a_late_worker_never_deletes_a_newer_row_of_the_same_number(session, listing_id):
    outbox.enqueue(session, listing_id, NOW)
    slow = ids(outbox.claim(session, 5, NOW, LEASE))
    quick = ids(outbox.claim(session, 5, NOW + LEASE, LEASE))
    outbox.done(session, quick)
    outbox.enqueue(session, listing_id, NOW)
    outbox.done(session, slow)
    assert outbox.pending(session) == (1, 0)


def test_a_failed_row_waits_longer_each_time_and_is_parked_after_eight_attempts(session, listing_id):
    outbox.enqueue(session, listing_id, NOW)
    now, waits = NOW, []
    for _ in range(8):
        (row,) = outbox.claim(session, 5, now, LEASE)
        outbox.failed(session, [row.id], f"engine down, attempt {row.attempts}\x00", now)
        waits.append((row.due_at - now).total_seconds())
        now = row.due_at
    assert waits == [5, 10, 20, 40, 80, 160, 320, 600]
    assert (row.parked, row.last_error) == (True, "engine down, attempt 8")
    assert outbox.claim(session, 5, now + timedelta(days=1), LEASE) == []
    assert outbox.pending(session) == (0, 1)


def test_an_error_of_any_length_is_kept_in_short(session, listing_id):
    outbox.enqueue(session, listing_id, NOW)
    (row,) = outbox.claim(session, 5, NOW, LEASE)
    outbox.failed(session, [row.id], "x" * 10_000, NOW)
    assert row.last_error == "x" * outbox.LONGEST_ERROR


def test_parked_rows_begin_anew_when_asked(session, listing_id):
    outbox.enqueue(session, listing_id, NOW)
    outbox.enqueue(session, listing_id, NOW)
    row = outbox.claim(session, 1, NOW, LEASE)[0]
    row.attempts = outbox.MOST_ATTEMPTS
    outbox.failed(session, [row.id], "poison", NOW)
    assert outbox.pending(session) == (1, 1)
    assert outbox.retry_parked(session, NOW) == 1
    assert outbox.retry_parked(session, NOW) == 0
    assert outbox.pending(session) == (2, 0)
    assert [claimed.attempts for claimed in outbox.claim(session, 5, NOW, LEASE)] == [1, 1]


def test_rows_are_claimed_oldest_due_first(session, listing_id):
    outbox.enqueue(session, listing_id, NOW + timedelta(seconds=9))
    outbox.enqueue(session, listing_id, NOW)
    assert ids(outbox.claim(session, 1, NOW + timedelta(minutes=1), LEASE)) == [2]


def test_a_row_is_put_back_uncounted_when_the_index_does_not_answer(session, listing_id):
    outbox.enqueue(session, listing_id, NOW)
    now = NOW
    for _ in range(outbox.MOST_CLAIMS + 1):
        (row,) = outbox.claim(session, 5, now, LEASE)
        outbox.put_back(session, [row.id], "engine down\x00", now)
        now += outbox.FIRST_DELAY
        assert (row.attempts, row.due_at, row.last_error) == (0, now, "engine down")
    assert outbox.pending(session) == (1, 0)
    outbox.put_back(session, [row.id, 99], "engine down", now)
    assert row.attempts == 0


def test_a_row_that_was_claimed_three_times_in_vain_comes_alone(session, listing_id):
    for _ in range(3):
        outbox.enqueue(session, listing_id, NOW)
    for turn in range(outbox.SUSPECT):
        assert ids(outbox.claim(session, 2, NOW + turn * LEASE, LEASE)) == [1, 2]
        outbox.done(session, [])
        session.get_one(OutboxRow, 3).due_at = NOW + outbox.SUSPECT * LEASE
        session.flush()
    now = NOW + outbox.SUSPECT * LEASE
    assert ids(outbox.claim(session, 5, now, LEASE)) == [1]
    assert ids(outbox.claim(session, 5, now, LEASE)) == [2]
    assert ids(outbox.claim(session, 5, now, LEASE)) == [3]


def test_a_suspect_that_is_not_the_oldest_does_not_come_with_the_others(session, listing_id):
    for _ in range(3):
        outbox.enqueue(session, listing_id, NOW)
    session.flush()
    session.get_one(OutboxRow, 2).attempts = outbox.SUSPECT
    assert ids(outbox.claim(session, 5, NOW, LEASE)) == [1, 3]
    assert ids(outbox.claim(session, 5, NOW, LEASE)) == [2]


def test_a_row_that_no_worker_survives_is_parked_in_the_end_and_the_next_one_is_claimed(session, listing_id):
    outbox.enqueue(session, listing_id, NOW)
    outbox.enqueue(session, listing_id, NOW)
    session.flush()
    session.get_one(OutboxRow, 1).attempts = outbox.MOST_CLAIMS
    assert ids(outbox.claim(session, 5, NOW, LEASE)) == [2]
    assert outbox.parked(session, 5) == [(listing_id, outbox.MOST_CLAIMS, outbox.NEVER_FINISHED)]


def test_parked_rows_are_shown_with_their_listing_attempts_and_reason_the_oldest_first(session, listing_id):
    assert outbox.parked(session, 5) == []
    for _ in range(3):
        outbox.enqueue(session, listing_id, NOW)
    session.flush()
    for row in session.scalars(select(OutboxRow).where(OutboxRow.id > 1)):
        row.attempts = outbox.MOST_ATTEMPTS
    for number in (3, 2):
        outbox.failed(session, [number], f"poison {number}", NOW)
    shown = [outbox.Parked(listing_id, 8, "poison 2"), outbox.Parked(listing_id, 8, "poison 3")]
    assert outbox.parked(session, 5) == shown
    assert outbox.parked(session, 1) == shown[:1]


def test_the_lag_is_the_age_of_the_oldest_row_that_waits(session, listing_id):
    assert outbox.lag(session, NOW) is None
    for hours in (0, 1, 2):
        outbox.enqueue(session, listing_id, NOW + timedelta(hours=hours))
    session.flush()
    now = NOW + timedelta(hours=3)
    assert outbox.lag(session, now) == timedelta(hours=3)
    session.get_one(OutboxRow, 1).parked = True
    assert outbox.lag(session, now) == timedelta(hours=2)
    outbox.claim(session, 5, now, LEASE)
    assert outbox.lag(session, now) == timedelta(hours=2)
    outbox.done(session, [2, 3])
    assert outbox.lag(session, now) is None
