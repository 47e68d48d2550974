"""What a side sees: its own introductions by whose turn it is, the thread, and names only once both agreed."""

import pytest
from introduced import NOW, REPLY_BY, TEN_WORKING_DAYS_ON, later, market

from exchange.database import reading
from exchange.errors import NotFoundError
from exchange.introducing import introduction_reading
from exchange.introducing.introduction_reading import Thread, mine, thread
from exchange.introducing.introduction_states import IntroductionStep, Side
from exchange.introducing.introductions import Ending
from exchange.models import Account


@pytest.fixture
def town(engine):
    return market(engine)


def read(town, number, account) -> Thread:
    with reading(town.database) as session:
        return thread(session, number, town.person(session, account))


def groups(town, account) -> dict[str, list[int]]:
    with reading(town.database) as session:
        found = mine(session, town.person(session, account))
    return {name: [line.id for line in getattr(found, name)] for name in ("for_me", "for_them", "agreed", "ended")}


def test_introductions_stand_by_whose_turn_it_is(town):
    asked, answered, agreed, ended = (
        town.ask(),
        town.answer(by=town.olga),
        town.answer(),
        town.ask(need=town.second_need),
    )
    town.do("agree", agreed, town.ida)
    town.do("agree", agreed, town.carla)
    town.do("decline", ended, town.ida, None)
    all_four = {"for_me": [answered], "for_them": [asked], "agreed": [agreed], "ended": [ended]}
    assert groups(town, town.carla) == groups(town, town.colin) == all_four
    assert groups(town, town.ida) == {"for_me": [asked], "for_them": [], "agreed": [agreed], "ended": [ended]}
    assert groups(town, town.olga) == {"for_me": [], "for_them": [answered], "agreed": [], "ended": []}


def test_the_turn_passes_with_every_message_and_agreement(town):
    number = town.answer()
    assert groups(town, town.carla)["for_me"] == [number]
    for by, waits in ((town.carla, town.ida), (town.ida, town.carla), (town.colin, town.ivan)):
        town.do("say", number, by, f"From {by}")
        assert groups(town, waits)["for_me"] == [number]
        assert groups(town, by)["for_them"] == [number]
    town.do("agree", number, town.ida)
    assert groups(town, town.carla)["for_me"] == [number]


def test_what_is_due_first_comes_first_and_then_what_changed_last(town):
    late = town.invite(now=later(20))
    soon = town.ask()
    first, second = town.ask(idea=town.second_idea, now=later(1)), town.ask(need=town.second_need, now=later(1))
    assert groups(town, town.ida)["for_me"] == [soon, second, first, late]


def test_a_line_says_who_what_and_by_when(town):
    number = town.ask(need=town.need)
    line = read(town, number, town.ida).line
    assert (line.other, line.need.title, line.innovation.title) == (
        "Aire Council",
        "Respite for carers",
        "Thursday Sitters",
    )
    assert (line.side, line.turn, line.due_on) == (Side.INNOVATOR, Side.INNOVATOR, TEN_WORKING_DAYS_ON)
    town.do("accept", number, town.ida, "Yes")
    assert read(town, number, town.carla).line.due_on == REPLY_BY


def test_the_names_of_the_other_side_are_shown_once_both_agreed(town):
    number = town.ask("May we meet?")
    town.do("accept", number, town.ivan, "Yes.")
    town.do("agree", number, town.carla)

    def names(account):
        return [entry.name for entry in read(town, number, account).entries]

    assert names(town.colin) == ["Carla", None, "Carla"]
    assert names(town.ida) == [None, "Ivan", None]
    town.do("agree", number, town.ida)
    assert names(town.colin) == names(town.ida) == ["Carla", "Ivan", "Carla", "Ida"]
    town.change(Account, town.ivan, closed_at=NOW)
    assert names(town.ida) == ["Carla", None, "Carla", "Ida"]


def test_a_thread_tells_everything_in_order(town):
    number = town.ask("One")
    town.do("accept", number, town.ida, "Two", now=later(1))
    town.do("say", number, town.carla, "Three", now=later(2))
    town.do("agree", number, town.carla, now=later(3))
    town.do("agree", number, town.ida, now=later(4))
    town.do("close", number, town.ida, Ending.APART, now=later(5))
    entries = read(town, number, town.carla).entries
    assert [(entry.text, entry.step) for entry in entries] == [
        ("One", None),
        ("Two", None),
        ("Three", None),
        (None, "would agree"),
        (None, "agreed"),
        (None, "closed"),
    ]
    assert [entry.at for entry in entries] == [later(days) for days in range(6)]


def test_what_a_side_can_do_is_what_the_use_cases_let_it(town):
    number = town.answer()
    can = {side: read(town, number, by).steps for side, by in (("c", town.carla), ("i", town.ida))}
    say, agree, decline = IntroductionStep.SAY, IntroductionStep.AGREE, IntroductionStep.DECLINE
    assert can == {"c": {say, agree, decline, IntroductionStep.SPAM}, "i": {say, agree, decline}}
    town.do("agree", number, town.carla)
    assert read(town, number, town.carla).steps == {say, decline, IntroductionStep.SPAM}
    assert read(town, number, town.ida).steps == {say, decline, IntroductionStep.SEAL}


def test_a_stranger_reads_and_lists_nothing(town):
    number = town.ask()
    town.change(Account, town.colin, organisation_id=None)
    for by in (town.olga, town.colin):
        sentences = set()
        for which in (number, number + 1, 0, 2**40):
            with pytest.raises(NotFoundError) as refused:
                read(town, which, by)
            sentences.add(str(refused.value).replace(str(which), "N"))
        assert sentences == {"There is no introduction N; check the number."}
        assert not any(groups(town, by).values())


def test_more_than_a_page_takes_is_said(town, monkeypatch):
    for need in (None, town.need, town.second_need):
        town.ask(need=need)
    monkeypatch.setattr(introduction_reading, "MOST_LISTED", 2)
    with reading(town.database) as session:
        found = mine(session, town.person(session, town.carla))
    assert (len(found.for_them), found.cut) == (2, True)
