"""Texts in the manner of a catalogue: what of them is embedded, and what they say they do not seek."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import tokens
from indexer.catalogue import GENERAL, without_exceptions, without_general


@pytest.mark.parametrize(
    ("label", "kept"),
    [
        ("Hotel services", "Hotel"),
        ("Repair and maintenance services of lifts", "Repair and maintenance of lifts"),
        ("Farming, fishing, forestry and related services", "Farming, fishing, forestry"),
        ("Miscellaneous services; auxiliary transport services", "transport"),
        ("Telephone equipment and supplies", "Telephone equipment"),
        ("a service for carers", "a service for carers"),
        ("paid work for young people", "paid work for young people"),
    ],
)
def test_words_that_say_nothing_of_what_is_sought_leave(label, kept):
    assert without_general(label) == kept


@pytest.mark.parametrize("only", ["services", "Other services", "works and supplies;", "...", ""])
def test_a_text_of_nothing_else_stays(only):
    assert without_general(only) == only


@pytest.mark.parametrize(
    ("said", "sought"),
    [
        ("Machinery (except farm machinery); lighting", "Machinery; lighting"),
        ("office equipment excluding furniture", "office equipment"),
        ("cleaning except windows, and gardening", "cleaning, and gardening"),
        ("help for everyone other than veterans. In Leeds", "help for everyone. In Leeds"),
        ("young people excluded from school", "young people excluded from school"),
        ("Except for weekends", "Except for weekends"),
        ("exceptional needs", "exceptional needs"),
        ("Transport (excl. taxis)", "Transport"),
        ("sport, apart from football; dance", "sport; dance"),
    ],
)
def test_what_is_not_sought_leaves(said, sought):
    assert without_exceptions(said) == sought


@given(
    st.text(alphabet="abc ();,.ex", max_size=60)
    | st.lists(st.sampled_from([*GENERAL, "except", "of", "hotel"])).map(" ".join)
)
def test_no_text_is_emptied(text):
    for changed in (without_general(text), without_exceptions(text)):
        assert any(not token.stop for token in tokens(changed)) or changed == text
