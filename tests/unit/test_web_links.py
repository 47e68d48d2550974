"""Addresses of the site's pages, and the parts of the listing page that are built from values alone."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.content import Content, FullValue, Kind, Tier, ValueCell
from exchange.models import Organisation, OrgKind, SizeBand
from indexer.results import Facet, Query
from web import links
from web.cards import tiers_of
from web.links import FILTERABLE
from web.listing_page import Cell, _grid, contact_of
from web.search_page import pagination

codes = st.text(min_size=1, max_size=20)
queries = st.builds(
    Query,
    text=st.text(),
    kind=st.sampled_from([None, *Kind]),
    filters=st.dictionaries(st.sampled_from(FILTERABLE), st.lists(codes, min_size=1, max_size=3).map(tuple)),
    exclude_not_stated=st.frozensets(st.sampled_from(FILTERABLE)),
    removed=st.frozensets(codes, max_size=3),
    include_closed=st.booleans(),
    page=st.integers(1, 9),
    seed=st.sampled_from([None, "2027-03-01"]),
)


def pairs(address: str) -> list[tuple[str, str]]:
    parts = urlsplit(address)
    assert parts.path == "/search"
    assert not parts.fragment
    return parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))


@given(queries)
def test_an_address_holds_each_parameter_whole_whatever_was_typed(query):
    assert pairs(links.search(query, page=query.page)) == links.pairs_of(query)


@given(queries, codes)
def test_taking_a_chip_away_adds_one_key_and_goes_to_the_first_page(query, key):
    before, after = links.pairs_of(query), pairs(links.without_chip(query, key))
    assert ("remove", key) in after
    assert {pair for pair in before if pair[0] not in {"page", "seed"}} | {("remove", key)} == set(after)


@given(queries)
def test_clearing_filters_leaves_no_filter_and_keeps_the_text(query):
    after = pairs(links.without_filters(query))
    assert not {name for name, _ in after} & {facet.value for facet in FILTERABLE}
    assert not any(name.startswith(links.UNSTATED) for name, _ in after)
    assert (("q", query.text) in after) == bool(query.text)


def test_the_kind_is_never_written_as_a_filter_of_many():
    assert Facet.KIND not in FILTERABLE
    assert links.pairs_of(Query(kind=Kind.NEED)) == [("kind", "need")]


def test_plain_parameters_become_a_search_address():
    assert links.find(kind=Kind.NEED, area="falls", **{"unstated.area": "hide"}) == (
        "/search?kind=need&area=falls&unstated.area=hide"
    )


@pytest.mark.parametrize(
    ("page", "pages", "shown"),
    [
        (1, 2, ["1", "2"]),
        (1, 9, ["1", "2", "…", "9"]),
        (5, 9, ["1", "…", "4", "5", "6", "…", "9"]),
        (9, 9, ["1", "…", "8", "9"]),
        (2, 100, ["1", "2", "3", "…", "100"]),
    ],
)
def test_pagination_shows_the_ends_and_the_neighbours(page, pages, shown):
    built = pagination(Query(text="x", page=page), pages)
    assert ["…" if item.get("ellipsis") else item["number"] for item in built["items"]] == shown
    assert [item["number"] for item in built["items"] if item.get("current")] == [str(page)]
    assert ("previous" in built) == (page > 1)
    assert ("next" in built) == (page < pages)


@given(st.integers(1, 100), st.integers(2, 100))
def test_every_page_number_leads_to_its_own_page(page, pages):
    page = min(page, pages)
    for item in pagination(Query(text="x", page=page), pages)["items"]:
        if "number" in item:
            number = dict(pairs(item["href"])).get("page", "1")
            assert number == item["number"]


def test_one_page_has_no_pagination():
    assert pagination(Query(), 1) is None


def test_the_full_value_grid_has_four_cells_of_which_each_stands_in_its_place():
    cells = {cell: FullValue(statement=cell.value, beneficiary=None, evidence=None) for cell in ValueCell}
    (first, *outcomes), (second, *satisfaction) = _grid(cells)
    assert (first, second) == ("Outcomes", "Satisfaction")
    assert [cell.statement for cell in outcomes] == ["users_outcomes", "others_outcomes"]
    assert [cell.statement for cell in satisfaction] == ["users_satisfaction", "others_satisfaction"]


def test_a_cell_points_at_evidence_counted_from_one_and_an_empty_one_claims_nothing():
    value = FullValue(statement="Less strain", beneficiary="carers", evidence=0)
    grid = _grid({ValueCell.USERS_OUTCOMES: value})
    assert grid[0][1] == Cell("Less strain", "carers", 1)
    assert grid[0][2] == grid[1][1] == grid[1][2] == Cell(None, None, None)


@pytest.mark.parametrize(
    ("tiers", "words"),
    [
        (None, None),
        ((), None),
        ((Tier.CONTRACT,), "Service level agreement or contract"),
        ((Tier.CONTRACT, Tier.GRANT), "Grant; service level agreement or contract"),
        (tuple(Tier), "Grant; service level agreement or contract; partnership agreement"),
    ],
)
def test_ways_of_funding_are_told_apart_and_stand_in_one_order(tiers, words):
    assert tiers_of(Content(title="x", tiers=tiers)) == words


def organisation(**stated: str | None) -> Organisation:
    return Organisation(id=7, name="Rose House", kind=OrgKind.THIRD_SECTOR, **stated)


def test_a_contact_has_a_row_for_each_way_that_is_stated_and_none_for_the_others():
    contact = contact_of(
        organisation(
            website="www.rose.example",
            email="hello@rose.example",
            telephone="0113 496 0000 (mornings)",
            org_id="GB-SC-SC012345",
            size_band=SizeBand.SMALL,
        )
    )
    assert [(row.label, row.href) for row in contact.rows[:3]] == [
        ("Website", "https://www.rose.example"),
        ("Email", "mailto:hello@rose.example"),
        ("Telephone", "tel:01134960000"),
    ]
    assert contact.rows[3].label == "Register entry"
    assert "SC012345" in contact.rows[3].href
    assert contact.size == "Small (£10,000 to £100,000)"


def test_without_any_way_to_reach_it_an_organisation_has_no_rows():
    contact = contact_of(organisation())
    assert contact.rows == ()
    assert contact.href == "/organisations/7"
    assert contact_of(None) is None


def test_an_address_that_is_not_of_the_web_gives_no_website_row():
    assert contact_of(organisation(website="javascript:alert(1)")).rows == ()
