"""From text to terms and sentences: nothing is lost, and queries and listings are read alike."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import LONGEST, STOP_WORDS, sentences, terms, tokens, topic_terms, words

AWKWARD = st.text(alphabet="ab\u0130\u00df\u03a3\u00c9'\u2019-_ .9\n", max_size=40)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Respite care", ["respite", "care"]),
        ("16-24 year-olds", ["16", "24", "year", "olds"]),
        ("women\u2019s aid", ["women", "s", "aid"]),
        ("snake_case", ["snake", "case"]),
        ("GB-CHC-1136419", ["gb", "chc", "1136419"]),
        ("caf\u00e9 \u00c9cole", ["caf\u00e9", "\u00e9cole"]),
        ("  ", []),
        ("?!", []),
    ],
)
def test_a_text_is_split_at_all_that_is_no_letter_or_digit(text, expected):
    assert words(text) == expected


@pytest.mark.parametrize(
    "family",
    ["carer carers", "caring cared care", "charity charities", "commissioning commissioned commission", "homes home"],
)
def test_the_forms_of_a_word_have_one_term(family):
    assert len(set(terms(family))) == 1


def test_words_of_different_meaning_keep_different_terms():
    assert len(set(terms("carer care careless"))) == 3


@given(st.text(max_size=200) | AWKWARD)
def test_tokens_and_terms_agree_so_that_a_query_finds_what_a_listing_holds(text):
    assert [token.term for token in tokens(text)] == terms(text)


@given(st.text(max_size=200) | AWKWARD)
def test_tokens_stand_where_they_say(text):
    for token in tokens(text):
        assert terms(text[token.start : token.end]) == [token.term]


@given(st.text(max_size=100) | AWKWARD)
def test_case_makes_no_difference(text):
    plain = re.sub(r"[^a-zA-Z0-9 -]", "", text)
    assert terms(plain.upper()) == terms(plain.lower())


def test_a_word_longer_than_any_is_known_by_its_beginning():
    assert terms("x" * 10_000) == terms("x" * (LONGEST + 1)) == terms("x" * LONGEST)
    assert len(tokens("x" * 10_000)) == 1


def test_stop_words_are_marked_and_still_told():
    assert [(token.term, token.stop) for token in tokens("respite for carers")] == [
        ("respit", False),
        ("for", True),
        ("carer", False),
    ]


def test_a_stop_word_is_known_by_the_word_and_not_by_its_stem():
    assert [token.stop for token in tokens("being beings his need needy")] == [True, False, True, True, False]


def test_topic_terms_leave_stop_words_out_unless_nothing_else_is_there():
    assert topic_terms("respite for the carers") == ["respit", "carer"]
    assert topic_terms("who am I") == ["who", "am", "i"]
    assert topic_terms(" ") == []


def test_stop_words_are_single_lower_case_tokens():
    assert all(words(word) == [word] for word in STOP_WORDS)


def test_stemming_is_the_same_in_every_thread():
    text = " ".join(f"commissioners caring{n} charities" for n in range(50))
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(terms, [text] * 8))
    assert all(result == results[0] for result in results)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We help. You gain.", ["We help.", "You gain."]),
        ("Do you help? Yes! Always; Even at night.", ["Do you help?", "Yes!", "Always;", "Even at night."]),
        ("Short breaks, e.g. Saturday clubs. More.", ["Short breaks, e.g. Saturday clubs.", "More."]),
        ("Run by St. John and Dr. Smith. Open.", ["Run by St. John and Dr. Smith.", "Open."]),
        ("A rise of 2.5 points", ["A rise of 2.5 points"]),
        ("first line\n\nsecond line", ["first line", "second line"]),
        ("We offer: \u2022 meals \u2022 rides", ["We offer:", "\u2022 meals", "\u2022 rides"]),
        ("It works. \u201cIt does.\u201d They said", ["It works.", "\u201cIt does.\u201d They said"]),
        ("It ends. 24 people came.", ["It ends.", "24 people came."]),
        ("   ", []),
        ("", []),
    ],
)
def test_a_text_is_split_into_whole_sentences_and_list_items(text, expected):
    assert sentences(text) == expected


@given(st.text(alphabet="aZ9.!?;,\u2022 \n\t\"'", max_size=120) | st.text(max_size=200))
def test_no_sentence_loses_anything_but_space(text):
    joined = "".join(sentences(text))
    assert "".join(joined.split()) == "".join(text.split())


@given(st.text(alphabet="aZ.\u2022 \n", max_size=120))
def test_no_sentence_is_empty_or_has_space_around_it(text):
    assert all(sentence and sentence == sentence.strip() for sentence in sentences(text))


@pytest.mark.parametrize("gap", [" " * 50_000, "\n" * 50_000, " \n" * 25_000, "\t" * 50_000])
def test_a_huge_gap_is_read_like_a_small_one(gap):
    assert "".join("".join(sentences(f"One{gap}two.{gap}Three")).split()) == "Onetwo.Three"
