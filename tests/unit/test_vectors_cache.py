"""The shared cache of vectors: nothing is embedded twice, and a stopped run loses little."""

from collections.abc import Sequence

import numpy as np
import pytest

from exchange.database import reading, writing
from exchange.vectors import CHUNK, keep_vectors, known_vectors, text_hash
from indexer import vectors
from indexer.embedder import HashEmbedder, Progress, Vectors
from indexer.vectors import embed_texts


class CountingEmbedder(HashEmbedder):
    """The double, which remembers what it embedded and stops after `patience` calls."""

    def __init__(self, dimension: int = 8, patience: int = 1_000) -> None:
        super().__init__(dimension)
        self.embedded: list[str] = []
        self.patience = patience

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        if not self.patience:
            raise KeyboardInterrupt
        self.patience -= 1
        self.embedded += texts
        return super().encode(texts, progress)


def test_each_text_gets_its_vector_in_order(engine):
    texts = ["respite care", "boats", "a longer text about carers", "respite care"]
    found = embed_texts(engine, HashEmbedder(8), texts)
    assert np.array_equal(found, HashEmbedder(8).encode(texts))
    assert found.dtype == np.float32


def test_a_text_is_embedded_once_in_one_run_and_never_again(engine):
    first, second = CountingEmbedder(), CountingEmbedder()
    before = embed_texts(engine, first, ["alpha", "bravo", "alpha"])
    after = embed_texts(engine, second, ["bravo", "charlie", "alpha"])
    assert sorted(first.embedded) == ["alpha", "bravo"]
    assert second.embedded == ["charlie"]
    assert np.array_equal(after[[2, 0]], before[:2])


def test_another_model_embeds_anew_and_leaves_the_first_ones_vectors(engine):
    embed_texts(engine, CountingEmbedder(8), ["alpha"])
    other = CountingEmbedder(4)
    assert embed_texts(engine, other, ["alpha"]).shape == (1, 4)
    assert other.embedded == ["alpha"]
    again = CountingEmbedder(8)
    assert embed_texts(engine, again, ["alpha"]).shape == (1, 8)
    assert again.embedded == []


def test_a_crash_between_saves_loses_only_what_was_not_saved(engine, monkeypatch):
    monkeypatch.setattr(vectors, "SAVE_EVERY", 2)
    texts = [f"{'x' * (9 - n)}" for n in range(7)]
    stopped = CountingEmbedder(patience=2)
    with pytest.raises(KeyboardInterrupt):
        embed_texts(engine, stopped, texts)
    again = CountingEmbedder()
    found = embed_texts(engine, again, texts)
    assert sorted(again.embedded) == sorted(set(texts) - set(stopped.embedded))
    assert len(stopped.embedded) == 4
    assert np.array_equal(found, HashEmbedder(8).encode(texts))


def test_no_texts_give_no_rows(engine):
    assert embed_texts(engine, HashEmbedder(8), []).shape == (0, 8)


def test_progress_counts_every_text_also_those_that_were_kept(engine):
    embed_texts(engine, HashEmbedder(8), ["alpha", "bravo"])
    counted: list[int] = []
    embed_texts(engine, HashEmbedder(8), ["alpha", "charlie", "bravo", "delta"], counted.append)
    assert sum(counted) == 4


def test_more_texts_than_one_statement_holds_are_kept_and_found(engine):
    kept = {text_hash(str(number)): bytes([number % 256]) for number in range(2 * CHUNK + 1)}
    with writing(engine) as session:
        keep_vectors(session, "model", kept)
    with reading(engine) as session:
        assert known_vectors(session, "model", [*kept, text_hash("unknown")]) == kept
        assert known_vectors(session, "another", kept) == {}


def test_a_vector_that_is_kept_already_is_left_as_it_is(engine):
    key = text_hash("alpha")
    for value in (b"first", b"second"):
        with writing(engine) as session:
            keep_vectors(session, "model", {key: value})
    with reading(engine) as session:
        assert known_vectors(session, "model", [key, key]) == {key: b"first"}


def test_texts_that_differ_have_keys_that_differ():
    assert len({text_hash(text) for text in ("", " ", "a", "A", "a ")}) == 5
    assert len(text_hash("a")) == 16
