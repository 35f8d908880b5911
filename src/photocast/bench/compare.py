"""Two systems on the same items: every metric with its paired difference, and what cannot be paired."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Literal

import numpy as np

from photocast.bench.results import Failure, FileScore, Scores
from photocast.bench.statistics import RESAMPLES, Paired, Values, holm, items_needed, pairs
from photocast.metrics import METRICS, Metric, Reference
from photocast.schema import InputError
from photocast.schema.record import SCHEMA_VERSION, Record, SchemaVersion

ALPHA = 0.05
"""Corrected p-values below this are called a difference."""


class MetricComparison(Record):
    """One metric on the items that both systems have. Differences are the first system less the second."""

    metric: str
    title: str
    family: str
    unit: str
    direction: str
    """`higher`, `lower`, `none`, `distance to reference` or to a number; empty where the metric is not known here."""
    n: int
    left_out: int
    """Items on which only one system has a value."""
    mean_a: float
    mean_b: float
    difference: float
    ci95: tuple[float, float] | None
    d_z: float | None
    g_z: float | None
    superiority: float
    """Share of the items on which the first has the larger value, ties counting half."""
    p: float
    p_holm: float
    """Corrected for all the metrics of the comparison."""
    items_needed: int | None
    """With which a difference of this size would be found four times in five; None where there is none to find."""
    human: float | None = None
    """Median of people, where the reference has the metric."""
    better: Literal["a", "b"] | None = None
    """None: no difference was shown, or neither direction is better."""


class Comparison(Record):
    """What `photocast bench compare --json` prints."""

    schema_version: SchemaVersion = SCHEMA_VERSION
    a: str
    b: str
    metrics: tuple[MetricComparison, ...]
    unpaired: dict[str, str]
    """Metrics that are not compared, and why."""
    only_a: tuple[str, ...]
    """Items that only the first system has."""
    only_b: tuple[str, ...]
    failed_a: tuple[Failure, ...]
    failed_b: tuple[Failure, ...]
    reference: str | None
    resamples: int
    seed: int
    notes: tuple[str, ...]


def compare(
    a: Scores,
    b: Scores,
    *,
    names: tuple[str, str] = ("A", "B"),
    metrics: Mapping[str, Metric] = METRICS,
    reference: Reference | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Comparison:
    """Compare two systems metric by metric, on the items that both have a value for.

    A system is called better only where the p-value, corrected for the number of metrics by Holm, is below .05. For a
    metric that wants to be near people, that is the one whose mean lies nearer the median of the reference.

    Args:
        a: figures of the first system.
        b: figures of the second, by the same definitions.
        names: what the two are called.
        metrics: what is known of them.
        reference: people to measure the distance to.
        resamples: draws of items, and of signs.
        seed: of both.

    Raises:
        InputError: the two cannot be paired: no item in common, two transcripts of one item, or other definitions.
        ModelError: SciPy is not installed.
    """
    if a.as_published != b.as_published:
        raise InputError(
            f"cannot compare {names[0]} with {names[1]}",
            "one was scored as published and the other was not, so that the same names mean other figures",
            "Score both with --as-published, or both without",
        )
    ours, theirs = (_by_item(scores, name) for scores, name in zip((a, b), names, strict=True))
    items = [item for item in ours if item in theirs]
    if not items:
        raise InputError(
            f"cannot compare {names[0]} with {names[1]}",
            "they have no item in common",
            "Score transcripts of the same albums, with the same file names",
        )
    unpaired = _unpaired(a, b, [ours[item] for item in items], [theirs[item] for item in items])
    used = _ordered((name for name in a.metrics if name in b.metrics and name not in unpaired), metrics)
    found = pairs(_matrix(ours, items, used), _matrix(theirs, items, used), resamples=resamples, seed=seed)
    results = {name: one for name, one in zip(used, found, strict=True) if one}
    corrected = holm([one.p for one in results.values()])
    return Comparison(
        a=names[0],
        b=names[1],
        metrics=tuple(
            _row(name, one, p, a.metrics[name].unit, metrics.get(name), reference)
            for (name, one), p in zip(results.items(), corrected, strict=True)
        ),
        unpaired=unpaired,
        only_a=tuple(item for item in ours if item not in theirs),
        only_b=tuple(item for item in theirs if item not in ours),
        failed_a=a.failed,
        failed_b=b.failed,
        reference=reference.name if reference else None,
        resamples=resamples,
        seed=seed,
        notes=tuple(_notes(a, b)),
    )


def nearer(value_a: float, value_b: float, direction: str, human: float | None) -> Literal["a", "b"] | None:
    """Which of two values is better by the direction of the metric; None where neither is."""
    if (goal := goal_of(direction, human)) is not None:
        value_a, value_b, direction = abs(value_a - goal), abs(value_b - goal), "lower"
    if direction not in {"higher", "lower"} or value_a == value_b:
        return None
    return "a" if (value_a > value_b) == (direction == "higher") else "b"


def goal_of(direction: str, human: float | None) -> float | None:
    """The value that a metric wants to be near; None where more or less is better, or where people are not known."""
    goal = direction.removeprefix("distance to ")
    if goal == direction:
        return None
    return human if goal == "reference" else float(goal)


def figure_text(value: float | None) -> str:
    """A value as people read it: three digits that count, a real minus sign, a dash for what is missing."""
    if value is None or not math.isfinite(value):
        return "–"
    size = abs(value)
    digits = 0 if size >= 100 or value == int(value) else 1 if size >= 10 else 2 if size >= 1 else 3
    text = f"{value:,.{digits}f}".replace("-", "−")
    return text if any(digit in text for digit in "123456789") else "0"


def _by_item(scores: Scores, name: str) -> dict[str, FileScore]:
    if twice := sorted(item for item, count in Counter(file.item for file in scores.files).items() if count > 1):
        raise InputError(
            f"cannot pair the transcripts of {name}",
            f"several are about {twice[0]}" + (f", and so for {len(twice) - 1} more" if len(twice) > 1 else ""),
            "Score one transcript for each item",
        )
    for file in scores.files:
        if wrong := next((metric for metric, value in file.values.items() if not math.isfinite(value)), None):
            raise InputError(f"cannot compare {name}", f"{wrong} of {file.file} is not finite", "Score it again")
    return {file.item: file for file in scores.files}


def _unpaired(a: Scores, b: Scores, ours: list[FileScore], theirs: list[FileScore]) -> dict[str, str]:
    reasons = {}
    for name in dict.fromkeys((*a.metrics, *b.metrics)):
        if name not in a.metrics or name not in b.metrics:
            reasons[name] = "only one system has it"
        elif a.metrics[name].unit != b.metrics[name].unit:
            reasons[name] = f"in {a.metrics[name].unit} for one and in {b.metrics[name].unit} for the other"
        elif not any(name in file.values for scores in (a, b) for file in scores.files):
            reasons[name] = "it is of a whole set, not of single items"
        elif not any(name in one.values and name in other.values for one, other in zip(ours, theirs, strict=True)):
            reasons[name] = "no item has it from both systems"
    return reasons


def _ordered(names: Iterable[str], known: Mapping[str, Metric]) -> list[str]:
    """As the registry lists them, by family; after them what it does not know."""
    families = list(dict.fromkeys(metric.family for metric in known.values()))
    place = {name: (families.index(metric.family), rank) for rank, (name, metric) in enumerate(known.items())}
    return sorted(names, key=lambda name: place.get(name, (len(families), 0)))


def _matrix(files: Mapping[str, FileScore], items: list[str], names: list[str]) -> Values:
    return np.array(
        [[files[item].values.get(name, math.nan) for name in names] for item in items], dtype=np.float64
    ).reshape(len(items), len(names))


def _row(
    name: str, found: Paired, p_holm: float, unit: str, metric: Metric | None, reference: Reference | None
) -> MetricComparison:
    people = reference.figures.get(name) if reference else None
    human = people.at(0.5) if people else None
    direction = metric.direction if metric else ""
    return MetricComparison(
        metric=name,
        title=metric.title if metric else name.replace("_", " "),
        family=metric.family if metric else "other",
        unit=unit,
        direction=direction,
        n=found.n,
        left_out=found.left_out,
        mean_a=found.mean_a,
        mean_b=found.mean_b,
        difference=found.difference,
        ci95=found.ci95,
        d_z=found.d_z,
        g_z=found.g_z,
        superiority=found.superiority,
        p=found.p,
        p_holm=p_holm,
        items_needed=items_needed(found.d_z) if found.d_z is not None else None,
        human=human,
        better=nearer(found.mean_a, found.mean_b, direction, human) if p_holm < ALPHA else None,
    )


def _notes(a: Scores, b: Scores) -> Iterable[str]:
    yield from dict.fromkeys((*a.notes, *b.notes))
    for package in sorted({*a.versions, *b.versions}):
        one, other = a.versions.get(package, "another"), b.versions.get(package, "another")
        if one != other:
            yield f"{package} {one} measured the first system, {other} the second."
