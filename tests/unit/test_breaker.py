"""A part that failed is left alone for a while, then tried by one."""

import logging
import threading

import pytest

from exchange.errors import NotFoundError, UnavailableError
from indexer.breaker import Breaker


class Part:
    """A part that fails while it is down, and counts how often it was asked."""

    def __init__(self) -> None:
        self.down = False
        self.asked = 0

    def use(self) -> str:
        self.asked += 1
        if self.down:
            raise UnavailableError("It does not answer.")
        return "answer"


@pytest.fixture
def part():
    return Part()


@pytest.fixture
def clock():
    return [100.0]


@pytest.fixture
def breaker(clock):
    return Breaker("search engine", seconds=5, clock=lambda: clock[0])


def fail(breaker, part):
    part.down = True
    with pytest.raises(UnavailableError, match=r"It does not answer\."):
        breaker.run(part.use)


def test_a_part_that_works_is_asked_every_time(breaker, part):
    assert [breaker.run(part.use) for _ in range(3)] == ["answer"] * 3
    assert part.asked == 3
    assert not breaker.broken


def test_a_part_that_failed_is_not_asked_for_five_seconds(breaker, part, clock):
    fail(breaker, part)
    clock[0] += 4.9
    for _ in range(3):
        with pytest.raises(UnavailableError, match="search engine failed a moment ago; try again in a few seconds"):
            breaker.run(part.use)
    assert part.asked == 1
    assert breaker.broken


def test_then_it_is_asked_again_and_trusted_when_it_answers(breaker, part, clock):
    fail(breaker, part)
    part.down = False
    clock[0] += 5
    assert breaker.run(part.use) == "answer"
    assert not breaker.broken
    assert breaker.run(part.use) == "answer"


def test_one_that_fails_again_is_left_alone_again(breaker, part, clock):
    fail(breaker, part)
    clock[0] += 5
    fail(breaker, part)
    clock[0] += 4
    with pytest.raises(UnavailableError, match="a moment ago"):
        breaker.run(part.use)
    assert part.asked == 2


def test_while_one_caller_tries_the_others_do_not_wait(breaker, part, clock):
    fail(breaker, part)
    clock[0] += 5
    trying, go_on = threading.Event(), threading.Event()

    def slow() -> str:
        trying.set()
        assert go_on.wait(timeout=30)
        return "answer"

    thread = threading.Thread(target=breaker.run, args=(slow,))
    thread.start()
    assert trying.wait(timeout=30)
    with pytest.raises(UnavailableError, match="a moment ago"):
        breaker.run(part.use)
    go_on.set()
    thread.join(timeout=30)
    assert not breaker.broken


def test_an_answer_to_what_was_asked_before_the_failure_does_not_count(breaker, part, clock):
    def slow() -> str:
        clock[0] += 1
        fail(breaker, part)  # another caller, meanwhile
        return "answer"

    assert breaker.run(slow) == "answer"
    assert breaker.broken
    with pytest.raises(UnavailableError, match="a moment ago"):
        breaker.run(part.use)


def test_an_error_of_another_kind_says_nothing_of_the_part(breaker, part):
    def not_there() -> None:
        raise NotFoundError("There is no listing 7; check the number.")

    with pytest.raises(NotFoundError):
        breaker.run(not_there)
    assert not breaker.broken
    assert breaker.run(part.use) == "answer"


def test_the_log_tells_when_it_fails_first_and_when_it_works_again(breaker, part, clock, caplog):
    with caplog.at_level(logging.INFO):
        fail(breaker, part)
        clock[0] += 5
        fail(breaker, part)
        part.down = False
        clock[0] += 5
        breaker.run(part.use)
        breaker.run(part.use)
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", "the search engine does not work: It does not answer."),
        ("INFO", "the search engine works again"),
    ]
