"""Counts of the engine become buckets in the order of a page, "not stated" last."""

from types import MappingProxyType

import pytest
from match_sides import CAMDEN, GAZETTEER, LEEDS, TAXONOMY, YORKSHIRE

from exchange.taxonomy import Entry, Taxonomy
from indexer.document import LARGEST_BAND, MONEY_BANDS
from indexer.facets import ORDERS, buckets
from indexer.results import ASKED, NOT_STATED, Bucket, Facet, Query


def told(facet: Facet, counts: dict[str, int], *chosen: str) -> list[tuple[str, int, bool]]:
    query = Query(filters={facet: chosen} if chosen else {})
    found = buckets({facet: counts}, query, TAXONOMY, GAZETTEER)[facet]
    assert all(isinstance(bucket, Bucket) for bucket in found)
    return [(bucket.value, bucket.count, bucket.chosen) for bucket in found]


def values(facet: Facet, counts: dict[str, int], *chosen: str) -> list[str]:
    return [value for value, _, _ in told(facet, counts, *chosen)]


@pytest.mark.parametrize("facet", sorted(ORDERS))
def test_values_with_an_order_of_their_own_stand_in_it_and_not_stated_comes_last(facet):
    counts = {NOT_STATED: 9} | dict.fromkeys(sorted(ORDERS[facet], reverse=True), 1)
    assert values(facet, counts) == [*ORDERS[facet], NOT_STATED]


def test_money_goes_from_the_smallest_band_to_the_largest():
    assert ORDERS[Facet.MONEY] == (*(name for name, _ in MONEY_BANDS), LARGEST_BAND)


def test_areas_and_groups_stand_in_the_order_of_the_taxonomy():
    counts = {"children": 1, NOT_STATED: 2, "carers": 3, "women": 4, "care-leavers": 5}
    assert values(Facet.GROUP, counts) == ["women", "carers", "care-leavers", "children", NOT_STATED]


def test_areas_come_from_their_own_scheme():
    area = Entry(scheme="area", code="care", label="Care", parent=None, definition="", synonyms=(), differs_from=())
    taxonomy = Taxonomy(1, MappingProxyType({("area", "care"): area}))
    found = buckets({Facet.AREA: {NOT_STATED: 1, "care": 2}}, Query(), taxonomy, GAZETTEER)
    assert [bucket.value for bucket in found[Facet.AREA]] == ["care", NOT_STATED]


def test_regions_stand_in_the_order_of_the_gazetteer():
    regions = [region.code for region in GAZETTEER.regions()]
    assert values(Facet.PLACE, dict.fromkeys([NOT_STATED, *reversed(regions)], 1)) == [*regions, NOT_STATED]


def test_a_chosen_value_is_marked_and_its_count_stays():
    assert told(Facet.STAGE, {"idea": 3, "pilot": 2}, "pilot") == [("idea", 3, False), ("pilot", 2, True)]


def test_the_place_that_was_set_is_named_with_its_count_and_comes_first():
    counts = {YORKSHIRE: 4, ASKED: 3, NOT_STATED: 2}
    assert told(Facet.PLACE, counts, LEEDS) == [(LEEDS, 3, True), (YORKSHIRE, 4, False), (NOT_STATED, 2, False)]


def test_a_region_that_was_set_keeps_its_place_and_takes_the_count_of_what_reaches_it():
    assert (YORKSHIRE, 3, True) in told(Facet.PLACE, {YORKSHIRE: 4, ASKED: 3}, YORKSHIRE)


@pytest.mark.parametrize("chosen", [(), (LEEDS, CAMDEN)])
def test_no_bucket_is_called_asked(chosen):
    assert values(Facet.PLACE, {YORKSHIRE: 4, ASKED: 3}, *chosen) == [YORKSHIRE]


def test_a_facet_without_counts_has_no_bucket():
    assert buckets({Facet.STAGE: {}}, Query(), TAXONOMY, GAZETTEER) == {Facet.STAGE: ()}
    assert buckets({}, Query(), TAXONOMY, GAZETTEER) == {}


def test_the_counts_that_were_given_are_not_changed():
    counts = {YORKSHIRE: 4, ASKED: 3}
    told(Facet.PLACE, counts, LEEDS)
    assert counts == {YORKSHIRE: 4, ASKED: 3}
