"""Constraints in a text: which words become chips, which only look like it, and what is left to match."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.content import Gender
from exchange.place.places import load_gazetteer
from exchange.place.postcodes import Postcodes, compile_table
from indexer.analysis import tokens
from indexer.constraints import ConstraintReader, place_ask
from indexer.engine import PeopleAsk

LEEDS, BRADFORD, YORK, ENGLAND = "E08000035", "E08000032", "E06000014", "E92000001"
PLACE_LEEDS = f"place:{LEEDS}"
GAZETTEER = load_gazetteer()
READER = ConstraintReader(GAZETTEER, None)


@pytest.fixture(scope="module")
def postal_reader(tmp_path_factory) -> ConstraintReader:
    folder = tmp_path_factory.mktemp("postcodes")
    compile_table([("LS1 4AP", LEEDS), ("LS1 5AA", LEEDS), ("BD1 1AA", BRADFORD)], folder, GAZETTEER)
    return ConstraintReader(GAZETTEER, Postcodes.open(folder))


def keys(text: str, removed: frozenset[str] = frozenset()) -> set[str]:
    return {chip.key for chip in READER.read(text, removed).chips}


CHIPS = [
    # women and girls
    ("refuge for women", {"people:women"}),
    ("Women's centre", {"people:women"}),
    ("women\u2019s centre", {"people:women"}),
    ("support for a woman leaving prison", {"people:women"}),
    ("a girls' football club", {"people:women"}),
    ("female offenders", {"people:women"}),
    ("ladies who lunch", {"people:women"}),
    ("boys' club for girls", {"people:women"}),
    # men and boys
    ("loneliness of older men", {"people:men", "implied:60-100"}),
    ("mentoring for boys", {"people:men"}),
    ("male carers", {"people:men"}),
    ("MEN at risk of suicide", {"people:men"}),
    # ages from one number to another
    ("employment for 16-24", {"age:16-24"}),
    ("employment for 16\u201324 year olds", {"age:16-24"}),
    ("employment for 16-24-year-olds", {"age:16-24"}),
    ("mentoring 16- to 24-year-olds", {"age:16-24"}),
    ("young people aged 16-24.", {"age:16-24"}),
    ("young people aged 16-24, not in work", {"age:16-24"}),
    ("young people (16-24)", {"age:16-24"}),
    ("Ages 5 to 11", {"age:5-11"}),
    ("aged between 11 and 16", {"age:11-16"}),
    ("aged from 11 to 16", {"age:11-16"}),
    ("between the ages of 11 and 16", {"age:11-16"}),
    ("young people between 16 and 24", {"age:16-24"}),
    ("play for 5 to 11 year olds", {"age:5-11"}),
    ("play for 5-11 year olds", {"age:5-11"}),
    ("0 to 5 years", {"age:0-5"}),
    ("Open 9-5 for people aged 16-24", {"age:16-24"}),
    ("in 2016-17, for 16-24 year olds", {"age:16-24"}),
    # ages from a number on
    ("isolation over 65", {"age:65-"}),
    ("lunch for over-65s", {"age:65-"}),
    ("people aged 65 and over", {"age:65-"}),
    ("people aged 65+", {"age:65-"}),
    ("65+ falls", {"age:65-"}),
    ("older than 50", {"age:50-"}),
    ("people over 65 years", {"age:65-"}),
    ("people over 18 years old", {"age:18-"}),
    # ages up to a number
    ("under 5s", {"age:-4"}),
    ("under-25s at risk", {"age:-24"}),
    ("care leavers up to age 25", {"age:-25"}),
    ("younger than 18", {"age:-17"}),
    # places, alone and with people
    ("respite in Leeds", {PLACE_LEEDS}),
    ("respite near York", {f"place:{YORK}"}),
    ("respite for women aged 16-24 in Leeds", {PLACE_LEEDS, "people:women", "age:16-24"}),
    ("carers in Leeds and Bradford", {f"place:{LEEDS}+{BRADFORD}"}),
]

NO_CHIPS = [
    "open 9-5",
    "open 9 to 5 on weekdays",
    "in the year 2016-17",
    "2016-2017 accounts",
    "on 01-02-2016",
    "16-24 hours of training",
    "a 12-18 month pilot",
    "an 18-24-month contract",
    "24-48 hrs after discharge",
    "men's sheds",
    "Men\u2019s Shed",
    "boys' clubs",
    "10-15 people",
    "between 10 and 15 people",
    "groups of 10-12 participants",
    "20-30 families",
    "working with men and women",
    "girls and boys",
    "on the Isle of Man",
    "man-made fibres",
    "mental health",
    "10-15% fewer falls",
    "10-15 % fewer falls",
    "10-15 per cent fewer",
    "grants of \u00a320-30 thousand",
    "9:15-10:45 on Mondays",
    "between 9 and 12 on weekdays",
    "24/7 helpline",
    "over 50 people a week",
    "over 20 years of experience",
    "for over 20 years",
    "20+ years of experience",
    "under 50k",
    "under 10,000",
    "over 10,000",
    "\u00a350+ a week",
    "under 10 minutes away",
    "under 1",
    "ratio 16-8",
    "reading for pleasure",
    "bury the hatchet",
]


@pytest.mark.parametrize(("text", "expected"), CHIPS)
def test_a_constraint_becomes_a_chip(text, expected):
    assert keys(text) == expected


@pytest.mark.parametrize("text", NO_CHIPS)
def test_what_only_looks_like_a_constraint_is_left_alone(text):
    reading = READER.read(text)
    assert (reading.chips, reading.people, reading.places, reading.text) == ((), (), (), text)


def test_a_place_leaves_the_matched_text_and_people_stay_in_it():
    assert READER.read("respite for women aged 16-24 in Leeds").text == "respite for women aged 16-24"


def test_a_text_of_a_place_alone_keeps_it():
    reading = READER.read("in Leeds")
    assert reading.text == "in Leeds"
    assert reading.places[0].districts == {LEEDS}


def test_a_chip_says_what_it_means_and_which_words_it_was():
    (chip,) = READER.read("lunch for over-65s").chips
    assert (chip.label, chip.words) == ("Aged 65 and over", "over-65s")
    assert READER.read("under 5s").chips[0].label == "Aged 4 and under"
    assert READER.read("16-24").chips[0].label == "Aged 16 to 24"
    assert READER.read("respite in Leeds").chips[0].words == "in Leeds"


def test_people_are_asked_for_as_the_text_says_them():
    reading = READER.read("women aged 16 to 24")
    assert reading.people == (PeopleAsk(gender=Gender.WOMEN), PeopleAsk(age_min=16, age_max=24))
    assert READER.read("over 65").people == (PeopleAsk(age_min=65),)
    assert READER.read("under 18").people == (PeopleAsk(age_max=17),)


def test_all_places_of_a_text_are_one_ask_so_that_reaching_either_is_enough():
    (ask,) = READER.read("carers in Leeds and respite in York").places
    assert ask.districts == {LEEDS, YORK}
    assert not ask.neighbours & ask.districts
    assert BRADFORD in ask.neighbours


def test_a_removed_place_chip_leaves_the_words_in_the_text():
    reading = READER.read("respite in Leeds for women", frozenset({PLACE_LEEDS}))
    assert reading.text == "respite in Leeds for women"
    assert reading.places == ()
    assert [chip.key for chip in reading.chips] == ["people:women"]


def test_a_removed_people_chip_takes_its_constraint_and_no_other():
    reading = READER.read("women aged 16-24", frozenset({"people:women"}))
    assert reading.people == (PeopleAsk(age_min=16, age_max=24),)
    assert reading.text == "women aged 16-24"


def test_an_unknown_removed_key_changes_nothing():
    assert READER.read("in Leeds", frozenset({"place:nowhere", ""})) == READER.read("in Leeds")


def test_a_postcode_is_read_where_its_table_is_there_and_is_a_plain_word_where_it_is_not(postal_reader):
    assert postal_reader.read("respite LS1 4AP").places[0].districts == {LEEDS}
    assert postal_reader.read("respite LS1 4AP").text == "respite"
    assert READER.read("respite LS1 4AP").chips == ()


def test_a_set_place_asks_for_its_districts_and_their_neighbours():
    ask = place_ask(GAZETTEER, (LEEDS, "nowhere"))
    assert ask.districts == {LEEDS}
    assert BRADFORD in ask.neighbours
    assert place_ask(GAZETTEER, (ENGLAND,)).districts >= {LEEDS, BRADFORD, YORK}


def test_an_unknown_place_asks_for_no_district():
    assert place_ask(GAZETTEER, ("nowhere",)).districts == frozenset()


PIECES = ["respite", "in Leeds", "near York", "women", "men", "16-24", "over 65", "the", "for", ",", ".", "LS1", "\n"]


@given(st.lists(st.sampled_from(PIECES), max_size=8).map(" ".join))
def test_no_query_is_ever_emptied(text):
    reading = READER.read(text)
    assert bool(tokens(reading.text)) == bool(tokens(text))


@given(st.lists(st.sampled_from(PIECES), max_size=8).map(" ".join))
def test_removing_every_chip_gives_the_text_as_typed(text):
    removed = frozenset(chip.key for chip in READER.read(text).chips)
    again = READER.read(text, removed)
    assert (again.text, again.places) == (text, ())
    assert not {chip.key for chip in again.chips} & removed


@given(st.text(max_size=200))
def test_any_text_can_be_read(text):
    assert READER.read(text).text is not None


IMPLIED = [
    ("clubs for teenagers", ["implied:13-19"], ((13, 19),)),
    ("lunch for pensioners and toddlers", ["implied:0-5+60-100"], ((0, 5), (60, 100))),
    ("babies of 12-24 months", ["implied:0-5"], ((0, 5),)),
    ("mentoring for girls", ["people:women"], ((0, 18),)),
    ("teenage girls", ["people:women", "implied:13-19"], ((13, 19),)),
    ("teenagers aged 16-17", ["age:16-17"], ()),
    ("working with men and women", [], ()),
    ("parents of teenagers", [], ()),
]


@pytest.mark.parametrize(("text", "chips", "ages"), IMPLIED)
def test_ages_that_words_imply_are_told_and_can_be_removed(text, chips, ages):
    reading = READER.read(text)
    implied = {years for ask in reading.people for years in ask.implied}
    assert ([chip.key for chip in reading.chips], implied) == (chips, set(ages))
    assert READER.read(text, frozenset(chips)).people == ()
