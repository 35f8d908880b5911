"""Everything that the figures are not about, with the reasons."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence

from photocast.bench.report.items import Item
from photocast.bench.report.sources import Sources, label
from photocast.bench.report.words import counted


def left_out(sources: Sources, items: Sequence[Item], uncompared: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """By kind, a sentence each; only kinds that there are."""
    kinds = {
        "Transcripts without figures": _failed(sources),
        "Items that were not written": _unwritten(sources),
        "Figures that are not defined": _undefined(sources),
        "Photos and transcripts that are not shown": _unseen(sources, items),
        "Systems that are not compared": iter(uncompared),
        "Notes": _notes(sources),
    }
    found = {kind: tuple(lines) for kind, lines in kinds.items()}
    return {kind: lines for kind, lines in found.items() if lines}


def _failed(sources: Sources) -> Iterator[str]:
    for system in sources.systems:
        yield from (f"{system.name}: {one.file}: {one.reason}" for one in system.scores.failed)


def _unwritten(sources: Sources) -> Iterator[str]:
    for system in sources.systems:
        yield from (f"{system.name}: {one.item}: {one.error}" for one in system.generations if one.error)


def _undefined(sources: Sources) -> Iterator[str]:
    for system in sources.systems:
        reasons: Counter[tuple[str, str]] = Counter()
        for file in system.scores.files:
            reasons.update(file.undefined.items())
            broken = (name for name, value in file.values.items() if not math.isfinite(value))
            reasons.update((name, "not a finite number") for name in broken)
        of = counted(len(system.scores.files), "transcript")
        for (name, reason), count in sorted(reasons.items()):
            yield f"{system.name}: {label(name)}, {count} of {of}: {reason}"


def _unseen(sources: Sources, items: Sequence[Item]) -> Iterator[str]:
    for item in items:
        if missing := [name for name, picture in item.photos if picture is None]:
            yield f"{item.title}: {', '.join(missing)} cannot be shown"
        for system, one in zip(sources.systems, item.transcripts, strict=True):
            if one is not None and one.problem and not one.lines:
                yield f"{item.title}: the transcript of {system.name}: {one.problem}"


def _notes(sources: Sources) -> Iterator[str]:
    of_systems = (note for system in sources.systems for note in system.scores.notes)
    yield from dict.fromkeys((*sources.result.notes, *of_systems))
