"""What an index knows of its terms: counted once, frozen, the same whatever the order of the listings."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import terms
from indexer.document import Document, Field, Places
from indexer.statistics import FIELD_WEIGHTS, K1, B, Census, Statistics, weighted_terms

WORDS = st.lists(st.sampled_from(["carer", "respite", "leeds", "boats"]), max_size=8).map(" ".join)


def document(**texts: str) -> Document:
    return Document(id=1, revision=1, visible=True, places=Places(), texts={Field(k): v for k, v in texts.items()})


def counted(*documents: Document) -> Statistics:
    census = Census()
    for one in documents:
        census.add(weighted_terms(one))
    return census.freeze()


# --- a document -------------------------------------------------------------------------------------------------------


def test_a_word_counts_as_often_as_it_stands_by_the_weight_of_its_field():
    found = weighted_terms(document(title="Carers", body="carer, carers and respite"))
    assert found.counts["carer"] == FIELD_WEIGHTS[Field.TITLE] + 2 * FIELD_WEIGHTS[Field.BODY]
    assert found.counts["respit"] == FIELD_WEIGHTS[Field.BODY]


def test_the_length_of_a_document_is_that_of_its_weighted_words():
    found = weighted_terms(document(title="Respite for carers", organisation="Blue Door"))
    assert found.length == pytest.approx(3 * FIELD_WEIGHTS[Field.TITLE] + 2 * FIELD_WEIGHTS[Field.ORGANISATION])
    assert found.length == pytest.approx(math.fsum(found.counts.values()))


def test_every_word_is_kept_as_it_is_written_with_its_term():
    assert weighted_terms(document(body="Carers' CARER caring")).surfaces == {
        "carers": "carer",
        "carer": "carer",
        "caring": "care",
    }


def test_a_document_without_text_has_no_words():
    found = weighted_terms(document())
    assert (found.counts, found.surfaces, found.length) == ({}, {}, 0.0)


@given(st.dictionaries(st.sampled_from([field.value for field in Field]), st.text()))
def test_the_terms_of_any_document_are_those_of_its_texts(texts):
    found = weighted_terms(document(**texts))
    assert (
        set(found.counts) == set(found.surfaces.values()) == {term for text in texts.values() for term in terms(text)}
    )


# --- counting ---------------------------------------------------------------------------------------------------------


def test_a_term_is_counted_once_for_each_document_that_holds_it():
    found = counted(document(title="Carers", body="carers"), document(body="carer"), document(body="boats"))
    assert (found.documents, dict(found.frequencies)) == (3, {"carer": 2, "boat": 1})


def test_the_average_is_over_all_documents_also_those_without_text():
    assert counted(document(body="one two three four"), document()).average_length == 2.0


def test_where_nothing_was_counted_the_statistics_are_those_of_an_empty_index():
    assert Census().freeze() == Statistics() == Statistics(documents=0, average_length=1.0, frequencies={})


def test_what_is_frozen_does_not_change_when_the_census_goes_on():
    census = Census()
    census.add(weighted_terms(document(body="carers")))
    frozen = census.freeze()
    census.add(weighted_terms(document(body="carers respite")))
    assert (frozen.documents, dict(frozen.frequencies)) == (1, {"carer": 1})


@given(st.lists(WORDS, max_size=6), st.randoms())
def test_the_order_of_the_documents_does_not_matter(texts, random):
    documents = [document(body=text) for text in texts]
    before = counted(*documents)
    random.shuffle(documents)
    assert counted(*documents) == before


# --- weights ----------------------------------------------------------------------------------------------------------

HUNDRED = Statistics(documents=100, average_length=40.0, frequencies={"rare": 1, "common": 60, "everywhere": 100})


def test_a_weight_is_lucenes_idf():
    assert HUNDRED.idf("common") == pytest.approx(math.log(1 + 40.5 / 60.5))


def test_a_rarer_term_weighs_more_one_never_seen_most_and_every_term_something():
    weights = [HUNDRED.idf(term) for term in ("never", "rare", "common", "everywhere")]
    assert weights == sorted(weights, reverse=True)
    assert weights[-1] > 0
    assert Statistics().idf("never") > 0


def test_a_document_of_average_length_has_the_plain_norm():
    assert HUNDRED.norm(40.0) == pytest.approx(K1)


def test_a_longer_document_has_a_larger_norm_and_an_empty_one_the_least():
    norms = [HUNDRED.norm(length) for length in (0.0, 10.0, 40.0, 400.0)]
    assert norms == sorted(norms)
    assert norms[0] == pytest.approx(K1 * (1 - B))


def test_an_index_of_empty_documents_divides_by_no_zero():
    assert math.isfinite(Statistics(documents=2, average_length=0.0).norm(3.0))
