"""The queue of alerts: written with the outbox row that is done, leased, put back and parked as the outbox is."""

from datetime import timedelta

import pytest
from published import NOW, Town
from sqlalchemy import select

from exchange import outbox
from exchange.alerting import checks
from exchange.database import reading, writing
from exchange.models import OutboxRow
from exchange.models_alerts import AlertCheck
from exchange.queues import MOST_ATTEMPTS
from indexer.sync import Indexer

LEASE = timedelta(minutes=2)


@pytest.fixture
def town(engine, tmp_path) -> Town:
    return Town(engine, tmp_path / "index")


def listed(town: Town) -> list[int]:
    with reading(town.database) as session:
        return list(session.scalars(select(AlertCheck.listing_id).order_by(AlertCheck.id)))


def test_a_row_that_is_done_leaves_a_check_in_the_same_transaction(town, monkeypatch):
    number = town.publish("Respite")
    indexer = town.indexer()

    def dies(*_given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(checks, "enqueue", dies)
        with pytest.raises(KeyboardInterrupt):
            indexer.work(lambda: NOW)
    with reading(town.database) as session:
        assert outbox.pending(session) == (1, 0)
    assert indexer.work(lambda: NOW + indexer.lease) == 1
    assert listed(town) == [number]


def test_several_rows_of_one_listing_leave_one_check_and_settling_leaves_them_too(town):
    number = town.publish("Respite")
    with writing(town.database) as session:
        outbox.enqueue(session, number, NOW)
    indexer = town.indexer()
    indexer.work(lambda: NOW)
    assert listed(town) == [number]
    other, gone = town.publish("Lunch"), town.publish("Boats")
    town.withdraw(gone)
    indexer.settle()
    assert listed(town) == [number, other]
    indexer.settle()
    assert listed(town) == [number, other]


def test_what_only_another_worker_ticked_off_leaves_no_second_check(town):
    number = town.publish("Respite")
    with reading(town.database) as session:
        rows = outbox.row_ids(session)
    with writing(town.database) as session:
        assert outbox.done(session, rows) == [number]
        assert outbox.done(session, rows) == []


def test_a_rebuild_and_a_catch_up_leave_no_check(town):
    town.publish("Respite")
    indexer = town.indexer()
    indexer.rebuild()
    town.publish("Lunch")
    indexer.catch_up()
    assert listed(town) == []


def test_a_listing_that_cannot_be_indexed_is_checked_when_it_can(town):
    number = town.publish("POISON")
    indexer: Indexer = town.indexer()
    assert indexer.work(lambda: NOW) == 0
    assert listed(town) == []
    town.embedder.sick = False
    with reading(town.database) as session:
        due = session.scalars(select(OutboxRow.due_at)).one()
    assert indexer.work(lambda: due) == 1
    assert listed(town) == [number]


@pytest.fixture
def queued(town) -> Town:
    numbers = [town.publish(f"Respite {n}") for n in range(3)]
    with writing(town.database) as session:
        checks.enqueue(session, [*numbers, *numbers], NOW)
    return town


def claimed(town: Town, now=NOW, limit: int = 9) -> list[AlertCheck]:
    with writing(town.database) as session:
        return checks.claim(session, limit, now, LEASE)


def test_checks_are_leased_and_come_back_when_the_lease_ends(queued):
    assert len(claimed(queued, limit=2)) == 2
    assert len(claimed(queued)) == 1
    assert claimed(queued) == []
    assert [row.attempts for row in claimed(queued, NOW + LEASE)] == [2, 2, 2]


def test_a_check_that_fails_again_and_again_is_parked_and_can_be_tried_anew(town):
    number = town.publish("Respite")
    with writing(town.database) as session:
        checks.enqueue(session, [number], NOW)
    now = NOW
    while rows := claimed(town, now):
        with writing(town.database) as session:
            checks.failed(session, [row.id for row in rows], "a fault of ours", now)
        now += timedelta(hours=1)
    with writing(town.database) as session:
        assert checks.pending(session) == (0, 1)
        assert checks.parked(session, 9) == [(number, MOST_ATTEMPTS, "a fault of ours")]
        assert checks.retry_parked(session, now) == 1
        assert checks.pending(session) == (1, 0)
        assert checks.lag(session, now) == now - NOW


def test_a_check_is_put_back_uncounted(queued):
    for turn in range(MOST_ATTEMPTS + 1):
        now = NOW + turn * timedelta(minutes=1)
        rows = claimed(queued, now)
        assert [row.attempts for row in rows] == [1, 1, 1]
        with writing(queued.database) as session:
            checks.put_back(session, [row.id for row in rows], "the engine is down", now)
    with writing(queued.database) as session:
        checks.done(session, [row.id for row in rows[:2]])
        assert checks.pending(session) == (1, 0)
