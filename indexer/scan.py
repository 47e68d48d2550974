"""One pass over columns for a plan: lexical score, share, cosine, tiers, filters, facets; pure functions of arrays."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from exchange.content import Gender
from indexer.ages import OLDEST, age_tiers, shared
from indexer.columns import GENDERS, KINDS, UNSTATED, Columns, district_bits, ordinal, plain
from indexer.engine import PeopleAsk, PlaceAsk, Plan, TermGroup
from indexer.results import ASKED, NOT_STATED, Facet
from indexer.statistics import K1, B, Statistics

threadpool_limits(limits=1, user_api="blas")
"""One pass is bound by memory: a second thread gains little where a core is free and waits where none is.

On 100,000 listings and 2 cores, best of 7: idle 6.3 ms with one thread, 4.6 with two; busy 5.0 with one, 9.6 with two.
"""

Mask = NDArray[np.bool_]
Tiers = NDArray[np.uint8]


def freeze(columns: Columns) -> Statistics:
    """Compute the statistics of some columns."""
    counts = np.diff(columns.post_ptr)
    return Statistics(
        documents=len(columns),
        average_length=float(columns.lengths.mean()) if len(columns) else 1.0,
        frequencies=dict(zip(columns.words["terms"], counts.tolist(), strict=True)),
    )


def lexical(
    columns: Columns, groups: tuple[TermGroup, ...], statistics: Statistics
) -> tuple[NDArray[np.float32], NDArray[np.float32], float]:
    """Score every listing: BM25F over frozen statistics, the share of the query's weight held, and the most possible.

    A term adds idf * tf / (tf + k1 * (1 - b + b * length / average)), so `top` is the sum of the idfs.
    """
    score = np.zeros(len(columns), np.float32)
    held = np.zeros(len(columns))  # float64: a listing that holds every term has a share of exactly 1
    norm = K1 * (1 - B + B * columns.lengths / max(statistics.average_length, 1e-6))
    weights = [group.factor * statistics.idf(group.alternatives[0][0]) for group in groups]
    top = sum(weights)
    for group, weight in zip(groups, weights, strict=True):
        if len(group.alternatives) == 1:  # most groups: touch only the listings that hold the term
            rows, gains = _gains(columns, group.alternatives[0], weight, norm)
            score[rows] += gains
            held[rows] += weight * group.alternatives[0][1]
            continue
        best, most = np.zeros(len(columns), np.float32), np.zeros(len(columns))
        for alternative in group.alternatives:
            rows, gains = _gains(columns, alternative, weight, norm)
            best[rows] = np.maximum(best[rows], gains)
            most[rows] = np.maximum(most[rows], weight * alternative[1])
        score += best
        held += most
    return score, (held / (top or 1.0)).astype(np.float32), float(top)


def _gains(
    columns: Columns, alternative: tuple[str, float], weight: float, norm: NDArray[np.float32]
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Give the rows that hold a term, each once, and what it adds to their scores."""
    rows, tf = columns.postings(alternative[0])
    return rows, np.float32(weight * alternative[1]) * tf / (tf + norm[rows])


def cosine(columns: Columns, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give each listing's best cosine over its passages and the query's parts; exact; -1 for one without passages."""
    passages: NDArray[np.float32] = (columns.vectors @ vectors.T).max(axis=1, initial=-1)
    counts = np.diff(columns.vector_ptr)
    if (counts == 1).all():
        return passages
    best = np.full(len(columns), -1, np.float32)
    if (some := counts > 0).any():
        best[some] = np.maximum.reduceat(passages, columns.vector_ptr[:-1][some])
    return best


def _reaches(bits: NDArray[np.uint64], wanted: NDArray[np.uint64]) -> Mask:
    hit = np.zeros(len(bits), np.bool_)
    for word in np.flatnonzero(wanted):
        hit |= (bits[:, word] & wanted[word]) != 0
    return hit


def place_tiers(columns: Columns, ask: PlaceAsk) -> Tiers:
    """Give each listing's tier for a place: 1 there now, 2 would or based there, 3 unknown or next, 4 elsewhere."""
    wanted = district_bits(ask.districts)
    tiers = np.full(len(columns), 4, np.uint8)
    tiers[~columns.states_reach] = 3
    if ask.neighbours:
        tiers[_reaches(columns.now, district_bits(ask.neighbours))] = 3
    tiers[_reaches(columns.would, wanted) | (~columns.states_now & _reaches(columns.office, wanted))] = 2
    tiers[_reaches(columns.now, wanted)] = 1
    return tiers


def people_tiers(columns: Columns, ask: PeopleAsk) -> Tiers:
    """Give each listing's tier for people: 1 states them, 3 not stated, 4 states only others; the worst part counts."""
    tiers = np.ones(len(columns), np.uint8)
    if ask.gender in {Gender.WOMEN, Gender.MEN}:
        match = np.isin(columns.gender, [GENDERS[ask.gender], GENDERS[Gender.ANY]])
        tiers = np.maximum(tiers, np.where(match, 1, np.where(columns.gender == 0, 3, 4)).astype(np.uint8))
    return np.maximum(tiers, _age_tiers(columns, ask)) if ask.ages else tiers


def _age_tiers(columns: Columns, ask: PeopleAsk) -> Tiers:
    stated = (columns.age_min != UNSTATED) | (columns.age_max != UNSTATED)
    low = np.maximum(columns.age_min, 0)
    high = np.where(columns.age_max == UNSTATED, OLDEST, columns.age_max).astype(np.int16)
    share = np.max([shared(ages, low, high) for ages in ask.ages], axis=0)
    return np.where(stated, age_tiers(share), ask.unstated_age).astype(np.uint8)


def tiers_of(columns: Columns, plan: Plan) -> Tiers:
    """Give the worst tier over all constraints that were read in the text; 0 where there is none."""
    tiers = np.zeros(len(columns), np.uint8)
    for place in plan.places:
        tiers = np.maximum(tiers, place_tiers(columns, place))
    for people in plan.people:
        tiers = np.maximum(tiers, people_tiers(columns, people))
    return tiers


def standing(columns: Columns, plan: Plan, alive: Mask) -> Mask:
    """Give the listings that may be found at all: alive, of the kind, open today unless closed ones are asked for."""
    mask = alive.copy()
    if plan.kind:
        mask &= columns.kinds == KINDS[plan.kind]
    if not plan.include_closed:
        mask &= columns.open & ((columns.closes == 0) | (columns.closes >= ordinal(plan.today)))
    if plan.only is not None:
        mask &= columns.ids == plan.only
    return mask


def _holds(columns: Columns, facet: Facet, values: Iterable[str]) -> Mask:
    keys = (f"{facet}:{value}" for value in values)
    codes, rows = columns.by_facet[facet]
    wanted = np.zeros(len(columns.words["facet_values"]), np.bool_)
    wanted[[columns.facet_code[key] for key in keys if key in columns.facet_code]] = True
    mask = np.zeros(len(columns), np.bool_)
    hit = wanted[codes]
    if len(hit) == len(columns):  # one value each, for every listing has at least one
        return hit
    mask[rows[hit]] = True
    return mask


def filter_masks(columns: Columns, plan: Plan) -> dict[Facet, Mask]:
    """Give one mask for each facet that the person set; "not stated" passes unless its box is unticked."""
    masks: dict[Facet, Mask] = {}
    for facet in {*plan.facets, *plan.exclude_not_stated} - {Facet.PLACE}:
        values, unstated = plan.facets.get(facet, ()), facet not in plan.exclude_not_stated
        if values:
            masks[facet] = _holds(columns, facet, (*values, *([NOT_STATED] if unstated else [])))
        elif not unstated:
            masks[facet] = ~_holds(columns, facet, [NOT_STATED])
    keeps = 3 if Facet.PLACE not in plan.exclude_not_stated else 2
    if plan.place_filter:
        masks[Facet.PLACE] = place_tiers(columns, plan.place_filter) <= keeps
    elif Facet.PLACE in plan.exclude_not_stated:
        masks[Facet.PLACE] = ~_holds(columns, Facet.PLACE, [NOT_STATED])
    return masks


def count_facets(
    columns: Columns, plan: Plan, candidates: Mask, masks: dict[Facet, Mask]
) -> dict[Facet, dict[str, int]]:
    """Count each facet's values among the candidates that pass the other facets' filters."""
    everything: Mask = np.logical_and.reduce([candidates, *masks.values()])
    alone: dict[Facet, Mask] = {
        facet: np.logical_and.reduce([candidates, *(m for f, m in masks.items() if f is not facet)]) for facet in masks
    }
    found = {facet: _count(columns, facet, alone.get(facet, everything)) for facet in Facet}
    if plan.place_filter:
        others, tiers = alone[Facet.PLACE], place_tiers(columns, plan.place_filter)
        found[Facet.PLACE] |= {
            ASKED: int((others & (tiers <= 2)).sum()),
            NOT_STATED: int((others & (tiers == 3)).sum()),
        }
    return found


def _count(columns: Columns, facet: Facet, mask: Mask) -> dict[str, int]:
    codes, rows = columns.by_facet[facet]
    counts = np.bincount(codes[mask if len(codes) == len(mask) else mask[rows]])
    values, prefix = columns.words["facet_values"], f"{facet}:"
    return {values[code].removeprefix(prefix): int(counts[code]) for code in np.flatnonzero(counts)}


def exact_mask(columns: Columns, phrase: str) -> Mask:
    """Mark the listings whose title or org-id is the phrase itself."""
    mask = np.zeros(len(columns), np.bool_)
    for name in {plain(phrase), phrase.strip().lower()} - {""}:
        mask[columns.exact_rows.get(name, [])] = True
    return mask
