"""What is due as days pass is done once, whoever looks and how often."""

from datetime import UTC, date, datetime, timedelta

import pytest
from people import enrol, found
from promised import CLOSES, DAY, NOW, REPLY_BY, a_council, word
from sqlalchemy import event, select, update
from together import at_once

from exchange import chores, letters
from exchange.database import reading, writing
from exchange.introducing import introductions
from exchange.models import Account, Listing, State
from exchange.models_introductions import Reminder
from exchange.models_people import Attempts, Letter, OneTimeLink, SignIn
from exchange.people import accounts, limits, one_time_links, sign_ins
from exchange.people.one_time_links import Purpose


@pytest.fixture
def council(engine):
    return a_council(engine)


@pytest.fixture
def waiting(council):
    """Give a need with one respondent, tended to on the day after its closing date."""
    need, sitters = council.need(), council.charity("Sitters")
    number = council.answer(need, sitters)
    tend(council, CLOSES + DAY)
    return need, number


def tend(council, day: date, hour: int = 12) -> list[str]:
    """Do the chores of a day twice; give the subjects of what went to Carla."""
    before = len(council.letters(council.carla))
    now = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    chores.tend(council.engine, now)
    every = len(council.letters())
    chores.tend(council.engine, now + timedelta(minutes=10))
    assert len(council.letters()) == every, "a second time sends nothing"
    return [letter.subject for letter in council.letters(council.carla)[before:]]


def test_a_need_closes_when_the_day_after_its_date_begins_in_london(council):
    need = council.need(closes_on=date(2027, 6, 10), reply_by=date(2027, 7, 9))
    chores.tend(council.engine, datetime(2027, 6, 10, 22, 59, tzinfo=UTC))
    assert council.listing(need).state == State.PUBLISHED
    chores.tend(council.engine, datetime(2027, 6, 10, 23, 0, tzinfo=UTC))  # British Summer Time
    assert council.listing(need).state == State.CLOSED


def test_owners_are_reminded_before_on_and_after_the_reply_date_each_once(council, waiting):
    need, _ = waiting
    told = {day: tend(council, day) for day in (CLOSES + step * DAY for step in range(2, 60))}
    assert {day: subjects for day, subjects in told.items() if subjects} == {
        date(2027, 4, 9): ["Reply promised by 16 April 2027: Breaks for carers"],
        date(2027, 4, 16): ["The reply date has come: Breaks for carers"],
        date(2027, 4, 23): ["Your answer is overdue: Breaks for carers"],
    }
    last = council.letters(council.colin)[-1]
    assert last.path == f"/my/listings/{need}/conclude"
    assert "1 respondent waits for it still" in last.body


def test_after_a_long_silence_of_the_site_only_the_latest_reminder_is_sent(council, waiting):
    assert tend(council, REPLY_BY + 40 * DAY) == ["Your answer is overdue: Breaks for carers"]


def test_nobody_is_reminded_of_what_is_answered(council, waiting):
    need, number = waiting
    council.conclude(need, word(lines={number: "No."}), now=NOW + 20 * DAY)
    assert tend(council, REPLY_BY) == []
    declined, sitters = council.need("Other"), council.charity("Circle")
    other = council.answer(declined, sitters)
    with writing(council.engine) as session:
        introductions.decline(session, other, None, session.get_one(Account, council.carla), NOW)
    assert [subject for subject in tend(council, REPLY_BY + DAY) if "reply" in subject.lower()] == []


def test_a_reply_date_that_was_moved_is_reminded_of_anew(council, waiting):
    need, _ = waiting
    tend(council, REPLY_BY)
    with writing(council.engine) as session:
        row = session.get_one(Listing, need)
        row.data = row.data | {"reply_by": "2027-05-14"}
    assert tend(council, date(2027, 5, 14)) == ["The reply date has come: Breaks for carers"]


def test_a_published_need_without_closing_date_is_reminded_of_too(council):
    need = council.need(closes_on=None)
    council.answer(need, council.charity("Sitters"))
    assert tend(council, REPLY_BY) == ["The reply date has come: Breaks for carers"]


def test_a_need_that_states_no_reply_date_is_reminded_of_twenty_working_days_after_closing(council):
    council.answer(council.need(reply_by=None), council.charity("Sitters"))
    assert tend(council, CLOSES + DAY)[0].endswith("by 20 April 2027")
    assert tend(council, date(2027, 4, 20)) == ["The reply date has come: Breaks for carers"]


def test_respondents_are_told_only_that_answers_are_closed(council, waiting):
    for step in range(60):
        chores.tend(council.engine, NOW + step * DAY)
    with reading(council.engine) as session:
        sitters = session.scalar(select(Account.id).where(Account.name == "Sitters"))
    assert [letter.subject for letter in council.letters(sitters)] == ["Answers are closed: “Breaks for carers”"]


def test_what_has_run_out_is_deleted_and_the_rest_stays(council):
    later = NOW + 40 * DAY
    with writing(council.engine) as session:
        for moment, name in ((NOW, "old"), (later, "new")):
            sign_ins.start(session, council.carla, moment)
            limits.count(session, name, 5, timedelta(hours=1), moment)
            one_time_links.make(session, Purpose.CONFIRM, moment, 3 * DAY, account_id=council.carla)
    chores.tend(council.engine, later)
    with reading(council.engine) as session:
        assert session.scalars(select(SignIn.created_at)).all() == [later]
        assert session.scalars(select(Attempts.began_at)).all() == [later]
        assert session.scalars(select(OneTimeLink.created_at)).all() == [later]


def test_mail_is_kept_for_ninety_days_after_it_was_sent_and_until_then_however_old(council):
    with writing(council.engine) as session:
        old, recent, waiting = (
            letters.write(session, "ann@people.example", letters.Note(subject=word, body="Hello."), NOW)
            for word in ("old", "recent", "waiting")
        )
        letters.sent(session, old.id, NOW)
        letters.sent(session, recent.id, NOW + DAY)
    chores.tend(council.engine, NOW + 91 * DAY - timedelta(minutes=1))
    with reading(council.engine) as session:
        assert session.scalars(select(Letter.subject).order_by(Letter.id)).all() == ["recent", "waiting"]
    assert waiting.sent_at is None


def test_one_chore_that_fails_is_named_and_keeps_no_other_from_being_done(council, waiting, caplog):
    need, _ = waiting
    broken, sitters = council.need("Broken"), council.charity("Circle")
    council.answer(broken, sitters)
    with writing(council.engine) as session:
        session.execute(update(Listing).where(Listing.id == broken).values(closes_on=None))

    def fail(_connection, _cursor, statement, parameters, *_rest: object) -> None:
        if "INSERT INTO reminder" in statement and broken in _values(parameters):
            raise RuntimeError("the disk is full")

    event.listen(council.engine, "before_cursor_execute", fail)
    with pytest.raises(RuntimeError, match="the disk is full"):
        chores.tend(council.engine, NOW + 46 * DAY)
    event.remove(council.engine, "before_cursor_execute", fail)
    assert "remind failed" in caplog.text
    with reading(council.engine) as session:
        assert session.scalars(select(Reminder.listing_id)).all() == [need]
    chores.tend(council.engine, NOW + 46 * DAY)
    with reading(council.engine) as session:
        assert sorted(session.scalars(select(Reminder.listing_id))) == [need, broken]


def _values(parameters):
    return parameters.values() if isinstance(parameters, dict) else parameters


def test_several_processes_at_the_same_moment_do_everything_once(council):
    charities = [council.charity(name) for name in ("One", "Two")]
    for at, charity in enumerate(charities):
        for need in range(3):
            council.answer(council.need(f"Need {at}{need}"), charity)
        council.idea(charity, f"Idea {at}")
    for now in (NOW + 30 * DAY, NOW + 46 * DAY, NOW + 370 * DAY):
        assert at_once(*[lambda now=now: chores.tend(council.engine, now) for _ in range(4)]) == [None] * 4
    told = [(letter.address, letter.subject, letter.body) for letter in council.letters()]
    assert len(told) == len(set(told))
    subjects = [letter.subject for letter in council.letters(council.carla)]
    assert sum(subject.startswith("Answers closed") for subject in subjects) == 6
    assert sum(subject.startswith("The reply date has come") for subject in subjects) == 6
    assert sum(subject.startswith("Your answer is overdue") for subject in subjects) == 6
    assert (
        sum(subject.startswith("Is it still true") for letter in council.letters() for subject in [letter.subject]) == 2
    )


def test_chores_find_nothing_to_do_in_an_empty_exchange(engine):
    chores.tend(engine, NOW)
    with reading(engine) as session:
        assert session.scalars(select(Account.name)).all() == ["Exchange"]
    with writing(engine) as session:
        assert accounts.operator(session, "Exchange").can_sign_in is False
        enrol(session, "Ann", organisation_id=found(session, "A charity"))
    chores.tend(engine, NOW)
