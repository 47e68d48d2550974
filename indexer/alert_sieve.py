"""Which of thousands of searches one listing may pass, by a few products of arrays; knows no engine and no database.

The sieve lets through every search that the listing passes, and few others: who uses it asks the engine about those.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer import scan
from indexer.alert_plans import Wanted
from indexer.columns import KINDS, Columns, plain
from indexer.columns_build import build_columns
from indexer.embedder import Vectors
from indexer.engine import Entry, Plan
from indexer.statistics import Statistics

SLACK = 1e-3
"""So far below a mark a listing is still let through: engines compute with 32 bits, in an order of their own."""

LONG = 500
"""Words from which a search is let through whatever its words: an engine may leave out the lightest of so many."""

ELSEWHERE = 4
"""The tier of a listing that states only other places or people than those read in the text: no alert tells of it."""


_Filters = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of all searches flat: alternative -> its group, group -> its search; and what an alternative adds."""

    codes: dict[str, int]
    term: NDArray[np.int64]
    group: NDArray[np.int64]
    gain: NDArray[np.float64]
    owner: NDArray[np.int64]


class Sieve:
    """All plans of all saved searches as arrays; `wanted` must have been planned with `statistics`."""

    def __init__(self, wanted: Sequence[Wanted], statistics: Statistics) -> None:
        self.wanted = wanted
        self._plans = [ask.plan for one in wanted for ask in one.asks]
        self._search = np.array([at for at, one in enumerate(wanted) for _ in one.asks], np.int64)
        self._ask = [ask for one in wanted for ask in range(len(one.asks))]
        plans = self._plans
        self._words = _words(plans, statistics)
        self._share = np.array([plan.rule.strong_share for plan in plans]) - SLACK
        self._cosine = np.array([plan.rule.strong_cosine for plan in plans], np.float32) - np.float32(SLACK)
        self._always = np.array([plan.browsing or len(plan.terms) > LONG for plan in plans], np.bool_)
        self._kind = np.array([-1 if plan.kind is None else KINDS[plan.kind] for plan in plans], np.int8)
        rows = [(at, row) for at, plan in enumerate(plans) if plan.vectors is not None for row in plan.vectors]
        self._part = np.array([at for at, _ in rows], np.int64)
        self._vectors = np.array([row for _, row in rows], np.float32) if rows else None
        kinds: dict[_Filters, int] = {}
        self._filters = [kinds.setdefault(_filters(plan), len(kinds)) for plan in plans]
        self._named: defaultdict[str, list[int]] = defaultdict(list)
        for at, plan in enumerate(plans):
            for name in {plain(plan.phrase), plan.phrase.strip().lower()} - {""}:
                self._named[name].append(at)

    def through(self, entry: Entry) -> dict[int, list[int]]:
        """Give the places in `wanted` of the searches that a listing may pass, each with those of its asks."""
        columns = build_columns([entry], entry.vectors.shape[1])
        may = self._always | (self._shares(columns) >= self._share) | (self._cosines(entry.vectors) >= self._cosine)
        for name in (columns.words["titles"][0], columns.words["org_ids"][0]):
            may[self._named.get(name, [])] = True
        may &= (self._kind < 0) | (self._kind == columns.kinds[0])
        found: dict[int, list[int]] = {}
        fitting: dict[int, bool] = {}
        for at in np.flatnonzero(may).tolist():
            filters = self._filters[at]
            if filters not in fitting:
                fitting[filters] = fits(columns, self._plans[at])
            if fitting[filters]:
                found.setdefault(int(self._search[at]), []).append(self._ask[at])
        return found

    def _shares(self, columns: Columns) -> NDArray[np.float64]:
        """Give the share of each search's weighted words that the listing holds."""
        words = self._words
        held = np.zeros(len(words.codes) + 1, np.bool_)
        held[[words.codes[term] for term in columns.words["terms"] if term in words.codes]] = True
        hit = held[words.term]
        best = np.zeros(len(words.owner))
        np.maximum.at(best, words.group[hit], words.gain[hit])
        return np.asarray(np.bincount(words.owner, best, minlength=len(self._plans)), np.float64)

    def _cosines(self, passages: Vectors) -> NDArray[np.float32]:
        """Give the best cosine of each search over the listing's passages; -1 for one without vectors."""
        best = np.full(len(self._plans), -1, np.float32)
        if self._vectors is not None and len(passages):
            np.maximum.at(best, self._part, (self._vectors @ passages.T).max(axis=1))
        return best


def fits(columns: Columns, plan: Plan) -> bool:
    """Say whether the one listing of some columns may be found at all, passes the filters, and is not elsewhere."""
    standing = scan.standing(columns, plan, np.ones(len(columns), np.bool_))
    if not standing[0] or any(not mask[0] for mask in scan.filter_masks(columns, plan).values()):
        return False
    return not (plan.places or plan.people) or bool(scan.tiers_of(columns, plan)[0] < ELSEWHERE)


def _filters(plan: Plan) -> _Filters:
    """Give all of a plan that `fits` looks at: many people set the same filters."""
    facets = tuple(sorted(plan.facets.items()))
    return plan.kind, plan.today, facets, plan.exclude_not_stated, plan.place_filter, plan.places, plan.people


def _words(plans: Iterable[Plan], statistics: Statistics) -> _Words:
    codes: dict[str, int] = {}
    term, group, gain, owner = list[int](), list[int](), list[float](), list[int]()
    for at, plan in enumerate(plans):
        weights = [one.factor * statistics.idf(one.typed) for one in plan.terms]
        total = sum(weights) or 1.0
        for one, weight in zip(plan.terms, weights, strict=True):
            for word, factor in one.alternatives:
                term.append(codes.setdefault(word, len(codes)))
                group.append(len(owner))
                gain.append(weight * factor / total)
            owner.append(at)
    whole = np.int64
    return _Words(codes, np.array(term, whole), np.array(group, whole), np.array(gain), np.array(owner, whole))
