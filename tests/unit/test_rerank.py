"""The second score: its parts add up, silence is no advantage, and it only orders what it is given."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.rerank import (
    LABEL_FLOOR,
    LABEL_WORDS,
    LIFTED,
    PRIORS,
    Array,
    Evidence,
    Mix,
    aboutness,
    lifted,
    likeness,
    mix_for,
    second_score,
    stated_or,
)

PLAIN = Mix(words=0.0, back=0.0, area=0.0, group=0.0, feedback=0.0)


def evidence(count: int, **columns: list[float]) -> Evidence:
    """Give listings that are alike but for the named columns; passages point in directions of their own."""
    usual = {name: np.full(count, 0.5, np.float32) for name in ("first", "words", "back", "area", "group")}
    given_ones = {name: np.array(values, np.float32) for name, values in columns.items()}
    silent = {"asked": np.full(count, np.nan, np.float32)}
    return Evidence(**(usual | silent | given_ones), passages=np.eye(count, dtype=np.float32))


def test_without_closer_evidence_the_first_score_stands():
    assert second_score(evidence(2, first=[0.7, 0.2]), PLAIN).score.tolist() == pytest.approx([0.7, 0.2])


@pytest.mark.parametrize("part", ["words", "back", "area", "group", "asked"])
def test_each_part_raises_the_score(part):
    low, high = second_score(evidence(2, **{part: [0.1, 0.9]})).score
    assert high > low


def test_the_parts_add_up_to_the_score():
    found = second_score(evidence(4, first=[0.1, 0.5, 0.3, 0.9], words=[0.9, 0.2, 0.1, 0.4]))
    assert np.allclose(sum(found.parts.values()), found.score)


def test_the_score_of_perfect_evidence_is_one():
    perfect = evidence(3, **{name: [1.0] * 3 for name in ("first", "words", "back", "area", "group")})
    same = replace(perfect, passages=np.tile(np.eye(3, dtype=np.float32)[0], (3, 1)))
    assert second_score(same).score.tolist() == pytest.approx([1.0] * 3)


@pytest.mark.parametrize("part", ["area", "group", "asked"])
def test_what_is_not_stated_enters_with_its_prior(part):
    prior = getattr(PRIORS, part)
    silent, told = second_score(evidence(2, **{part: [np.nan, prior]})).score
    assert silent == pytest.approx(told)


@pytest.mark.parametrize("part", ["area", "group", "asked"])
def test_stating_nothing_is_worse_than_stating_what_is_asked(part):
    silent, told = second_score(evidence(2, **{part: [np.nan, 0.9]})).score
    assert silent < told


def test_a_stated_value_stays_as_it_is():
    assert stated_or(np.array([0.1, np.nan], np.float32), 0.3).tolist() == pytest.approx([0.1, 0.3])


EVERY = np.array([0.7, 0.5, 0.3, 0.1, 0.05], np.float32)


def test_stating_all_that_a_query_is_about_is_worth_most():
    both, one = aboutness(EVERY[:2], EVERY), aboutness(EVERY[:1], EVERY)
    assert both > one > aboutness(EVERY[1:2], EVERY) > aboutness(EVERY[3:], EVERY)


def test_stating_more_than_is_asked_for_costs_nothing():
    assert aboutness(EVERY[[0, 4]], EVERY) == pytest.approx(aboutness(EVERY[:1], EVERY))


def test_a_query_that_is_about_no_label_counts_only_how_close_they_are():
    far = np.full(4, LABEL_FLOOR / 2, np.float32)
    assert aboutness(far[:1], far) == pytest.approx(LABEL_FLOOR / 4)


def test_stating_nothing_is_about_nothing():
    assert np.isnan(aboutness(EVERY[:0], EVERY))


@given(st.lists(st.integers(0, 4), min_size=1, max_size=5, unique=True), st.integers(0, 4))
def test_a_label_more_never_makes_a_listing_less_about_a_query(stated, more):
    assert aboutness(EVERY[sorted({*stated, more})], EVERY) >= aboutness(EVERY[stated], EVERY) - 1e-6


def test_a_listing_like_the_closest_ones_gains():
    passages = np.array([[1, 0], [1, 0], [1, 0], [0, 1]], np.float32)
    near = likeness(np.array([0.9, 0.8, 0.1, 0.1], np.float32), passages, closest=2)
    assert near.tolist() == pytest.approx([1.0, 1.0, 1.0, 0.0])


def test_in_a_text_of_few_words_each_counts_for_more():
    label, sentence = mix_for(LABEL_WORDS), mix_for(LABEL_WORDS + 1)
    assert label.words > sentence.words
    assert replace(label, words=sentence.words) == sentence


def test_likeness_counts_the_better_scored_more():
    passages = np.array([[1, 0], [0, 1], [0, 1]], np.float32)
    near = likeness(np.array([0.9, 0.3, 0.1], np.float32), passages, closest=2)
    assert near[0] > near[2]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_two_listings_have_no_middle(count):
    assert likeness(np.ones(count, np.float32), np.eye(count, 2, dtype=np.float32), 5).tolist() == [0.0] * count


def test_scores_below_nought_do_not_turn_the_middle_round():
    near = likeness(np.full(3, -1.0, np.float32), np.eye(3, dtype=np.float32), 5)
    assert near.tolist() == [0.0] * 3


def test_nothing_scores_nothing():
    assert second_score(evidence(0)).score.tolist() == []


def unknown(count: int) -> Array:
    """Give what is known of listings where the text asks for nothing that is known."""
    return np.full(count, np.nan, np.float32)


def test_where_nothing_known_is_asked_for_the_score_is_the_other_parts():
    found = second_score(evidence(3, words=[0.9, 0.2, 0.1]))
    assert found.parts["asked"].tolist() == [0.0] * 3


def test_stating_only_what_is_not_asked_for_is_worse_than_stating_nothing():
    other, silent = second_score(evidence(2, asked=[0.0, np.nan])).score
    assert other < silent


def test_a_place_lifts_only_those_near_the_closest():
    assert lifted(np.array([1.0, LIFTED, LIFTED - 0.01], np.float32), unknown(3)).tolist() == [True, True, False]


def test_a_place_does_not_lift_what_states_only_other_areas_than_those_asked_for():
    asked = np.array([0.0, 0.5, 1.0, np.nan], np.float32)
    assert lifted(np.ones(4, np.float32), asked).tolist() == [False, True, True, True]


def test_where_there_is_nothing_nothing_is_lifted():
    assert lifted(np.zeros(0, np.float32), unknown(0)).tolist() == []


@given(st.lists(st.floats(0, 1, width=32), min_size=1, max_size=20))
def test_the_closest_is_always_lifted(scores):
    values = np.array(scores, np.float32)
    assert lifted(values, unknown(len(values)))[values.argmax()]


@given(st.lists(st.floats(0, 1, width=32), min_size=3, max_size=12), st.integers(0, 2))
def test_the_order_in_which_listings_come_changes_no_score(words, turn):
    count = len(words)
    rng = np.random.default_rng(count)
    passages = rng.standard_normal((count, 4)).astype(np.float32)
    first = rng.permutation(count).astype(np.float32) / count
    given_ones = replace(evidence(count, words=words, first=first.tolist()), passages=passages)
    rolled = Evidence(**{name: np.roll(getattr(given_ones, name), turn, axis=0) for name in given_ones.__slots__})
    plain = replace(Mix(), feedback=0.0)
    assert np.allclose(np.roll(second_score(given_ones, plain).score, turn), second_score(rolled, plain).score)
