"""Models by name: loaded once, at the first use; refused for a while; and the one of the index that serves."""

import threading
from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
import pytest

from exchange.errors import UnavailableError
from indexer import embedders
from indexer.embedder import MODEL_FAILURES, Embedder, HashEmbedder
from indexer.embedders import TRY_AGAIN, Embedders, LazyEmbedder, ServingEmbedder

GONE = "The model cannot be loaded: no such file."


@dataclass
class Shelf:
    """Gives a double by name, "hash-8" for one of 8 dimensions; fails with `fault` while it is set."""

    loaded: list[str] = field(default_factory=list)
    fault: Exception | None = None

    def load(self, name: str) -> Embedder:
        self.loaded.append(name)
        if self.fault:
            raise self.fault
        return HashEmbedder(int(name.removeprefix("hash-")))


@dataclass
class Serving:
    """What an engine says of models: that of the settings, and that of the index that serves."""

    model: str = "hash-8"
    serves: str = "hash-8"
    down: bool = False

    def serving_model(self) -> str:
        if self.down:
            raise UnavailableError("The search engine does not answer.")
        return self.serves


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def clock(monkeypatch) -> list[float]:
    now = [1_000.0]
    monkeypatch.setattr(embedders, "time", SimpleNamespace(monotonic=lambda: now[0]))
    return now


# --- loading ----------------------------------------------------------------------------------------------------------


def test_a_model_is_not_loaded_for_its_name(shelf):
    assert LazyEmbedder("hash-8", shelf.load).name == "hash-8"
    assert shelf.loaded == []


@pytest.mark.parametrize(
    "use", [lambda e: e.dimension, lambda e: e.encode(["tea"]), lambda e: e.encode_query(["tea"])], ids=range(3)
)
def test_any_use_loads_it_and_the_next_does_not(shelf, use):
    embedder = LazyEmbedder("hash-8", shelf.load)
    use(embedder)
    use(embedder)
    assert shelf.loaded == ["hash-8"]


def test_what_is_loaded_does_the_work(shelf):
    lazy, real = LazyEmbedder("hash-8", shelf.load), HashEmbedder(8)
    told: list[int] = []
    assert lazy.dimension == 8
    assert np.array_equal(lazy.encode(["tea", "boats"], told.append), real.encode(["tea", "boats"]))
    assert np.array_equal(lazy.encode_query(["tea"]), real.encode_query(["tea"]))
    assert sum(told) == 2


def test_of_many_who_need_it_at_once_one_loads_it(shelf):
    embedder, start = LazyEmbedder("hash-8", shelf.load), threading.Barrier(8)

    def use() -> None:
        start.wait()
        embedder.encode_query(["tea"])

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert shelf.loaded == ["hash-8"]


# --- refused ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [UnavailableError(GONE), RuntimeError(GONE)])
def test_a_model_that_could_not_be_loaded_is_refused_for_a_while_without_trying(shelf, clock, fault):
    shelf.fault = fault
    embedder = LazyEmbedder("hash-8", shelf.load)
    for seconds in (0.0, 1.0, TRY_AGAIN - 2.0):
        clock[0] += seconds
        with pytest.raises(MODEL_FAILURES, match="no such file"):
            embedder.encode_query(["tea"])
    assert shelf.loaded == ["hash-8"]


def test_it_is_tried_again_after_that_and_works_when_the_model_is_well(shelf, clock):
    shelf.fault = UnavailableError(GONE)
    embedder = LazyEmbedder("hash-8", shelf.load)
    with pytest.raises(UnavailableError):
        embedder.encode_query(["tea"])
    clock[0] += TRY_AGAIN
    with pytest.raises(UnavailableError):
        embedder.encode_query(["tea"])
    clock[0] += TRY_AGAIN
    shelf.fault = None
    assert embedder.encode_query(["tea"]).shape == (1, 8)
    assert len(shelf.loaded) == 3


def test_a_mistake_in_our_own_code_is_not_taken_for_a_model_that_is_missing(shelf, clock):
    shelf.fault = KeyError("name")
    embedder = LazyEmbedder("hash-8", shelf.load)
    for _ in range(2):
        with pytest.raises(KeyError):
            embedder.encode_query(["tea"])
    assert len(shelf.loaded) == 2


# --- by name ----------------------------------------------------------------------------------------------------------


def test_a_name_gives_the_same_model_every_time_and_another_name_another(shelf):
    known = Embedders(shelf.load)
    assert known.get("hash-8") is known.get("hash-8")
    assert (known.get("hash-8").dimension, known.get("hash-4").dimension) == (8, 4)
    assert shelf.loaded == ["hash-8", "hash-4"]


# --- the model of the serving index -----------------------------------------------------------------------------------


def test_a_question_is_embedded_by_the_model_of_the_index_that_serves(shelf):
    engine = Serving(serves="hash-4")
    serving = ServingEmbedder(engine, Embedders(shelf.load))
    assert (serving.name, serving.dimension) == ("hash-4", 4)
    assert serving.encode(["tea"]).shape == serving.encode_query(["tea"]).shape == (1, 4)
    assert shelf.loaded == ["hash-4"]


def test_it_follows_the_index_when_that_is_replaced(shelf):
    engine = Serving(serves="hash-4")
    serving = ServingEmbedder(engine, Embedders(shelf.load))
    serving.encode_query(["tea"])
    engine.serves = "hash-8"
    assert serving.encode_query(["tea"]).shape == (1, 8)
    assert serving.name == "hash-8"


def test_while_the_engine_does_not_answer_the_last_model_known_goes_on(shelf):
    engine = Serving(serves="hash-4")
    serving = ServingEmbedder(engine, Embedders(shelf.load))
    assert serving.name == "hash-4"
    engine.down = True
    assert serving.encode_query(["tea"]).shape == (1, 4)


def test_before_the_engine_has_answered_at_all_it_is_the_model_of_the_settings(shelf):
    assert ServingEmbedder(Serving(serves="hash-4", down=True), Embedders(shelf.load)).name == "hash-8"


def test_a_serving_model_that_cannot_be_loaded_says_so(shelf):
    shelf.fault = UnavailableError(GONE)
    serving = ServingEmbedder(Serving(serves="hash-4"), Embedders(shelf.load))
    with pytest.raises(UnavailableError, match="no such file"):
        serving.encode_query(["tea"])
    assert serving.name == "hash-4"
