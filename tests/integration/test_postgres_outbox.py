"""Several workers on one outbox, on PostgreSQL; collected only where the environment names a server."""

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import func, select
from together import at_once, meanwhile

from exchange import outbox
from exchange.content import Content, Kind
from exchange.database import reading, writing
from exchange.listing import listings
from exchange.models import OutboxRow
from exchange.people.accounts import operator

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
LEASE = timedelta(minutes=2)
ROWS, WORKERS, BATCH = 300, 6, 7


@pytest.fixture
def database(postgres):
    with postgres.engine() as engine:
        yield engine


@pytest.fixture
def listing_id(database) -> int:
    with writing(database) as session:
        new = listings.NewListing(kind=Kind.INNOVATION, content=Content(title="Lunch club"))
        return listings.draft(session, new, operator(session, "Operator"), NOW).id


@pytest.fixture
def rows(database, listing_id) -> list[int]:
    with writing(database) as session:
        for _ in range(ROWS):
            outbox.enqueue(session, listing_id, NOW)
        session.flush()
        return outbox.row_ids(session)


def claimed(database, now=NOW, limit=BATCH) -> list[int]:
    with writing(database) as session:
        return [row.id for row in outbox.claim(session, limit, now, LEASE)]


def finish(database, ids) -> None:
    with writing(database) as session:
        outbox.done(session, ids)


def left(database) -> list[int]:
    with reading(database) as session:
        return outbox.row_ids(session)


def test_workers_share_the_rows_and_none_is_done_twice_or_lost(database, rows):
    did: Counter[int] = Counter()
    guard = threading.Lock()

    def work() -> int:
        batches = 0
        while ids := claimed(database):
            with guard:
                did.update(ids)
            finish(database, ids)
            batches += 1
        return batches

    batches = at_once(*[work] * WORKERS)
    assert did == Counter(rows)
    assert left(database) == []
    assert sum(batches) >= ROWS / BATCH


def test_rows_that_are_written_while_workers_claim_are_done_too(database, listing_id):
    written: list[bool] = []
    did: list[int] = []

    def write() -> None:
        for _ in range(60):
            with writing(database) as session:
                outbox.enqueue(session, listing_id, NOW)
        written.append(True)

    def work() -> None:
        while True:
            last = len(written) == 2
            ids = claimed(database)
            did.extend(ids)
            finish(database, ids)
            if last and not ids:
                return

    assert at_once(write, write, work, work, work) == [None] * 5
    assert (len(did), len(set(did))) == (120, 120)
    assert left(database) == []


def test_a_worker_does_not_wait_for_rows_that_another_is_just_claiming(database, rows):
    with writing(database) as session:
        first = [row.id for row in outbox.claim(session, 10, NOW, LEASE)]
        assert claimed(database, limit=10) == rows[10:20]
    assert first == rows[:10]


def test_a_claim_that_dies_before_its_end_leaves_the_rows_due(database, rows):
    def die() -> None:
        with writing(database) as session:
            assert outbox.claim(session, 10, NOW, LEASE)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        die()
    assert claimed(database, limit=10) == rows[:10]


def test_the_rows_of_a_dead_worker_come_back_to_the_others_once(database, rows):
    dead = claimed(database, limit=100)
    assert sorted(row for ids in at_once(*[partial(claimed, database, limit=50)] * 6) for row in ids) == rows[100:]
    back = at_once(*[partial(claimed, database, NOW + LEASE, 20)] * WORKERS)
    again = [row for ids in back for row in ids]
    assert (len(again), len(set(again))) == (120, 120)
    assert set(dead) <= set(again) | set(claimed(database, NOW + LEASE, ROWS))


def test_a_late_worker_may_tick_off_what_another_holds_and_both_come_to_an_end(database, rows):
    late = claimed(database, limit=20)
    holder = claimed(database, NOW + LEASE, ROWS)
    assert set(late) <= set(holder)
    finish(database, late)
    with writing(database) as session:
        outbox.failed(session, holder[:50], "the engine was down", NOW + LEASE)
    assert set(left(database)) == set(rows) - set(late)
    finish(database, holder)
    assert left(database) == []


@pytest.mark.parametrize("give_up", [outbox.failed, outbox.put_back])
def test_a_row_that_a_late_worker_is_just_ticking_off_does_not_fail_anybody(database, rows, give_up):
    ids = claimed(database, limit=3)

    def fail() -> None:
        with writing(database) as session:
            give_up(session, ids, "engine down", NOW)

    with writing(database) as session:
        outbox.done(session, ids[:1])
        with meanwhile(database, fail) as failing:
            session.commit()
        assert failing.exception() is None
    with reading(database) as session:
        told = session.scalars(select(OutboxRow.id).where(OutboxRow.last_error == "engine down")).all()
    assert sorted(told) == ids[1:]


def test_workers_that_tick_off_the_same_rows_in_two_orders_do_not_block_each_other(database, rows):
    with writing(database) as session:  # moves every second row to the end of the table
        outbox.failed(session, rows[::2], "moved", NOW)
    for start in range(0, ROWS, 60):
        part = rows[start : start + 60]
        assert at_once(*(partial(finish, database, ids) for ids in (part, part[::-1], part, part[::-1]))) == [None] * 4
    assert left(database) == []


def test_rows_written_by_transactions_that_end_in_another_order_are_not_passed_over(database, listing_id):
    with writing(database) as slow:
        outbox.enqueue(slow, listing_id, NOW)
        slow.flush()
        with writing(database) as quick:
            outbox.enqueue(quick, listing_id, NOW)
        seen = claimed(database)
        finish(database, seen)
    assert seen == [2]
    assert claimed(database) == [1]


def test_asking_for_the_parked_rows_again_while_a_worker_parks_more_loses_none(database, rows):
    with writing(database) as session:
        session.query(OutboxRow).update({"attempts": outbox.MOST_ATTEMPTS})

    def park(part: list[int]) -> None:
        with writing(database) as session:
            outbox.failed(session, part, "poison", NOW)

    def retry() -> int:
        with writing(database) as session:
            return outbox.retry_parked(session, NOW)

    retried = at_once(partial(park, rows[:150]), retry, partial(park, rows[150:]), retry)[1::2]
    with reading(database) as session:
        pending = outbox.pending(session)
        fresh = session.scalar(select(func.count()).where(OutboxRow.attempts == 0))
    assert pending.waiting == fresh == sum(retried)
    assert sum(pending) == ROWS
