"""Work every so often: it goes on after failures, says them once, and stops when told."""

import logging
import threading

import pytest

from exchange.errors import UnavailableError
from web.background import Periodic


class Work:
    """Work whose turns a test waits for; each answers, or raises, the next of what it was told."""

    def __init__(self, *answers: object) -> None:
        self._answers = list(answers)
        self._turns = threading.Semaphore(0)
        self.done = 0

    def __call__(self) -> object:
        answer = self._answers.pop(0) if self._answers else None
        self.done += 1
        self._turns.release()
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def turns(self, number: int) -> None:
        for _ in range(number):
            assert self._turns.acquire(timeout=30)


@pytest.fixture
def run():
    """Give what starts work every so many seconds, and stop it at the end."""
    running = []

    def start(work, seconds=0.001):
        running.append(Periodic("mail", seconds, work))
        running[-1].start()
        return running[-1]

    yield start
    for periodic in running:
        periodic.stop()


def test_work_is_done_at_once_and_again_and_again(run):
    work = Work()
    run(work)
    work.turns(5)


def test_work_that_did_something_is_done_again_without_a_pause(run):
    work = Work(3, True, 0)
    run(work, seconds=3600)
    work.turns(3)
    assert work.done == 3


def test_a_failure_is_remembered_and_forgotten_when_the_work_is_done_again(run):
    failed, again = threading.Event(), threading.Event()
    seen = []

    def work():
        seen.append(None)
        if len(seen) == 1:
            raise UnavailableError("The mail server is away.")
        failed.set()
        assert again.wait(30)
        return seen.append(periodic.error)

    periodic = Periodic("mail", 0.001, work)
    periodic.start()
    assert failed.wait(30)
    assert periodic.error == "UnavailableError: The mail server is away."
    again.set()
    periodic.stop()
    assert seen[2] == "UnavailableError: The mail server is away."
    assert periodic.error is None


def test_the_same_failure_is_logged_once_and_a_trace_only_where_it_is_ours(run, caplog):
    away, fault = UnavailableError("away"), RuntimeError("a fault of ours")
    with caplog.at_level(logging.INFO, logger="web.background"):
        work = Work(away, away, fault, fault, None, away)
        run(work)
        work.turns(8)
    told = [(record.getMessage(), bool(record.exc_info)) for record in caplog.records]
    assert told == [
        ("mail failed: UnavailableError: away", False),
        ("mail failed: RuntimeError: a fault of ours", True),
        ("mail works again", False),
        ("mail failed: UnavailableError: away", False),
        ("mail works again", False),
    ]


def test_it_stops_in_the_middle_of_a_pause(run):
    work = Work()
    periodic = run(work, seconds=3600)
    work.turns(1)
    periodic.stop()
    assert work.done == 1
    assert not [thread for thread in threading.enumerate() if thread.name == "mail"]


def test_it_does_not_wait_for_ever_for_a_turn_that_hangs():
    begun, go_on = threading.Event(), threading.Event()

    def work():
        begun.set()
        go_on.wait(60)

    periodic = Periodic("mail", 3600, work)
    periodic.start()
    assert begun.wait(30)
    periodic.stop(patience=0.01)
    go_on.set()
    periodic.stop()


def test_stopping_what_was_never_started_is_no_error():
    Periodic("mail", 1, Work()).stop()
