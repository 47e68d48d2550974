"""Late interaction: what is kept of a token, and how close a listing comes to each word of a query."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.late import (
    OTHER_WORDS,
    STEPS,
    Word,
    coverage,
    fit_projection,
    hear,
    keep,
    nearest_tokens,
    project,
    read,
    unit_rows,
)

AXES = np.eye(4, dtype=np.float32)
EVERYTHING = np.eye(4, dtype=np.float32)
"""A projection that keeps all of four dimensions."""


def kept_of(*rows: int) -> np.ndarray:
    """Keep a listing whose tokens point along these axes."""
    return read([keep(AXES[list(rows)], EVERYTHING)], 4)


def heard_of(words: list[Word], query: np.ndarray, listing: np.ndarray) -> tuple[list[float], float]:
    """Compare with one listing: the closeness of each word, and back."""
    found = hear(words, query, [listing])
    return found.words[0].tolist(), float(found.back[0])


def word(*rows: int, weight: float = 1.0, others: tuple[tuple[int, ...], ...] = ()) -> Word:
    return Word("word", weight, rows, others)


def test_rows_are_scaled_to_length_one_and_noughts_stay():
    scaled = unit_rows(np.array([[3.0, 4.0], [0.0, 0.0]], np.float32))
    assert np.allclose(scaled, [[0.6, 0.8], [0.0, 0.0]])


def test_a_projection_keeps_the_directions_that_tokens_take():
    rng = np.random.default_rng(3)
    tokens = np.zeros((200, 6), np.float32)
    tokens[:, [1, 4]] = rng.standard_normal((200, 2))
    directions = fit_projection(tokens, 2)
    assert directions.shape == (6, 2)
    assert np.allclose(np.abs(directions[[0, 2, 3, 5]]), 0, atol=1e-5)


def test_a_projection_is_the_same_on_every_run():
    tokens = np.random.default_rng(5).standard_normal((300, 8)).astype(np.float32)
    assert np.array_equal(fit_projection(tokens, 3), fit_projection(tokens.copy(), 3))


def test_projected_tokens_are_unit_rows():
    tokens = np.random.default_rng(7).standard_normal((20, 8)).astype(np.float32)
    found = project(tokens, fit_projection(tokens, 3))
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)


@given(st.integers(1, 30))
def test_a_token_is_kept_in_one_byte_a_dimension_and_read_back_nearly_as_it_was(count):
    tokens = np.random.default_rng(count).standard_normal((count, 4)).astype(np.float32)
    stored = keep(tokens, EVERYTHING)
    assert len(stored) == count * 4
    assert np.allclose(read([stored], 4) / STEPS, unit_rows(tokens), atol=0.6 / STEPS)


def test_the_passages_of_a_listing_are_joined_in_order():
    joined = read([keep(AXES[[0]], EVERYTHING), keep(AXES[[2, 1]], EVERYTHING)], 4)
    assert joined.argmax(axis=1).tolist() == [0, 2, 1]


def test_a_word_is_as_close_as_its_best_token():
    words, _ = heard_of([word(0), word(1)], AXES[[0, 3]], kept_of(0, 1))
    assert words == pytest.approx([1.0, 0.0])


def test_a_word_of_several_tokens_takes_their_mean():
    words, _ = heard_of([word(0, 1)], AXES[[0, 3]], kept_of(0))
    assert words == pytest.approx([0.5])


def test_a_phrase_that_means_the_same_counts_a_little_less():
    words, _ = heard_of([word(0, others=((1,),))], AXES[[3, 2]], kept_of(2))
    assert words == pytest.approx([OTHER_WORDS])


def test_the_word_that_was_typed_counts_in_full_where_it_is_there():
    words, _ = heard_of([word(0, others=((1,),))], AXES[[3, 2]], kept_of(2, 3))
    assert words == pytest.approx([1.0])


def test_back_is_the_mean_over_the_listings_own_tokens():
    assert heard_of([word(0)], AXES[[0]], kept_of(0, 1, 2, 3))[1] == pytest.approx(0.25)


def test_back_looks_at_typed_words_only():
    assert heard_of([word(0, others=((1,),))], AXES[[3, 0]], kept_of(0))[1] == pytest.approx(0.0)


def test_each_listing_is_heard_for_itself():
    listings = [kept_of(0), read([], 4), kept_of(1, 1, 0), kept_of(2)]
    together = hear([word(0), word(1)], AXES[[0, 1]], listings)
    for row, listing in enumerate(listings):
        words, back = heard_of([word(0), word(1)], AXES[[0, 1]], listing)
        assert together.words[row].tolist() == pytest.approx(words)
        assert together.back[row] == pytest.approx(back)


@pytest.mark.parametrize("words", [[], [word(0)]])
def test_a_listing_without_tokens_is_close_to_nothing(words):
    assert heard_of(words, AXES[[0]], read([], 4)) == ([0.0] * len(words), 0.0)


def test_a_query_without_words_is_close_to_nothing():
    assert heard_of([], AXES[[0]], kept_of(0)) == ([], 0.0)


def test_no_listing_is_heard_where_there_is_none():
    found = hear([word(0)], AXES[[0]], [])
    assert found.words.shape == (0, 1)
    assert found.back.shape == (0,)


def test_coverage_is_the_mean_over_words_by_weight():
    closeness = np.array([[1.0, 0.0], [0.0, 1.0]], np.float32)
    assert coverage([word(0, weight=3.0), word(1, weight=1.0)], closeness).tolist() == pytest.approx([0.75, 0.25])


def test_words_without_weight_cover_nothing():
    assert coverage([word(0, weight=0.0)], np.ones((2, 1), np.float32)).tolist() == [0.0, 0.0]


def test_the_nearest_token_of_each_word_is_named():
    assert nearest_tokens([word(0), word(1)], AXES[[2, 0]], kept_of(0, 1, 2)) == [
        (2, pytest.approx(1.0)),
        (0, pytest.approx(1.0)),
    ]


def test_the_nearest_token_may_be_that_of_another_phrase():
    assert nearest_tokens([word(0, others=((1,),))], AXES[[3, 1]], kept_of(0, 1)) == [(1, pytest.approx(1.0))]


def test_no_token_is_named_where_there_is_none():
    assert nearest_tokens([word(0)], AXES[[0]], read([], 4)) == [(-1, 0.0)]


@given(st.lists(st.integers(0, 3), min_size=1, max_size=6), st.integers(0, 3))
def test_a_token_more_never_makes_a_word_less_close(rows, more):
    words = [word(0), word(1)]
    before, after = hear(words, AXES[[0, 2]], [kept_of(*rows), kept_of(*rows, more)]).words
    assert (after >= before).all()
