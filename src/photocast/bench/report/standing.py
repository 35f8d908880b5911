"""How far systems are from people: one number for each metric and for each family of metrics.

A value stands at 0 when it is the median of people, and at -1 or 1 on the ends of the band from the 10th to the 90th
percentile, in which four of five stretches of people lie. Beyond, a step is half the width of the band.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from photocast.bench.results import SystemResult
from photocast.bench.statistics import Values, resampled_means, tails
from photocast.metrics import Metric, Quantiles, Reference

FARTHEST = 3.0
"""A metric that is farther from people counts as this, so that none decides alone."""
_NORMAL_P90 = 1.2815515655446004


@dataclass(frozen=True, slots=True)
class Standing:
    """One system in one family of metrics."""

    distance: float
    """Mean over the metrics of how far the system's mean stands from the median of people."""
    ci95: tuple[float, float] | None
    inside: int
    """Metrics whose mean lies in the band."""
    of: int


@dataclass(frozen=True, slots=True)
class FamilyStanding:
    """All systems in one family."""

    family: str
    metrics: tuple[str, ...]
    systems: tuple[Standing | None, ...]
    """None for a system without a value."""
    nearest: int | None
    """The system that is nearer to people than every other; None where chance may have decided."""
    outside: tuple[str, ...]
    """Metrics in which the mean of every system is outside the band of people, on the same side."""


def place(values: Values, people: Quantiles) -> Values | None:
    """Where values stand beside people; None where people do not differ, so that there is no measure."""
    low, middle, high = people.at(0.1), people.at(0.5), people.at(0.9)
    half = (high - low) / 2 or _NORMAL_P90 * people.sd
    if half <= 0:
        return None
    up, down = high - middle or half, middle - low or half
    inside = np.where(values >= middle, (values - middle) / up, (values - middle) / down)
    beyond = np.where(values > high, 1 + (values - high) / half, -1 - (low - values) / half)
    placed: Values = np.where((values > high) | (values < low), beyond, inside)
    return placed


def place_of(value: float, people: Quantiles) -> float | None:
    """`place` of one value."""
    found = place(np.array([value]), people)
    return None if found is None else float(found[0])


def compared_with_people(glossary: Mapping[str, Metric], reference: Reference) -> dict[str, list[str]]:
    """The metrics that want to be near people, by family."""
    families: dict[str, list[str]] = {}
    for name, metric in glossary.items():
        people = reference.figures.get(name)
        if metric.direction == "distance to reference" and people and place_of(people.at(0.5), people) is not None:
            families.setdefault(str(metric.family), []).append(name)
    return families


def standings(
    systems: Sequence[SystemResult],
    items: Sequence[str],
    glossary: Mapping[str, Metric],
    reference: Reference,
    *,
    seed: int = 0,
) -> list[FamilyStanding]:
    """How near to people every system is, family by family.

    All systems are resampled with the same draws of items, and only on metrics that all of them have; a system without
    any figures does not count. One is called nearest where the 95 % interval of its difference to each of the others
    lies below zero.
    """
    found = []
    measured = [one for one in systems if one.scores.files]
    for family, names in compared_with_people(glossary, reference).items():
        used = tuple(name for name in names if all(_has(one, name) for one in measured))
        if not used or not measured:
            continue
        draws = [_distances(_matrix(one, items, used), used, reference, seed) for one in systems]
        ends = [_standing(one, draw, used, reference) for one, draw in zip(systems, draws, strict=True)]
        outside = tuple(name for name in used if _all_outside(systems, name, reference.figures[name]))
        found.append(FamilyStanding(family, used, tuple(ends), _nearest(ends, draws), outside))
    return found


def _has(system: SystemResult, name: str) -> bool:
    return any(math.isfinite(file.values.get(name, math.nan)) for file in system.scores.files)


def _all_outside(systems: Sequence[SystemResult], name: str, people: Quantiles) -> bool:
    means = [one.scores.metrics[name].mean for one in systems if name in one.scores.metrics]
    below, above = (mean < people.at(0.1) for mean in means), (mean > people.at(0.9) for mean in means)
    return bool(means) and (all(below) or all(above))


def _matrix(system: SystemResult, items: Sequence[str], names: Sequence[str]) -> Values:
    """(items, metrics), NaN where the system has no value."""
    files = {file.item: file.values for file in system.scores.files}
    rows = [[files.get(item, {}).get(name, math.nan) for name in names] for item in items]
    matrix = np.array(rows, dtype=np.float64).reshape(len(items), len(names))
    return np.where(np.isfinite(matrix), matrix, np.nan)


def _distances(matrix: Values, names: Sequence[str], reference: Reference, seed: int) -> Values:
    """(resamples,) mean distance over the metrics that the system has."""
    has = np.flatnonzero(~np.isnan(matrix).all(axis=0))
    if not has.size:
        return np.empty(0)
    return _distance(resampled_means(matrix[:, has], seed=seed), [names[int(one)] for one in has], reference)


def _distance(means: Values, names: Sequence[str], reference: Reference) -> Values:
    """(draws,) from (draws, metrics); a draw in which a metric has no value is the mean of the others."""
    placed = [place(means[:, one], reference.figures[name]) for one, name in enumerate(names)]
    steps = np.minimum(np.abs(np.stack([one for one in placed if one is not None])), FARTHEST)
    there = ~np.isnan(steps)
    distances: Values = np.where(there, steps, 0).sum(axis=0) / np.maximum(there.sum(axis=0), 1)
    return distances


def _standing(system: SystemResult, draws: Values, names: Sequence[str], reference: Reference) -> Standing | None:
    values = {
        name: [value for file in system.scores.files if math.isfinite(value := file.values.get(name, math.nan))]
        for name in names
    }
    means = {name: math.fsum(one) / len(one) for name, one in values.items() if one}
    if not means:
        return None
    placed = [place_of(mean, reference.figures[name]) for name, mean in means.items()]
    low, high = tails(draws[:, None])[0]
    return Standing(
        distance=float(_distance(np.array([list(means.values())]), list(means), reference)[0]),
        ci95=(float(low), float(high)) if max(map(len, values.values())) > 1 else None,
        inside=sum(one is not None and abs(one) <= 1 for one in placed),
        of=len(placed),
    )


def _nearest(ends: Sequence[Standing | None], draws: Sequence[Values]) -> int | None:
    distances = {key: end.distance for key, end in enumerate(ends) if end and end.ci95}
    if len(distances) < 2:
        return None
    best = min(distances, key=distances.__getitem__)
    apart = all(tails((draws[best] - draws[key])[:, None])[0][1] < 0 for key in distances if key != best)
    return best if apart else None
