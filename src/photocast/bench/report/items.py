"""The items, to be opened one by one: photos, what was written, and figures beside the means."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from photocast.bench.compare import figure_text
from photocast.bench.report.photos import Thumbnail, thumbnail
from photocast.bench.report.sources import Sources, label, summary_of, values_of
from photocast.bench.report.transcripts import Transcript, transcript
from photocast.bench.results import FileScore, ItemShown, SystemResult

_FENCE = 1.5
"""Widths of the middle half beyond its ends, from where on a value is called unusual (Tukey's fences)."""
_FEWEST = 8
"""Items of a system from which on it can be told what is unusual."""

Fence = tuple[float, float]
"""Values from here to there are usual."""


@dataclass(frozen=True, slots=True)
class ItemCell:
    """One metric of one item from one system."""

    value: str
    mean: str
    """Of the system."""
    unusual: bool


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One metric of one item."""

    label: str
    unit: str
    cells: tuple[ItemCell, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One item."""

    id: str
    title: str
    photos: tuple[tuple[str, Thumbnail | None], ...]
    """Name and picture; None where it cannot be shown."""
    transcripts: tuple[Transcript | None, ...]
    failures: tuple[str, ...]
    """By system, why there are no figures; empty where there are."""
    rows: tuple[ItemRow, ...]

    @property
    def unusual(self) -> int:
        """How many figures are unusual."""
        return sum(cell.unusual for row in self.rows for cell in row.cells)

    @property
    def failed(self) -> int:
        """How many systems have no figures."""
        return sum(map(bool, self.failures))


def items_of(sources: Sources) -> list[Item]:
    """All items of the run."""
    names = [name for names in sources.families.values() for name in names]
    fences = {name: [_fence(values_of(system, name)) for system in sources.systems] for name in names}
    return [_item(number, shown, sources, fences) for number, shown in enumerate(sources.result.items, start=1)]


def _item(number: int, shown: ItemShown, sources: Sources, fences: dict[str, list[Fence | None]]) -> Item:
    files = [sources.file(key, shown.item) for key in range(len(sources.systems))]
    rows = [_row(name, files, sources, fences[name]) for name in fences]
    return Item(
        id=f"item-{number}",
        title=shown.title,
        photos=tuple((Path(photo).name, thumbnail(sources.folder / photo)) for photo in shown.photos),
        transcripts=tuple(
            transcript(sources.folder / path) if (path := shown.transcripts.get(system.name)) else None
            for system in sources.systems
        ),
        failures=tuple(
            "" if file else _failure(shown, system) for file, system in zip(files, sources.systems, strict=True)
        ),
        rows=tuple(row for row in rows if row),
    )


def _row(
    name: str, files: Sequence[FileScore | None], sources: Sources, fences: Sequence[Fence | None]
) -> ItemRow | None:
    values = [file.values.get(name, math.nan) if file else math.nan for file in files]
    if not any(map(math.isfinite, values)):
        return None
    summaries = [summary_of(system, name) for system in sources.systems]
    cells = (
        ItemCell(figure_text(value), figure_text(summary.mean if summary else None), _outside(value, fence))
        for value, summary, fence in zip(values, summaries, fences, strict=True)
    )
    return ItemRow(label(name), sources.unit(name), tuple(cells))


def _failure(shown: ItemShown, system: SystemResult) -> str:
    """Why an item has no figures of a system."""
    made = next((one for one in system.generations if one.item == shown.item), None)
    if made and made.error:
        return made.error
    name = Path(shown.transcripts.get(system.name, "")).name
    failed = next((one for one in system.scores.failed if name and Path(one.file).name == name), None)
    return failed.reason if failed else "no figures"


def _fence(values: Sequence[float]) -> Fence | None:
    """None where there are too few values, or where most are equal, so that nothing can be called unusual."""
    if len(values) < _FEWEST:
        return None
    low, high = np.percentile(values, [25, 75])
    reach = _FENCE * (high - low)
    return (float(low - reach), float(high + reach)) if reach > 0 else None


def _outside(value: float, fence: Fence | None) -> bool:
    return fence is not None and math.isfinite(value) and not fence[0] <= value <= fence[1]
