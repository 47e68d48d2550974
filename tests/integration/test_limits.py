"""Limits: how often something may be tried, over restarts, over failures, and with many at once."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from together import at_once

from exchange.database import open_database, reading, writing
from exchange.errors import InputError, TooManyError
from exchange.models_people import Attempts
from exchange.people import limits

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


def tried(engine, key="sign-in ann@example.org", now=NOW, most=3):
    with writing(engine) as session:
        limits.count(session, key, most, QUARTER, now)


def rows(engine):
    with reading(engine) as session:
        return session.scalar(select(func.count()).select_from(Attempts))


def test_as_many_as_are_allowed_pass_and_the_next_is_told_when_to_come_back(engine):
    for minute in range(3):
        tried(engine, now=NOW + timedelta(minutes=minute))
    with pytest.raises(TooManyError, match="Try again in 11 minutes") as refused:
        tried(engine, now=NOW + timedelta(minutes=4))
    assert isinstance(refused.value, InputError)
    assert refused.value.seconds == 11 * 60


def test_a_window_begins_with_the_first_try_and_the_next_window_begins_anew(engine):
    for _ in range(3):
        tried(engine)
    with pytest.raises(TooManyError, match="in 1 minute"):
        tried(engine, now=NOW + QUARTER - timedelta(seconds=1))
    for _ in range(3):
        tried(engine, now=NOW + QUARTER)
    with pytest.raises(TooManyError, match="in 15 minutes"):
        tried(engine, now=NOW + QUARTER)


def test_hours_are_told_as_hours(engine):
    with writing(engine) as session:
        limits.count(session, "x", 1, timedelta(hours=20), NOW)
    with pytest.raises(TooManyError, match="in 20 hours"), writing(engine) as session:
        limits.count(session, "x", 1, timedelta(hours=20), NOW)


def test_one_key_does_not_count_for_another(engine):
    for _ in range(3):
        tried(engine)
    tried(engine, "sign-in bob@example.org")
    tried(engine, "register ann@example.org")


def test_what_was_tried_is_not_kept_in_words(engine):
    tried(engine, "sign-in \ud800 ann@example.org" + "x" * 1_000_000)
    with reading(engine) as session:
        (key,) = session.scalars(select(Attempts.key))
    assert len(key) == 64
    assert "ann" not in key


def test_a_refused_try_makes_the_wait_no_longer(engine):
    for _ in range(3):
        tried(engine)
    for _ in range(50):
        with pytest.raises(TooManyError):
            tried(engine, now=NOW + timedelta(minutes=1))
    tried(engine, now=NOW + QUARTER)


def test_counts_survive_a_restart(engine):
    for _ in range(3):
        tried(engine)
    again = open_database(engine.url.render_as_string(hide_password=False))
    with pytest.raises(TooManyError):
        tried(again)
    again.dispose()


def test_who_proves_that_the_key_is_theirs_begins_anew(engine):
    for _ in range(3):
        tried(engine)
    with writing(engine) as session:
        limits.forget(session, "sign-in ann@example.org")
        limits.forget(session, "nobody")
    tried(engine)


def test_of_many_at_once_no_more_than_the_limit_pass(engine):
    outcomes = at_once(*[lambda: tried(engine, most=5)] * 12)
    assert outcomes.count(None) == 5
    assert sum(isinstance(outcome, TooManyError) for outcome in outcomes) == 7


def test_ten_thousand_tries_let_only_the_limit_through_to_the_work_behind(engine):
    passed = refused = 0
    for second in range(100):
        with writing(engine) as session:
            for _ in range(100):
                try:
                    limits.count(session, "sign-in ann@example.org", 10, QUARTER, NOW + timedelta(seconds=second))
                    passed += 1
                except TooManyError:
                    refused += 1
    assert (passed, refused) == (10, 9_990)
    assert rows(engine) == 1


def test_old_rows_go_when_a_new_window_begins_and_live_ones_stay(engine):
    for number in range(5):
        tried(engine, f"old {number}")
    tried(engine, "yesterday", now=NOW + timedelta(hours=2))
    tried(engine, "new", now=NOW + timedelta(hours=25))
    assert rows(engine) == 2


def test_many_who_begin_anew_at_once_on_old_rows_do_not_stand_in_each_others_way(engine):
    for number in range(8):
        tried(engine, f"key {number}")
    later = NOW + timedelta(days=3)
    outcomes = at_once(*[lambda number=number: tried(engine, f"key {number}", now=later) for number in range(8)])
    assert outcomes == [None] * 8
