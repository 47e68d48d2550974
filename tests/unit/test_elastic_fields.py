"""A listing as Elasticsearch's document: every field is mapped, impacts keep their numbers, a hidden one keeps none."""

import json
import math
from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.content import Gender, Kind
from indexer.analysis import terms
from indexer.document import Document, Field, Places
from indexer.elastic_fields import (
    IMPACTS,
    MAPPING,
    REST,
    WORDS,
    _kept,
    body_of,
    facet_field,
    impacts,
    mapping,
    settings,
)
from indexer.engine import Entry
from indexer.fusion import tie_break
from indexer.results import NOT_STATED, Facet
from indexer.statistics import Statistics, weighted_terms

STATISTICS = Statistics(documents=10, average_length=20.0, frequencies={"respit": 3})
NUMBERS = st.floats(1e-6, 1.0, exclude_max=True)
FULL = Document(
    id=7,
    revision=3,
    visible=True,
    kind=Kind.NEED,
    open=True,
    texts={Field.TITLE: "Respite, for Carers", Field.BODY: "Carers' rest & respite"},
    facets={Facet.STAGE: ("pilot",), Facet.TIER: ("grant", "contract")},
    places=Places(now=frozenset({"E2", "E1"}), would=frozenset({"E3"}), office=frozenset({"E4"})),
    age_min=0,
    age_max=25,
    gender=Gender.ANY,
    posted=date(2026, 6, 1),
    closes=date(2026, 7, 1),
    org_id="GB-CHC-1104417",
    passages=("Respite.", "Nothing."),
    content_hash=bytes(range(16)),
)
BARE = Document(id=8, revision=1, visible=True, places=Places())
VECTORS = np.array([[0.6, 0.8], [0.0, 0.0]], np.float32)


def body(document: Document = FULL, vectors=VECTORS) -> dict[str, Any]:
    return body_of(Entry(document=document, vectors=vectors), STATISTICS)


def paths(tree: dict[str, Any], inner: str = "") -> Iterator[str]:
    """Give the dotted name of every field of a mapping's properties."""
    for name, field in tree.items():
        yield inner + name
        yield from paths(field.get("properties", {}), f"{inner}{name}.")


def named(value: dict[str, Any], inner: str = "") -> Iterator[str]:
    """Give the dotted name of every field of a document; the terms under the impacts are data, not fields."""
    for name, held in value.items():
        yield inner + name
        for one in held if isinstance(held, list) else [held]:
            if isinstance(one, dict) and name != IMPACTS:
                yield from named(one, f"{inner}{name}.")


# --- the mapping ------------------------------------------------------------------------------------------------------


def test_the_mapping_takes_no_field_that_it_does_not_name():
    assert mapping("m", 2)["dynamic"] == "strict"


@pytest.mark.parametrize("document", [FULL, BARE], ids=["full", "bare"])
def test_every_field_of_a_document_is_in_the_mapping(document):
    assert set(named(body(document))) <= set(paths(mapping("m", 2)["properties"]))


def test_a_document_that_states_everything_fills_every_field_but_the_one_for_statistics():
    assert set(paths(mapping("m", 2)["properties"])) - set(named(body())) == {"statistics"}


def test_the_mapping_says_what_the_index_was_made_with():
    made = mapping("all-x", 384)
    assert made["_meta"] == {"mapping": MAPPING, "model": "all-x", "dimension": 384}
    assert made["properties"]["passages"]["properties"]["vector"]["dims"] == 384


def test_vectors_are_nested_compared_by_cosine_and_kept_in_8_bits_for_the_graph():
    passages = mapping("m", 2)["properties"]["passages"]
    assert passages["type"] == "nested"
    vector = passages["properties"]["vector"]
    assert (vector["similarity"], vector["index_options"]) == ("cosine", {"type": "int8_hnsw"})


def test_every_facet_has_a_field_that_can_be_counted():
    facets = mapping("m", 2)["properties"]["facets"]["properties"]
    assert {facet_field(facet) for facet in Facet} == {f"facets.{name}" for name in facets}
    assert all(field == {"type": "keyword"} for field in facets.values())


def test_what_is_searched_only_is_not_kept_a_second_time_as_source():
    assert mapping("m", 2)["_source"] == {"excludes": [IMPACTS, WORDS, "passages"]}


def test_an_index_has_the_shards_that_were_asked_for_and_is_refreshed_by_its_writers_alone():
    assert settings(2, 1) == {"number_of_shards": 2, "number_of_replicas": 1, "refresh_interval": "-1"}


# --- a document -------------------------------------------------------------------------------------------------------


def test_a_document_says_what_is_filtered_and_sorted_by():
    told = body()
    assert (told["id"], told["revision"], told["visible"], told["kind"], told["open"]) == (7, 3, True, "need", True)
    assert (told["age_min"], told["age_max"], told["gender"]) == (0, 25, "any")
    assert (told["now"], told["would"], told["office"]) == (["E1", "E2"], ["E3"], ["E4"])
    assert (told["posted"], told["closes"]) == (date(2026, 6, 1).toordinal(), date(2026, 7, 1).toordinal())
    assert told["content_hash"] == bytes(range(16)).hex()


def test_a_title_is_kept_as_its_plain_words_and_an_org_id_in_small_letters():
    assert (body()["title"], body()["org_id"]) == ("respite for carers", "gb-chc-1104417")


def test_what_is_not_stated_has_no_field():
    assert set(body(BARE, VECTORS[:0])) == {
        "id",
        "revision",
        "visible",
        "content_hash",
        "kind",
        "open",
        "tie",
        "facets",
    }


def test_a_hidden_listing_keeps_nothing_but_its_revision():
    hidden = Document(id=7, revision=4, visible=False, places=Places(), texts={Field.TITLE: "secret"})
    assert body(hidden) == {"id": 7, "revision": 4, "visible": False}


def test_a_facet_that_is_not_stated_is_counted_as_that():
    facets = body()["facets"]
    assert facets[Facet.TIER.value] == ["grant", "contract"]
    assert facets[Facet.SIZE.value] == [NOT_STATED]


def test_a_passage_without_direction_is_left_out():
    assert body()["passages"] == [{"vector": pytest.approx([0.6, 0.8])}]


def test_the_words_are_kept_as_people_write_them_each_once():
    assert body()["words"] == "carers for respite rest"


def test_equals_stand_in_the_order_that_fusion_gives_them():
    numbers = list(range(1, 200))
    ties = [
        body_of(
            Entry(document=Document(id=n, revision=1, visible=True, places=Places()), vectors=VECTORS[:0]), STATISTICS
        )["tie"]
        for n in numbers
    ]
    assert all(0 <= tie < 2**63 for tie in ties)
    assert np.argsort(ties).tolist() == np.argsort(tie_break(np.array(numbers))).tolist()


def test_a_document_is_plain_json():
    assert json.loads(json.dumps(body(), allow_nan=False)) == body()


# --- impacts ----------------------------------------------------------------------------------------------------------


def as_kept(number: float) -> float:
    """Keep what Lucene's FeatureField does of a number: its power of two and eight more bits."""
    fraction, power = math.frexp(float(np.float32(number)))
    return math.ldexp(math.floor(fraction * 512), power - 9)


@given(NUMBERS)
def test_a_feature_keeps_nine_bits(number):
    assert _kept(number) == as_kept(number)
    assert _kept(_kept(number)) == _kept(number)


@pytest.mark.parametrize(
    ("number", "kept"), [(0.5, 0.5), (0.3, 0.2998046875), (0.999, 0.998046875), (1e-3, 131 / 2**17)]
)
def test_numbers_that_were_worked_out_by_hand(number, kept):
    assert _kept(number) == kept


@given(st.dictionaries(st.sampled_from(["a", "b", "c"]), st.floats(0.1, 500), min_size=1), st.floats(0.3, 50))
def test_an_impact_is_the_sum_of_its_two_features(counts, norm):
    found = impacts(counts, norm)
    for term, tf in counts.items():
        impact = tf / (tf + norm)
        assert found[term] + found.get(REST + term, 0.0) == pytest.approx(impact, abs=1e-6)
        assert as_kept(found[term]) == found[term]
        held = found[term] + as_kept(found.get(REST + term, 0.0))  # the rest is a feature as well
        assert held == pytest.approx(impact, rel=2**-16)
        assert all(0 < value <= 1 for value in found.values())


def test_an_impact_that_one_feature_holds_has_no_second():
    assert impacts({"a": 1.2}, 1.2) == {"a": 0.5}


def test_a_longer_document_has_less_of_each_word():
    short, long = (STATISTICS.norm(length) for length in (5, 50))
    assert impacts({"a": 1.0}, long)["a"] < impacts({"a": 1.0}, short)["a"]


def test_the_impacts_of_a_document_are_those_of_its_weighted_terms():
    found = weighted_terms(FULL)
    assert body()["impacts"] == impacts(found.counts, STATISTICS.norm(found.length))


@given(st.text())
def test_no_term_looks_like_the_rest_of_another(text):
    assert not any(REST in term or "." in term for term in terms(text))
