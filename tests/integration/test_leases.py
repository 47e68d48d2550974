"""Leases: one holder at a time, taken over only when it ran out."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from together import at_once

from exchange.database import writing
from exchange.leases import acquire, holder_of, release, renew

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
TTL = timedelta(minutes=1)
NAME = "index rebuild"


@pytest.fixture
def session(engine):
    with writing(engine) as session:
        yield session


def test_a_free_lease_is_taken_and_a_second_holder_is_refused(session):
    assert holder_of(session, NAME, NOW) is None
    assert acquire(session, NAME, "one", NOW, TTL) is True
    assert acquire(session, NAME, "two", NOW + TTL / 2, TTL) is False
    assert holder_of(session, NAME, NOW + TTL / 2) == "one"
    assert acquire(session, "another work", "two", NOW, TTL) is True


def test_a_holder_does_not_get_its_own_lease_twice(session):
    assert acquire(session, NAME, "one", NOW, TTL) is True
    assert acquire(session, NAME, "one", NOW, TTL) is False


def test_a_lease_that_ran_out_is_taken_over_and_is_lost_to_the_late_holder(session):
    acquire(session, NAME, "one", NOW, TTL)
    assert acquire(session, NAME, "two", NOW + TTL - timedelta(microseconds=1), TTL) is False
    assert holder_of(session, NAME, NOW + TTL) is None
    assert acquire(session, NAME, "two", NOW + TTL, TTL) is True
    assert renew(session, NAME, "one", NOW + TTL, TTL) is False
    release(session, NAME, "one")
    assert holder_of(session, NAME, NOW + TTL) == "two"


def test_a_renewed_lease_lasts_longer(session):
    acquire(session, NAME, "one", NOW, TTL)
    assert renew(session, NAME, "one", NOW + TTL / 2, TTL) is True
    assert acquire(session, NAME, "two", NOW + TTL, TTL) is False
    assert acquire(session, NAME, "two", NOW + TTL * 3 / 2, TTL) is True


def test_a_late_holder_keeps_what_nobody_took_over(session):
    acquire(session, NAME, "one", NOW, TTL)
    assert renew(session, NAME, "one", NOW + 2 * TTL, TTL) is True
    assert holder_of(session, NAME, NOW + 2 * TTL) == "one"


def test_a_lease_that_was_given_back_is_free_and_not_renewed(session):
    acquire(session, NAME, "one", NOW, TTL)
    release(session, NAME, "one")
    assert renew(session, NAME, "one", NOW, TTL) is False
    assert acquire(session, NAME, "two", NOW, TTL) is True
    release(session, "nobody's", "two")


def attempt(engine, holder: str, now: datetime) -> bool:
    with writing(engine) as session:
        return acquire(session, NAME, holder, now, TTL)


def test_of_many_at_once_exactly_one_gets_a_free_lease_and_one_that_ran_out(engine):
    for turn in range(5):
        now = NOW + turn * TTL
        told = at_once(*(partial(attempt, engine, f"{turn}.{number}", now) for number in range(8)))
        assert sorted(told) == [False] * 7 + [True]
        with writing(engine) as session:
            assert holder_of(session, NAME, now) == f"{turn}.{told.index(True)}"


def test_renewing_at_the_last_moment_and_taking_over_exclude_each_other(engine):
    def renewed(holder: str, now: datetime) -> bool:
        with writing(engine) as session:
            return renew(session, NAME, holder, now, TTL)

    for turn in range(10):
        now = NOW + 2 * turn * TTL
        assert attempt(engine, "one", now)
        late = now + TTL
        kept, taken = at_once(partial(renewed, "one", late), partial(attempt, engine, "two", late))
        assert kept != taken
        with writing(engine) as session:
            release(session, NAME, "one")
            release(session, NAME, "two")
