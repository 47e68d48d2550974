"""Sending what waits: one connection a batch, refusals parked, no harm from a server that is away, no two senders."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from smtp_server import mail_server
from sqlalchemy import select
from together import at_once

from exchange import letters
from exchange.database import reading, writing
from exchange.errors import UnavailableError
from exchange.letters import Box, Note
from exchange.models_people import Letter
from exchange.settings import load_settings
from web.mail import mailer as module
from web.mail.carriers import Refusal, carrier_for
from web.mail.mailer import BATCH, LAST_START, LEASE, Mailer

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that stands still until it is told."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Hand:
    """A carrier that takes every mail but those whose address it was told to treat otherwise."""

    answers: dict = field(default_factory=dict)
    taken: list = field(default_factory=list)
    opened: int = 0
    closed: int = 0

    def __call__(self) -> "Hand":
        self.opened += 1
        return self

    def carry(self, message):
        answer = self.answers.get(message["To"])
        if isinstance(answer, Exception):
            raise answer
        if callable(answer):
            answer()
            answer = None
        if answer is None:
            self.taken.append(message["To"])
        return answer

    def close(self):
        self.closed += 1


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def mailer(engine, hand, clock) -> Mailer:
    settings = load_settings({"EXCHANGE_BASE_URL": "https://exchange.example"})
    return Mailer(database=engine, settings=settings, carrier=hand, clock=clock)


def write(engine, *addresses: str):
    note = Note(subject="Confirm", body="Open the link.", path="/confirm?code=abc", secret=True)
    with writing(engine) as session:
        for address in addresses:
            letters.write(session, address, note, NOW)


def rows(engine):
    """Give what became of each letter: where it lies, how often it was tried, and what went wrong."""
    with reading(engine) as session:
        found = session.scalars(select(Letter).order_by(Letter.id))
        return [(letters.box_of(letter), letter.attempts, letter.last_error) for letter in found]


A, B, C = "a@people.example", "b@people.example", "c@people.example"


def test_where_nothing_waits_nobody_is_asked_to_carry(mailer, hand):
    assert mailer.work() == 0
    assert hand.opened == 0


def test_what_waits_is_sent_oldest_first_over_one_connection_and_its_secret_forgotten(engine, mailer, hand):
    write(engine, A, B, C)
    assert mailer.work() == 3
    assert (hand.taken, hand.opened, hand.closed) == ([A, B, C], 1, 1)
    assert rows(engine) == [(Box.SENT, 1, None)] * 3
    with reading(engine) as session:
        assert {letter.path for letter in session.scalars(select(Letter))} == {None}
    assert mailer.work() == 0


def test_a_long_queue_is_sent_batch_by_batch(engine, mailer, hand):
    write(engine, *[f"p{n}@people.example" for n in range(BATCH + 1)])
    assert [mailer.work(), mailer.work(), mailer.work()] == [BATCH, 1, 0]
    assert len(hand.taken) == BATCH + 1


def test_a_refused_letter_is_parked_with_its_reason_and_keeps_nobody_from_theirs(engine, mailer, hand):
    hand.answers = {A: Refusal("550 no such user", final=True), B: Refusal("451 later", final=False)}
    write(engine, A, B, C)
    mailer.work()
    assert rows(engine) == [(Box.PARKED, 1, "550 no such user"), (Box.WAITING, 1, "451 later"), (Box.SENT, 1, None)]


def test_a_letter_that_was_put_off_goes_when_its_time_has_come(engine, mailer, hand, clock):
    hand.answers = {A: Refusal("451 later", final=False)}
    write(engine, A)
    mailer.work()
    hand.answers = {}
    assert mailer.work() == 0
    clock.now += letters.FIRST_DELAY
    assert mailer.work() == 1
    assert rows(engine) == [(Box.SENT, 2, None)]


def test_an_address_that_no_server_takes_is_parked_without_asking_one(engine, mailer, hand):
    write(engine, "zoë@people.example", "a b", C)
    mailer.work()
    assert [box for box, _, _ in rows(engine)] == [Box.PARKED, Box.PARKED, Box.SENT]
    assert "cannot be sent to this address" in rows(engine)[0][2]
    assert hand.taken == [C]


def test_a_server_that_is_away_is_said_and_no_attempt_is_counted(engine, mailer, hand, clock):
    hand.answers = {B: UnavailableError("The mail server does not answer.")}
    write(engine, A, B, C)
    for _ in range(letters.MOST_ATTEMPTS + 2):
        with pytest.raises(UnavailableError, match="does not answer"):
            mailer.work()
        clock.now += letters.SERVER_DELAY
    away = (Box.WAITING, 0, "The mail server does not answer.")
    assert rows(engine) == [(Box.SENT, 1, None), away, away]
    assert hand.opened == hand.closed
    hand.answers = {}
    assert mailer.work() == 2
    assert hand.taken == [A, B, C]


def test_what_a_slow_server_leaves_is_given_back_before_another_sender_may_take_it(engine, mailer, hand, clock):
    def slow():
        clock.now += LAST_START + timedelta(seconds=1)

    assert LAST_START < LEASE
    hand.answers = {A: slow}
    write(engine, A, B, C)
    mailer.work()
    assert hand.taken == [A]
    assert rows(engine) == [(Box.SENT, 1, None)] + [(Box.WAITING, 0, module.TOO_SLOW)] * 2


def test_a_letter_whose_note_is_lost_comes_again_after_its_lease(engine, mailer, hand, clock):
    def dies():
        raise RuntimeError("the process ends here")

    hand.answers = {A: dies}
    write(engine, A)
    with pytest.raises(RuntimeError):
        mailer.work()
    hand.answers = {}
    assert mailer.work() == 0
    clock.now += LEASE
    assert mailer.work() == 1
    assert rows(engine) == [(Box.SENT, 2, None)]


def test_a_letter_that_was_erased_while_it_was_on_its_way_is_no_error(engine, mailer, hand):
    def erase():
        with writing(engine) as session:
            session.delete(session.get(Letter, 1))

    hand.answers = {A: erase}
    write(engine, A, B)
    mailer.work()
    assert (hand.taken, rows(engine)) == ([A, B], [(Box.SENT, 1, None)])


def test_several_processes_send_every_letter_once(engine, clock):
    write(engine, *[f"p{n}@people.example" for n in range(60)])
    with mail_server() as server:
        settings = load_settings({"EXCHANGE_SMTP_URL": f"smtp://127.0.0.1:{server.port}"})

        def run():
            mailer = Mailer(
                database=engine, settings=settings, carrier=lambda: carrier_for(settings, print), clock=clock
            )
            while mailer.work():
                pass

        assert at_once(run, run, run) == [None] * 3
    sent = Counter(got.to[0] for got in server.mails)
    assert len(sent) == sum(sent.values()) == 60
    assert {box for box, _, _ in rows(engine)} == {Box.SENT}


def test_a_log_of_a_refusal_names_the_letter_and_no_person(engine, mailer, hand, caplog):
    hand.answers = {A: Refusal("550 no such user", final=True)}
    write(engine, A)
    mailer.work()
    assert "mail 1 was not taken: 550 no such user" in caplog.text
    assert A not in caplog.text
    assert "abc" not in caplog.text
