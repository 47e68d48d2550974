"""Why a search result is here: its place, its people, its closest sentence and the words that it holds."""

import pytest
from match_sides import BRADFORD, CAMDEN, GAZETTEER, LEEDS, innovation, need

from exchange.content import Gender
from indexer.constraints import ConstraintReader, Reading
from indexer.explain import HELPS, Explained
from indexer.explain_hit import MOST_WORDS, explain_hit, held_words
from indexer.scoring import Citation
from indexer.sides import Side
from indexer.texts import Sentence, Source


def read(text: str) -> Reading:
    return ConstraintReader(GAZETTEER, None).read(text)


def told(side: Side, text: str, closest: Citation | None = None) -> Explained:
    return explain_hit(side, read(text), closest)


def lines(side: Side, text: str, field: str) -> tuple[list[str], list[str]]:
    """Give the reasons and the gaps of one field."""
    explained = told(side, text)
    reasons = [reason.text for reason in explained.reasons if reason.field == field]
    return reasons, [gap.text for gap in explained.gaps if gap.field == field]


@pytest.mark.parametrize(
    ("side", "reasons", "gaps"),
    [
        (innovation(delivers_in=(LEEDS,)), ["Delivers in Leeds now"], []),
        (innovation(delivers_in=(CAMDEN,), would_deliver_in=(LEEDS,)), ["Would deliver in Leeds"], []),
        (innovation(delivers_in=(CAMDEN,)), [], ["States other places than Leeds"]),
        (innovation(would_deliver_in=(CAMDEN,)), [], ["States other places than Leeds"]),
        (innovation(), [], ["Does not state where it delivers"]),
        (innovation(office_in=(LEEDS,)), [], ["Is based in Leeds, but does not state where it delivers"]),
        (innovation(office_in=(CAMDEN,)), [], ["Does not state where it delivers"]),
        (need(required_in=(LEEDS,)), ["Is required in Leeds"], []),
        (need(required_in=(CAMDEN,)), [], ["States other places than Leeds"]),
        (need(), [], ["Does not state where it is required"]),
    ],
)
def test_a_place_in_the_text_is_answered_by_what_the_listing_states(side, reasons, gaps):
    assert lines(side, "respite in Leeds", "place") == (reasons, gaps)


def test_an_office_alone_never_says_that_it_delivers_there():
    assert lines(innovation(office_in=(LEEDS,)), "respite in Leeds", "place")[0] == []


def test_any_of_several_places_will_do():
    reasons, gaps = lines(innovation(delivers_in=(BRADFORD,)), "respite in Leeds or in Bradford", "place")
    assert gaps == []
    assert len(reasons) == 1
    assert "Leeds" in reasons[0]
    assert "Bradford" in reasons[0]


@pytest.mark.parametrize(
    ("gender", "fits"), [(Gender.WOMEN, True), (Gender.ANY, True), (Gender.MEN, False), (None, False)]
)
def test_whom_it_is_for_is_answered_and_silence_is_a_gap(gender, fits):
    reasons, gaps = lines(innovation(gender=gender), "refuge for women", "who")
    assert (len(reasons), len(gaps)) == ((1, 0) if fits else (0, 1))


def test_not_stated_and_not_for_them_are_said_apart():
    silent, others = (lines(innovation(gender=gender), "refuge for women", "who")[1] for gender in (None, Gender.MEN))
    assert "not state" in silent[0]
    assert "women" in others[0]
    assert "not state" not in others[0]


@pytest.mark.parametrize(
    ("ages", "fits"),
    [
        ((16, 24), True),
        ((11, None), True),
        ((None, 30), True),
        ((0, 130), True),
        ((20, None), False),
        ((None, 20), False),
        ((25, None), False),
        ((None, 15), False),
        ((None, None), False),
    ],
)
def test_ages_fit_where_all_that_were_asked_for_are_taken(ages, fits):
    reasons, gaps = lines(innovation(age_min=ages[0], age_max=ages[1]), "mentoring aged 16-24", "who")
    assert (len(reasons), len(gaps)) == ((1, 0) if fits else (0, 1))
    stated = [str(age) for age in ages if age]
    assert all(age in (reasons or gaps)[0] for age in stated)


@pytest.mark.parametrize("top", [100, 120, None])
def test_an_open_age_is_taken_by_a_listing_for_all_the_old(top):
    assert lines(innovation(age_min=65, age_max=top), "lunch club for over 75s", "who")[1] == []


def test_sex_and_ages_are_answered_each():
    side = innovation(gender=Gender.WOMEN, age_min=40)
    reasons, gaps = lines(side, "mentoring for women aged 16-24", "who")
    assert (len(reasons), len(gaps)) == (1, 1)


def test_a_text_without_constraints_has_no_gap():
    assert told(innovation("Respite"), "respite").gaps == ()


CLOSE = Sentence("Carers sleep at night.", Source.OUTCOMES)


def test_the_closest_sentence_is_quoted_with_its_field():
    citation = Citation("respite", CLOSE, 0.8)
    reason = told(innovation("An idea"), "zebra", citation).reasons[0]
    assert (reason.quote, reason.field, reason.share) == (CLOSE.text, "outcomes", citation.value)


def test_a_sentence_that_is_not_close_is_not_quoted():
    assert told(innovation("An idea"), "zebra", Citation("zebra", CLOSE, HELPS - 0.01)).reasons == ()
    assert told(innovation("An idea"), "zebra").reasons == ()


def test_words_are_given_as_typed_once_and_without_those_that_carry_no_topic():
    side = innovation("Respite for carers", description="A sitter stays. Carers rest.")
    assert held_words(side, "The Carer needs RESPITE, sitters and carers of boats") == ["carers", "respite", "sitters"]


def test_words_of_the_organisation_count_and_those_of_the_place_do_not():
    side = innovation("Lunch", delivers_in=(LEEDS,))
    assert told(side, "lunch in Leeds").reasons[-1].text == "Has your words: lunch"


def test_a_number_or_a_letter_is_no_word_to_tell():
    assert held_words(innovation("Plan B for 24 carers"), "24 b carers") == ["carers"]


def test_only_the_first_words_are_told():
    words = ["alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel"]
    reason = told(innovation(" ".join(words)), " ".join(words)).reasons[-1]
    assert reason.text == f"Has your words: {', '.join(words[:MOST_WORDS])}"


def test_browsing_has_no_reasons():
    assert told(innovation("Respite", delivers_in=(LEEDS,)), "") == Explained((), ())


@pytest.mark.parametrize(
    ("ages", "told"), [((65, None), True), ((30, 40), True), ((11, 18), False), ((None, None), False)]
)
def test_ages_that_nobody_typed_are_told_only_where_a_listing_states_others(ages, told):
    reasons, gaps = lines(innovation(age_min=ages[0], age_max=ages[1]), "club for teenagers", "who")
    assert (reasons, any("For other ages" in gap for gap in gaps), bool(gaps)) == ([], told, told)


def test_a_girls_club_is_told_from_one_for_women_of_other_ages():
    reasons, gaps = lines(innovation(gender=Gender.WOMEN, age_min=40), "mentoring for girls", "who")
    assert reasons == ["For women or girls"]
    assert len(gaps) == 1
