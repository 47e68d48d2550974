"""The embedded engine's files: what a crash, a damaged file or a full folder leaves, the next start can use."""

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from indexer.document import Document, Field, Places
from indexer.engine import Entry, Plan, Rule, TermGroup
from indexer.engine_embedded import EmbeddedEngine

RULE = Rule(share=0.5, cosine=2.0, strong_share=0.5, strong_cosine=2.0)


def entry(number: int, text: str = "alpha", revision: int = 1, *, visible: bool = True) -> Entry:
    document = Document(id=number, revision=revision, visible=visible, places=Places(), texts={Field.BODY: text})
    return Entry(document=replace(document, open=True), vectors=np.eye(1, 4, dtype=np.float32))


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "index"


def opened(folder) -> EmbeddedEngine:
    return EmbeddedEngine(folder, "model", 4)


def found(engine: EmbeddedEngine, term: str = "alpha") -> list[int]:
    plan = Plan(rule=RULE, terms=(TermGroup(alternatives=((term, 1.0),)),), today=date(2026, 1, 1))
    return sorted(engine.search(plan).ids.tolist())


def generations(folder) -> list[str]:
    return sorted(path.name for path in folder.glob("gen-*"))


def test_opening_writes_nothing(folder):
    assert found(opened(folder)) == []
    assert not folder.exists()


def test_only_the_newest_generation_stays(folder):
    engine = opened(folder)
    for number in range(3):
        engine.rebuild([entry(number)])
    assert generations(folder) == ["gen-3"]
    assert found(opened(folder)) == [2]


def test_a_generation_that_a_crash_left_unfinished_is_passed_over_and_cleared_away(folder):
    opened(folder).rebuild([entry(1)])
    (folder / "gen-9").mkdir()
    (folder / "gen-9" / "ids.npy").write_bytes(b"half")
    (folder / "current.json.new").write_text("{")
    engine = opened(folder)
    assert found(engine) == [1]
    engine.rebuild([entry(2)])
    assert (generations(folder), found(opened(folder))) == (["gen-10"], [2])


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"{}", b"\xff\xfe", b"null"])
def test_a_damaged_pointer_gives_an_empty_index_that_can_be_written_again(folder, damage):
    opened(folder).rebuild([entry(1)])
    (folder / "current.json").write_bytes(damage)
    engine = opened(folder)
    assert (engine.revisions(), found(engine)) == ({}, [])
    engine.rebuild([entry(1)])
    assert found(opened(folder)) == [1]


@pytest.mark.parametrize("name", ["ids.npy", "vectors.npy", "post_rows.npy", "words.json"])
@pytest.mark.parametrize("damage", ["gone", "empty", "cut"])
def test_a_damaged_column_gives_an_empty_index(folder, name, damage):
    opened(folder).rebuild([entry(number, f"alpha word{number}") for number in range(50)])
    path = folder / "gen-1" / name
    whole = path.read_bytes()
    path.unlink() if damage == "gone" else path.write_bytes(whole[: len(whole) // 2] if damage == "cut" else b"")
    assert opened(folder).revisions() == {}


def test_an_index_of_another_mapping_is_an_empty_one(folder):
    opened(folder).rebuild([entry(1)])
    path = folder / "current.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"mapping": 0}))
    assert opened(folder).revisions() == {}


def test_flushing_keeps_what_was_only_in_memory(folder):
    engine = opened(folder)
    engine.rebuild([entry(1), entry(2)])
    engine.write([entry(3), entry(2, revision=4, visible=False), entry(1, "bravo", revision=2)])
    engine.flush()
    again = opened(folder)
    assert (found(again), found(again, "bravo")) == ([3], [1])
    assert again.revisions() == engine.revisions() == {1: 2, 2: 4, 3: 1}


def test_flushing_keeps_a_hide_and_the_frozen_statistics(folder):
    engine = opened(folder)
    engine.rebuild([entry(1), entry(2)])
    engine.write([entry(2, revision=2, visible=False)])
    engine.flush()
    again = opened(folder)
    assert (found(again), again.frequency("alpha")) == ([1], 2)
    again.write([entry(2, revision=1)])
    assert found(again) == [1]


def test_flushing_nothing_writes_nothing(folder):
    engine = opened(folder)
    engine.rebuild([entry(1)])
    engine.flush()
    assert generations(folder) == ["gen-1"]


def test_an_index_that_grew_by_writes_alone_is_kept_and_weighed(folder):
    engine = opened(folder)
    for start in range(0, 600, 50):
        engine.write([entry(number, "alpha" if number % 3 else "bravo") for number in range(start, start + 50)])
    assert len(opened(folder).revisions()) > 256
    assert engine.frequency("bravo") > 0
    assert engine.idf("bravo") > engine.idf("alpha")


def test_a_search_under_way_keeps_its_view_when_its_generation_is_removed(folder):
    engine = opened(folder)
    engine.rebuild([entry(1)])
    old = engine._view
    engine.rebuild([entry(2)])
    assert old.parts[0].vectors.sum() == 1
