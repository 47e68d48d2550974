"""Which word a misspelt one was meant to be."""

import pytest
from test_suggest import index  # noqa: F401  the same small index

from indexer.spelling import nearest


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("carrers", "carers"),
        ("karers", "carers"),  # the first letter is wrong, and listings hold the word
        ("mentaring", "mentoring"),
        ("mintaring", "mentoring"),
        ("MENTARING", "mentoring"),
        ("soliders", "soldiers"),  # a swap; no listing holds it, the dictionary does
        ("stoping", "stopping"),
        ("safegaurding", "safeguarding"),
        ("neighbourhod", "neighbourhood"),
        ("addction", "addiction"),  # "addition" is as near and commoner, but nobody asks for help with it
        ("bldes", "blades"),
    ],
)
def test_the_nearest_word_of_the_index_or_the_dictionary_is_meant(index, typed, near):  # noqa: F811
    assert nearest(typed, index) == near


@pytest.mark.parametrize(
    "typed",
    ["respite", "soldiers", "organisation", "behaviour", "probation", "rez", "r2d2", "karerz", "kubernetes", "zzkrwq"],
)
def test_a_word_is_no_slip_and_what_is_short_or_far_from_all_stays(index, typed):  # noqa: F811
    assert nearest(typed, index) is None


def test_the_first_letter_of_a_word_of_the_dictionary_alone_is_right(index):  # noqa: F811
    assert nearest("kooth", index) is None  # a service's name, one letter from tooth and booth
