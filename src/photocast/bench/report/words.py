"""What the report says in words."""

import re
from collections.abc import Sequence
from statistics import fmean, stdev

from photocast.bench.compare import figure_text
from photocast.bench.report.standing import FamilyStanding
from photocast.bench.results import BenchResult, Generation
from photocast.metrics import Reference

_DIRECTIONS = {
    "higher": "higher is better",
    "lower": "lower is better",
    "none": "neither direction is better",
    "distance to reference": "nearer to people is better",
    "": "",
}

_NAMED = 5
"""Metrics that the verdict names."""


def direction_text(direction: str) -> str:
    """Which way is better, in words."""
    return _DIRECTIONS.get(direction, direction.replace("distance to", "nearer to") + " is better")


def anchor(title: str) -> str:
    """A title as the id of an element."""
    return "-".join(re.findall(r"[a-z0-9]+", title.lower())) or "part"


def counted(number: int, noun: str) -> str:
    """`1 item`, `2 items`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def listed(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def verdict(result: BenchResult, standings: Sequence[FamilyStanding], reference: Reference | None) -> str:
    """The result in a sentence or two: who is nearest to people in what, and where nobody can tell."""
    if not any(system.scores.files for system in result.systems):
        return "No transcript could be measured: every one failed, and the reasons stand below."
    if reference is None:
        return "No human reference was given, so nothing is said about who is nearer to people."
    if not standings:
        return "The human reference has none of the metrics that were measured, so nothing is said about people."
    names = [system.name for system in result.systems]
    text = _of_one(names[0], standings) if len(names) == 1 else _of_several(names, standings)
    outside = [name.replace("_", " ") for one in standings for name in one.outside]
    if not outside:
        return text
    named = outside if len(outside) <= _NAMED else [*outside[:_NAMED], f"{len(outside) - _NAMED} more"]
    who = "It is" if len(names) == 1 else "Both are" if len(names) == 2 else "All are"
    return f"{text} {who} outside the band of people in {listed(named)}."


def _of_one(name: str, standings: Sequence[FamilyStanding]) -> str:
    there = [(one.family, one.systems[0]) for one in standings if one.systems[0]]
    inside, of = sum(one.inside for _, one in there), sum(one.of for _, one in there)
    ordered = sorted(there, key=lambda pair: pair[1].distance)
    text = f"{name} lies in the band of people on {inside} of {counted(of, 'metric')}"
    if len(ordered) < 2:
        return f"{text}."
    return f"{text}: nearest in {ordered[0][0]}, farthest in {ordered[-1][0]}."


def _of_several(names: Sequence[str], standings: Sequence[FamilyStanding]) -> str:
    best = "nearer to people than the other" if len(names) == 2 else "nearest to people"
    parts: list[str] = []
    for key, name in enumerate(names):
        if families := [one.family for one in standings if one.nearest == key]:
            parts.append(f"{name} is {best if not parts else best.split()[0]} in {listed(families)}")
    if tied := [one.family for one in standings if one.nearest is None]:
        parts.append(f"{'in' if parts else 'In'} {listed(tied)} no system is shown to be {best.split()[0]}")
    return "; ".join(parts) + "."


def generation_row(generations: Sequence[Generation]) -> dict[str, str]:
    """How one system wrote: mean ± standard deviation of what was counted, as Table 5 of SPoRC-VIST has it."""
    made = [one for one in generations if one.error is None]
    rates = [
        one.output_tokens / one.seconds if one.output_tokens is not None and one.seconds > 0 else None for one in made
    ]
    costs = [one.cost_usd for one in made]
    known = [cost for cost in (one.cost_usd for one in generations) if cost is not None]
    return {
        "written": f"{len(made)} of {len(generations)}",
        "words": _spread([float(one.words) for one in made]),
        "seconds": _spread([one.seconds for one in made]),
        "tokens per second": _spread(rates),
        "cost, US$": _spread(costs),
        "cost in all, US$": figure_text(sum(known)) + _of(len(known), len(generations)) if known else "not counted",
    }


def _spread(values: Sequence[float | None]) -> str:
    there = [value for value in values if value is not None]
    if not there:
        return "not counted"
    text = figure_text(fmean(there)) + (f" ± {figure_text(stdev(there))}" if len(there) > 1 else "")
    return text + _of(len(there), len(values))


def _of(there: int, all_: int) -> str:
    return "" if there == all_ else f" ({there} of {all_} counted)"
