"""A query's words for late interaction: their tokens, weights and the phrases that mean the same."""

import numpy as np
import pytest

from indexer.analysis import terms
from indexer.embedder import HashEmbedder
from indexer.late import hear, keep, read
from indexer.query_words import Asked, asked, other_phrases, topic_tokens
from indexer.thesaurus import Meant
from indexer.token_reader import Tokens

READER = HashEmbedder(16)
ALL = np.eye(16, dtype=np.float32)


def idf(term: str) -> float:
    return {"carer": 2.0, "leed": 5.0}.get(term, 1.0)


def asked_of(*parts: str, meant: tuple[Meant, ...] = ()) -> Asked:
    phrases = other_phrases(meant)
    read_ones = dict(zip(phrases, READER.read(phrases), strict=True))
    return asked(list(zip(parts, READER.read(parts), strict=True)), meant, read_ones, idf, ALL)


def read_by(reader: "Pieces", text: str, weight: float) -> Asked:
    return asked([(text, *reader.read([text]))], (), {}, lambda _: weight, np.eye(2, dtype=np.float32))


class Pieces:
    """A double that cuts each word into tokens of three letters, as models cut rare words."""

    def read(self, texts: list[str]) -> list[Tokens]:
        spans = [tuple((at, at + 3) for at in range(0, len(text), 3)) for text in texts]
        return [Tokens(np.ones((len(one), 2), np.float32), one, np.ones(2, np.float32)) for one in spans]


def test_each_word_that_carries_topic_has_its_token_and_its_idf():
    found = asked_of("respite for carers")
    assert [(word.term, word.weight, word.rows) for word in found.words] == [
        ("respit", 1.0, (0,)),
        ("carer", 2.0, (2,)),
    ]


def test_stop_words_count_where_nothing_else_is_there():
    assert [word.term for word in asked_of("what is it").words] == ["what", "is", "it"]


def test_the_parts_of_a_long_query_follow_each_other():
    found = asked_of("respite carers", "carers in Leeds")
    assert [word.rows for word in found.words] == [(0,), (1,), (2,), (4,)]
    assert found.vectors.shape == (5, 16)


def test_a_word_that_the_model_cuts_weighs_for_each_of_its_tokens():
    found = read_by(Pieces(), "befriending", 1.5)
    assert [(word.weight, word.rows) for word in found.words] == [(6.0, (0, 1, 2, 3))]


def test_a_phrase_that_means_the_same_brings_its_own_tokens():
    found = asked_of("respite", meant=(Meant(("respit",), ("short break",)),))
    assert found.words[0].others == ((1, 2),)
    assert found.vectors.shape == (3, 16)


def test_every_word_of_a_typed_phrase_may_be_met_by_another_one():
    found = asked_of("rough sleepers", meant=(Meant(("rough", "sleeper"), ("homeless",)),))
    assert [word.others for word in found.words] == [((2,),), ((2,),)]


def test_a_phrase_that_two_words_share_is_read_once():
    meant = (Meant(("mum",), ("parent",)), Meant(("dad",), ("parent",)))
    assert asked_of("mum dad", meant=meant).vectors.shape == (3, 16)


def test_a_word_outside_the_phrase_has_no_others():
    found = asked_of("respite Leeds", meant=(Meant(("respit",), ("break",)),))
    assert [len(word.others) for word in found.words] == [1, 0]


def test_an_empty_query_has_no_words():
    found = asked_of()
    assert found.words == ()
    assert found.vectors.shape == (0, 16)


def test_what_lies_beyond_the_models_reach_is_left_out():
    class Short(Pieces):
        def read(self, texts):
            return [Tokens(one.vectors[:2], one.spans[:2], one.whole) for one in super().read(texts)]

    found = read_by(Short(), "advice debts", 1.0)
    assert [word.term for word in found.words] == terms("advice")


def test_a_listing_that_holds_the_words_is_heard():
    found = asked_of("respite for carers")
    listing = read([keep(READER.read(["Respite breaks for carers"])[0].vectors, ALL)], 16)
    assert hear(found.words, found.vectors, [listing]).words[0].tolist() == pytest.approx([1.0, 1.0], abs=0.03)


def test_only_tokens_that_carry_topic_are_kept_of_a_listing():
    text = "Respite, for the carers."
    (found,) = READER.read([text])
    assert np.array_equal(topic_tokens(text, found), found.vectors[[0, 3]])


def test_a_listing_of_stop_words_keeps_them():
    (found,) = READER.read(["what is it"])
    assert len(topic_tokens("what is it", found)) == 3


def test_a_listing_without_words_keeps_nothing():
    (found,) = READER.read(["..."])
    assert topic_tokens("...", found).shape == (0, 16)
