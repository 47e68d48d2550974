"""Reply rate and median days to reply are counted as the page says."""

from datetime import UTC, date, datetime, timedelta

import pytest
from promised import CLOSES, DAY, NOW, REPLY_BY, a_council, word

from exchange.database import reading, writing
from exchange.introducing import introductions, needs
from exchange.introducing.reply_rate import Figures, figures
from exchange.models import Account

DUE = REPLY_BY + DAY
"""The first day on which the usual reply date has passed."""
NONE = Figures(None, None, 0)


@pytest.fixture
def council(engine):
    return a_council(engine)


@pytest.fixture
def sitters(council):
    return council.charity("Sitters")


def counted(council, today: date = DUE) -> Figures:
    with reading(council.engine) as session:
        return figures(session, council.council, today)


def at(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def say(council, number: int, by: int, now: datetime, name: str = "say", *given: object) -> None:
    with writing(council.engine) as session:
        account = session.get_one(Account, by)
        getattr(introductions, name)(
            session, number, *(given or (("Thank you.",) if name == "say" else ())), account, now
        )


def test_without_respondents_and_before_the_reply_date_has_passed_nothing_counts(council, sitters):
    assert counted(council) == NONE
    council.answer(council.need(), sitters)
    assert counted(council, REPLY_BY) == NONE
    assert counted(council) == Figures(0.0, None, 1)


def test_a_message_an_agreement_a_no_and_a_final_line_are_all_replies(council):
    charities = [council.charity(name) for name in ("One", "Two", "Three", "Four")]
    need = council.need()
    rows = [council.answer(need, charity) for charity in charities]
    say(council, rows[0], council.carla, NOW + 2 * DAY)
    say(council, rows[1], council.carla, NOW + 4 * DAY, "agree")
    say(council, rows[2], council.carla, NOW + 6 * DAY, "decline", None)
    left = dict.fromkeys((rows[0], rows[1], rows[3]), "No.")
    council.conclude(need, word(lines=left), NOW + 10 * DAY)
    assert counted(council) == Figures(1.0, 5.0, 4)


def test_what_the_innovator_writes_is_no_reply(council, sitters):
    number = council.answer(council.need(), sitters)
    say(council, number, sitters, NOW + DAY)
    say(council, number, sitters, NOW + DAY, "agree")
    assert counted(council) == Figures(0.0, None, 1)


@pytest.mark.parametrize(("moment", "rate"), [("22:59", 1.0), ("23:00", 0.0)])
def test_the_reply_date_ends_at_midnight_in_london(council, sitters, moment, rate):
    number = council.answer(council.need(), sitters)
    hour, minute = map(int, moment.split(":"))  # British Summer Time is an hour before UTC
    say(council, number, council.carla, datetime(2027, 4, 16, hour, minute, tzinfo=UTC))
    assert counted(council, DUE + DAY).rate == rate


def test_a_late_reply_counts_for_the_median_and_not_for_the_rate(council, sitters):
    number = council.answer(council.need(), sitters)
    say(council, number, council.carla, at(DUE + 9 * DAY))
    assert counted(council, DUE + 10 * DAY) == Figures(0.0, 56.0, 1)


def test_an_invitation_counts_once_it_was_accepted_and_what_was_written_before_is_no_reply(council, sitters):
    need = council.need()
    number = council.invite(need, council.idea(sitters))
    say(council, number, council.carla, NOW + DAY)
    assert counted(council) == NONE
    say(council, number, sitters, NOW + 2 * DAY, "accept", "Gladly.")
    assert counted(council) == Figures(0.0, None, 1)
    say(council, number, council.carla, NOW + 5 * DAY)
    assert counted(council) == Figures(1.0, 3.0, 1)


def test_an_introduction_that_the_commissioner_asked_for_is_no_respondent(council, sitters):
    number = council.ask(council.idea(sitters))
    say(council, number, sitters, NOW, "accept", "Gladly.")
    council.need()
    assert counted(council, DUE + 90 * DAY) == NONE


def test_spam_is_left_out(council, sitters):
    number = council.answer(council.need(), sitters)
    say(council, number, council.carla, NOW, "mark_spam")
    assert counted(council) == NONE


def test_an_answer_taken_back_in_time_leaves_nothing_owed_and_one_taken_back_too_late_does_not_help(council, sitters):
    number = council.answer(council.need(), sitters)
    say(council, number, sitters, NOW + DAY, "decline", None)
    assert counted(council) == NONE
    circle = council.charity("Circle")
    late = council.answer(council.need("Other"), circle)
    say(council, late, circle, at(DUE), "decline", None)
    assert counted(council) == Figures(0.0, None, 1)


def test_withdrawal_counts_as_not_answered_whatever_was_written_before(council, sitters):
    need = council.need()
    number = council.answer(need, sitters)
    say(council, number, council.carla, NOW + 2 * DAY)
    council.end("withdraw", need, now=NOW + 3 * DAY)
    assert counted(council, REPLY_BY) == NONE
    assert counted(council) == Figures(0.0, 2.0, 1)


def test_a_closed_account_counts_as_not_answered(council, sitters):
    council.answer(council.need(), sitters)
    with writing(council.engine) as session:
        session.get_one(Account, council.colin).organisation_id = None
    with writing(council.engine) as session:
        needs.account_closed(session, session.get_one(Account, council.carla), NOW + DAY)
    assert counted(council) == Figures(0.0, None, 1)


def test_an_innovation_that_was_withdrawn_leaves_nothing_owed(council, sitters):
    idea = council.idea(sitters)
    council.answer(council.need(), sitters, innovation=idea)
    council.end("withdraw", idea, by=sitters)
    assert counted(council) == NONE


def test_a_need_without_a_reply_date_counts_twenty_working_days_after_closing(council, sitters):
    need = council.need(reply_by=None)
    council.answer(need, sitters)
    assert counted(council, NOW.date() + 400 * DAY) == NONE
    council.end("close", need, now=at(CLOSES + DAY))
    # From Friday 19 March: Good Friday and Easter Monday, 26 and 29 March, are no working days.
    last = date(2027, 4, 20)
    assert counted(council, last) == NONE
    assert counted(council, last + DAY) == Figures(0.0, None, 1)


def test_one_who_answers_after_the_stated_date_is_promised_ten_working_days(council, sitters):
    need = council.need(closes_on=None, reply_by=date(2027, 3, 5))
    council.answer(need, sitters, now=at(date(2027, 3, 8)))
    assert counted(council, date(2027, 3, 22)) == NONE
    assert counted(council, date(2027, 3, 23)) == Figures(0.0, None, 1)


def test_only_the_last_24_months_count(council, sitters):
    council.answer(council.need(), sitters)
    assert counted(council, date(2029, 4, 16)) == Figures(0.0, None, 1)
    assert counted(council, date(2029, 4, 17)) == NONE


def test_another_bodys_needs_do_not_count(council, sitters):
    council.answer(council.need(), sitters)
    with reading(council.engine) as session:
        assert figures(session, council.council + 100, DUE) == NONE
        assert figures(session, session.get_one(Account, sitters).organisation_id, DUE) == NONE


def test_an_even_number_of_replies_has_its_median_between_the_middle_ones(council):
    need = council.need()
    for at_day, name in enumerate(("One", "Two")):
        say(council, council.answer(need, council.charity(name)), council.carla, NOW + timedelta(days=2 + at_day))
    assert counted(council) == Figures(1.0, 2.5, 2)
