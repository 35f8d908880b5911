"""Means whose error is that of the items: votes on one item are no independent witnesses.

Judges, orders and repeats on one album share that album, so what varies is counted between items alone. An item is
drawn or left as a whole. docs/judging_statistics.md says it in plain words.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from photocast._optional import require
from photocast.bench.statistics import LEVEL, Values
from photocast.schema import UndefinedMetric

Flags = NDArray[np.bool_]
Codes = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure, and where it would lie with other items of the same kind."""

    value: float
    ci95: tuple[float, float] | None
    """None where there are too few items to say."""
    items: int
    n: int
    """Votes, or pairs of votes, that it was counted from."""


def t_quantile(freedom: int) -> float:
    """Standard errors on either side of an estimate that hold 95 %, for `freedom` degrees of freedom.

    Source: Student, Biometrika 6:1 (1908).

    Raises:
        ModelError: SciPy is not installed.
    """
    special = require("scipy.special", extra="bench", purpose="an interval by the t distribution")
    return float(special.stdtrit(freedom, 0.5 + LEVEL / 2))


def around(value: float, error: float, freedom: int, low: float, high: float) -> tuple[float, float] | None:
    """`value` and `t_quantile` errors to either side, no further than `low` and `high`; None without freedom."""
    if freedom < 1:
        return None
    reach = t_quantile(freedom) * error
    return max(low, value - reach), min(high, value + reach)


def mean_of_items(values: Values, n: int, *, low: float = -math.inf, high: float = math.inf) -> Estimate:
    """Mean of one value an item, with the t interval over items.

    Mean ± t · sd / √items. All equal values give an interval of no width.

    Args:
        values: (items,).
        n: votes, or pairs of votes, behind them.
        low: what the figure cannot go below.
        high: what it cannot exceed.

    Raises:
        UndefinedMetric: there are no items.
    """
    count = len(values)
    if not count:
        raise UndefinedMetric("There is no mean", "no item has a value", "Give votes with a verdict")
    value = float(values.mean())
    error = float(values.std(ddof=1)) / math.sqrt(count) if count > 1 else math.nan
    return Estimate(value, around(value, error, count - 1, low, high), count, n)


def difference_of_means(items: Codes, values: Values, second: Flags) -> Estimate:
    """Mean of the values that are not `second`, less the mean of those that are; errors clustered by item.

    The error is that of the two means together (linearised): an item's share in it is the sum over its values v of
    (v - their mean) / their number, with the sign of the group.

    Source: Liang & Zeger, Biometrika 73:13 (1986), for the cluster sum.

    Args:
        items: (values,), which item a value is about, from 0.
        values: (values,).
        second: (values,), whether a value is of the second group.

    Raises:
        UndefinedMetric: one of the groups has no value.
    """
    sizes = [int((~second).sum()), int(second.sum())]
    if not all(sizes):
        raise UndefinedMetric("There is no difference of means", "one side has no verdict", "Give votes for both")
    means = [float(values[~second].mean()), float(values[second].mean())]
    centred = np.where(second, -(values - means[1]) / sizes[1], (values - means[0]) / sizes[0])
    shares = np.bincount(items, weights=centred)[np.unique(items)]
    count, value = len(shares), means[0] - means[1]
    error = math.sqrt(count / (count - 1) * float((shares**2).sum())) if count > 1 else math.nan
    return Estimate(value, around(value, error, count - 1, -1.0, 1.0), count, len(values))


def codes(names: list[str]) -> Codes:
    """A number from 0 for every name, in the order of first appearance."""
    seen: dict[str, int] = {}
    return np.array([seen.setdefault(name, len(seen)) for name in names], dtype=np.intp)
