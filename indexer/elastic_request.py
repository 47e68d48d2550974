"""The one request of a search, and its answer read back into evidence; knows no client and no index."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.elastic_clauses import all_of, any_of, fixed, named
from indexer.elastic_fields import CLOSES, ID, POSTED, TIE, Body
from indexer.elastic_query import (
    CANDIDATES,
    COSINE,
    EXACT,
    EXACT_BOOST,
    LEXICAL,
    NEAREST,
    ROUNDING,
    SHARE,
    TIERS,
    VALUES,
    at_least,
    close,
    closeness,
    counts,
    exact,
    group_weights,
    lexical,
    near,
    nearest,
    set_filters,
    share,
    standing,
    tiered,
    within,
)
from indexer.engine import Found, Plan
from indexer.results import ASKED, NOT_STATED, Facet, Sort
from indexer.statistics import Statistics

Answer = dict[str, Any]


def request_of(plan: Plan, statistics: Statistics) -> Body:
    """Give the body of one search: the candidates, the first of them with evidence, and the counts."""
    filters = set_filters(plan)
    return {
        "query": tiered(plan, _candidates(plan, statistics, list(filters.values()))),
        "post_filter": _told(plan, statistics, list(filters.values())),
        "aggs": counts(plan, filters),
        "sort": _order(plan.sort, browsing=plan.browsing),
        "size": 0 if plan.everything else plan.depth,
        "track_total_hits": True,
        "docvalue_fields": [ID, POSTED, CLOSES],
        "_source": False,
    }


def request_of_all(plan: Plan, statistics: Statistics) -> Body:
    """Give the body of a search below the rule: what stands and passes the filters, by the same sum of the legs."""
    filters = list(set_filters(plan).values())
    base = [*standing(plan), *filters]
    should = [fixed(exact(plan.phrase), EXACT_BOOST), *_words(plan, statistics)]
    if plan.vectors is not None:
        should.append(close(plan.vectors, nearest(plan.vectors, base, None), 1 - plan.lexical_weight))
    return {
        "query": tiered(plan, {"bool": {"filter": base, "should": should}}),
        "post_filter": _told(plan, statistics, []),
        "sort": _order(plan.sort, browsing=False),
        "size": plan.depth,
        "docvalue_fields": [ID, POSTED, CLOSES],
        "_source": False,
    }


def _words(plan: Plan, statistics: Statistics) -> list[Body]:
    weights = group_weights(plan, statistics)
    scale = plan.scale or sum(weights)
    return [lexical(plan.terms, [plan.lexical_weight * weight / scale for weight in weights])] if plan.terms else []


def _candidates(plan: Plan, statistics: Statistics, filters: list[Body]) -> Body:
    """Match the candidates by the one rule, scored roughly as `fusion.py` will score them."""
    base = standing(plan)
    if plan.browsing:
        return all_of(base)
    rule = [fixed(exact(plan.phrase), EXACT_BOOST)]
    if plan.terms:
        held = share(plan.terms, group_weights(plan, statistics))
        rule.append(fixed(at_least(held, plan.rule.share - ROUNDING), 0.0))
    if plan.vectors is not None:
        rule.append(near(plan, plan.vectors, filters))
    return {"bool": {"filter": base, "must": [any_of(rule)], "should": _words(plan, statistics)}}


def _told(plan: Plan, statistics: Statistics, filters: list[Body]) -> Body:
    """Keep what passes the filters that a person set; what a hit tells of itself costs only for those shown."""
    told: list[Body] = []
    if plan.phrase.strip():
        told.append(named(exact(plan.phrase), EXACT))
    if plan.terms:
        weights = group_weights(plan, statistics)
        told += [named(lexical(plan.terms, weights, whole=True), LEXICAL), named(share(plan.terms, weights), SHARE)]
    if plan.vectors is not None:
        told.append(named(closeness(plan.vectors), COSINE))
    if plan.places or plan.people:
        told += [named(within(plan, tier), name) for tier, name in enumerate(TIERS, 1)]
    return {"bool": {"filter": [*filters, {"match_all": {}}], "should": told}}


def _order(sort: Sort, *, browsing: bool) -> list[Body]:
    score: list[Body] = [{"_score": "desc"}, {TIE: "asc"}]
    if sort is Sort.CLOSING:
        return [{CLOSES: {"order": "asc", "missing": "_last"}}, *score]
    if sort is Sort.NEWEST or browsing:
        return [{POSTED: {"order": "desc", "missing": "_last"}}, *score]
    return score


def found_of(plan: Plan, statistics: Statistics, answer: Answer, below: Answer | None = None) -> Found:
    """Read an answer; `below` is the one to `request_of_all`, where everything was asked for."""
    hits: list[Answer] = (below or answer)["hits"]["hits"]
    told = [hit.get("matched_queries", {}) for hit in hits]
    lexical_score, held = _column(told, LEXICAL), np.round(_column(told, SHARE), 6).astype(np.float32)
    close = np.full(len(hits), np.nan, np.float32) if plan.vectors is None else _column(told, COSINE, 0.0) - 1
    is_exact = np.array([EXACT in one for one in told], np.bool_)
    always, rule = is_exact | plan.browsing, plan.rule
    with np.errstate(invalid="ignore"):
        qualifies = always | (held >= rule.share - ROUNDING) | (close >= rule.cosine - ROUNDING)
        strong = always | (held >= rule.strong_share - ROUNDING) | (close >= rule.strong_cosine - ROUNDING)
    aggregations = answer["aggregations"]
    candidates, total = aggregations[CANDIDATES]["doc_count"], answer["hits"]["total"]["value"]
    return Found(
        ids=np.array([hit["fields"][ID][0] for hit in hits], np.int64),
        lexical=lexical_score,
        lexical_top=sum(group_weights(plan, statistics)),
        share=held,
        cosine=close,
        tier=np.array([_tier(plan, one) for one in told], np.uint8),
        exact=is_exact,
        strong=strong,
        qualifies=qualifies,
        posted=_days(hits, POSTED),
        closes=_days(hits, CLOSES),
        facets={facet: _values(aggregations[facet.value]) for facet in Facet if facet.value in aggregations},
        total=total,
        hidden=candidates - total,
        about=plan.vectors is not None and plan.only is None and candidates >= NEAREST,
    )


def nothing_found(plan: Plan) -> Found:
    """Give the answer of an index that is not there yet."""
    none = np.empty(0, np.float32)
    no, never = np.empty(0, np.bool_), np.empty(0, np.int32)
    return Found(
        ids=np.empty(0, np.int64),
        lexical=none,
        lexical_top=0.0,
        share=none,
        cosine=none,
        tier=np.empty(0, np.uint8),
        exact=no,
        strong=no,
        qualifies=no,
        posted=never,
        closes=never,
        facets={facet: {} for facet in Facet} if plan.count_facets else {},
        total=0,
    )


def _column(told: Iterable[dict[str, float]], name: str, missing: float = 0.0) -> NDArray[np.float32]:
    return np.array([one.get(name, missing) for one in told], np.float32)


def _days(hits: Iterable[Answer], field: str) -> NDArray[np.int32]:
    return np.array([hit["fields"].get(field, [0])[0] for hit in hits], np.int32)


def _tier(plan: Plan, told: dict[str, float]) -> int:
    if not plan.places and not plan.people:
        return 0
    return next((tier for tier, name in enumerate(TIERS, 1) if name in told), 4)


def _values(aggregation: Answer) -> dict[str, int]:
    found = {bucket["key"]: bucket["doc_count"] for bucket in aggregation[VALUES]["buckets"]}
    if ASKED in aggregation:
        reached, doubtful = (aggregation[ASKED]["buckets"][name]["doc_count"] for name in (ASKED, NOT_STATED))
        found |= {ASKED: reached, NOT_STATED: doubtful - reached}
    return found
