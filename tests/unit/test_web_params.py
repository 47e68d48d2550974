"""Reading the search page's parameters, and writing them again."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.content import Kind
from exchange.errors import InputError
from indexer.results import Facet, Query, Sort
from web import links
from web.links import FILTERABLE, pairs_of
from web.params import FURTHEST_PAGE, Asked, Known, read_page, read_search

VALUES = {facet: {"a", "b", "c"} for facet in FILTERABLE}
KNOWN = Known(values=VALUES, place=lambda text: text.lower() if text.lower() in {"a", "b", "c"} else None)


def read(*pairs: tuple[str, str]):
    return read_search(list(pairs), KNOWN)


def test_nothing_asked_is_the_plain_query():
    assert read().query == Query()
    assert read().problems == []


def test_empty_values_count_as_not_given():
    assert read(("q", "  "), ("kind", ""), ("place", ""), ("page", ""), ("sort", "")).query == Query()


def test_values_of_a_facet_are_kept_once_in_the_order_given():
    asked = read(("area", "b"), ("area", "a"), ("area", "b"))
    assert asked.query.filters == {Facet.AREA: ("b", "a")}


def test_a_place_is_turned_into_its_code_once():
    assert read(("place", "A"), ("place", "a")).query.filters == {Facet.PLACE: ("a",)}


def test_the_last_of_hide_and_show_counts():
    hidden = read(("unstated.area", "hide"))
    shown = read(("unstated.area", "hide"), ("unstated.area", "show"))
    assert hidden.query.exclude_not_stated == {Facet.AREA}
    assert shown.query.exclude_not_stated == frozenset()
    assert shown.shortened
    assert not hidden.shortened


def test_a_good_value_beside_a_bad_one_is_kept():
    asked = read(("area", "zz"), ("area", "a"))
    assert asked.query.filters == {Facet.AREA: ("a",)}
    assert [problem.name for problem in asked.problems] == ["area"]


def test_usable_raises_the_first_problem_with_its_field():
    with pytest.raises(InputError, match="no sort") as caught:
        read(("sort", "up"), ("q", "x")).usable()
    assert caught.value.field == "sort"


def test_usable_gives_the_query_when_nothing_is_wrong():
    assert read(("q", "x")).usable() == Query(text="x")


@pytest.mark.parametrize(
    ("text", "page"), [("1", 1), ("007", 7), ("1000000", FURTHEST_PAGE), ("9" * 5_000, FURTHEST_PAGE)]
)
def test_a_page_number_is_read_up_to_the_furthest(text, page):
    asked = Asked()
    assert read_page([text], asked) == page
    assert asked.problems == []


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "one", "²", "٣", "0x1", "1e3", "+1", "000"])
def test_what_is_no_page_number_is_page_one_with_a_problem(text):
    asked = Asked()
    assert read_page([text], asked) == 1
    assert "is not a page number" in asked.problems[0].sentence


texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])).map(str.strip)
chosen = st.lists(st.sampled_from("abc"), min_size=1, max_size=3, unique=True).map(tuple)
queries = st.builds(
    Query,
    text=texts,
    kind=st.sampled_from([None, *Kind]),
    filters=st.dictionaries(st.sampled_from(FILTERABLE), chosen),
    exclude_not_stated=st.frozensets(st.sampled_from(FILTERABLE)),
    removed=st.frozensets(texts.filter(bool).map(lambda text: text[:50].strip()).filter(bool), max_size=3),
    include_closed=st.booleans(),
    sort=st.sampled_from(Sort),
    page=st.integers(2, FURTHEST_PAGE - 1),
    seed=st.none() | st.dates(date(2000, 1, 1), date(2999, 12, 31)).map(str),
)


@given(queries)
def test_what_a_query_writes_into_an_address_is_read_back_as_the_same_query(query):
    asked = read_search(pairs_of(query), KNOWN)
    assert asked.problems == []
    assert asked.query == query


@given(
    st.lists(
        st.tuples(st.sampled_from(["q", "page", "kind", "sort", "area", "place", "closed", "unstated.area"]), st.text())
    )
)
def test_any_input_gives_a_query_or_sentences_and_never_breaks(pairs):
    asked = read_search(pairs, KNOWN)
    assert isinstance(asked.query, Query)
    assert all(problem.sentence.endswith((".", "?")) for problem in asked.problems)


def test_a_plain_query_has_the_shortest_address():
    assert links.search(Query()) == "/search"


def test_a_changed_query_starts_at_its_first_page():
    query = Query(text="rest", page=4)
    assert links.search(query, sort=Sort.NEWEST) == "/search?q=rest&sort=newest"
    assert links.search(query, page=3) == "/search?q=rest&page=3"


def test_removing_a_chip_keeps_those_removed_before():
    query = Query(text="rest", removed=frozenset({"place:b"}))
    assert links.without_chip(query, "place:a") == "/search?q=rest&remove=place%3Aa&remove=place%3Ab"


def test_clearing_filters_keeps_text_kind_and_order():
    query = Query(
        text="rest",
        kind=Kind.NEED,
        filters={Facet.TIER: ("a",)},
        exclude_not_stated=frozenset({Facet.TIER}),
        sort=Sort.CLOSING,
    )
    assert links.without_filters(query) == "/search?q=rest&kind=need&sort=closing"
