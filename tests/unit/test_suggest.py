"""Misspelt words are read as the nearest ones; what was typed counts too and can be had back."""

from datetime import date

import pytest

from exchange.content import Kind
from indexer.document import Document, Field, Places
from indexer.embedder import HashEmbedder
from indexer.engine import Entry, TermGroup
from indexer.engine_embedded import EmbeddedEngine
from indexer.results import Facet
from indexer.suggest import MOST_WORDS, mended, respelt

DOUBLE = HashEmbedder(16)
TEXTS = "respite for carers of people with dementia", "mentoring for young people", "frome family centre", "rest"


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    engine = EmbeddedEngine(tmp_path_factory.mktemp("index"), DOUBLE.name, DOUBLE.dimension)
    engine.rebuild(entry(number, text) for number, text in enumerate(TEXTS, start=1))
    return engine


def entry(number: int, text: str) -> Entry:
    document = Document(
        id=number,
        revision=1,
        visible=True,
        open=True,
        kind=Kind.INNOVATION,
        places=Places(),
        posted=date(2026, 1, 1),
        texts={Field.TITLE: text},
        facets=dict.fromkeys(Facet, ()),
        passages=(text,),
    )
    return Entry(document=document, vectors=DOUBLE.encode([text]))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("respitte", "respite"),
        ("resptie for carers", "respite for carers"),
        ("Dementa and mantoring", "dementia and mentoring"),
        ("  mentroing, respitte!", "  mentoring, respite!"),
    ],
)
def test_a_slip_is_mended_in_its_place_and_the_rest_stays_as_typed(index, typed, meant):
    assert respelt(typed, index) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "respite",
        "carer",
        "RESPITE for Carers",
        "",
        "?!",
        "with the of",
        "res",
        "covid19x",
        "kubernetes",
        "zzkrwq pphlt",
    ],
)
def test_words_that_are_known_or_short_or_numbered_or_far_from_all_stay(index, typed):
    assert respelt(typed, index) is None


def test_a_long_text_is_prose_and_is_left_alone(index):
    assert respelt("respitte " + "carers " * (MOST_WORDS - 1), index) is not None
    assert respelt("respitte " + "carers " * MOST_WORDS, index) is None


def test_words_that_carry_no_topic_are_never_respelt(index):
    assert respelt("from them respitte", index) == "from them respite"


def test_words_that_were_read_as_a_place_are_kept(index):
    assert respelt("respitte in Brome", index) == "respite in frome"
    assert respelt("respitte in Brome", index, keep=("Brome",)) == "respite in Brome"


def test_each_word_read_as_another_has_one_chip_and_stays_when_that_is_taken_away(index):
    found = mended("Respitte, respitte and dementa", index)
    assert found.text == "respite, respite and dementia"
    assert [(chip.key, chip.label) for chip in found.chips] == [
        ("spelling:respitte", "“respitte” as “respite”"),
        ("spelling:dementa", "“dementa” as “dementia”"),
    ]
    left = mended("Respitte and dementa", index, removed={"spelling:respitte"})
    assert left.text == "Respitte and dementia"
    assert [chip.key for chip in left.chips] == ["spelling:dementa"]


def test_a_word_that_was_mended_counts_as_it_was_typed_too(index):
    found = mended("respitte carers", index)
    groups = (TermGroup(alternatives=(("respit", 1.0),)), TermGroup(alternatives=(("carer", 1.0),)))
    assert [group.alternatives for group in found.also_as_typed(groups)] == [
        (("respit", 1.0), ("respitt", 1.0)),
        (("carer", 1.0),),
    ]
