"""Token vectors: one a word from the double, those of the model's last layer from the model."""

import numpy as np
import pytest

from indexer.embedder import HashEmbedder, ModelEmbedder
from indexer.late import unit_rows


def test_the_double_gives_one_token_a_word_and_the_same_each_time():
    one, again = HashEmbedder(8).read(["Help with forms", "forms"])
    assert list(one.spans) == [(0, 4), (5, 9), (10, 15)]
    assert np.array_equal(one.vectors[2], again.vectors[0])


def test_the_double_gives_no_token_for_a_text_without_words():
    (found,) = HashEmbedder(8).read_query(["..."])
    assert found.vectors.shape == (0, 8)
    assert found.spans == ()


def test_the_double_reads_a_text_as_it_embeds_it():
    (found,) = HashEmbedder(8).read(["Help with forms"])
    assert np.array_equal(found.whole, HashEmbedder(8).encode(["Help with forms"])[0])


@pytest.fixture(scope="module")
def model() -> ModelEmbedder:
    """Load the packaged model."""
    return ModelEmbedder()


@pytest.mark.model
def test_the_model_gives_tokens_in_order_without_its_own_marks(model):
    (found,) = model.read(["Respite for carers"])
    assert found.vectors.shape == (len(found.spans), model.dimension)
    assert found.spans[0][0] == 0
    assert found.spans[-1][1] == len("Respite for carers")


@pytest.mark.model
def test_a_text_has_the_same_tokens_alone_and_among_others(model):
    texts = ["Respite for carers", "A much longer text about gardening, singing and long walks", ""]
    together, alone = model.read(texts), model.read_query(texts[:1])
    assert np.allclose(together[0].vectors, alone[0].vectors, atol=1e-4)
    assert len(together[2].spans) == 0


@pytest.mark.model
def test_one_run_of_the_model_gives_the_vector_that_embedding_gives(model):
    texts = ["Respite for carers", "Gardening, singing and long walks " * 60, "..."]
    assert np.allclose([one.whole for one in model.read(texts)], model.encode(texts), atol=1e-5)


@pytest.mark.model
def test_words_that_mean_the_same_are_nearer_than_others(model):
    knife, blade, choir = (unit_rows(found.vectors).mean(axis=0) for found in model.read(["knife", "blade", "choir"]))
    assert knife @ blade > knife @ choir
