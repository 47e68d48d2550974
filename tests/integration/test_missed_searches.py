"""What was looked for in vain: counted by day, without who typed it or what could say so, and not kept for long."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from together import at_once

from exchange.chores import tidy
from exchange.database import reading, writing
from exchange.models_running import MissedSearch
from exchange.running import missed_searches
from exchange.running.missed_searches import LONGEST, Missed, missed, note, without_personal

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def session(engine):
    with writing(engine) as session:
        yield session


def texts(session, now=NOW, number=1):
    return [(one.text, one.number) for one in missed(session, now, number).texts]


def test_the_same_words_count_together_whatever_their_case_and_blanks(session):
    for text in ("Night sitters", "  night   SITTERS ", "night\nsitters"):
        assert note(session, text, NOW)
    note(session, "other", NOW)
    assert texts(session) == [("Night sitters", 3), ("other", 1)]


def test_days_are_londons_and_add_up_most_frequent_first(session):
    late = datetime(2027, 6, 30, 23, 30, tzinfo=UTC)  # half past midnight in London
    for now in (late - DAY, late, late):
        note(session, "lunch", now)
    note(session, "tea", late)
    assert [row.day.day for row in session.scalars(select(MissedSearch).order_by(MissedSearch.day))] == [30, 1, 1]
    assert texts(session, late) == [("lunch", 3), ("tea", 1)]
    page = missed(session, late)
    assert (page.total, page.searches, page.last) == (2, 4, 1)


def test_after_thirty_days_it_is_neither_shown_nor_kept(session):
    note(session, "lunch", NOW)
    assert texts(session, NOW + 29 * DAY) == [("lunch", 1)]
    assert texts(session, NOW + 30 * DAY) == []
    tidy(session, NOW + 29 * DAY)
    assert session.scalars(select(MissedSearch.text)).all() == ["lunch"]
    tidy(session, NOW + 30 * DAY)
    assert session.scalars(select(MissedSearch.text)).all() == []


def test_a_day_has_so_many_texts_and_no_more_but_those_it_has_go_on_counting(session, monkeypatch):
    monkeypatch.setattr(missed_searches, "MOST_A_DAY", 2)
    assert [note(session, text, NOW) for text in ("a", "b", "c", "a")] == [True, True, False, True]
    assert texts(session) == [("a", 2), ("b", 1)]
    assert note(session, "c", NOW + DAY)


def test_pages_are_of_fifty_and_a_number_past_the_end_gives_the_last(session):
    for number in range(51):
        note(session, f"word {number:02}", NOW)
    assert [len(texts(session, NOW, page)) for page in (1, 2, 9)] == [50, 1, 1]
    assert missed(session, NOW, 9).number == 2
    assert missed(session, NOW + 60 * DAY).texts == ()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("mail Ann.O'Neill@example.org about sitters", "mail (address removed) about sitters"),
        ("call 0113 496 0000 now", "call (number removed) now"),
        ("+44 (0)113-496-0000", "(number removed)"),
        ("NHS 943 476 5919 carers", "NHS (number removed) carers"),
        ("QQ 12 34 56 C benefits", "(number removed) benefits"),
        ("see https://user:pass@host/x?code=secret please", "see (link removed) please"),
        ("www.example.org/x club", "(link removed) club"),
        ("sitters ls6 3hn", "sitters ls6"),
        ("help in SW1A 1AA", "help in SW1A"),
        ("ages 11 to 17, 2027, £250,000", "ages 11 to 17, 2027, £250,000"),
        ("a\x00b", "ab"),
        ("x" * 500, "x" * LONGEST),
    ],
)
def test_what_may_lead_to_a_person_is_taken_out(typed, kept):
    assert without_personal(typed) == kept


@pytest.mark.parametrize("text", ["ann@example.org", "07700 900 123", " ", "?!", "ann@example.org, 0113 496 0000"])
def test_of_a_text_of_which_nothing_is_left_nothing_is_kept(session, text):
    assert not note(session, text, NOW)
    assert texts(session) == []


def test_many_at_once_are_all_counted(engine):
    def one():
        with writing(engine) as session:
            note(session, "lunch", NOW)

    at_once(*[one] * 8)
    with reading(engine) as session:
        assert missed(session, NOW).texts == (Missed("lunch", 8),)
