"""Embedders: the double is the same everywhere, and a person's query does not wait for a whole indexing run."""

import subprocess
import sys
import threading
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import UnavailableError
from indexer.embedder import QUIET_BATCH, WAITED_BATCH, HashEmbedder, ModelEmbedder, _Guard

DOUBLE = HashEmbedder(16)


def test_the_double_says_what_it_is():
    assert (DOUBLE.name, DOUBLE.dimension) == ("hash-16", 16)


@given(st.lists(st.text(max_size=50), max_size=5))
def test_the_double_gives_one_row_a_text_of_length_one_or_nought(texts):
    found = DOUBLE.encode(texts)
    assert (found.shape, found.dtype) == ((len(texts), 16), np.float32)
    lengths = np.linalg.norm(found, axis=1)
    assert all(length == pytest.approx(1, abs=1e-5) or length == 0 for length in lengths)


@given(st.lists(st.text(alphabet="abc de", max_size=20), min_size=1, max_size=5))
def test_a_texts_vector_does_not_depend_on_its_company(texts):
    together = DOUBLE.encode(texts)
    assert all(np.array_equal(row, DOUBLE.encode([text])[0]) for row, text in zip(together, texts, strict=True))


def test_texts_that_share_words_are_near_and_others_are_not():
    wide = HashEmbedder(256)
    carers, also_carers, boats = wide.encode(["respite for carers", "a carer's respite", "sailing boats"])
    assert carers @ also_carers == pytest.approx(1, abs=1e-5)
    assert abs(carers @ boats) < 0.3


def test_a_query_is_embedded_like_a_listing_and_progress_counts_every_text():
    texts, counted = ["one", "two", "three"], []
    assert np.array_equal(DOUBLE.encode(texts, counted.append), DOUBLE.encode_query(texts))
    assert sum(counted) == 3


def test_the_double_is_the_same_in_every_process():
    script = "from indexer.embedder import HashEmbedder; print(HashEmbedder(4).encode(['respite care']).tolist())"
    runs = {
        subprocess.run(
            [sys.executable, "-c", script], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert runs == {f"{HashEmbedder(4).encode(['respite care']).tolist()}\n"}


class SlowModel:
    """A model that waits for leave at each call and remembers what it was asked, in order."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, ...]] = []
        self.began = threading.Semaphore(0)
        self.leave = threading.Semaphore(0)
        self.users = 0
        self.most_users = 0

    def encode(self, texts: Sequence[str], **options: object) -> np.ndarray:
        assert options["normalize_embeddings"]
        self.users += 1
        self.most_users = max(self.most_users, self.users)
        self.calls.append(tuple(texts))
        self.began.release()
        assert self.leave.acquire(timeout=20)
        self.users -= 1
        if texts[0] == "broken":
            raise RuntimeError("out of memory")
        return np.array([[len(text), 0] for text in texts], np.float64)


class SlowEmbedder(ModelEmbedder):
    """The real embedder's queue around a slow model."""

    def __init__(self, model: SlowModel) -> None:
        self.name, self.dimension = "slow", 2
        self._model, self._guard = model, _Guard()


@pytest.fixture
def model():
    return SlowModel()


@pytest.fixture
def embedder(model):
    return SlowEmbedder(model)


def started(embed: Callable[[list[str]], np.ndarray], texts: list[str]) -> threading.Thread:
    thread = threading.Thread(target=embed, args=(texts,))
    thread.start()
    return thread


def wait_for_queries(embedder: SlowEmbedder, count: int) -> None:
    """Return when so many queries wait for the model."""
    pause = threading.Event()
    for _ in range(2_000):
        if embedder._guard.waiting >= count:
            return
        pause.wait(0.01)
    raise AssertionError("no query came to wait")


def test_a_query_goes_before_the_batches_that_are_left(model, embedder):
    passages = [f"{'x' * (200 - n)}" for n in range(3 * QUIET_BATCH)]
    indexing = started(embedder.encode, passages)
    assert model.began.acquire(timeout=20)  # the first batch is under way
    query = started(embedder.encode_query, ["query"])
    wait_for_queries(embedder, 1)
    model.leave.release(100)
    query.join(20)
    indexing.join(20)
    assert model.calls[1] == ("query",)
    assert sum(len(call) for call in model.calls) == len(passages) + 1


def test_while_a_person_waits_the_batches_are_small(model, embedder):
    passages = [f"{'x' * (200 - n)}" for n in range(2 * QUIET_BATCH)]
    indexing = started(embedder.encode, passages)
    assert model.began.acquire(timeout=20)
    queries = [started(embedder.encode_query, [f"query {n}"]) for n in range(2)]
    wait_for_queries(embedder, 2)
    model.leave.release(100)
    for thread in (*queries, indexing):
        thread.join(20)
    sizes = [len(call) for call in model.calls if not call[0].startswith("query")]
    assert sizes[0] == QUIET_BATCH
    assert set(sizes) <= {WAITED_BATCH, QUIET_BATCH, len(passages) % QUIET_BATCH, QUIET_BATCH - WAITED_BATCH}
    assert [call[0].startswith("query") for call in model.calls[:3]] == [False, True, True]


def test_only_one_thread_uses_the_model_at_a_time(model, embedder):
    model.leave.release(1_000)
    threads = [started(embedder.encode, [f"passage {n}"] * 40) for n in range(3)]
    threads += [started(embedder.encode_query, [f"query {n}"]) for n in range(5)]
    for thread in threads:
        thread.join(20)
    assert model.most_users == 1
    assert sum(len(call) for call in model.calls) == 3 * 40 + 5


def test_a_failing_text_gives_the_model_free_again(model, embedder):
    model.leave.release(10)
    for method in (embedder.encode, embedder.encode_query):
        with pytest.raises(RuntimeError, match="out of memory"):
            method(["broken"])
    assert embedder.encode_query(["fine"]).tolist() == [[4, 0]]


def test_vectors_come_back_in_the_order_of_the_texts_as_single_precision(model, embedder):
    model.leave.release(100)
    texts, counted = [f"{'x' * (n * 7 % 50)}" for n in range(QUIET_BATCH + 5)], []
    found = embedder.encode(texts, counted.append)
    assert found[:, 0].tolist() == [len(text) for text in texts]
    assert found.dtype == np.float32
    assert sum(counted) == len(texts)


def test_no_text_needs_no_model(model, embedder):
    assert embedder.encode([]).shape == (0, 2)
    assert model.calls == []


@pytest.mark.model  # it takes the libraries' seconds to import
@pytest.mark.filterwarnings("ignore")  # the libraries' own, while they look for a model that is not there
def test_a_model_that_cannot_be_loaded_is_refused_with_a_sentence(tmp_path):
    with pytest.raises(UnavailableError, match="cannot be loaded"):
        ModelEmbedder(str(tmp_path / "nowhere"))
