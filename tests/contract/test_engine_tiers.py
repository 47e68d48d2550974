"""Tiers of places and people: what a constraint orders, and what a set filter hides."""

from dataclasses import replace

import pytest
from entries import BRADFORD, CAMDEN, LEEDS, QUERY, YORK, by_id, entry, ids, near, places, plan

from exchange.content import Gender
from exchange.place.places import load_gazetteer
from indexer.engine import PeopleAsk, PlaceAsk
from indexer.results import Facet

IN_LEEDS = near(LEEDS)

PLACES = [
    ("delivers there now", places(now=[LEEDS]), 1),
    ("delivers there and elsewhere", places(now=[CAMDEN, LEEDS]), 1),
    ("delivers there now and would too", places(now=[LEEDS], would=[LEEDS]), 1),
    ("would deliver there", places(would=[LEEDS]), 2),
    ("delivers elsewhere and would there", places(now=[CAMDEN], would=[LEEDS]), 2),
    ("only based there", places(office=[LEEDS]), 2),
    ("states nothing", places(), 3),
    ("only based elsewhere", places(office=[CAMDEN]), 3),
    ("delivers next door", places(now=[BRADFORD]), 3),
    ("delivers elsewhere", places(now=[CAMDEN]), 4),
    ("delivers elsewhere, based there", places(now=[CAMDEN], office=[LEEDS]), 4),
    ("would deliver elsewhere", places(would=[CAMDEN]), 4),
]


@pytest.mark.parametrize(("stated", "tier"), [row[1:] for row in PLACES], ids=[row[0] for row in PLACES])
def test_a_place_in_the_text_gives_a_tier(index, stated, tier):
    index.write([entry(1, places=stated)])
    assert by_id(index.search(plan(places=(IN_LEEDS,))), "tier") == {1: tier}


def test_next_door_counts_only_where_neighbours_are_given(index):
    index.write([entry(1, places=places(now=[BRADFORD]))])
    strict = PlaceAsk(districts=frozenset({LEEDS}))
    assert by_id(index.search(plan(places=(strict,))), "tier") == {1: 4}


def test_any_of_several_districts_is_enough(index):
    index.write([entry(1, places=places(now=[YORK])), entry(2, places=places(now=[CAMDEN]))])
    assert by_id(index.search(plan(places=(near(LEEDS, YORK),))), "tier") == {1: 1, 2: 4}


def test_every_district_of_the_country_can_be_asked_for_alone(index):
    codes = load_gazetteer().district_codes
    index.write([entry(number, places=places(now=[code])) for number, code in enumerate(codes)])
    for number in (0, 63, 64, 191, 192, len(codes) - 1):
        ask = PlaceAsk(districts=frozenset({codes[number]}))
        tiers = by_id(index.search(plan(places=(ask,))), "tier")
        assert [listing for listing, tier in tiers.items() if tier == 1] == [number]


def test_a_text_without_constraints_gives_no_tier(index):
    index.write([entry(1, places=places(now=[LEEDS]), gender=Gender.MEN)])
    assert by_id(index.search(plan()), "tier") == {1: 0}


WOMEN, MEN = PeopleAsk(gender=Gender.WOMEN), PeopleAsk(gender=Gender.MEN)
YOUNG, OLD, CHILDREN = PeopleAsk(age_min=16, age_max=24), PeopleAsk(age_min=65), PeopleAsk(age_max=11)
TEENAGERS, EITHER = PeopleAsk(implied=((13, 19),)), PeopleAsk(implied=((13, 19), (60, 100)))

PEOPLE = [
    (WOMEN, {"gender": Gender.WOMEN}, 1),
    (WOMEN, {"gender": Gender.ANY}, 1),
    (MEN, {"gender": Gender.ANY}, 1),
    (WOMEN, {"gender": Gender.MEN}, 4),
    (MEN, {"gender": Gender.WOMEN}, 4),
    (WOMEN, {}, 3),
    (PeopleAsk(gender=Gender.ANY), {"gender": Gender.MEN}, 1),
    (YOUNG, {"age_min": 16, "age_max": 24}, 1),
    (YOUNG, {"age_min": 23, "age_max": 30}, 1),
    (YOUNG, {"age_min": 24, "age_max": 30}, 4),
    (YOUNG, {"age_min": 25, "age_max": 30}, 4),
    (YOUNG, {"age_min": 5, "age_max": 18}, 1),
    (YOUNG, {"age_min": 5, "age_max": 17}, 4),
    (YOUNG, {"age_min": 18}, 1),
    (YOUNG, {"age_min": 25}, 4),
    (YOUNG, {"age_max": 18}, 1),
    (YOUNG, {"age_max": 17}, 4),
    (YOUNG, {}, 3),
    (OLD, {"age_min": 50}, 1),
    (OLD, {"age_max": 64}, 4),
    (OLD, {"age_max": 65}, 4),
    (OLD, {"age_max": 75}, 1),
    (CHILDREN, {"age_min": 11}, 4),
    (CHILDREN, {"age_min": 9}, 1),
    (CHILDREN, {"age_min": 12}, 4),
    (CHILDREN, {"age_min": 0, "age_max": 0}, 1),
    (TEENAGERS, {}, 1),
    (TEENAGERS, {"age_min": 11, "age_max": 18}, 1),
    (TEENAGERS, {"age_min": 18}, 1),
    (TEENAGERS, {"age_min": 65}, 4),
    (EITHER, {"age_min": 65}, 1),
    (EITHER, {"age_min": 30, "age_max": 40}, 4),
    (PeopleAsk(gender=Gender.WOMEN, age_min=65), {"gender": Gender.WOMEN}, 3),
    (PeopleAsk(gender=Gender.WOMEN, age_min=65), {"gender": Gender.MEN, "age_min": 65}, 4),
    (PeopleAsk(gender=Gender.WOMEN, age_min=65), {"gender": Gender.ANY, "age_min": 60}, 1),
]


@pytest.mark.parametrize(("ask", "stated", "tier"), PEOPLE)
def test_people_in_the_text_give_a_tier(index, ask, stated, tier):
    index.write([entry(1, **stated)])
    assert by_id(index.search(plan(people=(ask,))), "tier") == {1: tier}


def test_with_several_constraints_the_worst_counts(index):
    index.write(
        [
            entry(1, places=places(now=[LEEDS]), gender=Gender.WOMEN, age_min=16, age_max=24),
            entry(2, places=places(would=[LEEDS]), gender=Gender.ANY, age_min=16),
            entry(3, places=places(now=[LEEDS]), gender=Gender.WOMEN),
            entry(4, places=places(now=[LEEDS]), gender=Gender.MEN, age_min=16, age_max=24),
        ]
    )
    found = index.search(plan(places=(IN_LEEDS,), people=(WOMEN, YOUNG)))
    assert by_id(found, "tier") == {1: 1, 2: 2, 3: 3, 4: 4}


def test_a_constraint_in_the_text_hides_nobody(index):
    index.write([entry(1, places=places(now=[CAMDEN])), entry(2, gender=Gender.MEN)])
    found = index.search(plan(places=(IN_LEEDS,), people=(WOMEN,)))
    assert (ids(found), found.hidden) == ({1, 2}, 0)


@pytest.fixture
def spread(index):
    """Put one listing of each tier for Leeds, and one that no query finds."""
    stated = [places(now=[LEEDS]), places(would=[LEEDS]), places(), places(now=[BRADFORD]), places(now=[CAMDEN])]
    index.write([entry(n, "alpha", cosine=0.9, places=stated[n]) for n in range(5)])
    index.write([entry(9, "bravo", places=places(now=[CAMDEN]))])
    return index


def test_a_set_place_hides_those_elsewhere_and_counts_them(spread):
    found = spread.search(plan("alpha", QUERY, place_filter=IN_LEEDS))
    assert (ids(found), found.hidden) == ({0, 1, 2, 3}, 1)


def test_a_set_place_without_the_not_stated_box_keeps_only_those_that_reach_it(spread):
    asked = plan("alpha", QUERY, place_filter=IN_LEEDS, exclude_not_stated=frozenset({Facet.PLACE}))
    found = spread.search(asked)
    assert (ids(found), found.hidden) == ({0, 1}, 3)


def test_a_set_place_gives_no_tier_of_its_own(spread):
    assert set(by_id(spread.search(plan("alpha", place_filter=IN_LEEDS)), "tier").values()) == {0}


def test_a_set_place_and_a_place_in_the_text_work_side_by_side(spread):
    found = spread.search(plan("alpha", place_filter=IN_LEEDS, places=(near(CAMDEN),)))
    assert by_id(found, "tier") == {0: 4, 1: 4, 2: 3, 3: 4}


def test_a_place_without_districts_is_reached_by_nobody(spread):
    found = spread.search(plan("alpha", place_filter=PlaceAsk(districts=frozenset())))
    assert (ids(found), found.hidden) == ({2}, 4)


def test_a_set_place_holds_also_where_everything_is_asked_for(spread):
    found = spread.search(plan("alpha", QUERY, place_filter=IN_LEEDS, everything=True))
    assert (ids(found), found.hidden) == ({0, 1, 2, 3}, 1)


def test_strength_does_not_depend_on_the_tier(spread):
    asked = plan("alpha", QUERY)
    tiered = spread.search(replace(asked, places=(IN_LEEDS,)))
    assert by_id(tiered, "strong") == by_id(spread.search(asked), "strong")
