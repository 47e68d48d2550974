"""Did you mean: only words that no listing holds are respelt, to the nearest word of the index."""

from datetime import date

import pytest

from exchange.content import Kind
from indexer.document import Document, Field, Places
from indexer.embedder import HashEmbedder
from indexer.engine import Entry
from indexer.engine_embedded import EmbeddedEngine
from indexer.results import Facet
from indexer.suggest import MOST_WORDS, nearest, respelt

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


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("carrers", "carers"),
        ("karerz", None),
        ("mentaring", "mentoring"),
        ("mintaring", "mentoring"),
        ("respite", None),
    ],
)
def test_one_slip_is_forgiven_and_two_only_in_a_long_word(index, typed, near):
    assert nearest(typed, index) == near


def test_a_long_text_is_prose_and_is_left_alone(index):
    assert respelt("respitte " + "carers " * (MOST_WORDS - 1), index) is not None
    assert respelt("respitte " + "carers " * MOST_WORDS, index) is None


def test_words_that_carry_no_topic_are_never_respelt(index):
    assert respelt("from them respitte", index) == "from them respite"


def test_words_that_were_read_as_a_place_are_kept(index):
    assert respelt("respitte in Brome", index) == "respite in frome"
    assert respelt("respitte in Brome", index, keep=("Brome",)) == "respite in Brome"
