"""The table of metrics: a row for each, with a drawing of the means over the band of people."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from photocast.bench.compare import figure_text
from photocast.bench.report import strips
from photocast.bench.report.sources import Sources, label, summary_of, values_of
from photocast.bench.report.standing import place_of
from photocast.bench.report.words import direction_text
from photocast.bench.results import Summary, SystemResult
from photocast.metrics import Quantiles


@dataclass(frozen=True, slots=True)
class Cell:
    """One metric of one system; empty texts where there is no value."""

    mean: str = "–"
    ci: str = ""
    outside: str = ""
    """`below the band` or `above the band` of people; empty in it, and without people."""
    above: str = ""
    """How often a stretch of people has more than an item."""
    null: str = ""
    """The same figure on other albums, for figures of likeness."""
    undefined: int = 0
    distance: float = -1.0
    """To sort by: how far from people, -1 where it is not known."""


@dataclass(frozen=True, slots=True)
class Row:
    """One metric."""

    label: str
    title: str
    unit: str
    direction: str
    strip: Markup
    people: tuple[str, str, str] | None
    cells: tuple[Cell, ...]


def row(name: str, sources: Sources) -> Row:
    """A metric of all systems."""
    metric, band = sources.glossary.get(name), sources.band(name)
    summaries = [summary_of(system, name) for system in sources.systems]
    points = [
        strips.Point(key, summary.mean, _finite(summary.ci95)) for key, summary in enumerate(summaries) if summary
    ]
    return Row(
        label=label(name),
        title=metric.title if metric else "",
        unit=sources.unit(name),
        direction=direction_text(metric.direction) if metric else "",
        strip=strips.strip(points, band),
        people=(figure_text(band.low), figure_text(band.middle), figure_text(band.high)) if band else None,
        cells=tuple(_cell(name, system, sources.people(name)) for system in sources.systems),
    )


def _cell(name: str, system: SystemResult, people: Quantiles | None) -> Cell:
    summary = summary_of(system, name)
    if summary is None:
        raw = system.scores.metrics.get(name)
        return Cell(undefined=raw.undefined if raw else 0)
    where = place_of(summary.mean, people) if people else None
    ends = _finite(summary.ci95)
    return Cell(
        mean=figure_text(summary.mean),
        ci=f"[{figure_text(ends[0])}, {figure_text(ends[1])}]" if ends else "",
        outside=_outside(summary.mean, people) if people else "",
        above=_above(summary, values_of(system, name), people) if people else "",
        null="" if summary.null is None else figure_text(summary.null),
        undefined=summary.undefined,
        distance=-1.0 if where is None else abs(where),
    )


def _outside(mean: float, people: Quantiles) -> str:
    return "below the band" if mean < people.at(0.1) else "above the band" if mean > people.at(0.9) else ""


def _above(summary: Summary, values: Sequence[float], people: Quantiles) -> str:
    above = summary.people_above
    if above is None and values:
        above = float(np.mean([people.above(value) for value in values]))
    return "" if above is None else f"{100 * above:.0f} % have more"


def _finite(ends: tuple[float, float] | None) -> tuple[float, float] | None:
    return ends if ends and all(map(math.isfinite, ends)) else None
