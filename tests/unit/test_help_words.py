"""Words of help: which areas a text asks for, and how far a listing's areas are that."""

import json
from importlib.resources import files
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import InputError
from exchange.taxonomy import AREA, GROUP, Entry, Taxonomy, taxonomy_of
from indexer.help_words import HelpWords, help_words, packaged, parse


def area(code: str, parent: str | None = None, synonyms: tuple[str, ...] = ()) -> Entry:
    """Give an area whose label is its code in words."""
    return Entry(
        scheme=AREA,
        code=code,
        label=code.replace("-", " ").capitalize(),
        parent=parent,
        definition="",
        synonyms=synonyms,
        differs_from=(),
    )


TAXONOMY = taxonomy_of(
    [
        area("work"),
        area("paid-work", "work", ("earning a wage",)),
        area("training", "work"),
        area("homes"),
        area("young-homes"),
    ]
)
LINES = parse(
    """
    # a remark
    paid-work: not in work, job   # another
    homes: nowhere to live, rent, behind on rent
    young-homes: nowhere to live
    """
)


@pytest.fixture
def words() -> HelpWords:
    return help_words(LINES, TAXONOMY)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("young people not in work near Leeds", [{"paid-work"}]),
        ("Jobs!", [{"paid-work"}]),
        ("nowhere to live", [{"homes", "young-homes"}]),
        ("help to earn money", []),
        ("earning a wage", [{"paid-work"}]),
        ("homes for people with jobs", [{"homes"}, {"paid-work"}]),
        ("a job, another job", [{"paid-work"}]),
        ("in work", []),
        ("", []),
    ],
)
def test_phrases_labels_and_synonyms_tell_what_is_asked_for(words, text, asked):
    assert [set(one) for one in words.asked(text)] == asked


def test_of_two_phrases_that_overlap_the_longer_one_counts():
    lines = {"homes": ("rent",), "work": ("behind on rent",)}
    assert help_words(lines, TAXONOMY).asked("behind on rent") == (frozenset({"work"}),)


def test_an_area_that_is_not_published_any_more_is_not_asked_for():
    assert help_words(LINES, Taxonomy()).asked("nowhere to live") == ()
    assert help_words(LINES, taxonomy_of([area("homes")])).asked("nowhere to live") == (frozenset({"homes"}),)


@pytest.mark.parametrize(
    ("text", "stated", "share"),
    [
        ("job", ["paid-work"], 1.0),
        ("job", ["work"], 1.0),
        ("job", ["homes"], 0.0),
        ("job", ["work", "training"], 0.0),
        ("job", ["work", "paid-work"], 1.0),
        ("job", ["work", "homes"], 1.0),
        ("job, nowhere to live", ["young-homes"], 0.5),
        ("job, nowhere to live", ["young-homes", "paid-work"], 1.0),
        ("job", ["gone-from-the-taxonomy"], 0.0),
    ],
)
def test_areas_above_and_below_are_what_is_asked_for(words, text, stated, share):
    assert words.held(words.asked(text), [stated]).tolist() == [share]


@pytest.mark.parametrize(("text", "stated"), [("job", []), ("befriending", ["homes"])])
def test_where_nothing_is_stated_or_asked_for_nothing_is_known(words, text, stated):
    assert np.isnan(words.held(words.asked(text), [stated])).all()


@given(st.text(max_size=60))
def test_any_text_can_be_read(text):
    assert isinstance(help_words(LINES, TAXONOMY).asked(text), tuple)


@pytest.mark.parametrize("text", ["homes", "homes:", "homes: ,", "homes: rent\nhomes: damp", ": rent"])
def test_a_line_that_cannot_be_used_is_named(text):
    with pytest.raises(InputError, match=r"Line \d of the words of help"):
        parse(text)


def shipped(scheme: str) -> list[dict[str, Any]]:
    """Give the entries of one scheme of the packaged taxonomy."""
    seed = json.loads(files("exchange").joinpath("data", "taxonomy.json").read_text(encoding="utf-8"))
    return list(seed["schemes"][scheme])


def test_every_packaged_line_is_of_a_packaged_area():
    assert packaged().keys() <= {entry["code"] for entry in shipped(AREA)}


def test_no_packaged_line_is_of_an_area_that_is_a_people():
    people = {entry["code"] for entry in shipped(GROUP)}
    assert not packaged().keys() & people
