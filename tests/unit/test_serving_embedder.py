"""The model of the index that serves, by name, also while the engine does not answer."""

import pytest

from exchange.errors import UnavailableError
from indexer import embedders
from indexer.embedder import HashEmbedder
from indexer.embedders import Embedders, ServingEmbedder


class Serving:
    """An engine that says which model its index was made with, or nothing while it is down."""

    model = "hash-64"

    def __init__(self) -> None:
        self.serves = "hash-32"
        self.down = False
        self.asked = 0

    def serving_model(self) -> str:
        self.asked += 1
        if self.down:
            raise UnavailableError("The search engine does not answer.")
        return self.serves


@pytest.fixture
def engine():
    return Serving()


@pytest.fixture
def embedder(engine):
    return ServingEmbedder(engine, Embedders(lambda name: HashEmbedder(int(name.removeprefix("hash-")))))


def test_a_question_is_embedded_as_the_serving_index_was_made_until_another_serves(engine, embedder):
    assert (embedder.name, embedder.dimension) == ("hash-32", 32)
    engine.serves = "hash-64"
    assert embedder.encode_query(["carers"]).shape == (1, 64)


def test_while_the_engine_does_not_answer_the_last_name_stands_and_it_is_not_asked_again_and_again(engine, embedder):
    assert embedder.name == "hash-32"
    engine.down = True
    engine.asked = 0
    assert [embedder.name for _ in range(5)] == ["hash-32"] * 5
    assert embedder.encode(["carers"]).shape == (1, 32)
    assert engine.asked == 1


def test_after_a_while_it_is_asked_again(engine, embedder, monkeypatch):
    monkeypatch.setattr(embedders, "LEFT_ALONE", 0.0)
    engine.down = True
    assert embedder.name == "hash-64"  # that of the settings: it has never answered
    engine.down = False
    assert embedder.name == "hash-32"
