"""Listings that hold words, found by SQL alone, on each kind of database."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange import text_search
from exchange.content import Content, Gender, Kind, Outcome, Tier
from exchange.database import reading, writing
from exchange.listing import listings
from exchange.listing.states import FOUND
from exchange.models import OrgKind, State
from exchange.moderating import moderation
from exchange.organisation.organisations import OrganisationDetails, add_organisation
from exchange.people.accounts import operator
from exchange.text_search import Stated, Wanted

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
ANYTHING = Wanted(limit=9, today=TODAY)


@pytest.fixture
def session(engine):
    with writing(engine) as session:
        yield session


@pytest.fixture
def by(session):
    return operator(session, "Operator")


def publish(session, by, content, kind=Kind.INNOVATION, *, hours=0, organisation=None) -> int:
    new = listings.NewListing(kind=kind, content=content, organisation_id=organisation)
    number = listings.post(session, new, by, NOW).id
    return moderation.approve(session, number, by, None, NOW + timedelta(hours=hours)).id


@pytest.fixture
def shelf(session, by) -> dict[str, int]:
    contents = {
        "sitters": Content(title="Night sitters", summary="Respite for carers in Leeds."),
        "respite": Content(title="Respite for Carers", description="Short breaks. 100% local_people, it's free."),
        "school": Content(title="Boxing", outcomes=(Outcome(statement="Attendance rises", measure="half-days"),)),
        "café": Content(title="Café Élan", summary="ÉLITE cooks"),
        "apart": Content(title="Self-help", description="(Mentors)\nmeet/greet \u201cpeople\u201d a\\b"),
    }
    made = {name: publish(session, by, content, hours=at) for at, (name, content) in enumerate(contents.items())}
    circle = add_organisation(session, OrganisationDetails(name="Carers' Circle", kind=OrgKind.THIRD_SECTOR)).id
    made["theirs"] = publish(session, by, Content(title="Lunch club"), hours=8, organisation=circle)
    made["need"] = publish(session, by, Content(title="Respite wanted"), Kind.NEED, hours=9)
    return made


def search(session, shelf, words: str, **wanted: object) -> list[str]:
    """Look for every word as it is given; give the names of what was found."""
    asked = [(word,) for word in words.split(" ")]
    found = text_search.text_search(session, replace(ANYTHING, words=asked, **{"least": len(asked), **wanted}))
    return [name for number in found.ids for name, made in shelf.items() if made == number]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("respite carers", ["respite", "sitters"]),
        ("respite", ["need", "respite", "sitters"]),
        ("respite leeds", ["sitters"]),
        ("attendance rises", ["school"]),
        ("carer", ["theirs", "respite", "sitters"]),
        ("circle lunch", ["theirs"]),
        ("help", ["apart"]),
        ("mentors meet greet people", ["apart"]),
        ("café", ["café"]),
        ("élan", ["café"]),
        ("élite", ["café"]),
        ("respite school", []),
        ("spite", []),
    ],
)
def test_words_are_found_where_a_word_begins_in_every_field_of_text(session, shelf, words, names):
    assert search(session, shelf, words) == names


@pytest.mark.parametrize(
    ("word", "names"),
    [
        ("100%", ["respite"]),
        ("local_people", ["respite"]),
        ("%", []),
        ("_", []),
        ("r_spite", []),
        ("r%e", []),
        ("a\\b", ["apart"]),
        ("\\", []),
        ("' or 1=1 --", []),
        ('"', []),
        ("', ')", []),
    ],
)
def test_wildcards_and_quotation_marks_are_plain_characters(session, shelf, word, names):
    found = text_search.text_search(session, replace(ANYTHING, words=[(word,)]))
    assert found.ids == [shelf[name] for name in names]


def test_any_form_of_a_word_holds_it(session, shelf):
    found = text_search.text_search(session, replace(ANYTHING, words=[("boxing", "lunch"), ("club", "self")], least=2))
    assert found.ids == [shelf["theirs"]]


def test_more_words_come_first_then_words_in_the_title_then_the_newest(session, shelf):
    assert search(session, shelf, "respite carers short leeds", least=1) == ["respite", "sitters", "need", "theirs"]
    assert search(session, shelf, "respite carers short leeds", least=2) == ["respite", "sitters"]


def test_only_so_many_are_given_and_it_is_said_that_there_are_more(session, shelf):
    three = text_search.text_search(session, replace(ANYTHING, words=[("respite",)], limit=3))
    two = text_search.text_search(session, replace(ANYTHING, words=[("respite",)], limit=2))
    assert (len(three.ids), three.more) == (3, False)
    assert (two.ids, two.more) == (three.ids[:2], True)
    assert text_search.text_search(session, replace(ANYTHING, limit=7)).more is False
    assert text_search.text_search(session, replace(ANYTHING, limit=6)).more is True


def test_a_kind_is_kept_to(session, shelf):
    assert search(session, shelf, "respite", kind=Kind.NEED) == ["need"]
    assert search(session, shelf, "respite", kind=Kind.INNOVATION) == ["respite", "sitters"]


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("state", State)
def test_only_what_the_public_may_see_is_found(session, by, state, closed):
    number = listings.draft(session, listings.NewListing(kind=Kind.NEED, content=Content(title="Help")), by, NOW)
    number.state = state
    session.flush()
    expected = state in FOUND if closed else state == State.PUBLISHED
    for words in ([("help",)], []):
        found = text_search.text_search(session, replace(ANYTHING, words=words, include_closed=closed))
        assert (number.id in found.ids) == expected


def test_a_need_past_its_closing_date_is_closed(session, by):
    past = publish(session, by, Content(title="Help", closes_on=TODAY - timedelta(days=1)), Kind.NEED)
    today = publish(session, by, Content(title="Help", closes_on=TODAY), Kind.NEED, hours=1)
    for words in ([("help",)], []):
        assert text_search.text_search(session, replace(ANYTHING, words=words)).ids == [today]
        everything = replace(ANYTHING, words=words, include_closed=True)
        assert text_search.text_search(session, everything).ids == [today, past]


def test_without_words_the_newest_come_first_or_those_that_close_soonest(session, by):
    late = publish(session, by, Content(title="a", closes_on=date(2026, 9, 1)), Kind.NEED, hours=3)
    never = publish(session, by, Content(title="b"), Kind.NEED, hours=2)
    soon = publish(session, by, Content(title="c", closes_on=date(2026, 7, 1)), Kind.NEED, hours=1)
    assert text_search.text_search(session, ANYTHING).ids == [late, never, soon]
    assert text_search.text_search(session, replace(ANYTHING, soonest=True)).ids == [soon, late, never]


@pytest.fixture
def stated(session, by) -> dict[str, int]:
    contents = {
        "short breaks": Content(title="a", areas=("short-breaks", "dementia"), tiers=(Tier.GRANT,)),
        "housing": Content(title="b", areas=("housing",), gender=Gender.WOMEN),
        "unstated": Content(title="c", summary='It says "housing": and means it.'),
    }
    return {name: publish(session, by, content, hours=at) for at, (name, content) in enumerate(contents.items())}


@pytest.mark.parametrize(
    ("codes", "or_no", "names"),
    [
        ({"dementia"}, (), {"short breaks"}),
        ({"housing"}, (), {"housing"}),
        ({"housing", "dementia"}, (), {"housing", "short breaks"}),
        ({"breaks"}, (), set()),
        ({"%"}, (), set()),
        ({"housing"}, ("areas",), {"housing", "unstated"}),
        ({"none"}, ("areas",), {"unstated"}),
        ({"none"}, ("tiers", "gender"), {"unstated"}),
    ],
)
def test_a_filter_keeps_what_states_one_of_its_codes_and_where_asked_what_states_nothing(
    session, stated, codes, or_no, names
):
    for words in ([("a", "b", "c")], []):
        found = text_search.text_search(
            session, replace(ANYTHING, words=words, stated=[Stated(codes=codes, or_no=or_no)])
        )
        assert {name for name, number in stated.items() if number in found.ids} == names


def test_every_filter_must_be_met(session, stated):
    both = [Stated(codes={"dementia"}), Stated(codes={"grant"})]
    assert text_search.text_search(session, replace(ANYTHING, stated=both)).ids == [stated["short breaks"]]
    other = [Stated(codes={"housing"}), Stated(codes={"grant"})]
    assert text_search.text_search(session, replace(ANYTHING, stated=other)).ids == []


def test_an_old_listing_is_still_found_by_its_title_and_it_is_said_that_not_all_was_read(session, shelf):
    assert search(session, shelf, "boxing", bodies=2) == ["school"]
    assert search(session, shelf, "attendance", bodies=2) == []
    assert search(session, shelf, "respite", bodies=2) == ["need", "respite"]
    for wanted in ({"words": [("boxing",)]}, {"stated": [Stated(codes={"housing"})]}):
        assert text_search.text_search(session, replace(ANYTHING, bodies=2, **wanted)).more is True
    assert text_search.text_search(session, replace(ANYTHING, bodies=2)).more is False


WORDS = st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1), max_size=10)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(WORDS)
def test_no_word_breaks_the_search(engine, words):
    with reading(engine) as session:
        wanted = replace(ANYTHING, words=[(word,) for word in words], stated=[Stated(codes=words or ["x"])])
        assert text_search.text_search(session, wanted).ids == []
