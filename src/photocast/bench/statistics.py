"""How sure a figure is: intervals of means, paired differences, effect sizes, and how many items would be needed.

All of it works on plain numbers. A missing value is None, or NaN in a matrix of items by metrics; it is left out and
counted, never zero. Whatever draws at random takes its seed as an argument. docs/statistics.md says it in plain words.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from photocast._optional import require
from photocast.schema import InputError

Values = NDArray[np.float64]

LEVEL = 0.95
"""Of every interval."""
RESAMPLES = 10_000
_AT_ONCE = 2_000_000
"""Cells of the matrix of counts that are held in memory together."""
_TAIL = 100 * (1 - LEVEL) / 2
_LARGE = 2_000
"""From so many items on, power by the normal approximation is exact enough."""
_MOST = 10**9
"""More items than this are no answer to how many would be needed."""


@dataclass(frozen=True, slots=True)
class Paired:
    """Two systems on the same items; every difference is the first less the second."""

    n: int
    """Items on which both have a value."""
    left_out: int
    """Items on which only one has."""
    mean_a: float
    mean_b: float
    difference: float
    ci95: tuple[float, float] | None
    """Bootstrap interval of the difference over items; None for one item."""
    d_z: float | None
    """Mean difference over the standard deviation of the differences (n - 1); None where they do not vary."""
    g_z: float | None
    """`d_z` with the correction of Hedges for few items; None for fewer than three."""
    superiority: float
    """Share of the items on which the first has the larger value, ties counting half."""
    p: float
    """Two-sided, of the sign-flip permutation test; not corrected for the number of metrics."""


def interval(
    values: Sequence[float | None], *, resamples: int = RESAMPLES, seed: int = 0
) -> tuple[float, float] | None:
    """Where the mean would lie with other items of the same kind: percentile bootstrap over items, 95 %.

    None for fewer than two values. All equal values give an interval of no width.

    Source: Efron & Tibshirani, An Introduction to the Bootstrap (1993), section 13.3.

    Raises:
        InputError: a value is not finite, or there are no resamples.
    """
    low, high = intervals(_column(values)[:, None], resamples=resamples, seed=seed)[0]
    return None if math.isnan(low) else (float(low), float(high))


def intervals(matrix: Values, *, resamples: int = RESAMPLES, seed: int = 0) -> Values:
    """`interval` of every column at once.

    One draw of items serves all columns. A draw counts how often each item is in it, so that all means of a block of
    draws are one product of matrices. Where values are missing, a draw without any is left out of that column.

    Args:
        matrix: (items, metrics), NaN where an item has no value.
        resamples: how often items are drawn.
        seed: of the draws.

    Returns:
        (metrics, 2), lower and upper end; NaN for columns with fewer than two values.

    Raises:
        InputError: a value is infinite, or there are no resamples.
    """
    _check(matrix, resamples)
    ends = np.full((matrix.shape[1], 2), np.nan)
    there = ~np.isnan(matrix)
    use = np.flatnonzero(there.sum(axis=0) >= 2)
    if not use.size:
        return ends
    ends[use] = tails(resampled_means(matrix[:, use], resamples=resamples, seed=seed))
    return ends


def resampled_means(matrix: Values, *, resamples: int = RESAMPLES, seed: int = 0) -> Values:
    """Means of all columns over items drawn with replacement, as many as there are; a draw serves all columns.

    Args:
        matrix: (items, metrics), NaN where an item has no value.
        resamples: how often items are drawn.
        seed: of the draws.

    Returns:
        (resamples, metrics); NaN where no item of the draw has a value.

    Raises:
        InputError: a value is infinite, or there are no items or no resamples.
    """
    _check(matrix, resamples)
    if not len(matrix):
        raise InputError("cannot resample", "there are no items", "Give at least one")
    there = ~np.isnan(matrix)
    first = matrix[there.argmax(axis=0), np.arange(matrix.shape[1])]
    centred = np.where(there, matrix - first, 0.0)  # so that equal values give their own mean to the last bit
    items, complete, random = len(matrix), bool(there.all()), np.random.default_rng(seed)
    blocks = []
    for size in _sizes(resamples, max(1, _AT_ONCE // items)):
        counts = random.multinomial(items, np.full(items, 1 / items), size=size).astype(np.float64)
        totals = items if complete else counts @ there.astype(np.float64)
        with np.errstate(invalid="ignore"):
            blocks.append(counts @ centred / totals + first)
    return np.concatenate(blocks)


def tails(means: Values) -> Values:
    """(metrics, 2): the 2.5th and 97.5th percentile of every column, over the draws that have a mean."""
    short = np.isnan(means).any(axis=0)
    ends = np.empty((means.shape[1], 2))
    ends[~short] = np.percentile(means[:, ~short], [_TAIL, 100 - _TAIL], axis=0).T
    for one in np.flatnonzero(short):
        ends[one] = np.nanpercentile(means[:, one], [_TAIL, 100 - _TAIL])
    return ends


def paired(
    a: Sequence[float | None], b: Sequence[float | None], *, resamples: int = RESAMPLES, seed: int = 0
) -> Paired | None:
    """Compare two systems on the items that both have; `a[i]` and `b[i]` are about the same item.

    None when there is no such item.

    Source: Lakens, Frontiers in Psychology 4:863 (2013), for d_z and the correction of Hedges.

    Raises:
        InputError: the two differ in length, or a value is not finite.
    """
    return pairs(_column(a)[:, None], _column(b)[:, None], resamples=resamples, seed=seed)[0]


def pairs(a: Values, b: Values, *, resamples: int = RESAMPLES, seed: int = 0) -> list[Paired | None]:
    """`paired` of every column at once.

    Args:
        a: (items, metrics), NaN where an item has no value.
        b: the same items and metrics of the other system.
        resamples: how often items are drawn, and how often signs are flipped where trying all of them takes more.
        seed: of both.

    Raises:
        InputError: the two differ in shape, or a value is infinite.
    """
    if a.shape != b.shape:
        raise InputError(
            "cannot compare two systems", f"one has {a.shape}, the other {b.shape} values", "Give the same items"
        )
    _check(a, resamples)
    _check(b, resamples)
    difference = a - b
    ends = intervals(difference, resamples=resamples, seed=seed)
    ps = sign_flip_p(difference, resamples=resamples, seed=seed)
    return [_pair(a[:, one], b[:, one], ends[one], ps[one]) for one in range(a.shape[1])]


def sign_flip_p(differences: Values, *, resamples: int = RESAMPLES, seed: int = 0) -> Values:
    """How often chance alone would give a mean difference as far from zero, two-sided, by column.

    If the systems do not differ, the sign of every difference is as likely to be the other. All patterns of signs are
    tried where there are no more of them than `resamples`: the p-value is exact. Else so many are drawn, and the
    observed one is counted among them, so that no p-value is zero.

    Source: Good, Permutation, Parametric and Bootstrap Tests of Hypotheses (2005), section 3.2.1; Phipson & Smyth,
    Statistical Applications in Genetics and Molecular Biology 9:39 (2010), for the observed pattern.

    Args:
        differences: (items, metrics), NaN where an item is missing.
        resamples: patterns to draw.
        seed: of the draws.

    Returns:
        (metrics,); NaN for columns without a value.
    """
    _check(differences, resamples)
    ps = np.full(differences.shape[1], np.nan)
    flips = np.random.default_rng(seed).integers(0, 2, (resamples, differences.shape[0]), dtype=np.int8) * 2.0 - 1
    for one, column in enumerate(differences.T):
        there = ~np.isnan(column)
        moved = there & (column != 0)
        if not moved.any():
            ps[one] = 1.0 if there.any() else np.nan
            continue
        count = int(moved.sum())
        exact = 2 ** (count - 1) <= resamples
        signs = _all_signs(count) if exact else flips[:, moved]
        sums, observed = np.abs(signs @ column[moved]), abs(float(column[moved].sum()))
        reached = int((sums >= observed * (1 - 1e-12)).sum())  # the order of adding must not decide a tie
        ps[one] = reached / len(signs) if exact else (reached + 1) / (resamples + 1)
    return ps


def holm(ps: Sequence[float]) -> list[float]:
    """P-values that allow for how many there are: one false alarm among all of them is as rare as for a single one.

    The k-th smallest of m is multiplied by m - k + 1; none becomes smaller than one before it, none larger than 1.

    Source: Holm, Scandinavian Journal of Statistics 6:65 (1979).

    Raises:
        InputError: a value is not between 0 and 1.
    """
    if any(not 0 <= p <= 1 for p in ps):
        raise InputError("cannot correct p-values", "one of them is not between 0 and 1", "Leave out what has none")
    corrected, least = [0.0] * len(ps), 0.0
    for rank, one in enumerate(sorted(range(len(ps)), key=ps.__getitem__)):
        least = corrected[one] = max(least, min(1.0, (len(ps) - rank) * ps[one]))
    return corrected


def superiority(sample: Sequence[float], reference: Sequence[float]) -> float:
    """Chance that a value of the reference is larger than one of the sample, ties counting half: an AUC.

    P(reference > sample) + P(equal) / 2 over all pairs. Range [0, 1]; .5 means that neither is larger as a rule.

    Source: Vargha & Delaney, Journal of Educational and Behavioral Statistics 25:101 (2000).

    Raises:
        InputError: one of them is empty, or a value is not finite.
    """
    ours, theirs = _column(sample), np.sort(_column(reference))
    if not ours.size or not theirs.size:
        raise InputError("cannot compare with a reference", "one of the two samples is empty", "Give values for both")
    above = theirs.size - np.searchsorted(theirs, ours, side="right")
    equal = theirs.size - np.searchsorted(theirs, ours, side="left") - above
    return float((above + equal / 2).mean() / theirs.size)


def cliffs_delta(a: Sequence[float], b: Sequence[float]) -> float:
    """P(a > b) - P(a < b) over all pairs of independent samples. Range [-1, 1]; 0 means no difference.

    Source: Cliff, Psychological Bulletin 114:494 (1993).

    Raises:
        InputError: one of them is empty, or a value is not finite.
    """
    return 2 * superiority(b, a) - 1


def hedges(d: float, n: int) -> float | None:
    """The effect size `d` of `n` differences without its bias, which is upwards for few; None for fewer than three.

    Multiplied by Γ(f / 2) / (√(f / 2) Γ((f - 1) / 2)) with f = n - 1.

    Source: Hedges, Journal of Educational Statistics 6:107 (1981).
    """
    if n < 3:
        return None
    freedom = n - 1
    return d * math.exp(math.lgamma(freedom / 2) - math.lgamma((freedom - 1) / 2)) / math.sqrt(freedom / 2)


def items_needed(d_z: float, *, power: float = 0.8, alpha: float = 0.05) -> int | None:
    """Items with which a paired difference of this size would be found, `power` of the time, at level `alpha`.

    Two-sided t-test of the differences. It starts from the normal approximation ((z₁₋α/₂ + z_power) / d)² + z₁₋α/₂² / 2
    and goes up until the power by the noncentral t distribution is reached. None where there is no difference to find.

    Source: Guenther, The American Statistician 35:243 (1981); Cohen, Statistical Power Analysis (1988), section 2.3.

    Raises:
        InputError: `d_z` is not finite, or `power` or `alpha` is not between 0 and 1.
        ModelError: SciPy is not installed.
    """
    if not (math.isfinite(d_z) and 0 < power < 1 and 0 < alpha < 1):
        raise InputError("cannot plan a comparison", f"d {d_z}, power {power}, alpha {alpha}", "Give finite values")
    special = require("scipy.special", extra="bench", purpose="planning how many items are needed")
    z = float(special.ndtri(1 - alpha / 2))
    if not d_z or (guess := ((z + float(special.ndtri(power))) / d_z) ** 2 + z**2 / 2) > _MOST:
        return None
    n = max(2, math.ceil(guess))
    while n < _LARGE and _power(special, abs(d_z), n, alpha) < power:
        n += 1
    return n


def wilson(successes: int, n: int) -> tuple[float, float]:
    """95 % interval of a proportion, which also holds near 0 and 1 and for few items.

    Source: Wilson, Journal of the American Statistical Association 22:209 (1927).

    Raises:
        InputError: there are no items, or more successes than items.
    """
    if not 0 <= successes <= n or n < 1:
        raise InputError("no interval for a proportion", f"{successes} of {n} is none", "Count the items first")
    z = 1.959963984540054
    share, spread = successes / n, z * z / n
    middle = (share + spread / 2) / (1 + spread)
    half = math.sqrt(spread * (share * (1 - share) + spread / 4)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def _check(matrix: Values, resamples: int) -> None:
    if matrix.ndim != 2:
        raise InputError("cannot resample", f"the values have {matrix.ndim} dimensions", "Give items by metrics")
    if np.isinf(matrix).any():
        raise InputError("cannot resample", "a value is infinite", "Leave out what has no finite value")
    if resamples < 1:
        raise InputError("cannot resample", f"{resamples} resamples are none", "Ask for some thousand")


def _column(values: Sequence[float | None]) -> Values:
    """The values with NaN for None; a NaN that is already there is a mistake of whoever made it."""
    if not all(value is None or math.isfinite(value) for value in values):
        raise InputError("cannot resample", "a value is not finite", "Give None for what has no value")
    return np.array([math.nan if value is None else value for value in values], dtype=np.float64)


def _sizes(total: int, most: int) -> Iterator[int]:
    for start in range(0, total, most):
        yield min(most, total - start)


def _pair(a: Values, b: Values, ends: Values, p: float) -> Paired | None:
    has_a, has_b = ~np.isnan(a), ~np.isnan(b)
    both = has_a & has_b
    if not (n := int(both.sum())):
        return None
    difference = a[both] - b[both]
    mean, low, high = float(difference.mean()), float(ends[0]), float(ends[1])
    sd = float(difference.std(ddof=1)) if n > 1 else 0.0
    rounding = 1e-12 * float(np.abs([a[both], b[both]]).max())
    d_z = mean / sd if sd > rounding else None
    return Paired(
        n=n,
        left_out=int((has_a ^ has_b).sum()),
        mean_a=float(a[both].mean()),
        mean_b=float(b[both].mean()),
        difference=mean,
        ci95=None if math.isnan(low) else (low, high),
        d_z=d_z,
        g_z=None if d_z is None else hedges(d_z, n),
        superiority=float(((difference > 0) + (difference == 0) / 2).mean()),
        p=float(p),
    )


def _all_signs(count: int) -> Values:
    """(2 ** (count - 1), count): every pattern of signs up to turning all of them around, which changes no distance."""
    bits: Values = (np.arange(2 ** (count - 1))[:, None] >> np.arange(count) & 1).astype(np.float64)
    return 1 - 2 * bits


def _power(special: Any, d: float, n: int, alpha: float) -> float:
    """Chance that the two-sided t-test of `n` differences of size `d` finds them."""
    limit, shift = float(special.stdtrit(n - 1, 1 - alpha / 2)), d * math.sqrt(n)
    return float(1 - special.nctdtr(n - 1, shift, limit) + special.nctdtr(n - 1, shift, -limit))
