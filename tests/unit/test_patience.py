"""A page's patience: its questions share so many seconds, and what it does between them costs none."""

import time

import pytest

from exchange.errors import UnavailableError
from indexer.patience import asking, patient_for


@pytest.fixture
def clock(monkeypatch):
    now = [50.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def take(clock, seconds: float, most: float = 2.0) -> float:
    with asking(most) as given:
        clock[0] += seconds
    return given


def fail_after(clock, seconds: float) -> None:
    clock[0] += seconds
    raise OSError("broken")


def test_outside_a_page_every_question_may_take_what_it_may(clock):
    assert [take(clock, 100.0) for _ in range(3)] == [2.0, 2.0, 2.0]


def test_questions_share_the_patience_of_a_page_and_are_refused_when_it_is_used_up(clock):
    with patient_for(2.5):
        assert take(clock, 1.0) == 2.0
        assert take(clock, 1.0) == 1.5
        assert take(clock, 0.75) == 0.5
        with pytest.raises(UnavailableError, match="too slowly"):
            take(clock, 0.0)


def test_what_is_done_between_two_questions_does_not_count(clock):
    with patient_for(2.5):
        take(clock, 0.5)
        clock[0] += 60.0
        assert take(clock, 0.5) == 2.0


def test_a_question_that_fails_counts_too(clock):
    with patient_for(2.5):
        with pytest.raises(OSError, match="broken"), asking(2.0):
            fail_after(clock, 2.0)
        assert take(clock, 0.0) == 0.5


def test_each_page_has_its_own_patience(clock):
    with patient_for(1.0):
        take(clock, 1.0)
    with patient_for(1.0):
        assert take(clock, 1.0) == 1.0
    assert take(clock, 1.0) == 2.0
