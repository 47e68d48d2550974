"""A plan's parts as clauses, one test a clause; how they behave on a server is the contract suite's business."""

from datetime import date
from typing import Any

import numpy as np
import pytest

from exchange.content import Gender, Kind
from indexer import elastic_clauses as clauses
from indexer import elastic_query as q
from indexer.ages import NEAR, OLDEST
from indexer.engine import PeopleAsk, PlaceAsk, Plan, Rule, TermGroup
from indexer.fusion import LIFTED
from indexer.results import ASKED, NOT_STATED, Facet
from indexer.statistics import Statistics

TODAY = date(2026, 6, 15)
RULE = Rule(share=0.5, cosine=0.3, strong_share=0.7, strong_cosine=0.4)
STATISTICS = Statistics(documents=100, average_length=20.0, frequencies={"common": 60, "rare": 1})
A, B = {"term": {"a": 1}}, {"term": {"b": 2}}
VISIBLE = {"term": {"visible": True}}
VECTOR = np.array([[0.6, 0.8]], np.float32)
LEEDS = PlaceAsk(districts=frozenset({"E2", "E1"}), neighbours=frozenset({"E3"}))


def plan(**changes: Any) -> Plan:
    return Plan(**{"rule": RULE, "today": TODAY} | changes)


def group(*alternatives: tuple[str, float], factor: float = 1.0) -> TermGroup:
    return TermGroup(alternatives=alternatives, factor=factor)


RESPITE = group(("respit", 1.0), ("break", 0.5))
CARERS = group(("carer", 1.0))


def term(value: str, boost: float) -> dict:
    return {"term": {"impacts": {"value": value, "boost": boost}}}


# --- joining clauses --------------------------------------------------------------------------------------------------


def test_all_of_asks_for_every_clause_and_for_nothing_where_there_is_none():
    assert q.all_of([A, B]) == {"bool": {"filter": [A, B]}}
    assert q.all_of([]) == {"match_all": {}}


def test_any_of_asks_for_one_clause_and_finds_nothing_where_there_is_none():
    assert q.any_of([A, B]) == {"bool": {"should": [A, B], "minimum_should_match": 1}}
    assert q.any_of([]) == {"match_none": {}}


def test_none_of_asks_that_no_clause_matches():
    assert q.none_of([A]) == {"bool": {"must_not": [A]}}


def test_the_best_of_one_clause_is_that_clause():
    assert q.best_of([A]) == A
    assert q.best_of([A, B]) == {"dis_max": {"queries": [A, B]}}


def test_a_fixed_score_is_the_same_for_every_match():
    assert q.fixed(A, 2.5) == {"constant_score": {"filter": A, "boost": 2.5}}


def test_a_named_clause_is_told_with_its_own_score():
    assert clauses.named(A, "lexical") == {"bool": {"must": [A], "_name": "lexical"}}


# --- what may be found ------------------------------------------------------------------------------------------------


def test_only_visible_listings_that_are_open_today_may_be_found():
    over = {"bool": {"must_not": [{"range": {"closes": {"lt": TODAY.toordinal()}}}]}}
    assert q.standing(plan()) == [VISIBLE, {"term": {"open": True}}, over]


def test_closed_listings_may_be_found_where_they_are_asked_for():
    assert q.standing(plan(include_closed=True)) == [VISIBLE]


def test_one_kind_may_be_asked_for():
    assert q.standing(plan(include_closed=True, kind=Kind.NEED)) == [VISIBLE, {"term": {"kind": "need"}}]


def test_one_listing_may_be_asked_about():
    assert q.standing(plan(include_closed=True, only=7)) == [VISIBLE, {"term": {"id": 7}}]


# --- words ------------------------------------------------------------------------------------------------------------


def test_a_group_weighs_by_the_rarity_of_what_was_typed_and_by_its_factor():
    groups = group(("rare", 1.0), ("common", 1.0)), group(("common", 1.0), factor=2.0)
    rare, common = STATISTICS.idf("rare"), STATISTICS.idf("common")
    assert q.group_weights(plan(terms=groups), STATISTICS) == pytest.approx([rare, 2 * common])


def test_the_lexical_score_sums_the_best_alternative_of_each_group():
    found = q.lexical([RESPITE, CARERS], [4.0, 3.0])
    best = {"dis_max": {"queries": [term("respit", 4.0), term("break", 2.0)]}}
    assert found == {"bool": {"should": [best, term("carer", 3.0)]}}


def test_the_whole_lexical_score_adds_the_rest_of_each_impact_under_the_same_weight():
    assert q.lexical([CARERS], [3.0], whole=True) == {
        "bool": {"should": [{"bool": {"should": [term("carer", 3.0), term("~carer", 3.0)]}}]}
    }


def test_the_share_is_each_groups_part_of_all_weight_whatever_the_impact():
    found = q.share([RESPITE, CARERS], [6.0, 2.0])
    alternatives = [q.fixed({"term": {"impacts": "respit"}}, 0.75), q.fixed({"term": {"impacts": "break"}}, 0.375)]
    carers = q.fixed({"term": {"impacts": "carer"}}, 0.25)
    assert found == {"bool": {"should": [{"dis_max": {"queries": alternatives}}, carers]}}


def test_a_mark_is_compared_with_the_score_of_its_clause_alone():
    assert q.at_least(A, 0.5) == {"function_score": {"query": A, "min_score": 0.5}}


def test_an_exact_name_is_the_plain_title_or_the_org_id():
    found = q.exact("  GB-CHC-1 ")
    title, org_id = {"term": {"title": "gb chc 1"}}, {"term": {"org_id": "gb-chc-1"}}
    assert found == q.any_of([title, org_id])


def test_signs_alone_are_no_title_but_may_be_an_org_id():
    assert q.exact(" ?! ") == q.any_of([{"term": {"org_id": "?!"}}])


@pytest.mark.parametrize("phrase", ["", "  \n "])
def test_an_empty_phrase_is_nobodys_name(phrase):
    assert q.exact(phrase) == {"match_none": {}}


# --- vectors ----------------------------------------------------------------------------------------------------------


def script_of(clause: dict) -> dict:
    return clause["nested"]["query"]["script_score"]["script"]


def test_closeness_is_the_exact_cosine_of_the_best_passage():
    clause = q.closeness(VECTOR)
    assert (clause["nested"]["path"], clause["nested"]["score_mode"]) == ("passages", "max")
    assert script_of(clause) == {
        "source": "Math.max(0, 1 + cosineSimilarity(params.q0, 'passages.vector'))",
        "params": {"q0": pytest.approx([0.6, 0.8])},
    }


def test_closeness_of_a_text_of_several_parts_is_that_of_the_best_part():
    script = script_of(q.closeness(np.eye(3, dtype=np.float32)))
    assert script["source"].count("Math.max(") == 3
    assert [name in script["source"] for name in ("params.q0", "params.q1", "params.q2")] == [True] * 3
    assert script["params"] == {"q0": [1, 0, 0], "q1": [0, 1, 0], "q2": [0, 0, 1]}


def test_the_source_of_a_script_is_the_same_for_every_query_of_so_many_parts():
    assert script_of(q.closeness(VECTOR))["source"] == script_of(q.closeness(-VECTOR))["source"]


def test_the_nearest_are_looked_for_within_the_filters_a_little_below_the_floor():
    knn = q.nearest(VECTOR, [A], 0.3)["nested"]["query"]["knn"]
    assert (knn["field"], knn["filter"]) == ("passages.vector", q.all_of([A]))
    assert (knn["k"], knn["num_candidates"]) == (q.NEAREST, q.NEAREST)
    assert knn["similarity"] == pytest.approx(0.3 - q.SLACK)
    assert knn["query_vector"] == pytest.approx([0.6, 0.8])


def test_the_nearest_of_several_parts_are_those_of_any_part():
    parts = q.nearest(np.eye(2, dtype=np.float32), [A], 0.3)["dis_max"]["queries"]
    assert [part["nested"]["query"]["knn"]["query_vector"] for part in parts] == [[1, 0], [0, 1]]


def test_without_a_floor_the_nearest_are_not_bounded_and_no_bound_is_below_the_least_cosine():
    assert "similarity" not in q.nearest(VECTOR, [A], None)["nested"]["query"]["knn"]
    assert q.nearest(VECTOR, [A], -0.99)["nested"]["query"]["knn"]["similarity"] == -1.0


def test_closeness_counts_among_what_a_clause_matches_with_its_weight_and_never_below_nought():
    scored = q.close(VECTOR, A, 0.4)["script_score"]
    assert scored["query"] == {"bool": {"must": [q.closeness(VECTOR)], "filter": [A]}}
    assert scored["script"] == {"source": "Math.max(0, (_score - 1) * params.weight)", "params": {"weight": 0.4}}
    assert "min_score" not in scored


def test_the_floor_is_compared_with_the_weighted_cosine():
    assert q.close(VECTOR, A, 0.5, 0.3)["script_score"]["min_score"] == pytest.approx(0.15, abs=1e-6)


def test_the_weight_of_the_cosine_is_not_a_boost_because_marks_see_boosts():
    assert "boost" not in str(q.near(plan(lexical_weight=0.9), VECTOR, []))


def test_near_listings_are_those_of_the_graph_that_are_at_the_floor_exactly():
    asked = plan(lexical_weight=0.6)
    among = q.any_of([q.nearest(VECTOR, q.standing(asked), RULE.cosine)])
    assert q.near(asked, VECTOR, []) == q.close(VECTOR, among, 1 - 0.6, RULE.cosine)


def test_filters_that_a_person_set_are_searched_apart_and_beside_the_whole():
    asked = plan()
    base = q.standing(asked)
    among = q.any_of([q.nearest(VECTOR, base, RULE.cosine), q.nearest(VECTOR, [*base, A], RULE.cosine)])
    assert q.near(asked, VECTOR, [A])["script_score"]["query"]["bool"]["filter"] == [among]


def test_whether_one_listing_is_near_needs_no_graph():
    asked = plan(only=7)
    clause = q.near(asked, VECTOR, [A])
    assert "knn" not in str(clause)
    assert clause["script_score"]["query"]["bool"]["filter"] == [q.all_of(q.standing(asked))]


# --- places and people ------------------------------------------------------------------------------------------------

NOW, WOULD, OFFICE = ({"terms": {name: ["E1", "E2"]}} for name in ("now", "would", "office"))
DELIVERS, WOULD_DELIVER = {"exists": {"field": "now"}}, {"exists": {"field": "would"}}
BASED = {"bool": {"filter": [OFFICE], "must_not": [DELIVERS]}}


def test_the_first_tier_of_a_place_delivers_there():
    assert q.place_within(LEEDS, 1) == q.any_of([NOW])


def test_the_second_tier_of_a_place_would_or_is_based_there_and_says_nothing_else():
    assert q.place_within(LEEDS, 2) == q.any_of([NOW, WOULD, BASED])


def test_the_third_tier_of_a_place_is_next_door_or_does_not_say():
    unstated = q.none_of([DELIVERS, WOULD_DELIVER])
    assert q.place_within(LEEDS, 3) == q.any_of([NOW, WOULD, BASED, {"terms": {"now": ["E3"]}}, unstated])


@pytest.mark.parametrize("gender", [None, Gender.ANY])
def test_people_of_any_gender_ask_for_nothing(gender):
    assert q.people_within(PeopleAsk(gender=gender), 1) == {"match_all": {}}


def test_people_of_one_gender_are_served_where_theirs_or_both_are_named():
    stated = {"terms": {"gender": ["women", "any"]}}
    unstated = q.none_of([{"exists": {"field": "gender"}}])
    assert q.people_within(PeopleAsk(gender=Gender.WOMEN), 1) == q.all_of([q.any_of([stated])])
    assert q.people_within(PeopleAsk(gender=Gender.WOMEN), 3) == q.all_of([q.any_of([stated, unstated])])


STATES_AGE = q.any_of([{"exists": {"field": "age_min"}}, {"exists": {"field": "age_max"}}])


def shares(*ages: list[int]) -> q.Body:
    """Give the clause that a listing's ages and these share enough."""
    parameters = {"min": "age_min", "max": "age_max", "oldest": OLDEST, "near": NEAR, "asked": list(ages)}
    return q.all_of([STATES_AGE, {"script": {"script": {"source": q.SHARED, "params": parameters}}}])


def test_ages_match_where_enough_of_the_ranges_is_shared():
    match, unstated = shares([10, 18]), q.none_of([STATES_AGE])
    assert q.people_within(PeopleAsk(age_min=10, age_max=18), 2) == q.all_of([match])
    assert q.people_within(PeopleAsk(age_min=10, age_max=18), 3) == q.all_of([q.any_of([match, unstated])])


@pytest.mark.parametrize(
    ("ask", "ages"),
    [(PeopleAsk(age_min=65), [65, OLDEST]), (PeopleAsk(age_max=0), [0, 0]), (PeopleAsk(age_max=9), [0, 9])],
)
def test_an_open_end_of_the_ages_goes_as_far_as_ages_go(ask, ages):
    assert q.people_within(ask, 1) == q.all_of([shares(ages)])


@pytest.mark.parametrize("tier", [1, 2, 3])
def test_ages_that_words_imply_put_nobody_back_who_states_none(tier):
    ask = PeopleAsk(implied=((13, 19), (60, 100)))
    assert q.people_within(ask, tier) == q.all_of([q.any_of([shares([13, 19], [60, 100]), q.none_of([STATES_AGE])])])


def test_gender_and_ages_must_both_match():
    ask = PeopleAsk(gender=Gender.MEN, age_min=65)
    parts = q.people_within(ask, 1)["bool"]["filter"]
    assert [q.all_of([part]) for part in parts] == [
        q.people_within(PeopleAsk(gender=Gender.MEN), 1),
        q.people_within(PeopleAsk(age_min=65), 1),
    ]


def test_the_worst_of_all_constraints_counts():
    people = PeopleAsk(gender=Gender.MEN)
    asked = plan(places=(LEEDS,), people=(people,))
    assert q.within(asked, 2) == q.all_of([q.place_within(LEEDS, 2), q.people_within(people, 2)])


def test_without_constraints_nothing_is_ordered_by_tier():
    assert q.tiered(plan(), A) == A


def test_a_better_tier_stands_before_the_others_for_what_scores_enough_to_be_lifted():
    asked = plan(places=(LEEDS,))
    scored = q.tiered(asked, A)["function_score"]
    assert (scored["query"], scored["score_mode"], scored["boost_mode"]) == (A, "first", "replace")
    ups = [(function["filter"], function["script_score"]["script"]["params"]) for function in scored["functions"]]
    clauses = [q.within(asked, tier) for tier in (1, 2, 3)] + [{"match_all": {}}]
    assert [clause for clause, _ in ups] == clauses
    assert [params["up"] for _, params in ups] == sorted((params["up"] for _, params in ups), reverse=True)
    assert {params["lifted"] for _, params in ups} == {LIFTED}
    steps = [ups[n][1]["up"] - ups[n + 1][1]["up"] for n in range(3)]
    assert min(steps) > 2  # more than the two legs can sum to


# --- filters and counts -----------------------------------------------------------------------------------------------


def test_a_filter_lets_its_values_and_those_who_do_not_say_pass():
    assert q.set_filters(plan(facets={Facet.STAGE: ("pilot", "idea")})) == {
        Facet.STAGE: {"terms": {"facets.stage": ["pilot", "idea", NOT_STATED]}}
    }


def test_who_does_not_say_is_left_out_where_that_box_is_unticked():
    strict = frozenset({Facet.STAGE})
    assert q.set_filters(plan(facets={Facet.STAGE: ("pilot",)}, exclude_not_stated=strict)) == {
        Facet.STAGE: {"terms": {"facets.stage": ["pilot"]}}
    }
    assert q.set_filters(plan(exclude_not_stated=strict)) == {
        Facet.STAGE: q.none_of([{"term": {"facets.stage": NOT_STATED}}])
    }


def test_a_place_that_was_set_hides_the_fourth_tier_and_the_third_where_the_box_is_unticked():
    strict = frozenset({Facet.PLACE})
    assert q.set_filters(plan(place_filter=LEEDS)) == {Facet.PLACE: q.place_within(LEEDS, 3)}
    assert q.set_filters(plan(place_filter=LEEDS, exclude_not_stated=strict)) == {Facet.PLACE: q.place_within(LEEDS, 2)}
    unstated = q.none_of([{"term": {"facets.place": NOT_STATED}}])
    assert q.set_filters(plan(exclude_not_stated=strict)) == {Facet.PLACE: unstated}


def test_no_filter_is_no_clause():
    assert q.set_filters(plan(facets={Facet.STAGE: ()})) == {}


def test_a_facet_is_counted_among_what_passes_the_other_filters():
    filters = {Facet.STAGE: A, Facet.TIER: B}
    counted = q.counts(plan(), filters)
    assert counted["stage"]["filter"] == q.all_of([B])
    assert counted["tier"]["filter"] == q.all_of([A])
    assert counted["kind"]["filter"] == q.all_of([A, B])
    assert counted["stage"]["aggs"]["values"]["terms"]["field"] == "facets.stage"
    assert set(counted) == {"candidates", *(facet.value for facet in Facet)}


def test_all_candidates_are_counted_also_where_no_facet_is():
    assert q.counts(plan(count_facets=False), {}) == {"candidates": {"filter": {"match_all": {}}}}


def test_a_place_that_was_set_is_counted_by_who_reaches_it_and_who_may():
    split = q.counts(plan(place_filter=LEEDS), {})["place"]["aggs"][ASKED]["filters"]["filters"]
    assert split == {ASKED: q.place_within(LEEDS, 2), NOT_STATED: q.place_within(LEEDS, 3)}
