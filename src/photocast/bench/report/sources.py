"""All that a report is made from, and what its parts ask of it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from photocast.bench.report.strips import Band
from photocast.bench.results import BenchResult, FileScore, Summary, SystemResult
from photocast.metrics import Metric, Quantiles, Reference

OTHER = "other"
"""The family of metrics that the glossary does not have."""


@dataclass(frozen=True)
class Sources:
    """A run, what its metrics mean, and the people beside it."""

    result: BenchResult
    folder: Path
    glossary: Mapping[str, Metric]
    reference: Reference | None

    @property
    def systems(self) -> tuple[SystemResult, ...]:
        """In the order of the run."""
        return self.result.systems

    @cached_property
    def families(self) -> dict[str, list[str]]:
        """The metrics of the run by family, as the glossary lists them; what it does not have comes last."""
        measured = dict.fromkeys(name for system in self.systems for name in system.scores.metrics)
        families: dict[str, list[str]] = {}
        for name, metric in self.glossary.items():
            if name in measured:
                families.setdefault(str(metric.family), []).append(name)
        if unknown := [name for name in measured if name not in self.glossary]:
            families[OTHER] = unknown
        return families

    def people(self, name: str) -> Quantiles | None:
        """A metric over the windows of the reference."""
        return self.reference.figures.get(name) if self.reference else None

    def band(self, name: str) -> Band | None:
        """Where four of five windows of the reference lie."""
        people = self.people(name)
        return Band(people.at(0.1), people.at(0.5), people.at(0.9)) if people else None

    def unit(self, name: str) -> str:
        """As the run has it, for a metric may be redefined with `as_published`."""
        return next((found.unit for one in self.systems if (found := one.scores.metrics.get(name))), "")

    @cached_property
    def _files(self) -> list[dict[str, FileScore]]:
        return [{file.item: file for file in system.scores.files} for system in self.systems]

    def file(self, key: int, item: str) -> FileScore | None:
        """The figures of one item of the system at that place."""
        return self._files[key].get(item)


def label(name: str) -> str:
    """The name of a metric without its underscores."""
    return name.replace("_", " ")


def summary_of(system: SystemResult, name: str) -> Summary | None:
    """What is known of a metric; None where its mean is not finite."""
    found = system.scores.metrics.get(name)
    return found if found and math.isfinite(found.mean) else None


def values_of(system: SystemResult, name: str) -> list[float]:
    """The finite values of all items."""
    found = (file.values.get(name, math.nan) for file in system.scores.files)
    return [value for value in found if math.isfinite(value)]
