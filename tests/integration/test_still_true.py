"""Owners are asked each year whether a listing is still true; silence marks it, and later closes it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from promised import DAY, NOW, a_council
from sqlalchemy import select

from exchange import chores
from exchange.content import Content, Kind
from exchange.database import reading, writing
from exchange.errors import NotFoundError, StateError
from exchange.listing import listings, still_true
from exchange.listing.still_true import unconfirmed_since
from exchange.models import Account, Decision, Listing, State
from exchange.models_introductions import Reminder
from exchange.moderating import moderation
from exchange.people import sign_ins
from exchange.people.accounts import operator

YEAR_ON = date(2028, 3, 1)


@pytest.fixture
def council(engine):
    return a_council(engine)


@pytest.fixture
def sitters(council):
    return council.charity("Sitters", "Sid")


@pytest.fixture
def idea(council, sitters):
    return council.idea(sitters)


def on(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def tend(council, *days: date) -> None:
    for day in days:
        chores.tend(council.engine, on(day))


def confirm(council, number: int, by: int, now: datetime) -> None:
    with writing(council.engine) as session:
        person = sign_ins.person(session, session.get_one(Account, by))
        still_true.confirm(session, number, person, now)


def questions(council, account: int) -> list[str]:
    return [letter.path for letter in council.letters(account) if letter.subject.startswith("Is it still true?")]


def test_every_member_is_asked_once_a_year_after_publication(council, sitters, idea):
    tend(council, YEAR_ON - DAY)
    assert questions(council, sitters) == []
    tend(council, YEAR_ON, YEAR_ON, YEAR_ON + 3 * DAY)
    assert questions(council, sitters) == questions(council, sitters + 1) == [f"/my/listings/{idea}/still-true"]
    letter = council.letters(sitters)[-1]
    assert "was published or last confirmed on 1 March 2027" in letter.body
    assert "marked as not confirmed from 31 March 2028 and closed on 30 May 2028" in letter.body


def test_silence_marks_it_after_thirty_days_and_closes_it_after_ninety_with_a_letter(council, sitters, idea):
    tend(council, YEAR_ON)
    assert unconfirmed_since(council.listing(idea), date(2028, 3, 30)) is None
    assert unconfirmed_since(council.listing(idea), date(2028, 3, 31)) == NOW.date()
    tend(council, YEAR_ON + 89 * DAY)
    assert council.listing(idea).state == State.PUBLISHED
    tend(council, YEAR_ON + 90 * DAY, YEAR_ON + 91 * DAY)
    assert council.listing(idea).state == State.CLOSED
    told = [letter for letter in council.letters(sitters) if letter.subject.startswith("Closed, because nobody")]
    assert [letter.path for letter in told] == [f"/my/listings/{idea}"]
    with reading(council.engine) as session:
        last = session.scalars(select(Decision).where(Decision.listing_id == idea).order_by(Decision.id.desc())).first()
        assert session.get_one(Account, last.by_id).name == "Exchange"
    assert last.reason == still_true.NOT_CONFIRMED


def test_one_who_confirms_is_left_alone_for_a_year(council, sitters, idea):
    tend(council, YEAR_ON)
    confirm(council, idea, sitters, on(YEAR_ON + 40 * DAY))
    assert unconfirmed_since(council.listing(idea), YEAR_ON + 40 * DAY) is None
    tend(council, YEAR_ON + 90 * DAY, YEAR_ON + 200 * DAY)
    assert council.listing(idea).state == State.PUBLISHED
    assert len(questions(council, sitters)) == 1
    tend(council, date(2029, 4, 10))
    assert len(questions(council, sitters)) == 2
    tend(council, date(2029, 4, 10) + 90 * DAY)
    assert council.listing(idea).state == State.CLOSED


def test_an_approved_change_counts_as_confirmed_and_a_submitted_one_does_not(council, sitters, idea):
    with writing(council.engine) as session:
        by = session.get_one(Account, sitters)
        revision = listings.revise(session, idea, Content(title="Sitting service, day and night"), by, on(YEAR_ON))
        assert session.get_one(Listing, idea).confirmed_at is None
        later = on(YEAR_ON + 5 * DAY)
        moderation.approve_revision(session, revision.id, operator(session, "Test"), None, later)
    assert council.listing(idea).confirmed_at == later
    tend(council, YEAR_ON + 100 * DAY)
    assert questions(council, sitters) == []


def test_confirming_twice_and_before_being_asked_is_welcome(council, sitters, idea):
    confirm(council, idea, sitters, NOW + DAY)
    confirm(council, idea, sitters + 1, NOW + 2 * DAY)
    assert council.listing(idea).confirmed_at == NOW + 2 * DAY
    assert council.listing(idea).index_revision == 2, "what is indexed did not change"


def test_only_its_own_people_confirm_a_listing_and_only_a_published_one(council, sitters, idea):
    with pytest.raises(NotFoundError, match=f"There is no listing {idea}; check the number"):
        confirm(council, idea, council.carla, NOW)
    with pytest.raises(NotFoundError, match="There is no listing 999; check the number"):
        confirm(council, 999, council.carla, NOW)
    council.end("close", idea, by=sitters)
    with pytest.raises(StateError, match="Only a published listing can be confirmed; this one is closed"):
        confirm(council, idea, sitters, NOW)


def test_imported_listings_are_marked_by_the_same_dates_and_never_closed_for_want_of_an_owner(council):
    with writing(council.engine) as session:
        desk = operator(session, "Import").id
    number = council.publish(
        Kind.INNOVATION, None, desk, Content(title="From open data"), source="grants", source_id="1"
    )
    tend(council, YEAR_ON, YEAR_ON + 100 * DAY, YEAR_ON + 800 * DAY)
    assert council.listing(number).state == State.PUBLISHED
    assert unconfirmed_since(council.listing(number), YEAR_ON + 30 * DAY) == NOW.date()
    with reading(council.engine) as session:
        assert session.scalars(select(Reminder)).all() == []


def test_a_listing_that_was_not_asked_about_for_long_is_closed_ninety_days_after_the_question(council, sitters, idea):
    late = YEAR_ON + 300 * DAY
    tend(council, late, late + 89 * DAY)
    assert council.listing(idea).state == State.PUBLISHED
    tend(council, late + 90 * DAY)
    assert council.listing(idea).state == State.CLOSED


def test_a_need_that_closes_so_asks_for_its_conclusion_too(council):
    need = council.need(closes_on=None, reply_by=None)
    tend(council, YEAR_ON, YEAR_ON + 90 * DAY)
    subjects = [letter.subject for letter in council.letters(council.carla)][-2:]
    assert subjects[0].startswith("Answers closed: nobody waits")
    assert subjects[1].startswith("Closed, because nobody confirmed it")
    assert council.letters(council.carla)[-2].path == f"/my/listings/{need}/conclude"


def test_who_confirms_while_the_chore_waits_keeps_the_listing_open(council, sitters, idea):
    tend(council, YEAR_ON)
    with reading(council.engine) as session:
        found = still_true.to_close(session, on(YEAR_ON + 90 * DAY))
    assert found == [idea]
    confirm(council, idea, sitters, on(YEAR_ON + 90 * DAY) - timedelta(hours=1))
    with writing(council.engine) as session:
        still_true.close_silent(session, idea, on(YEAR_ON + 90 * DAY))
        still_true.ask(session, idea, on(YEAR_ON + 90 * DAY))
    assert council.listing(idea).state == State.PUBLISHED
    assert len(questions(council, sitters)) == 1
