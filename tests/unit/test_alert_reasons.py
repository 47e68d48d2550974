"""Reasons of alerts are one to three plain sentences."""

from exchange.content import Content, Kind
from indexer.alert_reasons import FILTERS, LONGEST_QUOTE, MATCHES, MEANING, NAMED, why_found, why_matched
from indexer.constraints import Reading
from indexer.document import Places, Subject
from indexer.results import Reason
from indexer.scoring import Citation
from indexer.sides import Side
from indexer.texts import Sentence, Source

SIDE = Side(
    subject=Subject(id=1, revision=1, kind=Kind.INNOVATION, content=Content(title="Respite for carers")),
    places=Places(),
    above={},
)


def cited(text: str, cosine: float = 0.9) -> Citation:
    return Citation("a search", Sentence(text, Source.SUMMARY), cosine)


def test_words_and_the_closest_sentence_are_told_as_sentences():
    assert why_found(SIDE, Reading(text="respite"), cited("Sitters come at night."), exact=False) == (
        "Closest to what you describe: \u201cSitters come at night\u201d.",
        "Has your words: respite.",
    )


def test_a_title_that_was_asked_for_comes_first():
    assert why_found(SIDE, Reading(text="respite for carers"), None, exact=True) == (
        NAMED,
        "Has your words: respite, carers.",
    )


def test_where_nothing_stands_out_the_meaning_or_the_filters_are_the_reason():
    assert why_found(SIDE, Reading(text="night sitters"), cited("Lunch.", 0.1), exact=False) == (MEANING,)
    assert why_found(SIDE, Reading(text=" "), None, exact=False) == (FILTERS,)


def test_a_long_sentence_is_cut_at_a_word():
    (told,) = why_found(SIDE, Reading(text="sitters"), cited("word " * 100), exact=False)
    assert told.endswith("word\u2026\u201d.")
    assert len(told) < LONGEST_QUOTE + 50


def test_a_match_tells_its_first_three_reasons():
    reasons = [Reason(text=f"Reason {n}", field="who", quote="Quoted." if n == 1 else None) for n in range(5)]
    assert why_matched(reasons) == ("Reason 0.", "Reason 1: \u201cQuoted\u201d.", "Reason 2.")
    assert why_matched([]) == (MATCHES,)
