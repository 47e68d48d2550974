"""One plan over the columns of an embedded index: its candidates with their evidence; knows no file and no writer."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer import scan
from indexer.columns import Columns
from indexer.engine import Found, Plan
from indexer.results import Facet
from indexer.statistics import Statistics
from indexer.timing import Step, step

Words = tuple[NDArray[np.float32], NDArray[np.float32], float]
"""What `scan.lexical` gives: the score and the share of every row, and the most that a row could score."""

COLUMNS = "ids", "lexical", "share", "cosine", "tier", "exact", "strong", "qualifies", "posted", "closes"


def search_parts(
    parts: Sequence[Columns], alive: Sequence[NDArray[np.bool_]], statistics: Statistics, plan: Plan
) -> Found:
    """Find the candidates of a plan among the rows that are alive in the parts of one index, all of them."""
    with step(Step.LEXICAL, taken=bool(plan.terms)):
        lexical = [scan.lexical(part, plan.terms, statistics) for part in parts]
    with step(Step.DENSE, taken=plan.vectors is not None):
        cosine = [_cosine(part, plan) for part in parts]
    return _join(
        [
            _search(part, scan.standing(part, plan, mask), words, near, plan)
            for part, mask, words, near in zip(parts, alive, lexical, cosine, strict=True)
        ]
    )


def _cosine(columns: Columns, plan: Plan) -> NDArray[np.float32]:
    if plan.vectors is None:
        return np.full(len(columns), np.nan, np.float32)
    if plan.only is None:
        return scan.cosine(columns, plan.vectors)
    near = np.full(len(columns), -1, np.float32)
    for row in np.flatnonzero(columns.ids == plan.only):  # an alert asks about one listing, thousands of times
        passages = columns.vectors[columns.vector_ptr[row] : columns.vector_ptr[row + 1]]
        near[row] = (passages @ plan.vectors.T).max(initial=-1)
    return near


def _search(columns: Columns, base: NDArray[np.bool_], lexical: Words, near: NDArray[np.float32], plan: Plan) -> Found:
    """Find the candidates among the rows of one part that may be found at all, `base`."""
    score, share, top = lexical
    exact = scan.exact_mask(columns, plan.phrase)
    with np.errstate(invalid="ignore"):
        qualifies = plan.browsing | exact | (share >= plan.rule.share) | (near >= plan.rule.cosine)
        strong = plan.browsing | exact | (share >= plan.rule.strong_share) | (near >= plan.rule.strong_cosine)
    masks = scan.filter_masks(columns, plan)
    candidates = base & qualifies
    kept = np.logical_and.reduce([base if plan.everything else candidates, *masks.values()])
    rows = np.flatnonzero(kept)
    passing = int(np.logical_and.reduce([candidates, *masks.values()]).sum())
    return Found(
        ids=columns.ids[rows],
        lexical=score[rows],
        lexical_top=top,
        share=share[rows],
        cosine=near[rows],
        tier=scan.tiers_of(columns, plan)[rows],
        exact=exact[rows],
        strong=np.asarray(strong)[rows] if not plan.browsing else np.ones(len(rows), np.bool_),
        qualifies=np.asarray(qualifies)[rows] if not plan.browsing else np.ones(len(rows), np.bool_),
        posted=columns.posted[rows],
        closes=columns.closes[rows],
        facets=scan.count_facets(columns, plan, candidates, masks) if plan.count_facets else {},
        total=passing,
        hidden=int(candidates.sum()) - passing,
    )


def _join(found: list[Found]) -> Found:
    """Join what was found in several parts of one index."""
    facets: dict[Facet, dict[str, int]] = {}
    for part in found:
        for facet, counts in part.facets.items():
            total = facets.setdefault(facet, {})
            for value, count in counts.items():
                total[value] = total.get(value, 0) + count
    columns: dict[str, Any] = {name: np.concatenate([getattr(part, name) for part in found]) for name in COLUMNS}
    return Found(
        **columns,
        lexical_top=found[0].lexical_top,
        facets=facets,
        total=sum(part.total for part in found),
        hidden=sum(part.hidden for part in found),
    )
