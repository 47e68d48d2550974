"""Long queries: the weight of words, and the words of buying that are left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.engine import TermGroup
from indexer.long_text import LEXICAL, LEXICAL_OF_PAGES, LONG, LONGER, PROCEDURE, lexical_weight, without_procedure


def groups(*words: str) -> tuple[TermGroup, ...]:
    return tuple(TermGroup(alternatives=((word, 1.0),)) for word in words)


PAGE = tuple(f"word{number}" for number in range(LONG))


@pytest.mark.parametrize("words", [0, 1, LONG])
def test_a_short_query_has_the_usual_weight(words):
    assert lexical_weight(words) == LEXICAL


@pytest.mark.parametrize("words", [LONGER, 1_000])
def test_a_page_is_matched_by_its_words_above_all(words):
    assert lexical_weight(words) == pytest.approx(LEXICAL_OF_PAGES)


@given(st.integers(0, 500))
def test_a_word_more_never_lowers_the_weight(words):
    assert LEXICAL <= lexical_weight(words) <= lexical_weight(words + 1) <= LEXICAL_OF_PAGES + 1e-9


def test_words_of_buying_leave_a_page():
    found = without_procedure(groups("tender", *PAGE, "contract"))
    assert [group.typed for group in found] == list(PAGE)


def test_a_short_query_keeps_them():
    assert without_procedure(groups("tender", "advocaci")) == groups("tender", "advocaci")


def test_no_query_is_emptied():
    only = groups(*sorted(PROCEDURE)[: LONG + 1])
    assert without_procedure(only) == only


@pytest.mark.parametrize("word", ["care", "hous", "support", "child", "young", "health"])
def test_words_of_what_is_bought_are_not_among_them(word):
    assert word not in PROCEDURE
