"""How sure a mean is and whether two runs differ, by resampling queries; pure, knows no file, engine or listing.

Queries that were judged alike, grade for grade, ask for the same thing and are no independent witnesses: they are
resampled together, as one group.
"""

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import bootstrap, permutation_test

RESAMPLES = 10_000
SEED = 20070902
"""Fixed, so that the same run gives the same interval."""
LEVEL = 0.95

Interval = tuple[float, float]


def interval(values: Sequence[float], groups: Sequence[Hashable]) -> Interval | None:
    """Give the 95% interval of the mean by the percentile bootstrap over groups; None with fewer than two groups.

    Source: Sakai, Evaluating evaluation metrics based on the bootstrap, SIGIR 2006.
    """
    sums, counts = _grouped(values, groups)
    if len(sums) < 2:
        return None
    if np.ptp(sums / counts) == 0:  # nothing varies, and the library would warn of that
        same = float(sums[0] / counts[0])
        return same, same
    found = bootstrap(
        (sums, counts),
        lambda of, by, axis: of.sum(axis) / by.sum(axis),
        paired=True,
        vectorized=True,
        method="percentile",
        confidence_level=LEVEL,
        n_resamples=RESAMPLES,
        batch=RESAMPLES // 10,
        rng=SEED,
    ).confidence_interval
    return float(found.low), float(found.high)


def paired_p(differences: Sequence[float], groups: Sequence[Hashable]) -> float | None:
    """Give the two-sided p of the mean difference by a paired randomisation test; None with fewer than two groups.

    Each group's differences change their sign together, at random: what they would do if the two runs were one.
    Source: Smucker, Allan and Carterette, A comparison of statistical significance tests for information retrieval
    evaluation, CIKM 2007.
    """
    sums, _ = _grouped(differences, groups)
    if len(sums) < 2:
        return None
    if not sums.any():
        return 1.0
    found = permutation_test(
        (sums, np.zeros_like(sums)),
        lambda ours, theirs, axis: np.mean(ours - theirs, axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=RESAMPLES,
        batch=RESAMPLES // 10,
        rng=SEED,
    )
    return float(found.pvalue)


def _grouped(values: Sequence[float], groups: Sequence[Hashable]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the sum and the number of each group's values."""
    at = {group: number for number, group in enumerate(dict.fromkeys(groups))}
    places = np.array([at[group] for group in groups], np.intp)
    sums, counts = np.zeros(len(at)), np.zeros(len(at))
    np.add.at(sums, places, np.asarray(values, np.float64))
    np.add.at(counts, places, 1)
    return sums, counts
