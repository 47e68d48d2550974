"""Facets: true counts under every choice, the "not stated" bucket, and what the set filters hide."""

from typing import Any

import pytest
from entries import BRADFORD, CAMDEN, LEEDS, entry, hide, ids, near, places, plan

from exchange.content import Kind
from indexer.engine import Engine, Found
from indexer.results import ASKED, NOT_STATED, Facet

GRANT, CONTRACT = {Facet.TIER: ("grant",)}, {Facet.TIER: ("contract",)}
BOTH = {Facet.TIER: ("grant", "contract")}
PILOT, RUNNING = {Facet.STAGE: ("pilot",)}, {Facet.STAGE: ("running",)}


@pytest.fixture
def shelf(index):
    """Put six candidates, one of them without any facet, and one listing that the query does not find."""
    index.write(
        [
            entry(1, "alpha", facets=GRANT | PILOT),
            entry(2, "alpha", facets=GRANT | RUNNING),
            entry(3, "alpha", facets=CONTRACT | RUNNING),
            entry(4, "alpha", facets=BOTH | PILOT),
            entry(5, "alpha", facets=PILOT),
            entry(6, "alpha"),
            entry(7, "bravo", facets=GRANT | PILOT),
        ]
    )
    return index


def search(index: Engine, **changes: Any) -> Found:
    return index.search(plan("alpha", **changes))


def test_every_facet_is_counted_over_all_candidates(shelf):
    found = search(shelf)
    assert found.facets[Facet.TIER] == {"grant": 3, "contract": 2, NOT_STATED: 2}
    assert found.facets[Facet.STAGE] == {"pilot": 3, "running": 2, NOT_STATED: 1}
    assert found.facets[Facet.AREA] == {NOT_STATED: 6}
    assert set(found.facets) == set(Facet)


def test_a_chosen_value_keeps_those_that_state_it_and_those_that_state_nothing(shelf):
    found = search(shelf, facets={Facet.TIER: ("grant",)})
    assert (ids(found), found.hidden) == ({1, 2, 4, 5, 6}, 1)


def test_several_values_of_a_facet_are_an_or(shelf):
    assert ids(search(shelf, facets={Facet.TIER: ("grant", "contract")})) == {1, 2, 3, 4, 5, 6}


def test_values_of_several_facets_are_an_and(shelf):
    found = search(shelf, facets={Facet.TIER: ("grant",), Facet.STAGE: ("running",)})
    assert (ids(found), found.hidden) == ({2, 6}, 4)


def test_without_the_not_stated_box_only_those_that_state_the_value_stay(shelf):
    found = search(shelf, facets={Facet.TIER: ("grant",)}, exclude_not_stated=frozenset({Facet.TIER}))
    assert (ids(found), found.hidden) == ({1, 2, 4}, 3)


def test_the_not_stated_box_alone_can_be_unticked(shelf):
    found = search(shelf, exclude_not_stated=frozenset({Facet.TIER}))
    assert (ids(found), found.hidden) == ({1, 2, 3, 4}, 2)
    assert found.facets[Facet.TIER] == {"grant": 3, "contract": 2, NOT_STATED: 2}
    assert found.facets[Facet.STAGE] == {"pilot": 2, "running": 2}


def test_a_facet_without_a_chosen_value_filters_nothing(shelf):
    found = search(shelf, facets={Facet.TIER: ()})
    assert (ids(found), found.hidden) == ({1, 2, 3, 4, 5, 6}, 0)


def test_each_facet_is_counted_with_the_other_filters_applied_and_not_its_own(shelf):
    found = search(shelf, facets={Facet.TIER: ("grant",), Facet.STAGE: ("running",)})
    assert found.facets[Facet.TIER] == {"grant": 1, "contract": 1, NOT_STATED: 1}
    assert found.facets[Facet.STAGE] == {"pilot": 3, "running": 1, NOT_STATED: 1}
    assert found.facets[Facet.AREA] == {NOT_STATED: 2}


@pytest.mark.parametrize(("facet", "value"), [(Facet.TIER, "grant"), (Facet.TIER, "contract"), (Facet.STAGE, "pilot")])
def test_a_count_is_what_choosing_the_value_alone_would_give(shelf, facet, value):
    told = search(shelf).facets[facet][value]
    assert told == len(ids(search(shelf, facets={facet: (value,)}, exclude_not_stated=frozenset({facet}))))


def test_an_unknown_value_leaves_those_that_state_nothing(shelf):
    found = search(shelf, facets={Facet.TIER: ("barter",)})
    assert (ids(found), found.hidden) == ({5, 6}, 4)
    asked = search(shelf, facets={Facet.TIER: ("barter",)}, exclude_not_stated=frozenset({Facet.TIER}))
    assert ids(asked) == set()


def test_a_value_of_one_facet_is_not_mistaken_for_the_same_word_of_another(index):
    index.write([entry(1, "alpha", facets={Facet.AREA: ("care",)}), entry(2, "alpha", facets={Facet.GROUP: ("care",)})])
    found = search(index, facets={Facet.AREA: ("care",)}, exclude_not_stated=frozenset({Facet.AREA}))
    assert ids(found) == {1}
    assert found.facets[Facet.GROUP] == {NOT_STATED: 1}


def test_hidden_and_closed_listings_and_those_of_the_other_kind_are_not_counted(shelf):
    shelf.write([hide(1, 2), entry(2, "alpha", revision=2, open=False), entry(3, "alpha", revision=2, kind=Kind.NEED)])
    found = search(shelf, kind=Kind.INNOVATION)
    assert found.facets[Facet.TIER] == {"grant": 1, "contract": 1, NOT_STATED: 2}


def test_counts_follow_a_revision_of_a_listing(shelf):
    shelf.write([entry(1, "alpha", revision=2, facets=CONTRACT)])
    assert search(shelf).facets[Facet.TIER] == {"grant": 2, "contract": 3, NOT_STATED: 2}


def test_browsing_gives_the_same_facets(shelf):
    assert shelf.search(plan()).facets[Facet.TIER] == {"grant": 4, "contract": 2, NOT_STATED: 2}


def test_no_facets_are_counted_where_nobody_looks(shelf):
    found = search(shelf, count_facets=False, facets={Facet.TIER: ("grant",)})
    assert (found.facets, found.hidden) == ({}, 1)


def test_a_document_that_leaves_a_facet_out_does_not_state_it(index):
    bare = entry(1, "alpha")
    bare.document.facets.clear()
    index.write([bare, entry(2, "alpha", facets=BOTH)])
    assert search(index).facets[Facet.TIER] == {"grant": 1, "contract": 1, NOT_STATED: 1}
    assert ids(search(index, facets={Facet.TIER: ("grant",)})) == {1, 2}


def test_a_value_that_is_stated_twice_counts_once(index):
    index.write([entry(1, "alpha", facets={Facet.GROUP: ("women", "women")})])
    assert search(index).facets[Facet.GROUP] == {"women": 1}


@pytest.fixture
def regions(index):
    index.write(
        [
            entry(1, "alpha", places=places(now=[LEEDS]), facets={Facet.PLACE: ("yorkshire",)}),
            entry(2, "alpha", places=places(would=[LEEDS]), facets={Facet.PLACE: ("yorkshire",)}),
            entry(3, "alpha", places=places(now=[BRADFORD]), facets={Facet.PLACE: ("yorkshire",)}),
            entry(4, "alpha", places=places(office=[CAMDEN]), facets={Facet.PLACE: ("london",)}),
            entry(5, "alpha", places=places(now=[CAMDEN]), facets={Facet.PLACE: ("london",), Facet.TIER: ("grant",)}),
            entry(6, "alpha"),
        ]
    )
    return index


def test_a_listing_that_is_only_based_somewhere_is_counted_there_and_as_not_stated(regions):
    assert search(regions).facets[Facet.PLACE] == {"yorkshire": 3, "london": 2, NOT_STATED: 2}


def test_a_set_place_counts_those_that_reach_it_and_those_in_doubt(regions):
    found = search(regions, place_filter=near(LEEDS))
    assert (ids(found), found.hidden) == ({1, 2, 3, 4, 6}, 1)
    assert found.facets[Facet.PLACE] == {"yorkshire": 3, "london": 2, ASKED: 2, NOT_STATED: 3}
    assert found.facets[Facet.TIER] == {NOT_STATED: 5}


def test_the_counts_of_a_set_place_obey_the_other_filters(regions):
    asked = {"facets": {Facet.TIER: ("grant",)}, "exclude_not_stated": frozenset({Facet.TIER})}
    found = search(regions, place_filter=near(LEEDS), **asked)
    assert found.facets[Facet.PLACE] == {"london": 1, ASKED: 0, NOT_STATED: 0}


def test_place_not_stated_can_be_excluded_without_a_place(regions):
    assert ids(search(regions, exclude_not_stated=frozenset({Facet.PLACE}))) == {1, 2, 3, 5}
