"""CPU seconds of the statistics, beside a plain loop and `scipy.stats.bootstrap`.

Run `OMP_NUM_THREADS=1 python benchmarks/bootstrap.py`. Values are drawn anew, seeded: 50 items, 30 metrics, 2 systems,
10,000 resamples, one value in twenty missing in the second part. Each figure is the best of three, user and system time
together. The loop is what one writes first: for every column, 10,000 times, draw as many values as there are, take the
mean. It is timed on 3 of the 60 columns, as every column takes it as long. All three must agree on the ends of every
interval to a fifth of a standard error; 10,000 resamples leave the ends uncertain by about a thirtieth.

Not called statistics.py: a script's folder comes first on the path, and would hide the module of that name in Python.
"""

import sys
import time
from collections.abc import Callable

import numpy as np
from scipy import stats

from photocast.bench import statistics
from photocast.bench.statistics import Values

ITEMS, METRICS, SYSTEMS, RESAMPLES = 50, 30, 2, 10_000
LOOPED = 3
"""Columns that the plain loop is timed on."""


def main() -> None:
    random = np.random.default_rng(0)
    systems = [random.normal(100, 15, (ITEMS, METRICS)) for _ in range(SYSTEMS)]
    gaps = [np.where(random.random(one.shape) < 0.05, np.nan, one) for one in systems]
    print(f"{ITEMS} items x {METRICS} metrics x {SYSTEMS} systems, {RESAMPLES:,} resamples\n\nCPU s")
    ours = timed("intervals", lambda: [statistics.intervals(one, resamples=RESAMPLES) for one in systems])
    timed("intervals, values missing", lambda: [statistics.intervals(one, resamples=RESAMPLES) for one in gaps])
    timed("pairs: differences, intervals, effect sizes, p", lambda: statistics.pairs(*systems, resamples=RESAMPLES))
    timed("pairs, values missing", lambda: statistics.pairs(*gaps, resamples=RESAMPLES))
    print()
    loop = timed(f"plain loop, {LOOPED} columns", lambda: [plain(one) for one in systems[0].T[:LOOPED]], times=1)
    scipy = timed("scipy.stats.bootstrap", lambda: [by_scipy(one) for one in systems])
    loop *= METRICS * SYSTEMS / LOOPED
    print(f"\n{loop / ours:,.0f} times as fast as the plain loop ({loop:.0f} s for all columns)")
    print(f"{scipy / ours:,.1f} times as fast as scipy.stats.bootstrap")
    check(systems[0])
    print_coverage()


def timed(name: str, work: Callable[[], object], times: int = 3) -> float:
    best = np.inf
    for _ in range(times):
        begun = time.process_time()
        work()
        best = min(best, time.process_time() - begun)
    print(f"{best:7.3f}  {name}")
    return float(best)


def plain(column: Values) -> tuple[float, float]:
    random = np.random.default_rng(0)
    means = sorted(sum(random.choice(column, len(column))) / len(column) for _ in range(RESAMPLES))
    return means[round(0.025 * RESAMPLES)], means[round(0.975 * RESAMPLES)]


def by_scipy(matrix: Values) -> Values:
    found = stats.bootstrap((matrix,), np.mean, n_resamples=RESAMPLES, method="percentile", axis=0, rng=0)
    return np.stack([found.confidence_interval.low, found.confidence_interval.high], axis=1)


def check(matrix: Values) -> None:
    ours, theirs = statistics.intervals(matrix, resamples=RESAMPLES), by_scipy(matrix)
    errors = (matrix.std(axis=0, ddof=1) / ITEMS**0.5)[:, None]
    apart = float((np.abs(ours - theirs) / errors).max())
    looped = max(float(np.abs(ours[one] - plain(matrix[:, one])).max() / errors[one, 0]) for one in range(LOOPED))
    print(f"ends apart at most: {apart:.3f} standard errors from scipy, {looped:.3f} from the loop")
    if max(apart, looped) > 0.2:
        sys.exit("the intervals differ")


def print_coverage() -> None:
    """How often the interval holds the true mean, of 2,000 samples from laws whose mean is 1."""
    random = np.random.default_rng(1)
    laws = {"normal": random.normal(1, 1, (50, 2_000)), "skewed (exponential)": random.exponential(1, (50, 2_000))}
    print("\nintervals that hold the true mean, %, by items")
    for name, drawn in laws.items():
        print(f"{name:22}", end="")
        for items in (10, 25, 50):
            ends = statistics.intervals(drawn[:items], resamples=2_000)
            print(f"  {items}: {100 * ((ends[:, 0] <= 1) & (ends[:, 1] >= 1)).mean():.1f}", end="")
        print()


if __name__ == "__main__":
    main()
