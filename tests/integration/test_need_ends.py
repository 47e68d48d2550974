"""Closing, withdrawing and closed accounts: whoever is in an introduction over it hears of it."""

import pytest
from promised import CLOSES, NOW, a_council, word
from sqlalchemy import func, select

from exchange.content import Content, Kind
from exchange.database import reading, writing
from exchange.errors import InputError, StateError
from exchange.introducing import introductions, needs
from exchange.listing import listings
from exchange.listing.changes import Act, locked_listing, move
from exchange.listing.states import Step
from exchange.models import Account, Decision, State
from exchange.models_introductions import IntroductionEvent
from exchange.moderating import moderation
from exchange.moderating.reason_codes import Refusal
from exchange.people import personal_data
from exchange.people.accounts import operator


@pytest.fixture
def council(engine):
    return a_council(engine)


def told_last(council, account):
    letter = council.letters(account)[-1]
    return letter.subject, letter.body


def test_closing_tells_owners_who_waits_and_until_when_and_respondents_that_answers_are_closed(council):
    need, sitters, circle = council.need(), council.charity("Sitters"), council.charity("Circle")
    council.answer(need, sitters)
    council.answer(need, circle)
    council.end("close", need)
    for member in (council.carla, council.colin):
        letter = council.letters(member)[-1]
        assert letter.subject == "Answers closed: 2 respondents wait for your answer by 16 April 2027"
        assert letter.path == f"/my/listings/{need}/conclude"
    subject, body = told_last(council, sitters)
    assert subject == "Answers are closed: “Breaks for carers”"
    assert "They promise a final answer by 16 April 2027." in body


def test_closing_without_respondents_asks_owners_to_conclude_and_names_no_day(council):
    need = council.need("A" * 200, reply_by=None)
    council.end("close", need)
    letter = council.letters(council.carla)[-1]
    assert letter.subject.startswith("Answers closed: nobody waits for your answer to “")
    assert len(letter.subject) < 150
    assert "say what came of it and why" in letter.body


def test_a_need_without_a_reply_date_promises_twenty_working_days_after_closing(council):
    need, sitters = council.need(reply_by=None), council.charity("Sitters")
    council.answer(need, sitters)
    council.end("close", need)
    # From Monday 1 March 2027: Good Friday and Easter Monday, 26 and 29 March, are no working days.
    assert council.letters(council.carla)[-1].subject.endswith("by 31 March 2027")


def test_closing_an_innovation_writes_to_nobody(council):
    sitters = council.charity("Sitters")
    idea = council.idea(sitters)
    before = len(council.letters())
    council.end("close", idea, by=sitters)
    assert len(council.letters()) == before


def test_needs_close_the_day_after_their_date_with_the_same_letters(council):
    need, sitters = council.need(), council.charity("Sitters")
    council.answer(need, sitters)
    with writing(council.engine) as session:
        by = operator(session, needs.EXCHANGE)
        assert listings.close_due(session, by, CLOSES, NOW) == 0
        assert listings.close_due(session, by, CLOSES.replace(day=20), NOW) == 1
        assert listings.close_due(session, by, CLOSES.replace(day=21), NOW) == 0
    assert told_last(council, council.carla)[0].startswith("Answers closed: 1 respondent waits for your answer by")
    assert told_last(council, sitters)[0] == "Answers are closed: “Breaks for carers”"


def test_a_withdrawn_need_ends_every_introduction_with_the_reason_its_owner_gives(council):
    need, sitters, circle = council.need(), council.charity("Sitters"), council.charity("Circle")
    first = council.answer(need, sitters)
    second = council.invite(need, council.idea(circle))
    council.end("withdraw", need, reason="The {budget} is gone.")
    for number in (first, second):
        row = council.introduction(number)
        assert (row.state, row.outcome, row.line) == ("closed", "withdrawn", needs.WITHDRAWN_LINE)
    subject, body = told_last(council, sitters)
    assert subject == "Withdrawn: “Breaks for carers”"
    assert body.startswith("Aire Council has withdrawn “Breaks for carers”, so your introduction over it has ended.")
    assert "  The {budget} is gone." in body
    assert told_last(council, circle)[0] == "Withdrawn: “Breaks for carers”"


def test_a_moderators_reason_and_name_are_not_the_respondents_to_read(council):
    need, sitters = council.need(), council.charity("Sitters")
    number = council.answer(need, sitters)
    with writing(council.engine) as session:
        moderation.withdraw(session, need, operator(session, "Mo"), Refusal(None, "It names a child."), NOW)
    body = told_last(council, sitters)[1]
    assert body.startswith("A moderator of the exchange has withdrawn “Breaks for carers” of Aire Council.")
    assert "child" not in body
    with reading(council.engine) as session:
        last = select(IntroductionEvent.by_id).where(IntroductionEvent.introduction_id == number)
        by = session.get_one(Account, session.scalar(last.order_by(IntroductionEvent.id.desc()).limit(1)))
    assert by.name == "Exchange"


def test_a_withdrawn_innovation_ends_its_introductions_and_the_commissioner_is_told(council):
    need, sitters = council.need(), council.charity("Sitters")
    idea = council.idea(sitters)
    answer = council.answer(need, sitters, innovation=idea)
    asked = council.ask(council.idea(sitters, "Night sitters"))
    council.end("withdraw", idea, by=sitters, reason="We have stopped.")
    row = council.introduction(answer)
    assert (row.state, row.outcome, row.line) == ("declined", "withdrawn", None)
    assert council.introduction(asked).ended_at is None
    subject, body = told_last(council, council.carla)
    assert subject == "Withdrawn: “Sitting service”"
    assert "Sitters has withdrawn “Sitting service”" in body
    council.conclude(need, word())
    assert council.listing(need).state == State.CONCLUDED


def test_an_agreed_introduction_over_a_withdrawn_innovation_ends_too(council):
    sitters = council.charity("Sitters")
    idea = council.idea(sitters)
    number = council.ask(idea)
    with writing(council.engine) as session:
        carla, innovator = session.get_one(Account, council.carla), session.get_one(Account, sitters)
        introductions.accept(session, number, "Gladly.", innovator, NOW)
        introductions.agree(session, number, carla, NOW)
        introductions.agree(session, number, innovator, NOW)
    council.end("withdraw", idea, by=sitters)
    assert (council.introduction(number).state, council.introduction(number).outcome) == ("closed", "withdrawn")


def test_a_refused_withdrawal_tells_nobody(council):
    need, sitters = council.need(), council.charity("Sitters")
    number = council.answer(need, sitters)
    before = len(council.letters())
    with pytest.raises(InputError, match="Give a reason to withdraw"):
        council.end("withdraw", need, reason=" ")
    assert len(council.letters()) == before
    assert council.introduction(number).ended_at is None


def test_no_way_leads_past_the_check_that_somebody_waits(council):
    need, sitters = council.need(), council.charity("Sitters")
    idea = council.idea(sitters)
    council.answer(need, sitters, innovation=idea)
    council.end("close", need)
    for number, step in ((need, Step.CONCLUDE), (need, Step.WITHDRAW), (idea, Step.WITHDRAW)):
        with writing(council.engine) as session:
            act = Act(session.get_one(Account, council.carla), NOW, "Because.")
            with pytest.raises(StateError, match="would be left without an answer"):
                move(session, locked_listing(session, number), step, act)
    assert council.listing(need).state == State.CLOSED


def test_an_account_that_is_not_the_last_leaves_everything_to_its_colleagues(council):
    need, sitters = council.need(), council.charity("Sitters")
    number = council.answer(need, sitters)
    before = len(council.letters())
    with writing(council.engine) as session:
        needs.account_closed(session, session.get_one(Account, council.carla), NOW)
    assert council.listing(need).state == State.PUBLISHED
    assert council.introduction(number).ended_at is None
    assert len(council.letters()) == before


def close_accounts(council, *numbers: int):
    for number in numbers:
        with writing(council.engine) as session:
            personal_data.close_account(session, number, NOW)


def test_with_the_last_account_of_a_council_its_needs_are_withdrawn_and_respondents_told(council):
    need, closed = council.need(), council.need("Respite")
    sitters = council.charity("Sitters")
    first, second = council.answer(need, sitters), council.answer(closed, sitters)
    council.end("close", closed)
    asked = council.ask(council.idea(sitters))
    close_accounts(council, council.carla, council.colin)
    assert {council.listing(number).state for number in (need, closed)} == {State.WITHDRAWN}
    for number in (first, second, asked):
        row = council.introduction(number)
        assert (row.state, row.outcome) == ("closed", "account closed")
    told = [letter for letter in council.letters(sitters) if "has ended" in letter.subject]
    assert len(told) == 3
    assert "The last account that acted for Aire Council on the exchange was closed" in told[0].body
    with reading(council.engine) as session:
        why = select(Decision.reason).where(Decision.listing_id == need).order_by(Decision.id.desc()).limit(1)
        assert session.scalar(why) == needs.NOBODY_LEFT


def test_with_the_last_account_of_a_charity_its_answers_end_and_its_idea_is_closed(council):
    need, sitters = council.need(), council.charity("Sitters", "Sid")
    idea = council.idea(sitters)
    number = council.answer(need, sitters, innovation=idea)
    with reading(council.engine) as session:
        sid = session.scalar(select(Account.id).where(Account.name == "Sid"))
    close_accounts(council, sitters)
    assert council.introduction(number).ended_at is None
    close_accounts(council, sid)
    row = council.introduction(number)
    assert (row.state, row.outcome) == ("declined", "account closed")
    assert council.listing(idea).state == State.CLOSED
    assert told_last(council, council.carla)[0] == "Your introduction has ended: “Breaks for carers”"
    council.conclude(need, word())


def test_what_somebody_posted_for_no_organisation_goes_with_their_account(council):
    with writing(council.engine) as session:
        alone = session.get_one(Account, council.colin)
        alone.organisation_id = None
    idea = council.publish(Kind.INNOVATION, None, council.colin, Content(title="My own idea"))
    close_accounts(council, council.colin)
    assert council.listing(idea).state == State.WITHDRAWN


def test_concluded_needs_and_others_listings_stay_when_the_last_account_closes(council):
    concluded, sitters = council.need(), council.charity("Sitters")
    theirs = council.idea(sitters)
    council.conclude(concluded, word())
    close_accounts(council, council.carla, council.colin)
    assert council.listing(concluded).state == State.CONCLUDED
    assert council.listing(theirs).state == State.PUBLISHED
    with reading(council.engine) as session:
        assert session.scalar(select(func.count()).where(Decision.listing_id == theirs)) == 1
