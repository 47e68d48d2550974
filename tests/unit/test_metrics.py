"""Measures of rankings and of a yes-or-no judge, by hand and by what must always hold."""

from itertools import pairwise
from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.metrics import (
    Measures,
    agreement,
    condensed_ndcg,
    gain,
    match_ndcg,
    mean,
    measure,
    ndcg,
    recall_at,
    reciprocal_rank,
    relevant_from,
    unjudged_share,
)

GRADES = {"jam": 3, "tea": 2, "bun": 1, "salt": 0}
documents = st.text("abcdefghij", min_size=1, max_size=2)
grades = st.dictionaries(documents, st.integers(0, 3), max_size=30)
rankings = st.lists(documents, unique=True, max_size=30)


def test_a_gain_is_two_to_the_grade_less_one_and_never_below_nothing():
    assert [gain(grade) for grade in (-2, 0, 1, 2, 3)] == [0, 0, 1, 3, 7]


def test_ndcg_discounts_by_the_logarithm_of_the_rank():
    found = 7 / log2(2) + 0 / log2(3) + 3 / log2(4)
    ideal = 7 / log2(2) + 3 / log2(3) + 1 / log2(4)
    assert ndcg(["jam", "salt", "tea"], GRADES) == pytest.approx(found / ideal)
    assert found / ideal == pytest.approx(0.90495, abs=1e-5)


def test_ndcg_counts_the_first_ten_only_and_its_ideal_too():
    many = {f"d{n}": 1 for n in range(20)}
    assert ndcg([f"d{n}" for n in range(20)], many) == pytest.approx(1)
    assert ndcg([f"x{n}" for n in range(10)] + ["d1"], many) == 0


def test_a_judged_document_that_is_not_found_lowers_ndcg():
    assert ndcg(["tea"], GRADES) == pytest.approx(3 / (7 + 3 / log2(3) + 1 / 2))


def test_an_unjudged_document_costs_ndcg_but_not_condensed_ndcg():
    ranking = ["unknown", "jam", "tea", "bun"]
    assert ndcg(ranking, GRADES) < 1
    assert condensed_ndcg(ranking, GRADES) == pytest.approx(1)
    assert unjudged_share(ranking, GRADES) == 1 / 4


def test_a_condensed_list_is_filled_from_below_the_tenth_place():
    ranking = [f"unknown-{n}" for n in range(40)] + ["jam"]
    assert condensed_ndcg(ranking, {"jam": 3}) == 1
    assert unjudged_share(ranking, {"jam": 3}) == 1


def test_where_the_judges_left_nothing_to_find_nothing_is_measured():
    nothing = Measures(ndcg=None, condensed=None, unjudged=0, recall=None, mrr=None)
    assert measure(["salt"], {"salt": 0}, least=1) == nothing


def test_grade_one_of_three_is_gain_but_not_relevant():
    found = measure(["bun"], {"bun": 1, "jam": 3}, least=2)
    assert (found.recall, found.mrr) == (0, 0)
    assert found.ndcg is not None
    assert found.ndcg > 0


@pytest.mark.parametrize(("given", "least"), [([1, 2, 3], 2), ([0, 3], 2), ([1, 2], 1), ([1], 1), ([0], 1)])
def test_relevant_means_two_where_grades_go_to_three_and_else_one(given, least):
    assert relevant_from([{}, {f"d{n}": grade for n, grade in enumerate(given)}]) == least


def test_recall_looks_a_hundred_deep_and_the_reciprocal_rank_ten():
    ranking = [f"x{n}" for n in range(9)] + ["tea"] + [f"y{n}" for n in range(90)] + ["jam"]
    relevant = frozenset(("tea", "jam"))
    assert recall_at(ranking, relevant) == 1 / 2
    assert reciprocal_rank(ranking, relevant) == 1 / 10
    assert reciprocal_rank(ranking[1:], relevant) == 1 / 9
    assert reciprocal_rank(["x", *ranking], relevant) == 0


def test_an_empty_ranking_finds_nothing_and_has_nothing_unjudged():
    nothing_found = Measures(ndcg=0, condensed=0, unjudged=0, recall=0, mrr=0)
    assert measure([], GRADES, least=2) == nothing_found


def test_a_mean_leaves_out_what_could_not_be_measured():
    assert mean([1, None, 0]) == 1 / 2
    assert mean([None]) is None
    assert mean([]) is None


@given(rankings, grades)
def test_every_measure_is_between_nought_and_one(ranking, given_grades):
    found = measure(ranking, given_grades, least=2)
    values = (found.ndcg, found.condensed, found.unjudged, found.recall, found.mrr)
    assert all(value is None or 0 <= value <= 1 + 1e-9 for value in values)


@given(grades)
def test_the_order_of_the_grades_themselves_is_ideal(given_grades):
    ideal = sorted(given_grades, key=lambda found: -given_grades[found])
    best = ndcg(ideal, given_grades)
    assert best == (pytest.approx(1) if any(given_grades.values()) else None)


@given(rankings, grades)
def test_swapping_a_better_document_upwards_never_lowers_ndcg(ranking, given_grades):
    before = ndcg(ranking, given_grades)
    for place, (upper, lower) in enumerate(pairwise(ranking)):
        if before is not None and given_grades.get(lower, 0) > given_grades.get(upper, 0):
            better = [*ranking[:place], lower, upper, *ranking[place + 2 :]]
            assert ndcg(better, given_grades) >= before


@given(rankings, grades, st.lists(st.text("xyz", min_size=3, max_size=4), unique=True, max_size=9))
def test_unjudged_documents_anywhere_leave_condensed_ndcg_as_it_is(ranking, given_grades, unknown):
    mixed = [found for pair in zip(ranking, unknown, strict=False) for found in pair]
    mixed += [found for found in ranking if found not in mixed]
    assert condensed_ndcg(mixed, given_grades) == condensed_ndcg(ranking, given_grades)


def test_a_match_is_measured_over_the_judged_innovations_of_each_need():
    judgements = {"respite": {"sitters": 3, "bus": 1}, "housing": {"loft": 2}}
    orders = {"respite": ["never-judged", "sitters", "bus"]}
    assert match_ndcg(judgements, orders) == {"respite": pytest.approx(1), "housing": 0}


def test_agreement_names_each_false_yes_and_each_false_no():
    labels = {"a": True, "b": True, "c": False, "d": False}
    found = agreement(labels, {"a": True, "c": True, "b": False})
    assert (found.right, found.wrong, found.missed) == (1, ("c",), ("b",))
    assert (found.precision, found.recall) == (1 / 2, 1 / 2)


def test_a_judge_that_never_says_yes_has_no_precision_and_one_without_labels_no_recall():
    assert agreement({"a": True}, {}).precision is None
    assert agreement({"a": False}, {"a": True}).recall is None


@given(st.dictionaries(documents, st.booleans()), st.dictionaries(documents, st.booleans()))
def test_yeses_right_and_missed_add_up_to_the_labelled_ones(labels, said):
    found = agreement(labels, said)
    assert found.right + len(found.missed) == sum(labels.values())
    assert all(said[key] and not labels[key] for key in found.wrong)
