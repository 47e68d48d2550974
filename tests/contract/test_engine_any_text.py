"""Any text on any engine: 1,000 words and names found by their own terms, long queries, vectors without direction."""

import random

import numpy as np
import pytest
from entries import QUERY, RULE, by_id, entry, ids, plan

from indexer.analysis import terms
from indexer.engine import Rule

ALL_OF_IT = Rule(share=1.0, cosine=2.0, strong_share=1.0, strong_cosine=2.0)
"""A listing is found that holds every term, whatever its vectors."""

CHOSEN = """
O'Neill O\u2019Neill d'Arcy St. St.-John's rock'n'roll mother-in-law co-operative e-mail re-use well\u2010being
C++ C# .NET node.js a.b.c A.B.C. U.K. e.g. 3.14 1,200.50 \u00a350,000 50% 24/7 1st 2nd 2026-06-15 09:30 0161-496-0000
GB-CHC-1104417 GB-COH-04325234 LS1\u00a04DY SW1A1AA M60 COVID-19 5G H2O 4x4 A&E R&D @home #hope someone@charity.example
https://charity.example/page?q=1&x=%20 ~tilde word~2 ^caret *star* que?tion "quoted" (brackets) [square] {curly} a\\b
AND OR NOT TO NEAR null true NaN Infinity -0 0 00 007 1e5 _under_score_ __dunder__ visible id impacts script _source
Zo\u00eb Zoe\u0308 \u0141\u00f3d\u017a Siobh\u00e1n \u0130stanbul istanbul \u0131s\u0131 Stra\u00dfe STRASSE \u1e9e
\u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2 \u03a3\u0399\u03a3\u03a5\u03a6\u039f\u03a3
\u00c6r\u00f8 \u0153uvre na\u00efve fa\u00e7ade \ufb01nance \u2167 x\u00b2 \u00bd \uff11\uff12 \uff21\uff22 \u0661\u0662
\u6771\u4eac \u5317\u4eac\u5e02 \ud55c\uad6d\uc5b4 \u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd
\u041c\u043e\u0441\u043a\u0432\u0430
\u0928\u092e\u0938\u094d\u0924\u0947 \u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35 \u202eright-to-left\u202c soft\u00adhyphen
caf\u00e9\u2615 help\U0001f600me \U0001f468\u200d\U0001f469\u200d\U0001f467family zero\u200bwidth non\u00a0breaking
\U0001d400\U0001d401\U0001d402 \U00020000\U00020001 a\u0300\u0301\u0302 \ufeffmark tab\tin new\x0bline
""".split("\n")  # noqa: SIM905  a list of strings would fill a page


def words() -> list[str]:
    """Give 1,000 texts of a word or a few, each with terms; the same ones every time."""
    chance = random.Random(4)  # noqa: S311  no secret
    found = [word for line in CHOSEN for word in line.split(" ") if word]
    found += ["x" * 39, "y" * 40, "z" * 41, "\u00e9" * 300, "\U00020000" * 300, "long" * 2_000]
    alphabets = [
        "abcdefgh",
        "0123456789.,-",
        "aeiou'\u2019-",
        "äöüßéèñ",
        "αβγδς",
        "абвгд",
        "一二三四",
        "ab_.~\U0001f600 ",
    ]
    while len(found) < 1_000:
        alphabet = chance.choice(alphabets)
        word = "".join(chance.choice(alphabet) for _ in range(chance.randint(1, 12)))
        if terms(word):
            found.append(word)
    return [word for word in found if terms(word)]


def test_a_thousand_words_numbers_and_names_are_found_by_their_own_terms(index):
    texts = words()
    assert len(texts) > 950
    index.rebuild([entry(number, text) for number, text in enumerate(texts)])
    held = [set(terms(text)) for text in texts]
    for number, text in enumerate(texts):
        wanted = held[number]
        found = index.search(plan(text, rule=ALL_OF_IT, count_facets=False))
        assert ids(found) == {other for other, one in enumerate(held) if wanted <= one}, text


def test_a_long_query_of_a_thousand_different_words_finds_what_holds_them(index):
    asked = " ".join(f"wort{number:03}" for number in range(1_000))
    assert len(asked) == 7_999
    half = " ".join(asked.split()[::2])
    index.rebuild([entry(1, asked), entry(2, half, cosine=0.9), entry(3, "wort000"), entry(4, "else")])
    found = index.search(plan(asked, QUERY, phrase=asked))
    assert ids(found) == {1, 2}
    shares = by_id(found, "share")
    assert shares[1] == pytest.approx(1.0)
    assert 0.3 < shares[2] < 0.5  # its words are in two listings and weigh less
    assert by_id(found, "cosine") == pytest.approx({1: 0.0, 2: 0.9}, abs=1e-5)


def test_a_query_of_four_thousand_signs_that_are_words_is_answered(index):
    asked = " ".join(chr(0x4E00 + number) for number in range(4_000))
    index.rebuild([entry(1, asked), entry(2, "\u4e00")])
    assert by_id(index.search(plan(asked, phrase=asked)), "share") == pytest.approx({1: 1.0})


def test_a_run_of_letters_without_end_is_spelt_like_nothing_and_a_long_one_like_its_neighbour(index):
    index.rebuild([entry(1, "x" * 100), entry(2, "alpha")])
    assert index.similar_words("x" * 8_000, 3) == []
    assert index.similar_words("x" * 41, 3) == index.similar_words("x" * 42, 3) == [("x" * 40, 1)]
    assert index.similar_words("x" * 43, 3) == []


def test_a_listing_without_direction_is_near_nothing_and_is_found_by_its_words(index):
    lost = entry(1, "alpha")
    lost.vectors[:] = 0
    index.rebuild([lost, entry(2, "bravo", cosine=0.9)])
    assert ids(index.search(plan("alpha", QUERY))) == {1, 2}
    assert ids(index.search(plan("", QUERY))) == {2}


def test_a_query_without_direction_finds_by_its_words_alone_and_without_words_nothing(index):
    index.rebuild([entry(1, "alpha", cosine=0.9), entry(2, "bravo", cosine=0.9, title="The title")])
    nowhere = np.zeros((1, QUERY.shape[1]), np.float32)
    assert ids(index.search(plan("alpha", nowhere))) == {1}
    assert ids(index.search(plan("", nowhere))) == set()
    assert ids(index.search(plan("", nowhere, phrase="the title"))) == {2}
    assert ids(index.search(plan("", np.vstack([nowhere, QUERY])))) == {1, 2}
    assert RULE.cosine > 0
