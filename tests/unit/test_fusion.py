"""Fusion: one score from two legs, one order from scores and marks; ties by a hash, never by number or arrival."""

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.engine import Found
from indexer.fusion import Weights, by_score, fuse, order, tie_break

WEIGHTS = Weights(lexical=0.4, exact=10.0)
KINDS = {
    "ids": np.int64,
    "lexical": np.float32,
    "share": np.float32,
    "cosine": np.float32,
    "tier": np.uint8,
    "exact": np.bool_,
    "strong": np.bool_,
    "qualifies": np.bool_,
    "posted": np.int32,
    "closes": np.int32,
}
USUAL = {"lexical": 1.0, "share": 1.0, "cosine": 0.5, "tier": 0, "exact": False, "strong": True, "qualifies": True}


def found_of(*rows: dict[str, Any], top: float = 4.0) -> Found:
    """Give candidates, numbered from 1 where they say no id."""
    usual = USUAL | {"posted": 0, "closes": 0}
    full = [usual | {"ids": number} | row for number, row in enumerate(rows, 1)]
    columns = {name: np.array([row[name] for row in full], kind) for name, kind in KINDS.items()}
    return Found(**columns, lexical_top=top, facets={}, total=len(columns["ids"]))


def ranked(*rows: dict[str, Any]) -> list[int]:
    found = found_of(*rows)
    return found.ids[order(found, fuse(found, WEIGHTS))].tolist()


def test_the_score_is_a_convex_sum_of_both_legs():
    found = found_of({"lexical": 2.0, "cosine": 0.5}, {"lexical": 0.0, "cosine": 1.0}, {"lexical": 4.0, "cosine": 0.0})
    assert fuse(found, WEIGHTS).tolist() == pytest.approx([0.4 * 0.5 + 0.6 * 0.5, 0.6, 0.4])


def test_where_one_leg_is_off_the_other_stands_alone():
    lexical = found_of({"lexical": 1.0, "cosine": np.nan}, {"lexical": 4.0, "cosine": np.nan})
    assert fuse(lexical, WEIGHTS).tolist() == pytest.approx([0.25, 1.0])
    dense = found_of({"lexical": 0.0, "cosine": 0.3}, {"lexical": 0.0, "cosine": 0.9}, top=0.0)
    assert fuse(dense, WEIGHTS).tolist() == pytest.approx([0.3, 0.9])


def test_browsing_scores_nothing():
    assert fuse(found_of({"lexical": 0.0, "cosine": np.nan}, top=0.0), WEIGHTS).tolist() == [0.0]


def test_a_cosine_below_nought_takes_nothing_away():
    assert fuse(found_of({"lexical": 4.0, "cosine": -0.7}), WEIGHTS).tolist() == pytest.approx([0.4])


def test_no_candidates_have_no_scores_and_no_order():
    empty = found_of()
    assert fuse(empty, WEIGHTS).tolist() == order(empty, fuse(empty, WEIGHTS)).tolist() == []


rows = st.fixed_dictionaries(
    {
        "lexical": st.floats(0, 4, width=32),
        "cosine": st.floats(-1, 1, width=32),
        "tier": st.integers(0, 4),
        "exact": st.booleans(),
        "strong": st.booleans(),
        "qualifies": st.booleans(),
    }
)


@given(st.lists(rows, min_size=1, max_size=8), st.data())
def test_a_score_never_depends_on_the_other_candidates(listed, data):
    chosen = data.draw(st.integers(0, len(listed) - 1))
    together = fuse(found_of(*listed), WEIGHTS)[chosen]
    assert together == fuse(found_of(listed[chosen]), WEIGHTS)[0]


@given(rows, st.floats(0, 4, width=32), st.floats(-1, 1, width=32))
def test_more_of_either_leg_never_lowers_a_score(row, lexical, cosine):
    more = row | {"lexical": max(row["lexical"], lexical), "cosine": max(row["cosine"], cosine)}
    before, after = fuse(found_of(row, more), WEIGHTS)
    assert after >= before


def test_the_order_is_exact_then_strong_by_tier_then_less_close_then_below_the_rule():
    best = {"cosine": 0.99, "lexical": 4.0}
    assert ranked(
        best | {"ids": 1, "strong": False, "qualifies": False},
        best | {"ids": 2, "strong": False, "tier": 1},
        {"ids": 3, "tier": 4},
        best | {"ids": 4, "tier": 3},
        best | {"ids": 5, "tier": 2},
        {"ids": 6, "tier": 1},
        {"ids": 7, "exact": True, "tier": 4, "cosine": 0.0, "lexical": 0.0, "strong": False},
    ) == [7, 6, 5, 4, 3, 2, 1]


def test_within_a_tier_the_best_score_comes_first():
    assert ranked({"ids": 1, "cosine": 0.2}, {"ids": 2, "cosine": 0.9}, {"ids": 3, "cosine": 0.5}) == [2, 3, 1]


def test_of_two_exact_names_the_better_score_comes_first():
    assert ranked({"ids": 1, "exact": True, "cosine": 0.2}, {"ids": 2, "exact": True, "cosine": 0.3}) == [2, 1]


def subset(found: Found, keep: list[int]) -> Found:
    return replace(found, **{f.name: getattr(found, f.name)[keep] for f in fields(Found) if f.name in KINDS})


@given(st.lists(rows, max_size=12), st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_the_order_of_arrival(listed, random):
    found = found_of(*listed)
    keep = list(range(len(listed)))
    random.shuffle(keep)
    mixed = subset(found, keep)
    straight = found.ids[order(found, fuse(found, WEIGHTS))].tolist()
    assert mixed.ids[order(mixed, fuse(mixed, WEIGHTS))].tolist() == straight


@given(st.lists(rows, max_size=12), st.data())
def test_two_listings_never_change_places_because_a_third_goes(listed, data):
    found = found_of(*listed)
    keep = sorted(data.draw(st.sets(st.sampled_from(range(len(listed)))) if listed else st.just(set())))
    fewer = subset(found, keep)
    straight = [n for n in found.ids[order(found, fuse(found, WEIGHTS))].tolist() if n - 1 in keep]
    assert fewer.ids[order(fewer, fuse(fewer, WEIGHTS))].tolist() == straight


def test_equals_stand_neither_by_number_nor_by_arrival():
    count = 200
    listed = ranked(*({"ids": number} for number in range(1, count + 1)))
    assert sorted(listed) == list(range(1, count + 1))
    correlation = np.corrcoef(listed, range(count))[0, 1]
    assert abs(correlation) < 0.25


def test_a_listing_keeps_its_place_among_equals():
    ids = np.arange(1, 50, dtype=np.int64)
    assert np.array_equal(tie_break(ids)[::-1], tie_break(ids[::-1]))
    assert tie_break(ids[3:4])[0] == tie_break(ids)[3]


def test_another_seed_gives_another_order_and_no_two_listings_one_place():
    ids = np.arange(100_000, dtype=np.int64)
    monday, tuesday = tie_break(ids, "2026-01-05"), tie_break(ids, "2026-01-06")
    assert len(np.unique(monday)) == len(ids)
    assert not np.array_equal(monday.argsort(), tuesday.argsort())


def test_the_place_among_equals_is_pinned_so_that_page_two_fits_a_page_one_of_an_older_process():
    assert tie_break(np.arange(1, 9)).argsort().tolist() == [2, 3, 7, 1, 0, 6, 5, 4]


def test_scores_that_differ_by_rounding_alone_are_equal():
    noise = [1e-7 * (number % 3) for number in range(50)]
    exact = ranked(*({"ids": number, "cosine": 0.5} for number in range(50)))
    assert ranked(*({"ids": number, "cosine": 0.5 + noise[number]} for number in range(50))) == exact


def test_a_seed_turns_those_of_one_bucket_and_nobody_else():
    ids = np.arange(1, 9)
    scores = np.array([0.413, 0.414, 0.4125, 0.415, 0.409, 0.410, 0.397, 0.398], np.float32)
    band = np.zeros(8, np.int16)
    orders = {tuple(ids[by_score(ids, scores, band, f"2027-03-{day:02}")].tolist()) for day in range(1, 29)}
    assert len(orders) > 10
    assert {frozenset(found[:4]) for found in orders} == {frozenset({1, 2, 3, 4})}
    assert {frozenset(found[4:6]) for found in orders} == {frozenset({5, 6})}
    firsts = {found[0] for found in orders}
    assert firsts == {1, 2, 3, 4}, "each is first on some day"


def test_without_a_seed_the_better_score_is_first_for_ever():
    ids, band = np.arange(1, 4), np.zeros(3, np.int16)
    scores = np.array([0.411, 0.415, 0.413], np.float32)
    assert ids[by_score(ids, scores, band)].tolist() == [2, 3, 1]
    assert ids[by_score(ids, scores, np.array([1, 2, 1], np.int16), "any day")].tolist()[-1] == 2, "bands stay"
