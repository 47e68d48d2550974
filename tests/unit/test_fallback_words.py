"""What a text is looked for by while no engine answers, and its filters as codes."""

import pytest

from exchange.place.places import load_gazetteer
from exchange.taxonomy import AREA, GROUP, Entry, Taxonomy
from exchange.text_search import Stated
from indexer.document import DocumentBuilder
from indexer.fallback import MOST_WORDS, beginnings, least
from indexer.narrowing import MOST_CODES, narrowed
from indexer.results import Facet, Query

LEEDS, BRADFORD, YORKSHIRE, ENGLAND = "E08000035", "E08000032", "E12000003", "E92000001"


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("carers", {"carer": ("carer",)}),
        ("families", {"famili": ("famil",)}),
        ("family", {"famili": ("famil",)}),
        ("happiness", {"happi": ("happ",)}),
        ("running", {"run": ("run",)}),
        ("women", {"woman": ("woman", "women")}),
        ("knives", {"knife": ("knife", "knives")}),
        ("GP", {"gp": ("gp",)}),
        ("Ageing", {"age": ("age",)}),
        ("ÉLAN", {"élan": ("élan",)}),
    ],
)
def test_a_word_is_looked_for_by_how_its_forms_begin(text, forms):
    assert beginnings(text) == forms


def test_words_without_topic_and_numbers_are_left_out_where_others_are_there():
    assert set(beginnings("support for 16 to 24 year olds in the town")) == {"support", "year", "old", "town"}
    assert set(beginnings("for the")) == {"for", "the"}
    assert set(beginnings("1998")) == {"1998"}
    assert beginnings("?! %") == {}
    assert beginnings("") == {}


def test_of_a_long_text_the_commonest_and_longest_words_are_taken():
    text = "dementia " * 3 + " ".join(
        f"{letter * length}" for letter, length in zip("bcfghjklmnpq", range(3, 15), strict=True)
    )
    found = list(beginnings(text))
    assert len(found) == MOST_WORDS
    assert found[0] == "dementia"
    assert "bbb" not in found


def test_ten_thousand_characters_without_a_blank_are_one_word():
    assert list(beginnings("x" * 10_000)) == ["x" * 40]


@pytest.mark.parametrize(("words", "held"), [(0, 0), (1, 1), (2, 2), (3, 2), (4, 3), (5, 3), (10, 4)])
def test_a_listing_must_hold_the_share_of_the_words_that_the_candidate_rule_names(words, held):
    assert least(words) == held


def entry(scheme, code, parent=None) -> tuple[tuple[str, str], Entry]:
    made = Entry(scheme=scheme, code=code, label=code, parent=parent, definition="", synonyms=(), differs_from=())
    return (scheme, code), made


@pytest.fixture(scope="module")
def builder():
    terms = [
        entry(AREA, "care"),
        entry(AREA, "dementia", "care"),
        entry(GROUP, "older"),
        entry(GROUP, "oldest", "older"),
    ]
    return DocumentBuilder(Taxonomy(1, dict(terms)), load_gazetteer())


def test_an_area_and_a_group_are_looked_for_with_those_below_them(builder):
    query = Query(filters={Facet.AREA: ("care",), Facet.GROUP: ("older",)})
    assert narrowed(query, builder) == (
        Stated(codes={"care", "dementia"}, or_no=("areas",)),
        Stated(codes={"older", "oldest"}, or_no=("groups", "gender")),
    )


def test_what_is_open_to_any_gender_is_open_to_each(builder):
    (stated,) = narrowed(Query(filters={Facet.GROUP: ("women",)}), builder)
    assert stated.codes == {"women", "any"}


def test_a_place_is_looked_for_as_every_place_that_shares_a_district_with_it(builder):
    query = Query(filters={Facet.PLACE: (LEEDS,)}, exclude_not_stated=frozenset({Facet.PLACE}))
    (stated,) = narrowed(query, builder)
    assert {LEEDS, YORKSHIRE, ENGLAND} <= set(stated.codes)
    assert BRADFORD not in stated.codes
    assert stated.or_no == ()


def test_next_door_counts_as_not_stated_and_is_looked_for_where_that_passes(builder):
    (stated,) = narrowed(Query(filters={Facet.PLACE: (LEEDS,)}), builder)
    assert BRADFORD in stated.codes
    assert stated.or_no == ("delivers_in", "would_deliver_in", "required_in")


def test_a_filter_that_leaves_out_little_or_that_sql_cannot_read_is_left_to_the_filters_themselves(builder):
    assert narrowed(Query(filters={Facet.PLACE: (ENGLAND,)}), builder) == ()
    assert narrowed(Query(filters={Facet.MONEY: ("under-10k",), Facet.EVIDENCE: ("3",)}), builder) == ()
    assert narrowed(Query(), builder) == ()


def test_every_region_is_few_enough_codes_to_be_looked_for(builder):
    for region in builder.gazetteer.regions():
        query = Query(filters={Facet.PLACE: (region.code,)}, exclude_not_stated=frozenset({Facet.PLACE}))
        (stated,) = narrowed(query, builder)
        assert len(stated.codes) <= MOST_CODES
