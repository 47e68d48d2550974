"""A lease held for the length of some work: renewed beside it, given back at its end, its loss told before harm."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text, update

from exchange.database import reading, writing
from exchange.errors import ConflictError
from exchange.leases import acquire, holder_of
from exchange.models import Lease
from indexer.lease import holding

NAME = "index rebuild"
LONG, SHORT = timedelta(minutes=5), timedelta(milliseconds=200)


def now() -> datetime:
    return datetime.now(UTC)


def holder(engine) -> str | None:
    with reading(engine) as session:
        return holder_of(session, NAME, now())


def until(engine) -> datetime:
    with reading(engine) as session:
        return session.get_one(Lease, NAME).until


def take_over(engine) -> None:
    """Let the lease run out and another process take it."""
    with writing(engine) as session:
        session.execute(update(Lease).values(until=now() - LONG))
        assert acquire(session, NAME, "another", now(), LONG)


def keepers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == f"lease-{NAME}"]


def renewals(engine, count: int) -> list[datetime]:
    """Wait until the lease was renewed so many times; give the moments to which it then held."""
    seen, waiting = [until(engine)], threading.Event()
    for _ in range(3_000):
        if len(seen) > count:
            break
        waiting.wait(0.01)
        if (moment := until(engine)) != seen[-1]:
            seen.append(moment)
    return seen


def test_it_is_held_while_the_work_goes_on_and_given_back_at_its_end(engine):
    with holding(engine, NAME, LONG) as check:
        assert holder(engine)
        check()
        assert len(keepers()) == 1
    assert holder(engine) is None
    assert keepers() == []


def test_it_is_given_back_also_where_the_work_fails(engine):
    with pytest.raises(OSError, match="disk"), holding(engine, NAME, LONG):
        raise OSError("the disk is full")
    assert holder(engine) is None
    assert keepers() == []


def test_a_second_one_is_refused_with_a_sentence_that_names_the_first_and_how_long_to_wait(engine):
    with holding(engine, NAME, LONG):
        first = holder(engine)
        with pytest.raises(ConflictError) as refused, holding(engine, NAME, LONG):
            pytest.fail("two at once")
        assert holder(engine) == first
    assert first is not None
    assert first in str(refused.value)
    assert str(refused.value).endswith("try again in 300 seconds.")


def test_work_of_another_name_is_not_held_up(engine):
    with holding(engine, NAME, LONG), holding(engine, "another work", LONG) as check:
        check()


def test_one_after_the_other_both_get_it_under_names_of_their_own(engine):
    holders = []
    for _ in range(2):
        with holding(engine, NAME, LONG):
            holders.append(holder(engine))
    assert len(set(holders)) == 2


def test_it_is_renewed_for_as_long_as_the_work_takes(engine):
    with holding(engine, NAME, SHORT) as check:
        moments = renewals(engine, 4)
        check()
    assert moments == sorted(moments)
    assert moments[-1] - moments[0] > SHORT / 2


def test_a_lease_that_ran_out_without_anybody_taking_it_is_held_again(engine):
    with holding(engine, NAME, LONG) as check:
        with writing(engine) as session:
            session.execute(update(Lease).values(until=now() - LONG))
        assert holder(engine) is None
        check()
        assert holder(engine)


def test_who_lost_it_is_told_before_the_work_is_made_true_and_leaves_it_to_the_other(engine):
    with holding(engine, NAME, LONG) as check:
        take_over(engine)
        for _ in range(2):
            with pytest.raises(ConflictError, match="took this work over"):
                check()
    assert holder(engine) == "another"


def test_who_lost_it_stops_renewing_and_cannot_get_it_back_by_asking(engine):
    with holding(engine, NAME, SHORT) as check:
        take_over(engine)
        for thread in keepers():
            thread.join(30)
        assert keepers() == []
        with writing(engine) as session:
            session.execute(text("DELETE FROM lease"))
        with pytest.raises(ConflictError):
            check()


def test_a_database_that_fails_for_a_moment_does_not_lose_the_lease(engine):
    with holding(engine, NAME, SHORT):
        with writing(engine) as session:
            session.execute(text("ALTER TABLE lease RENAME TO away"))
        threading.Event().wait(SHORT.total_seconds())
        assert len(keepers()) == 1
        with writing(engine) as session:
            session.execute(text("ALTER TABLE away RENAME TO lease"))
        assert renewals(engine, 1)[-1] > now() - SHORT
    assert holder(engine) is None
