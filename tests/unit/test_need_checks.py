"""The claim check of a need: method, outcome, people, problem, and the dates."""

from datetime import date, timedelta
from typing import Any

import pytest

from exchange.content import Content, Kind, Outcome
from exchange.listing.claims import check
from exchange.listing.need_checks import (
    EARLY_START,
    LATE_REPLY,
    METHOD,
    NO_OUTCOME,
    NO_PROBLEM,
    NOBODY,
    PASSED,
    WINDOW,
)
from fixtures.files import fixture_contents, read_fixtures

TODAY = date(2027, 3, 1)
OUTCOMES = (Outcome(statement="Carers sleep", measure="Nights", for_whom="Carers"),)


def need(**stated: Any) -> Content:
    given = {"title": "Breaks", "summary": "Carers cannot get a break.", "outcomes": OUTCOMES} | stated
    return Content(**given)


def said(content: Content, today: date | None = None) -> list[tuple[str, str]]:
    return [(one.field, one.sentence) for one in check(content, Kind.NEED, today)]


def test_a_clear_need_hears_nothing():
    assert said(need(closes_on=TODAY + timedelta(weeks=6), reply_by=TODAY + timedelta(weeks=9)), TODAY) == []


@pytest.mark.parametrize(
    "text",
    [
        "It must be delivered by qualified nurses.",
        "The service shall be run in our family hubs.",
        "Participants shall attend weekly for a year.",
        "Carers must attend the carers' centre weekly.",
        "We want face to face sessions of 2 hours.",
        "Sessions should last 90 minutes.",
        "Two-hour workshops are required.",
        "Weekly group sessions must be offered.",
        "The provider will use the Family Links model.",
        "The successful provider must follow our pathway.",
        "Providers must run 12 evening sessions.",
        "The work must be based on the Motivational Interviewing approach.",
        "Support using the Recovery Star toolkit model.",
        "Support must be one-to-one.",
        "A caseload of no more than 12.",
    ],
)
@pytest.mark.parametrize("field", ["summary", "description", "method"])
def test_words_that_fix_the_method_are_quoted(text, field):
    found = check(need(**{field: f"{text} Carers cannot rest."}), Kind.NEED)
    assert [(one.field, one.sentence, one.quote) for one in found] == [(field, METHOD, text)]


@pytest.mark.parametrize(
    "text",
    [
        "Electrical goods must be PAT tested and guaranteed.",
        "Providers must have safeguarding policies.",
        "The board has no wish to run a fleet.",
        "Proposals might use volunteers or community vehicles.",
        "The provider must accept referrals electronically.",
        "It must stay open to all.",
        "Carers attend hospital with the people they look after.",
        "The supplier will have first pick of items.",
    ],
)
def test_conditions_and_circumstances_are_no_method(text):
    assert said(need(description=text)) == []


def test_a_need_without_outcome_is_asked_for_one():
    assert said(need(outcomes=None)) == [("outcomes", NO_OUTCOME)]


def test_a_need_that_names_nobody_is_asked_who_has_it():
    content = need(summary="Bulky waste cannot be re-used.", outcomes=(Outcome(statement="Re-use", measure="Tonnes"),))
    assert ("groups", NOBODY) in said(content)
    assert ("groups", NOBODY) not in said(need(summary="Waste is a problem.", groups=("people-on-low-incomes",)))
    assert ("groups", NOBODY) not in said(need(summary="Tenants have a problem with waste."))


def test_a_short_need_that_tells_no_problem_is_asked_for_it():
    bare = need(summary="A befriending service for older people in Leeds.")
    assert said(bare) == [("description", NO_PROBLEM)]
    assert said(need(summary="Older people in Leeds are lonely.")) == []
    assert said(need(summary="Older people don\u2019t meet anybody.")) == []
    assert said(need(summary=None, description="Words about carers here. " * 40)) == []


@pytest.mark.parametrize(("days", "words"), [(41, "41 days"), (1, "1 day "), (0, "0 days")])
def test_a_window_shorter_than_six_weeks_is_too_short(days, words):
    (found,) = check(need(closes_on=TODAY + timedelta(days=days)), Kind.NEED, TODAY)
    assert found.field == "closes_on"
    assert found.sentence.startswith(words)
    assert found.sentence.endswith(WINDOW)


def test_without_a_day_to_count_from_nothing_is_said_of_the_window():
    assert said(need(closes_on=TODAY)) == []


def test_a_closing_date_that_has_passed_is_said():
    assert said(need(closes_on=TODAY - timedelta(days=1)), TODAY) == [("closes_on", PASSED)]


def test_a_reply_more_than_three_months_after_closing_is_late():
    closes = TODAY + timedelta(weeks=8)
    assert said(need(closes_on=closes, reply_by=closes + timedelta(days=93)), TODAY) == [("reply_by", LATE_REPLY)]
    assert said(need(closes_on=closes, reply_by=closes + timedelta(days=92)), TODAY) == []
    assert said(need(reply_by=closes), TODAY) == []


def test_work_cannot_start_before_answers_close():
    closes = TODAY + timedelta(weeks=8)
    assert said(need(closes_on=closes, start_on=closes - timedelta(days=1))) == [("start_on", EARLY_START)]
    assert said(need(closes_on=closes, start_on=closes)) == []


def test_an_innovation_hears_nothing_of_this():
    content = Content(title="T", summary="The provider must use the X model.", reply_by=TODAY)
    assert check(content, Kind.INNOVATION, TODAY) == ()


def test_what_is_said_of_the_needs_among_the_fixtures():
    """They are written well: two fix a method, two state no outcome, one tells no problem, all name their people."""
    posted = {key: listing.posted_days_ago for key, listing in read_fixtures().listings.items()}
    found: dict[str, list[str]] = {}
    windows = 0
    for key, kind, content, _, _ in fixture_contents(TODAY):
        if kind is Kind.NEED:
            for one in check(content, kind, TODAY - timedelta(days=posted[key])):
                if one.field == "closes_on":
                    windows += 1
                elif one.field != "outcomes" or one.sentence == NO_OUTCOME:
                    found.setdefault(one.sentence, []).append(key)
    assert {sentence: len(keys) for sentence, keys in found.items()} == {
        METHOD: 2,
        NO_OUTCOME: 2,
        NO_PROBLEM: 1,
        EARLY_START: 1,
    }
    assert found[NO_PROBLEM] == ["need-eastmarch-perpetrator-closed"]
    assert 5 <= windows <= 20
