"""Two people at the same moment: one introduction of a pair, one agreement, and no step from a state that is past."""

from functools import partial

import pytest
from introduced import NOW, market
from together import at_once

from exchange.database import reading, writing
from exchange.errors import InputError
from exchange.introducing import introductions, shortlist
from exchange.listing import listings
from exchange.models import Account
from exchange.models_introductions import Introduction, ShortlistItem
from exchange.people.accounts import operator


@pytest.fixture
def town(engine):
    return market(engine)


def only_refused(told: list[object]) -> list[object]:
    """Give what was given; whatever was raised must be a sentence for a person."""
    assert all(isinstance(one, InputError) for one in told if isinstance(one, Exception)), told
    return [one for one in told if not isinstance(one, Exception)]


@pytest.mark.parametrize("way", ["ask", "invite", "answer"])
def test_two_who_open_the_same_at_once_come_to_one_introduction(town, way):
    people = (town.ida, town.ivan) if way == "answer" else (town.carla, town.carla)
    act = getattr(town, way)
    told = at_once(*(partial(act, by=by) for by in people for _ in range(3)))
    assert len(set(told)) == 1, told
    (row,) = town.all(Introduction)
    assert row.id == told[0]
    assert len(town.events()) == 1
    assert len(town.letters()) == 2


def test_an_invitation_and_an_answer_at_once_meet_in_one_introduction(town):
    told = at_once(town.invite, town.answer, town.invite, town.answer)
    assert len(set(told)) == 1
    assert town.state(told[0]) == "answered"


def test_two_sides_that_ask_across_each_other_never_wait_for_each_other(town):
    acts = [
        partial(town.ask, need=need, idea=idea)
        for need in (town.need, town.second_need)
        for idea in (town.idea, town.second_idea, town.others_idea)
    ]
    told = at_once(*acts, town.answer, partial(town.answer, by=town.olga, need=town.second_need))
    assert len(only_refused(told)) == len(told)
    assert len({(row.need_id, row.innovator_organisation_id) for row in town.all(Introduction)}) == 4
    assert len(town.all(Introduction)) == 4


def test_both_sides_agreeing_at_once_agree(town):
    number = town.answer()
    told = at_once(partial(town.do, "agree", number, town.carla), partial(town.do, "agree", number, town.ida))
    assert told == [None, None]
    assert town.state(number) == "agreed"


def test_two_of_one_side_agree_once(town):
    number = town.answer()
    told = at_once(partial(town.do, "agree", number, town.carla), partial(town.do, "agree", number, town.colin))
    assert len(only_refused(told)) == 1
    assert town.state(number) == "talking"


def test_a_yes_and_a_no_at_once_leave_one_of_them(town):
    number = town.ask()
    told = at_once(
        partial(town.do, "accept", number, town.ida, "Yes"), partial(town.do, "decline", number, town.ivan, "No")
    )
    states = [event.new_state for event in town.events()]
    assert states in (["asked", "declined"], ["asked", "answered", "declined"])
    assert len(only_refused(told)) == len(states) - 1


def test_one_message_sent_by_two_clicks_at_once_is_kept_once(town):
    number = town.answer()
    told = at_once(*[partial(town.do, "say", number, town.carla, "When?")] * 4)
    assert told == [None] * 4
    assert [message.text for message in town.messages()] == ["When?"]


def test_an_answer_while_the_need_is_withdrawn_is_told_of_it_or_refused(town):
    def withdraw() -> None:
        with writing(town.database) as session:
            listings.withdraw(session, town.need, operator(session, "Test"), "Asked to.", NOW)

    told = at_once(town.answer, withdraw, partial(town.answer, by=town.olga))
    only_refused(told)
    assert {row.state for row in town.all(Introduction)} <= {"closed"}
    with reading(town.database) as session:
        assert introductions.open_for_need(session, town.need) == []


def test_a_listing_is_kept_in_mind_once(town):
    def add(note: str) -> None:
        with writing(town.database) as session:
            shortlist.add(session, town.idea, note, session.get_one(Account, town.carla), NOW)

    assert at_once(*(partial(add, f"Note {n}") for n in range(4)), town.ask)[:4] == [None] * 4
    with reading(town.database) as session:
        assert session.query(ShortlistItem).count() == 1
