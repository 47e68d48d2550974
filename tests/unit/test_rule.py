"""The candidate rule and the scale of a query's words depend on the query alone."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.rule import TUNING, Tuning, lexical_scale, rule_for

TEST = Tuning(
    share_of_one=1.0, least_share=0.2, most_share=0.7, floor=0.2, strong_floor=0.4, some_unknown=0.1, none_known=0.3
)


def share(number: int) -> float:
    return rule_for([1.0] * number, [True] * number, TEST).share


def test_a_longer_query_asks_for_a_smaller_share_within_bounds():
    assert share(1) == 0.7
    assert share(4) == pytest.approx(0.5)
    assert share(16) == pytest.approx(0.25)
    assert share(400) == 0.2


def test_words_that_every_listing_could_hold_leave_the_floors_alone():
    rule = rule_for([2.0, 1.0], [True, True], TEST)
    assert (rule.cosine, rule.strong_cosine) == (0.2, 0.4)


def test_unknown_words_raise_both_floors():
    rule = rule_for([3.0, 1.0], [False, True], TEST)
    assert (rule.cosine, rule.strong_cosine) == pytest.approx((0.3, 0.5))
    assert rule_for([3.0], [False], TEST).cosine == pytest.approx(0.5)


def test_a_small_part_that_is_unknown_raises_nothing():
    assert rule_for([1.0, 9.0], [False, True], TEST).cosine == 0.2


def test_a_long_text_may_hold_unknown_words():
    long = [1.0] * (TEST.few_words + 1)
    assert rule_for(long, [False, *[True] * TEST.few_words], TEST).cosine == 0.2
    assert rule_for(long, [False] * len(long), TEST).cosine == pytest.approx(0.5)


def test_a_query_without_words_has_the_plain_floors():
    rule = rule_for([], [], TEST)
    assert (rule.cosine, rule.strong_cosine) == (0.2, 0.4)
    assert 0 < rule.share <= 1


@given(st.lists(st.tuples(st.floats(0.01, 12), st.booleans()), max_size=40))
def test_strong_is_never_easier_than_the_rule(words):
    rule = rule_for([weight for weight, _ in words], [known for _, known in words], TUNING)
    assert rule.strong_share >= rule.share > 0
    assert rule.strong_cosine >= rule.cosine > 0


def test_the_scale_counts_the_rarest_word_in_full_and_the_others_less_and_less():
    assert lexical_scale([]) == 0.0
    assert lexical_scale([3.0]) == 3.0
    assert lexical_scale([1.0, 4.0, 2.0]) == pytest.approx(4 + 2 / math.sqrt(2) + 1 / math.sqrt(3))


@given(st.lists(st.floats(0.01, 12), min_size=1, max_size=40), st.randoms())
def test_the_scale_does_not_know_the_order_of_the_words(weights, random):
    shuffled = random.sample(weights, len(weights))
    assert lexical_scale(shuffled) == lexical_scale(weights)
    assert max(weights) <= lexical_scale(weights) <= math.fsum(weights) + 1e-9
