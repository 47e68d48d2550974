"""Who answers while a need ends is not left silent, on PostgreSQL, where both happen at the same moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from postgres_server import ADDRESS, PostgresServer
from promised import NOW, Council, a_council, word
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from together import at_once, meanwhile

from exchange.database import writing
from exchange.errors import InputError, StateError
from exchange.introducing import introductions
from exchange.introducing.introduction_opening import start
from exchange.introducing.introduction_pairs import Approach
from exchange.introducing.introduction_states import OPEN, Way
from exchange.listing import listings
from exchange.models import Account, State
from exchange.models_introductions import Introduction


@pytest.fixture
def council(postgres: PostgresServer) -> Iterator[Council]:
    assert ADDRESS
    with postgres.engine() as engine:
        yield a_council(engine)


@contextmanager
def answering(council: Council, need: int, by: int) -> Iterator[Session]:
    """Answer a need in a transaction that stays open until it is committed."""
    with writing(council.engine) as session:
        start(session, Approach(way=Way.ANSWERED, text="We could.", need_id=need), session.get_one(Account, by), NOW)
        yield session


def still_open(engine: Engine) -> list[int]:
    with Session(engine) as session:
        return list(session.scalars(select(Introduction.id).where(Introduction.state.in_(OPEN))))


def test_a_need_is_not_concluded_past_an_answer_that_came_at_the_same_moment(council):
    need, sitters = council.need(), council.charity("Sitters")
    conclude = partial(council.conclude, need, word())
    with answering(council, need, sitters) as session, meanwhile(council.engine, conclude) as conclusion:
        session.commit()
    assert isinstance(conclusion.exception(), InputError)
    assert conclusion.exception().field == f"line-{still_open(council.engine)[0]}"
    assert council.listing(need).state == State.PUBLISHED


def test_who_answers_just_before_the_need_is_withdrawn_is_told(council):
    need, sitters = council.need(), council.charity("Sitters")
    withdraw = partial(council.end, "withdraw", need)
    with answering(council, need, sitters) as session, meanwhile(council.engine, withdraw) as withdrawal:
        session.commit()
    assert withdrawal.exception() is None
    assert still_open(council.engine) == []
    assert council.letters(sitters)[-1].subject == "Withdrawn: “Breaks for carers”"


def test_an_answer_that_waits_for_a_need_to_close_is_refused(council):
    need, sitters = council.need(), council.charity("Sitters")
    with writing(council.engine) as session:
        listings.close(session, need, session.get_one(Account, council.carla), "Enough.", NOW)
        with meanwhile(council.engine, partial(council.answer, need, sitters)) as answer:
            session.commit()
    assert isinstance(answer.exception(), StateError)
    assert still_open(council.engine) == []


def test_an_invitation_accepted_at_the_moment_of_the_conclusion_gets_a_line_or_is_refused(council):
    need, sitters = council.need(), council.charity("Sitters")
    number = council.invite(need, council.idea(sitters))

    def accept() -> None:
        with writing(council.engine) as session:
            introductions.accept(session, number, "Gladly.", session.get_one(Account, sitters), NOW)

    accepted, concluded = at_once(accept, lambda: council.conclude(need, word()))
    if accepted is None:
        assert isinstance(concluded, InputError)
        assert council.introduction(number).state == "answered"
    else:
        assert isinstance(accepted, StateError)
        assert concluded is None
        assert council.introduction(number).outcome == "not answered in time"


def test_one_of_two_conclusions_at_the_same_moment_is_told_that_it_is_done(council):
    need, sitters = council.need(), council.charity("Sitters")
    lines = {council.answer(need, sitters): "No."}
    results = at_once(*[lambda: council.conclude(need, word(lines=lines)) for _ in range(3)])
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "StateError", "StateError"]
    assert sum("has decided" in letter.subject for letter in council.letters(sitters)) == 1


def test_a_withdrawal_and_many_messages_at_once_do_not_wait_for_each_other_for_ever(council):
    need, charities = council.need(), [council.charity(name) for name in ("One", "Two", "Three")]
    numbers = {charity: council.answer(need, charity) for charity in charities}

    def say(charity: int) -> None:
        with writing(council.engine) as session:
            introductions.say(session, numbers[charity], "More.", session.get_one(Account, charity), NOW)

    acts = [lambda charity=charity: say(charity) for charity in charities]
    results = at_once(*acts, lambda: council.end("withdraw", need))
    assert results[-1] is None
    assert all(result is None or isinstance(result, StateError) for result in results)
    assert still_open(council.engine) == []
