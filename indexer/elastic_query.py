"""Plans as Elasticsearch requests, built by pure functions from values alone; knows no client and no answer."""

from collections.abc import Sequence
from typing import Final

from exchange.content import Gender
from indexer.ages import NEAR, OLDEST
from indexer.columns import ordinal, plain
from indexer.elastic_clauses import all_of, any_of, best_of, fixed, none_of
from indexer.elastic_fields import (
    AGE_MAX,
    AGE_MIN,
    BOTH_GENDERS,
    CLOSES,
    GENDER,
    ID,
    IMPACTS,
    KIND,
    NOW,
    OFFICE,
    OPEN,
    ORG_ID,
    PASSAGES,
    REST,
    TITLE,
    VECTOR,
    VISIBLE,
    WOULD,
    Body,
    facet_field,
)
from indexer.embedder import Vectors
from indexer.engine import PeopleAsk, PlaceAsk, Plan, TermGroup
from indexer.fusion import LIFTED
from indexer.results import ASKED, NOT_STATED, Facet
from indexer.statistics import Statistics

NEAREST: Final = 2_000
"""Listings that one approximate search of the vectors gives, and that it looks at.

On `grants` (9,506 listings, nDCG@10 .5506 on the embedded engine): 1,000 give .5494, 2,000 give .5506, 4,000 the same.
"""

SLACK = 0.06
"""The vectors in the graph have 8 bits: listings so much below the floor are fetched and then compared exactly."""

ROUNDING = 1e-6
"""A share is a sum of 32-bit numbers: so much below the mark is at the mark."""

LEXICAL, SHARE, COSINE, EXACT = "lexical", "share", "cosine", "exact"
TIERS: Final = ("tier1", "tier2", "tier3")
CANDIDATES, VALUES = "candidates", "values"
EXACT_BOOST, TIER_BOOST = 1_000.0, 10.0


# --- what may be found at all -----------------------------------------------------------------------------------------


def standing(plan: Plan) -> list[Body]:
    """Give the filters of every listing that may be found: visible, of the kind, open today unless closed ones are."""
    clauses: list[Body] = [{"term": {VISIBLE: True}}]
    if plan.kind:
        clauses.append({"term": {KIND: plan.kind.value}})
    if not plan.include_closed:
        over = {"range": {CLOSES: {"lt": ordinal(plan.today)}}}
        clauses += [{"term": {OPEN: True}}, none_of([over])]
    if plan.only is not None:
        clauses.append({"term": {ID: plan.only}})
    return clauses


# --- words ------------------------------------------------------------------------------------------------------------


def group_weights(plan: Plan, statistics: Statistics) -> list[float]:
    """Give the weight of each group of the plan's words."""
    return [group.factor * statistics.idf(group.typed) for group in plan.terms]


def _term(term: str, boost: float) -> Body:
    return {"term": {IMPACTS: {"value": term, "boost": boost}}}


def lexical(groups: Sequence[TermGroup], weights: Sequence[float], *, whole: bool = False) -> Body:
    """Score by BM25 over the impacts; `whole` adds the rest of each impact, which ordering can do without."""

    def alternative(term: str, boost: float) -> Body:
        parts = [_term(term, boost), _term(REST + term, boost)]
        return {"bool": {"should": parts}} if whole else parts[0]

    clauses = [
        best_of([alternative(term, weight * factor) for term, factor in group.alternatives])
        for group, weight in zip(groups, weights, strict=True)
    ]
    return {"bool": {"should": clauses}}


def share(groups: Sequence[TermGroup], weights: Sequence[float]) -> Body:
    """Score by the share of the words' weight that a listing holds, 0-1."""
    total = sum(weights)
    clauses = [
        best_of([fixed({"term": {IMPACTS: term}}, weight * factor / total) for term, factor in group.alternatives])
        for group, weight in zip(groups, weights, strict=True)
    ]
    return {"bool": {"should": clauses}}


def at_least(clause: Body, score: float) -> Body:
    """Match what a clause scores at or above a mark."""
    return {"function_score": {"query": clause, "min_score": score}}


def exact(phrase: str) -> Body:
    """Match the listings whose title or org-id is the phrase itself."""
    clauses: list[Body] = []
    if plain(phrase):
        clauses.append({"term": {TITLE: plain(phrase)}})
    if phrase.strip():
        clauses.append({"term": {ORG_ID: phrase.strip().lower()}})
    return any_of(clauses)


# --- vectors ----------------------------------------------------------------------------------------------------------


def closeness(vectors: Vectors) -> Body:
    """Score by one more than the exact best cosine over a listing's passages and the query's parts."""
    cosines = [f"cosineSimilarity(params.q{number}, '{VECTOR}')" for number in range(len(vectors))]
    source = cosines[0]
    for other in cosines[1:]:
        source = f"Math.max({source}, {other})"
    parameters = {f"q{number}": row.tolist() for number, row in enumerate(vectors)}
    script = {"source": f"Math.max(0, 1 + {source})", "params": parameters}
    scored = {"script_score": {"query": {"match_all": {}}, "script": script}}
    return {"nested": {"path": PASSAGES, "score_mode": "max", "query": scored}}


def nearest(vectors: Vectors, filters: Sequence[Body], floor: float | None) -> Body:
    """Match what the approximate search of the vectors gives, of what passes the filters and may be at the floor."""
    clauses: list[Body] = []
    for row in vectors:
        knn: Body = {
            "field": VECTOR,
            "query_vector": row.tolist(),
            "k": NEAREST,
            "num_candidates": NEAREST,
            "filter": all_of(filters),
        }
        if floor is not None:
            knn["similarity"] = max(floor - SLACK, -1.0)
        clauses.append({"nested": {"path": PASSAGES, "query": {"knn": knn}}})
    return best_of(clauses)


def close(vectors: Vectors, among: Body, weight: float, floor: float | None = None) -> Body:
    """Score by the weighted exact cosine, among what a clause matches; below the floor nothing matches.

    The weight is in the script: a boost would also be on the score that the server compares with the floor.
    """
    script = {"source": "Math.max(0, (_score - 1) * params.weight)", "params": {"weight": weight}}
    scored: Body = {"query": {"bool": {"must": [closeness(vectors)], "filter": [among]}}, "script": script}
    if floor is not None:
        scored["min_score"] = (floor - ROUNDING) * weight
    return {"script_score": scored}


def near(plan: Plan, vectors: Vectors, filters: Sequence[Body]) -> Body:
    """Match the listings whose best cosine is at or above the floor; exact where one listing is asked about.

    Filters that a person set are asked about apart: what they leave may be far from the nearest of all.
    """
    base = standing(plan)
    if plan.only is not None:
        among = all_of(base)
    else:
        sets = [base, [*base, *filters]] if filters else [base]
        among = any_of([nearest(vectors, each, plan.rule.cosine) for each in sets])
    return close(vectors, among, 1 - plan.lexical_weight, plan.rule.cosine)


# --- places, people, tiers --------------------------------------------------------------------------------------------


def place_within(ask: PlaceAsk, tier: int) -> Body:
    """Match the listings of this tier or a better one for a place (design, ruling 5)."""
    wanted = sorted(ask.districts)
    there: list[Body] = [{"terms": {NOW: wanted}}]
    if tier >= 2:
        based = {"bool": {"filter": [{"terms": {OFFICE: wanted}}], "must_not": [{"exists": {"field": NOW}}]}}
        there += [{"terms": {WOULD: wanted}}, based]
    if tier >= 3:
        unstated = none_of([{"exists": {"field": NOW}}, {"exists": {"field": WOULD}}])
        there += [{"terms": {NOW: sorted(ask.neighbours)}}, unstated]
    return any_of(there)


def people_within(ask: PeopleAsk, tier: int) -> Body:
    """Match the listings of this tier or a better one for people; the worst part counts."""
    parts: list[Body] = []
    if ask.gender in {Gender.WOMEN, Gender.MEN}:
        stated: list[Body] = [{"terms": {GENDER: [ask.gender.value, BOTH_GENDERS]}}]
        parts.append(any_of([*stated, *([none_of([{"exists": {"field": GENDER}}])] if tier >= 3 else [])]))
    if ask.ages:
        parts.append(_ages_within(ask, tier))
    return all_of(parts)


SHARED: Final = (
    "double low = doc[params.min].size() == 0 ? 0 : doc[params.min].value;"
    "double high = doc[params.max].size() == 0 ? params.oldest : Math.min(doc[params.max].value, params.oldest);"
    "for (ages in params.asked) {"
    "  double both = Math.min(high, ages[1]) - Math.max(low, ages[0]) + 1;"
    "  double shorter = Math.min(high - low + 1, ages[1] - ages[0] + 1);"
    "  if (both / Math.max(shorter, 1) >= params.near) { return true; }"
    "} return false;"
)
"""The arithmetic of `ages.shared`, over one listing's values."""


def _ages_within(ask: PeopleAsk, tier: int) -> Body:
    states_any = any_of([{"exists": {"field": AGE_MIN}}, {"exists": {"field": AGE_MAX}}])
    parameters = {"min": AGE_MIN, "max": AGE_MAX, "oldest": OLDEST, "near": NEAR, "asked": [list(a) for a in ask.ages]}
    match = all_of([states_any, {"script": {"script": {"source": SHARED, "params": parameters}}}])
    return any_of([match, none_of([states_any])]) if tier >= ask.unstated_age else match


def within(plan: Plan, tier: int) -> Body:
    """Match the listings whose worst tier over all constraints read in the text is this one or better."""
    places = [place_within(ask, tier) for ask in plan.places]
    return all_of([*places, *(people_within(ask, tier) for ask in plan.people)])


def tiered(plan: Plan, query: Body) -> Body:
    """Put the listings of a better tier before the others, where they score enough to be lifted at all."""
    if not plan.places and not plan.people:
        return query
    script = "_score >= params.lifted ? _score + params.up : _score"
    ups = [(within(plan, tier), (5 - tier) * TIER_BOOST) for tier in (1, 2, 3)] + [({"match_all": {}}, TIER_BOOST)]
    functions = [
        {"filter": clause, "script_score": {"script": {"source": script, "params": {"lifted": LIFTED, "up": up}}}}
        for clause, up in ups
    ]
    return {"function_score": {"query": query, "functions": functions, "score_mode": "first", "boost_mode": "replace"}}


# --- filters that a person sets, and counts ---------------------------------------------------------------------------


def set_filters(plan: Plan) -> dict[Facet, Body]:
    """Give one clause for each facet that the person set; "not stated" passes unless its box is unticked."""
    clauses: dict[Facet, Body] = {}
    for facet in sorted({*plan.facets, *plan.exclude_not_stated} - {Facet.PLACE}):
        values, unstated = plan.facets.get(facet, ()), facet not in plan.exclude_not_stated
        if values:
            clauses[facet] = {"terms": {facet_field(facet): [*values, *([NOT_STATED] if unstated else [])]}}
        elif not unstated:
            clauses[facet] = none_of([{"term": {facet_field(facet): NOT_STATED}}])
    if plan.place_filter:
        clauses[Facet.PLACE] = place_within(plan.place_filter, 2 if Facet.PLACE in plan.exclude_not_stated else 3)
    elif Facet.PLACE in plan.exclude_not_stated:
        clauses[Facet.PLACE] = none_of([{"term": {facet_field(Facet.PLACE): NOT_STATED}}])
    return clauses


def counts(plan: Plan, filters: dict[Facet, Body]) -> Body:
    """Count all candidates, and each facet's values among those that pass the other facets' filters."""
    wanted: Body = {CANDIDATES: {"filter": {"match_all": {}}}}
    if not plan.count_facets:
        return wanted
    for facet in Facet:
        others = all_of([clause for other, clause in filters.items() if other is not facet])
        values = {VALUES: {"terms": {"field": facet_field(facet), "size": 2_000}}}
        wanted[facet.value] = {"filter": others, "aggs": values}
    if plan.place_filter:
        reached, doubtful = place_within(plan.place_filter, 2), place_within(plan.place_filter, 3)
        split = {"filters": {"filters": {ASKED: reached, NOT_STATED: doubtful}}}
        wanted[Facet.PLACE.value]["aggs"][ASKED] = split
    return wanted
