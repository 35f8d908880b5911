"""Which figures the report has, and what is drawn in each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from photocast.bench.report import plots
from photocast.bench.report.items import Item
from photocast.bench.report.sources import Sources, label, summary_of, values_of
from photocast.bench.report.standing import FamilyStanding, place_of

_LONGEST = 34
"""Characters of a system's name inside a figure."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One metric's distribution."""

    label: str
    unit: str
    figure: Markup


def profile(nearness: Sequence[FamilyStanding], sources: Sources) -> Markup:
    """Where every metric of every system stands beside people; nothing where they cannot be compared."""
    if not nearness:
        return Markup("")
    groups = {one.family: [_line(name, sources) for name in one.metrics] for one in nearness}
    return plots.profile(groups, "profile")


def ridges(items: Sequence[Item], sources: Sources) -> Markup:
    """How long turns are in all transcripts that could be read; nothing where none could."""
    lengths = []
    for key in range(len(sources.systems)):
        shown = [item.transcripts[key] for item in items]
        found = [one.lengths for one in shown if one is not None and one.lengths is not None]
        lengths.append(np.concatenate(found).astype(np.float64) if found else np.empty(0))
    if not any(one.size for one in lengths):
        return Markup("")
    people = np.array(sources.reference.turn_lengths) if sources.reference else None
    return plots.ridges(lengths, people, [_short(system.name) for system in sources.systems], "ridges")


def distributions(sources: Sources) -> dict[str, tuple[Drawn, ...]]:
    """The items of every metric that has values, by family."""
    found = {
        family: tuple(drawn for name in names if (drawn := _distribution(name, sources)))
        for family, names in sources.families.items()
    }
    return {family: drawn for family, drawn in found.items() if drawn}


def _line(name: str, sources: Sources) -> plots.Line:
    people = sources.people(name)
    summaries = [summary_of(system, name) for system in sources.systems]
    return plots.Line(label(name), tuple(place_of(one.mean, people) if one and people else None for one in summaries))


def _distribution(name: str, sources: Sources) -> Drawn | None:
    values = [np.array(values_of(system, name)) for system in sources.systems]
    if not any(one.size for one in values):
        return None
    people = sources.people(name)
    ends = [*np.concatenate(values).tolist(), *((people.at(0.02), people.at(0.98)) if people else ())]
    key = f"d-{name.encode().hex()}"  # fit for an id: metrics of others may be called anything
    figure = plots.distribution(values, sources.band(name), (min(ends), max(ends)), key)
    return Drawn(label(name), sources.unit(name), figure)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
