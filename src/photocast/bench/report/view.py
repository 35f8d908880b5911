"""The page of a run: what it says and shows, gathered from the result; the template only lays it out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from markupsafe import Markup

from photocast.bench.compare import Comparison, compare
from photocast.bench.report import drawings, strips, table
from photocast.bench.report.items import Item, items_of
from photocast.bench.report.left_out import left_out
from photocast.bench.report.sources import OTHER, Sources
from photocast.bench.report.standing import FARTHEST, FamilyStanding, Standing, standings
from photocast.bench.report.words import counted, direction_text, generation_row, verdict
from photocast.bench.results import SystemResult
from photocast.metrics import Metric, Reference
from photocast.schema import InputError


@dataclass(frozen=True, slots=True)
class System:
    """A system, how it is marked, and how much of it there is."""

    key: int
    name: str
    mark: Markup
    count: str


@dataclass(frozen=True, slots=True)
class GlanceCell:
    """One system in one family."""

    distance: str
    inside: str
    """How many metrics are in the band."""
    bar: Markup


@dataclass(frozen=True, slots=True)
class Glance:
    """One family of metrics at a glance."""

    family: str
    metrics: int
    cells: tuple[GlanceCell | None, ...]
    nearest: int | None


@dataclass(frozen=True, slots=True)
class Term:
    """One metric in the glossary."""

    name: str
    title: str
    definition: str
    unit: str
    direction: str
    source: str
    weakness: str


@dataclass(frozen=True)
class Page:
    """All that the template needs."""

    title: str
    verdict: str
    facts: tuple[str, ...]
    reference: Reference | None
    seed: int
    versions: Mapping[str, str]
    systems: tuple[System, ...]
    glance: tuple[Glance, ...]
    profile: Markup
    table: Mapping[str, tuple[table.Row, ...]]
    ridges: Markup
    distributions: Mapping[str, tuple[drawings.Drawn, ...]]
    comparisons: tuple[Comparison, ...]
    generation: tuple[tuple[System, Mapping[str, str]], ...]
    items: tuple[Item, ...]
    left_out: Mapping[str, tuple[str, ...]]
    """By kind, a sentence each."""
    glossary: Mapping[str, tuple[Term, ...]]


def page_view(sources: Sources) -> Page:
    """Gather the page of a run; reads the photos and transcripts that the result names."""
    result, reference = sources.result, sources.reference
    systems = tuple(_system(key, one) for key, one in enumerate(result.systems))
    items = items_of(sources)
    nearness = _nearness(sources)
    comparisons, uncompared = _comparisons(sources)
    return Page(
        title=result.title,
        verdict=verdict(result, nearness, reference),
        facts=tuple(_facts(sources)),
        reference=reference,
        seed=result.seed,
        versions=result.versions,
        systems=systems,
        glance=tuple(_glance(one) for one in nearness),
        profile=drawings.profile(nearness, sources),
        table={family: tuple(table.row(name, sources) for name in names) for family, names in sources.families.items()},
        ridges=drawings.ridges(items, sources),
        distributions=drawings.distributions(sources),
        comparisons=comparisons,
        generation=tuple(
            (system, generation_row(one.generations))
            for system, one in zip(systems, result.systems, strict=True)
            if one.generations
        ),
        items=tuple(items),
        left_out=left_out(sources, items, uncompared),
        glossary={
            family: tuple(_term(sources.glossary[name]) for name in names)
            for family, names in sources.families.items()
            if family != OTHER
        },
    )


def _system(key: int, one: SystemResult) -> System:
    failed = f", {len(one.scores.failed)} failed" if one.scores.failed else ""
    return System(key, one.name, strips.mark(key), f"{counted(len(one.scores.files), 'script')}{failed}")


def _facts(sources: Sources) -> Iterator[str]:
    result, people = sources.result, sources.reference
    yield counted(len(result.items), "item")
    yield counted(len(result.systems), "system")
    if people:
        yield f"beside people: {people.name} ({counted(people.windows, 'window')}, {people.licence})"
    yield f"seed {result.seed}"
    if version := result.versions.get("photocast"):
        yield f"photocast {version}"


def _nearness(sources: Sources) -> list[FamilyStanding]:
    items = list(dict.fromkeys(file.item for system in sources.systems for file in system.scores.files))
    if not items or sources.reference is None:
        return []
    return standings(sources.systems, items, sources.glossary, sources.reference, seed=sources.result.seed)


def _glance(one: FamilyStanding) -> Glance:
    cells = tuple(_glance_cell(key, end) if end else None for key, end in enumerate(one.systems))
    return Glance(one.family, len(one.metrics), cells, one.nearest)


def _glance_cell(key: int, end: Standing) -> GlanceCell:
    ci = f" [{end.ci95[0]:.2f}, {end.ci95[1]:.2f}]" if end.ci95 else ""
    bar = strips.bar(end.distance, end.ci95, key, FARTHEST)
    return GlanceCell(f"{end.distance:.2f}{ci}", f"{end.inside} of {end.of}", bar)


def _comparisons(sources: Sources) -> tuple[tuple[Comparison, ...], tuple[str, ...]]:
    """Every pair of systems, and why other pairs cannot be compared."""
    found, impossible = [], []
    for one, other in combinations(sources.systems, 2):
        try:
            comparison = compare(
                one.scores,
                other.scores,
                names=(one.name, other.name),
                metrics=sources.glossary,
                reference=sources.reference,
                seed=sources.result.seed,
            )
        except InputError as error:
            impossible.append(str(error))
        else:
            found.append(comparison)
    return tuple(found), tuple(impossible)


def _term(metric: Metric) -> Term:
    return Term(
        metric.name,
        metric.title,
        metric.definition,
        metric.unit,
        direction_text(metric.direction),
        metric.source,
        metric.weakness,
    )
