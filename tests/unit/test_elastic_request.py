"""The one request of a search and its answer; whatever a person types is a value in it, never a part of its shape."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.content import Gender, Kind
from indexer import elastic_query as q
from indexer.elastic_request import found_of, request_of, request_of_all
from indexer.engine import PeopleAsk, PlaceAsk, Plan, Rule, TermGroup
from indexer.results import ASKED, NOT_STATED, Facet, Sort
from indexer.search import term_groups
from indexer.statistics import Statistics

TODAY = date(2026, 6, 15)
RULE = Rule(share=0.5, cosine=0.3, strong_share=0.7, strong_cosine=0.4)
STATISTICS = Statistics(documents=100, average_length=20.0, frequencies={"carer": 30, "respit": 2})
VECTORS = np.array([[0.6, 0.8], [1.0, 0.0]], np.float32)
LEEDS = PlaceAsk(districts=frozenset({"E1"}), neighbours=frozenset({"E2"}))
STAGE = {Facet.STAGE: ("pilot",)}


def plan(text: str = "", **changes: Any) -> Plan:
    return Plan(**{"rule": RULE, "today": TODAY, "terms": term_groups(text), "phrase": text} | changes)


FULL = plan(
    "respite for carers",
    vectors=VECTORS,
    kind=Kind.NEED,
    facets=STAGE,
    place_filter=LEEDS,
    places=(LEEDS,),
    people=(PeopleAsk(gender=Gender.WOMEN, age_min=18),),
)


def request(asked: Plan) -> dict[str, Any]:
    return request_of(asked, STATISTICS)


def candidates(asked: Plan) -> dict[str, Any]:
    return request(asked)["query"]


def rule(asked: Plan) -> list[dict[str, Any]]:
    """Give the ways in which a listing may become a candidate."""
    (required,) = candidates(asked)["bool"]["must"]
    return required["bool"]["should"]


def told(asked: Plan) -> dict[str, dict[str, Any]]:
    """Give the clauses by which a hit tells of itself."""
    return {
        clause["bool"]["_name"]: clause["bool"]["must"][0] for clause in request(asked)["post_filter"]["bool"]["should"]
    }


# --- the candidates ---------------------------------------------------------------------------------------------------


def test_browsing_asks_for_everything_that_stands():
    assert candidates(plan()) == q.all_of(q.standing(plan()))


def test_a_candidate_stands_and_satisfies_one_of_name_words_and_meaning():
    asked = plan("respite", vectors=VECTORS)
    assert candidates(asked)["bool"]["filter"] == q.standing(asked)
    weights = q.group_weights(asked, STATISTICS)
    assert rule(asked) == [
        q.fixed(q.exact("respite"), q.EXACT_BOOST),
        q.fixed(q.at_least(q.share(asked.terms, weights), RULE.share - q.ROUNDING), 0.0),
        q.near(asked, VECTORS, []),
    ]


def test_without_vectors_words_alone_decide_and_without_words_vectors_alone():
    assert "passages" not in str(candidates(plan("respite")))
    assert "impacts" not in str(candidates(plan("", vectors=VECTORS)))


def test_the_words_order_by_their_part_of_the_scale():
    asked = plan("respite carers", lexical_weight=0.5, scale=4.0)
    weights = [0.5 * weight / 4.0 for weight in q.group_weights(asked, STATISTICS)]
    assert candidates(asked)["bool"]["should"] == [q.lexical(asked.terms, weights)]


def test_where_no_scale_is_given_the_words_are_measured_by_all_they_could_score():
    asked = plan("respite carers", lexical_weight=0.5)
    (words,) = candidates(asked)["bool"]["should"]
    assert sum(one["term"]["impacts"]["boost"] for one in words["bool"]["should"]) == pytest.approx(0.5)


def test_filters_that_a_person_set_do_not_change_the_candidates_that_are_counted():
    asked = plan("respite", facets=STAGE)
    filters = q.set_filters(asked)
    assert "facets.stage" not in str(candidates(asked))
    assert request(asked)["post_filter"]["bool"]["filter"] == [*filters.values(), {"match_all": {}}]
    assert request(asked)["aggs"] == q.counts(asked, filters)


# --- what is told and in which order ----------------------------------------------------------------------------------


def test_every_hit_tells_its_name_its_words_its_share_its_cosine_and_its_tier():
    weights = q.group_weights(FULL, STATISTICS)
    assert told(FULL) == {
        "exact": q.exact(FULL.phrase),
        "lexical": q.lexical(FULL.terms, weights, whole=True),
        "share": q.share(FULL.terms, weights),
        "cosine": q.closeness(VECTORS),
        **{f"tier{tier}": q.within(FULL, tier) for tier in (1, 2, 3)},
    }


def test_only_what_was_asked_is_told():
    assert told(plan()) == {}
    assert set(told(plan("respite"))) == {"exact", "lexical", "share"}
    assert set(told(plan(vectors=VECTORS))) == {"cosine"}
    assert set(told(plan(people=(PeopleAsk(age_min=18),)))) == {"tier1", "tier2", "tier3"}


def test_a_request_gives_the_first_candidates_and_counts_them_all():
    body = request(plan("respite", depth=60))
    assert (body["size"], body["track_total_hits"], body["_source"]) == (60, True, False)
    assert body["docvalue_fields"] == ["id", "posted", "closes"]


def test_the_order_is_that_of_the_page():
    score = [{"_score": "desc"}, {"tie": "asc"}]
    newest = [{"posted": {"order": "desc", "missing": "_last"}}, *score]
    assert request(plan("respite"))["sort"] == score
    assert request(plan("respite", sort=Sort.NEWEST))["sort"] == newest
    assert request(plan())["sort"] == newest
    soonest = [{"closes": {"order": "asc", "missing": "_last"}}, *score]
    assert request(plan(sort=Sort.CLOSING))["sort"] == soonest


def test_everything_takes_its_hits_from_a_second_request_below_the_rule():
    asked = plan("respite", vectors=VECTORS, everything=True, facets=STAGE, depth=100)
    assert request(asked)["size"] == 0
    below = request_of_all(asked, STATISTICS)
    base = [*q.standing(asked), *q.set_filters(asked).values()]
    assert (below["size"], below["query"]["bool"]["filter"]) == (100, base)
    assert "must" not in below["query"]["bool"]
    close = q.close(VECTORS, q.nearest(VECTORS, base, None), 0.5)
    assert below["query"]["bool"]["should"][-1] == close


def test_constraints_order_the_candidates_by_tier():
    asked = plan("respite", places=(LEEDS,))
    without = plan("respite")
    assert candidates(asked) == q.tiered(asked, candidates(without))


# --- whatever is typed ------------------------------------------------------------------------------------------------

HOSTILE = [
    '"}}, "match_all": {',
    "* OR id:[0 TO *]",
    "params.q0) + 9999; //",
    "${jndi:ldap://x}",
    "{{#toJson}}x{{/toJson}}",
    "_source:* AND /.*/ ~ ^ ( ) [ ] { } ? : \\",
    "' OR 1=1 --",
    "\u202e\u0000\ud7ff\U0001f600 \u0130\u03a3",
    "<script>alert(1)</script>",
    "visible:false withdrawn impacts script_score",
]


def shape(value: Any) -> Any:
    """Give a request without the values in it; scripts are no values, whoever writes one may read anything."""
    if isinstance(value, dict):
        return {name: inner if name == "source" else shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shape(inner) for inner in value]
    return type(value).__name__


def asked_with(text: str) -> Plan:
    """Put a text wherever a person can put one, always as the same number of words."""
    terms = TermGroup(alternatives=((text, 1.0), (text + text, 0.5)))
    place = PlaceAsk(districts=frozenset({text}), neighbours=frozenset({text}))
    given_by_hand = {facet: (text, NOT_STATED) for facet in Facet if facet is not Facet.PLACE}
    return plan(
        terms=(terms,), phrase=f"x{text}", facets=given_by_hand, place_filter=place, places=(place,), vectors=VECTORS
    )


@pytest.mark.parametrize("build", [request_of, request_of_all])
@given(text=st.text(min_size=1) | st.sampled_from(HOSTILE))
def test_no_text_changes_the_shape_of_a_request(build, text):
    assert shape(build(asked_with(text), STATISTICS)) == shape(build(asked_with("x"), STATISTICS))


@given(text=st.text() | st.sampled_from(HOSTILE))
def test_the_words_of_any_text_are_asked_for_as_terms_and_nothing_else(text):
    asked = plan(text, vectors=VECTORS)
    terms = {group.typed for group in asked.terms}
    assert set(values_of(request(asked), "impacts")) == terms | {"~" + term for term in terms}


def values_of(body: Any, field: str) -> Iterator[str]:
    """Give what the terms of a request ask a field for."""
    if isinstance(body, list):
        for inner in body:
            yield from values_of(inner, field)
    elif isinstance(body, dict):
        if set(body) == {"term"} and field in body["term"]:
            value = body["term"][field]
            yield value["value"] if isinstance(value, dict) else value
        for inner in body.values():
            yield from values_of(inner, field)


@pytest.mark.parametrize("build", [request_of, request_of_all])
@pytest.mark.parametrize("text", HOSTILE)
def test_a_request_is_plain_json(build, text):
    body = build(asked_with(text), STATISTICS)
    assert json.loads(json.dumps(body, allow_nan=False)) == body


# --- the answer -------------------------------------------------------------------------------------------------------


def hit(number: int, posted: int | None = 700_000, closes: int | None = None, **told: float) -> dict[str, Any]:
    days = {"posted": [posted] if posted else [], "closes": [closes] if closes else []}
    return {"fields": {"id": [number]} | {name: day for name, day in days.items() if day}, "matched_queries": told}


def answer(
    *hits: dict[str, Any], total: int | None = None, candidates: int | None = None, **facets: Any
) -> dict[str, Any]:
    total = len(hits) if total is None else total
    counted = {"candidates": {"doc_count": total if candidates is None else candidates}}
    return {"hits": {"total": {"value": total}, "hits": list(hits)}, "aggregations": counted | facets}


def values(**counts: int) -> dict[str, Any]:
    return {"buckets": [{"key": key.replace("_", "-"), "doc_count": count} for key, count in counts.items()]}


def test_the_evidence_of_each_hit_stands_in_its_row():
    asked = plan("respite", vectors=VECTORS, places=(LEEDS,))
    first = hit(7, closes=700_100, lexical=2.5, share=1.0, cosine=1.4, exact=1.0, tier2=1.0, tier3=1.0)
    found = found_of(asked, STATISTICS, answer(first, hit(9, cosine=1.35)))
    assert found.ids.tolist() == [7, 9]
    assert found.lexical.tolist() == [2.5, 0.0]
    assert found.share.tolist() == [1.0, 0.0]
    assert found.cosine.tolist() == pytest.approx([0.4, 0.35])
    assert found.exact.tolist() == [True, False]
    assert found.tier.tolist() == [2, 4]
    assert (found.posted.tolist(), found.closes.tolist()) == ([700_000, 700_000], [700_100, 0])
    assert found.lexical_top == pytest.approx(STATISTICS.idf("respit"))


@pytest.mark.parametrize(
    ("evidence", "qualifies", "strong"),
    [
        ({"share": 0.5 - 1e-7}, True, False),
        ({"share": 0.49, "cosine": 1.3 - 1e-7}, True, False),
        ({"share": 0.7}, True, True),
        ({"cosine": 1.4}, True, True),
        ({"exact": 1.0}, True, True),
        ({"share": 0.49, "cosine": 1.29}, False, False),
    ],
)
def test_a_hit_is_a_candidate_or_strong_by_its_evidence(evidence, qualifies, strong):
    found = found_of(plan("respite", vectors=VECTORS), STATISTICS, answer(hit(1, **evidence)))
    assert (found.qualifies.tolist(), found.strong.tolist()) == ([qualifies], [strong])


def test_who_browses_finds_only_strong_listings_without_a_cosine_or_a_tier():
    found = found_of(plan(), STATISTICS, answer(hit(1, posted=None)))
    assert (found.qualifies.tolist(), found.strong.tolist(), found.tier.tolist()) == ([True], [True], [0])
    assert np.isnan(found.cosine).all()
    assert found.posted.tolist() == [0]


def test_a_listing_without_passages_is_not_close_to_anything():
    assert found_of(plan("x", vectors=VECTORS), STATISTICS, answer(hit(1, share=1.0))).cosine.tolist() == [-1.0]


def test_what_the_filters_hide_is_the_candidates_that_are_no_hits():
    found = found_of(plan("respite"), STATISTICS, answer(hit(1), total=40, candidates=55))
    assert (found.total, found.hidden) == (40, 15)


def test_a_total_is_an_estimate_where_the_graph_gave_as_many_as_it_may():
    many, few = (answer(hit(1), candidates=count) for count in (q.NEAREST, q.NEAREST - 1))
    near, words = plan("respite", vectors=VECTORS), plan("respite")
    assert [found_of(near, STATISTICS, each).about for each in (many, few)] == [True, False]
    assert found_of(words, STATISTICS, many).about is False
    assert found_of(plan("respite", vectors=VECTORS, only=1), STATISTICS, many).about is False


def test_facets_are_the_buckets_of_each_value():
    found = found_of(plan(), STATISTICS, answer(stage={"values": values(pilot=3, not_stated=1)}))
    assert found.facets == {Facet.STAGE: {"pilot": 3, NOT_STATED: 1}}


def test_a_place_that_was_set_is_counted_apart_from_those_that_may_reach_it():
    split = {"buckets": {ASKED: {"doc_count": 4}, NOT_STATED: {"doc_count": 9}}}
    place = {"values": values(E12000003=5, not_stated=2), ASKED: split}
    found = found_of(plan(place_filter=LEEDS), STATISTICS, answer(place=place))
    assert found.facets[Facet.PLACE] == {"E12000003": 5, ASKED: 4, NOT_STATED: 5}


def test_an_empty_answer_has_empty_columns():
    found = found_of(FULL, STATISTICS, answer())
    assert all(len(column) == 0 for column in (found.ids, found.lexical, found.cosine, found.tier, found.strong))
    assert (found.total, found.hidden) == (0, 0)


def test_where_everything_was_asked_for_the_hits_are_those_below_the_rule_and_the_counts_are_not():
    below = {"hits": {"hits": [hit(1, share=1.0), hit(2)]}}
    found = found_of(plan("respite", everything=True), STATISTICS, answer(total=1, candidates=1), below)
    assert (found.ids.tolist(), found.qualifies.tolist(), found.total) == ([1, 2], [True, False], 1)
