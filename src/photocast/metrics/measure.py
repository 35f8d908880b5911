"""All figures of one script at once, with what is undefined named instead of zero."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from photocast.metrics import registry
from photocast.metrics.compliance import Target
from photocast.metrics.reference import Reference, fitting
from photocast.metrics.reference import reference as named
from photocast.metrics.registry import Needs
from photocast.schema import Script, UndefinedMetric


@dataclass(slots=True)
class Figures:
    """Values by metric, and why others have none."""

    values: dict[str, float] = field(default_factory=dict)
    undefined: dict[str, str] = field(default_factory=dict)
    nulls: dict[str, float] = field(default_factory=dict)
    """Of figures of likeness: the same figure on albums that the script is not about."""

    def add(self, name: str, work_out: Callable[[], float]) -> None:
        """Work a figure out and keep it, or the reason why it has no value."""
        try:
            value = work_out()
        except UndefinedMetric as error:
            self.undefined[name] = error.why
            return
        if math.isfinite(value):
            self.values[name] = value
        else:
            self.undefined[name] = f"it came out as {value}"


def add_to_each(figures: Sequence[Figures], name: str, work_out: Callable[[], Sequence[float]]) -> None:
    """Work a figure out for all scripts of a set at once, and keep each value or the reason why there is none."""
    try:
        values = work_out()
    except UndefinedMetric as error:
        for one in figures:
            one.undefined[name] = error.why
    else:
        for one, value in zip(figures, values, strict=True):
            one.values[name] = value


@dataclass(frozen=True, slots=True)
class Beside:
    """One figure of a script beside people."""

    metric: str
    value: float | None
    low: float | None
    """10th percentile of people; none where the reference has no such figure."""
    middle: float | None
    high: float | None
    """90th percentile."""

    @property
    def inside(self) -> bool | None:
        """Whether the value lies from the 10th to the 90th percentile; none where there is nothing to compare."""
        if self.value is None or self.low is None or self.high is None:
            return None
        return self.low <= self.value <= self.high


def measure(script: Script, *, reference: Reference | None = None, target: Target | None = None) -> Figures:
    """The figures of a script that need no photos and no weights.

    Args:
        script: what is measured.
        reference: adds the distances to people.
        target: adds how far the script is what it was asked to be.
    """
    found = Figures()
    for metric in registry.of(Needs.SCRIPT):
        found.add(metric.name, partial(metric.function, script))
    for metric in registry.of(Needs.REFERENCE) if reference else ():
        found.add(metric.name, partial(metric.function, script, reference))
    for metric in registry.of(Needs.TARGET) if target else ():
        found.add(metric.name, partial(metric.function, script, target))
    return found


def beside_people(script: Script, reference: Reference | None = None) -> tuple[Beside, ...]:
    """The figures of a script beside those of people, for every metric that the reference has.

    Inside the band is not better than outside: four of five stretches of people are inside, one is not. Where the 10th
    percentile is 0 many people do without, so that nothing is outside below.

    Args:
        script: what is measured.
        reference: the people; by default the shipped reference with as many speakers.
    """
    reference = reference or named(fitting(script))
    figures = measure(script, reference=reference)
    return tuple(
        Beside(name, figures.values.get(name), people.at(0.1), people.at(0.5), people.at(0.9))
        for name, people in reference.figures.items()
    )
