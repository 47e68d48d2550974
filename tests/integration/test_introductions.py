"""Two sides are introduced: who may open, who answers, what the other side is told, and when contacts are shown."""

import pytest
from introduced import NOW, REPLY_BY, TEN_WORKING_DAYS_ON, later, market
from people import enrol

from exchange.database import reading, writing
from exchange.errors import InputError, NotFoundError, StateError, TooManyError
from exchange.introducing import introductions
from exchange.introducing.introduction_reading import contacts, thread
from exchange.introducing.introductions import Ending
from exchange.models import Account, Organisation
from exchange.models_introductions import Introduction


@pytest.fixture
def town(engine):
    return market(engine)


def told(town) -> list[str]:
    return [letter.address.split("@")[0] for letter in town.letters()]


def contacts_of(town, number):
    with reading(town.database) as session:
        return contacts(session, session.get_one(Introduction, number))


def test_what_a_commissioner_asks_goes_to_everybody_of_the_other_side(town):
    number = town.ask("May we meet?\n\nOn Monday?", need=town.need)
    first, second = town.letters()
    assert told(town) == ["ida", "ivan"]
    assert first.subject == second.subject == "Aire Council asks for an introduction: “Thursday Sitters”"
    assert first.body == (
        "Aire Council asks for an introduction to “Thursday Sitters” for its need “Respite for carers”:\n\n"
        "  May we meet?\n\n  On Monday?\n\n"
        "Please answer or decline by 15 March 2027: a short no helps too. Open the introduction on the exchange."
    )
    assert (first.path, first.secret) == (f"/my/introductions/{number}", False)


def test_an_introduction_goes_its_whole_way(town):
    number = town.ask()
    town.do("accept", number, town.ida, "Gladly.", now=later(1))
    assert town.state(number) == "answered"
    town.do("say", number, town.carla, "How many places?", now=later(2))
    assert town.state(number) == "talking"
    town.do("agree", number, town.ivan, now=later(3))
    assert town.state(number) == "talking"
    assert contacts_of(town, number) is None
    town.do("agree", number, town.carla, now=later(4))
    assert town.state(number) == "agreed"
    town.do("close", number, town.carla, Ending.TOGETHER, now=later(5))
    row = town.row(number)
    assert (row.state, row.outcome, row.ended_at) == ("closed", "together", later(5))
    assert [(one.side, one.old_state, one.new_state) for one in town.events()] == [
        ("commissioner", None, "asked"),
        ("innovator", "asked", "answered"),
        ("commissioner", "answered", "talking"),
        ("innovator", "talking", "talking"),
        ("commissioner", "talking", "agreed"),
        ("commissioner", "agreed", "closed"),
    ]
    assert told(town) == ["ida", "ivan", "carla", "colin", "ida", "ivan", "carla", "colin", *["ida", "ivan"] * 2]
    assert contacts_of(town, number) is not None


def test_contact_details_are_those_of_the_people_who_agreed(town):
    town.change(Account, town.ivan, telephone="0113 496 0000")
    number = town.answer()
    town.do("agree", number, town.carla)
    town.do("agree", number, town.ivan)
    commissioner, innovator = contacts_of(town, number)
    assert (commissioner.name, commissioner.email) == ("Carla", "carla@people.example")
    assert (innovator.name, innovator.telephone) == ("Ivan", "0113 496 0000")


def test_the_details_of_somebody_who_has_left_are_the_organisations_own(town):
    number = town.answer()
    town.do("agree", number, town.carla)
    town.do("agree", number, town.ida)
    town.change(Account, town.ida, organisation_id=town.others)
    town.change(Account, town.carla, closed_at=NOW)
    town.change(Organisation, town.sitters, email="hello@circle.example")
    commissioner, innovator = contacts_of(town, number)
    assert (innovator.name, innovator.email) == (None, "hello@circle.example")
    assert (commissioner.name, commissioner.email) == (None, None)


def test_a_side_that_has_agreed_is_told_so_when_it_agrees_again(town):
    number = town.answer()
    town.do("agree", number, town.ida)
    with pytest.raises(StateError, match="Your side has agreed already"):
        town.do("agree", number, town.ivan)
    town.do("agree", number, town.carla)
    assert town.state(number) == "agreed"
    with pytest.raises(StateError, match="This introduction is agreed"):
        town.do("agree", number, town.carla)


def test_an_answer_to_an_invitation_is_the_answer_to_it(town):
    number = town.invite()
    assert town.answer("Yes, we could.", idea=town.second_idea) == number
    row = town.row(number)
    assert (row.state, row.way, row.innovation_id) == ("answered", "invited", town.second_idea)
    assert [message.text for message in town.messages()] == ["Yes, we could."]


@pytest.mark.parametrize("first", ["invite", "answer"])
@pytest.mark.parametrize("second", ["invite", "answer", "ask"])
def test_a_need_and_an_organisation_have_one_open_introduction(town, first, second):
    number = getattr(town, first)()
    more = {"need": town.need} if second == "ask" else {}
    assert getattr(town, second)("Another text", **more) == number
    assert len(town.all(Introduction)) == 1


def test_an_innovation_is_asked_for_once_without_a_need_and_once_for_each_need(town):
    numbers = [town.ask(), town.ask(need=town.need), town.ask(need=town.second_need)]
    assert len(set(numbers)) == 3
    assert [town.ask("Again"), town.ask("Again", need=town.need)] == numbers[:2]
    assert town.ask("Of another idea", need=town.need, idea=town.second_idea) == numbers[1]
    assert town.ask("Of another idea", idea=town.second_idea) not in numbers


def test_a_second_click_neither_opens_nor_says_anything_twice(town):
    number = town.answer()
    town.do("say", number, town.carla, "When?")
    for _ in range(2):
        assert town.answer() == number
        town.do("say", number, town.ida, "On Monday.")
    assert [message.text for message in town.messages()] == ["When?", "On Monday."]
    assert len(town.events()) == 3


def test_days_that_are_due_follow_who_is_to_answer(town):
    asked, invited = town.ask(), town.invite(need=town.second_need)
    assert town.row(asked).due_on == town.row(invited).due_on == TEN_WORKING_DAYS_ON
    late = town.invite(idea=town.others_idea, now=later(35))
    assert town.row(late).due_on == town.row(town.answer()).due_on.replace(month=4, day=9)
    town.do("accept", late, town.olga, "Yes.", now=later(36))
    assert town.row(late).due_on == REPLY_BY
    town.do("accept", asked, town.ida, "Yes.")
    assert town.row(asked).due_on == TEN_WORKING_DAYS_ON
    town.do("say", asked, town.carla, "When?")
    town.do("say", late, town.carla, "When?", now=later(37))
    assert (town.row(asked).due_on, town.row(late).due_on) == (None, REPLY_BY)
    town.do("decline", late, town.carla, None, now=later(38))
    assert town.row(late).due_on is None


def test_a_reason_for_declining_is_kept_and_told(town):
    number = town.ask()
    town.do("decline", number, town.ida, "We are full until May.")
    assert town.events()[-1].note == "We are full until May."
    letter = town.letters()[-1]
    assert letter.subject == "Carers' Circle has declined: “Thursday Sitters”"
    assert "\n\n  We are full until May.\n\n" in letter.body


def test_who_began_can_take_it_back_before_it_is_answered(town):
    number = town.ask()
    town.do("decline", number, town.colin, " ")
    assert town.letters()[-1].subject == "Aire Council has taken it back: “Thursday Sitters”"
    assert town.events()[-1].note is None


def test_after_a_no_the_other_side_is_not_asked_again_for_three_months(town):
    town.do("decline", town.ask(), town.ida, None)
    with pytest.raises(StateError, match=r"on 1 March 2027\. You can try again from 30 May 2027"):
        town.ask(now=later(89))
    town.ask(now=later(91))


def test_who_took_it_back_may_begin_again(town):
    first = town.answer()
    town.do("decline", first, town.ida, "Not yet ready.")
    assert town.answer("Now we are.") != first


def test_an_answer_that_is_none_is_ended_as_spam_and_not_tried_again(town):
    number = town.answer("Buy our windows")
    town.do("mark_spam", number, town.carla)
    row = town.row(number)
    assert (row.state, row.outcome) == ("declined", "spam")
    assert town.letters()[-1].subject == "Aire Council has ended your answer: “Respite for carers”"
    with pytest.raises(StateError, match="They ended an introduction over the same"):
        town.answer("Buy our doors")


def test_what_a_commissioner_asked_for_is_no_spam(town):
    number = town.invite()
    town.answer("Yes")
    with pytest.raises(StateError, match="You wrote to them first"):
        town.do("mark_spam", number, town.carla)
    with pytest.raises(StateError, match="the innovator cannot mark as spam now"):
        town.do("mark_spam", number, town.ida)


def test_those_of_a_need_are_given_while_they_have_not_ended_the_oldest_first(town):
    asked, talking = town.invite(), town.answer(by=town.olga)
    town.do("say", talking, town.carla, "When?")
    town.ask()
    with reading(town.database) as session:
        assert [one.id for one in introductions.open_for_need(session, town.need)] == [asked, talking]
    town.do("decline", asked, town.ida, None)
    with reading(town.database) as session:
        assert [one.id for one in introductions.open_for_need(session, town.need)] == [talking]


@pytest.mark.parametrize("use_case", ["accept", "say", "decline"])
def test_a_text_has_5000_characters_at_most_and_no_nul(town, use_case):
    number = town.ask()
    by = town.carla if use_case == "say" else town.ida
    with pytest.raises(InputError, match="This text has 5,001 characters; cut it to 5,000 or fewer"):
        town.do(use_case, number, by, "x" * 5_001)
    town.do(use_case, number, by, "x" * 5_000 + "\x00")
    with reading(town.database) as session:
        entries = thread(session, number, town.person(session, town.ida)).entries
    assert entries[-1].text == "x" * 5_000


@pytest.mark.parametrize("text", ["", " \n", "\x00"])
def test_an_empty_text_is_refused_at_its_field(town, text):
    number = town.ask()
    for act in (lambda: town.answer(text), lambda: town.do("accept", number, town.ida, text)):
        with pytest.raises(InputError) as refused:
            act()
        assert refused.value.field == "text"


@pytest.mark.parametrize("step", ["accept", "say", "decline", "agree", "close", "mark_spam"])
def test_what_is_between_others_is_not_there(town, step):
    number = town.ask()
    more = {"accept": ("Yes",), "say": ("Hello",), "decline": (None,), "close": (Ending.APART,)}.get(step, ())
    sentences = set()
    with writing(town.database) as session:
        stranger = enrol(session, "Noah").id
    for by, which in ((town.olga, number), (stranger, number), (town.olga, number + 1), (town.olga, 2**40)):
        with pytest.raises(NotFoundError) as refused:
            town.do(step, which, by, *more)
        sentences.add(str(refused.value).replace(str(which), "N"))
    assert sentences == {"There is no introduction N; check the number."}
    assert town.state(number) == "asked"


def test_nobody_opens_more_than_fifty_a_day(town, monkeypatch):
    monkeypatch.setattr("exchange.introducing.introduction_opening.MOST_A_DAY", 2)
    town.ask()
    town.ask(need=town.need)
    with pytest.raises(TooManyError):
        town.ask(need=town.second_need)
    town.ask(need=town.second_need, now=later(1.1))
