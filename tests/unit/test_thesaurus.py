"""The thesaurus: which phrases stand for which, and how they widen a query."""

import pytest

from exchange.errors import InputError
from indexer.analysis import terms, topic_terms
from indexer.engine import TermGroup
from indexer.thesaurus import MOST_WORDS, OTHER_WORD, Meant, Thesaurus, packaged, parse

SMALL = parse(
    """
# People
mum, mother
pensioner, older people   # a remark
soldier -> veteran, armed forces
rough sleeper -> homeless
"""
)


def groups_of(text: str) -> tuple[TermGroup, ...]:
    return tuple(TermGroup(alternatives=((term, 1.0),)) for term in dict.fromkeys(topic_terms(text)))


def expanded(text: str, thesaurus: Thesaurus = SMALL, **idf: float) -> dict[str, list[str]]:
    """Give the terms added to each group."""
    found = thesaurus.expand(text, groups_of(text), idf)
    return {group.typed: [term for term, _ in group.alternatives[1:]] for group in found}


def test_phrases_of_one_line_stand_for_each_other():
    assert SMALL.meant("mum") == (Meant(("mum",), ("mother",)),)
    assert SMALL.meant("mothers") == (Meant(("mother",), ("mum",)),)


def test_an_arrow_goes_one_way():
    assert SMALL.meant("soldiers")[0].others == ("veteran", "armed forces")
    assert SMALL.meant("veteran") == ()


def test_the_longest_phrase_is_taken():
    both = parse("people, folk\nolder people, pensioners")
    assert both.meant("older people") == (Meant(tuple(terms("older people")), ("pensioners",)),)


def test_phrases_are_found_in_order_and_share_no_word():
    assert [found.typed for found in SMALL.meant("a rough sleeper and a mum")] == [("rough", "sleeper"), ("mum",)]


def test_a_text_without_a_known_phrase_means_what_it_says():
    assert SMALL.meant("badminton") == ()
    assert expanded("badminton") == {"badminton": []}


def test_a_single_word_becomes_an_alternative():
    assert expanded("mum") == {"mum": ["mother"]}


def test_an_alternative_counts_less_than_the_word_typed():
    (group,) = SMALL.expand("mum", groups_of("mum"), {})
    assert group.alternatives == (("mum", 1.0), ("mother", OTHER_WORD))


def test_a_phrase_of_several_words_is_no_alternative():
    assert expanded("pensioner") == {"pension": []}


def test_a_phrase_hangs_on_its_rarest_word():
    assert expanded("rough sleeper", rough=1.0, sleeper=4.0) == {"rough": [], "sleeper": ["homeless"]}


def test_a_word_that_was_typed_anyway_is_not_added():
    assert expanded("mum and mother") == {"mum": [], "mother": []}


def test_an_alternative_is_added_once():
    twice = parse("mum, mother\nmum -> mother")
    assert expanded("mum", twice) == {"mum": ["mother"]}


def test_a_spelling_found_before_is_kept():
    group = TermGroup(alternatives=(("mum", 1.0), ("mumm", 0.5)))
    (found,) = SMALL.expand("mum", (group,), {})
    assert found.alternatives == (("mum", 1.0), ("mumm", 0.5), ("mother", OTHER_WORD))


def test_a_long_text_is_left_alone():
    text = "mum " + " ".join(f"word{number}" for number in range(MOST_WORDS))
    assert expanded(text)["mum"] == []


@pytest.mark.parametrize(("line", "number"), [("lonely", 1), ("\nmum ->", 2), ("-> mum", 1)])
def test_a_line_that_names_no_second_phrase_is_refused(line, number):
    with pytest.raises(InputError, match=f"Line {number} "):
        parse(line)


def test_remarks_and_blank_lines_are_passed_over():
    assert parse("# nothing\n\n   # here").phrases == {}


def test_the_packaged_thesaurus_is_read():
    found = packaged()
    assert len(found.phrases) > 150
    assert "veteran" in found.meant("ex-soldiers")[0].others


def different(one: str, other: str) -> bool:
    """Say that neither phrase stands for the other."""
    reached = {tuple(terms(phrase)) for found in packaged().meant(one) for phrase in found.others}
    return tuple(terms(other)) not in reached


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("care leavers", "looked-after children"),
        ("carers", "care workers"),
        ("school exclusion", "social exclusion"),
        ("personal budget", "direct payment"),
        ("charity", "third sector"),
    ],
)
def test_what_is_not_the_same_is_kept_apart(one, other):
    assert different(one, other)
    assert different(other, one)


def test_no_phrase_of_the_package_stands_for_itself():
    for typed, others in packaged().phrases.items():
        assert typed not in {tuple(terms(other)) for other in others}
