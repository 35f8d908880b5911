"""Contact sheets: pages that show pictures beside the talk they go with, for people who would rather look."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from photocast._page import filled
from photocast.corpus.packing import SPLITS, About, Sample, read_about, read_split, splits_in
from photocast.corpus.packing.columns import Row
from photocast.corpus.sheets.overview import overview
from photocast.corpus.sheets.view import PairView, pair_view
from photocast.corpus.sources.source import Told
from photocast.corpus.store import Store
from photocast.schema import UsageError

OVERVIEW = "overview.jpg"
PER_PAGE = 24
_IN_OVERVIEW = 60
"""Pairs in it at most, evenly out of all."""


@dataclass(frozen=True)
class Sheets:
    """What was written.

    Attributes:
        pages: in order.
        overview: one picture of many pairs.
        pairs: on all pages together.
    """

    pages: tuple[str, ...]
    overview: str
    pairs: int


@dataclass(frozen=True, slots=True)
class _Page:
    """What the template is told."""

    number: int
    of: int
    pairs: Sequence[PairView]
    about: About
    total: int

    @property
    def splits(self) -> list[str]:
        """Those on this page, if there are several to choose from."""
        found = [split for split in SPLITS if any(pair.split == split for pair in self.pairs)]
        return found if len(found) > 1 else []

    @property
    def gaps(self) -> bool:
        """Whether some pairs have gaps, and others none."""
        return len({pair.gaps > 0 for pair in self.pairs}) == 2

    @property
    def facts(self) -> list[str]:
        """Of the whole."""
        census = self.about.census
        gaps = sum(census.gaps.values())
        facts = [f"{census.samples:,} pairs", f"{census.pictures:,} pictures", f"{gaps:,} gaps"]
        if self.total < census.samples:
            facts.append(f"{self.total:,} pairs shown")
        return facts

    @property
    def is_sporc(self) -> bool:
        """Whether there is text that must not be passed on."""
        return any(name.startswith("sporc") for name in self.about.census.sources)


def write_sheets(
    dataset: Store,
    out: Store,
    *,
    splits: Sequence[str] = (),
    only_gaps: bool = False,
    most: int | None = None,
    per_page: int = PER_PAGE,
    told: Told = lambda stage, done, of: None,
) -> Sheets:
    """Write `sheet-001.html`, …, and `overview.jpg`. Each page is one file that loads nothing.

    Args:
        dataset: as it was packed.
        out: where the pages go.
        splits: only these; all by default.
        only_gaps: only pairs with scenes that have no picture.
        most: at most so many pairs, evenly out of those that are left.
        per_page: pairs on a page.
        told: hears of progress.

    Raises:
        UsageError: there is no such split, or nothing is left to show.
        InputError: the dataset cannot be read, or a page cannot be written.
    """
    about, there = read_about(dataset), splits_in(dataset)
    if unknown := [split for split in splits if split not in there]:
        raise UsageError(f"there is no split {unknown[0]!r}", f"the dataset has {', '.join(there)}", "Name one of them")
    wanted = [split for split in there if not splits or split in splits]
    ids = _evenly(list(_chosen(dataset, wanted, only_gaps)), most)
    if not ids:
        raise UsageError("there is nothing to show", "no pair has a gap", "Leave out the filter")
    first = set(_evenly(ids, _IN_OVERVIEW))
    pages: list[str] = []
    count, kept = -(-len(ids) // per_page), list[Row]()
    for views in _pages(dataset, wanted, set(ids), per_page, first, kept):
        number = len(pages) + 1
        name = page_name(number)
        sheet = _Page(number, count, views, about, len(ids))
        out.write(name, filled("photocast.corpus.sheets", "sheet", page=sheet, page_name=page_name))
        pages.append(name)
        told("sheet", number, count)
    out.write(OVERVIEW, overview(kept, f"{about.name}: {len(kept):,} of {about.census.samples:,} pairs"))
    return Sheets(tuple(pages), OVERVIEW, len(ids))


def page_name(number: int) -> str:
    """The file of a page."""
    return f"sheet-{number:03}.html"


def _chosen(dataset: Store, splits: Iterable[str], only_gaps: bool) -> Iterator[str]:
    for split in splits:
        for sample, _ in read_split(dataset, split, pictures=False):
            if not only_gaps or _has_gaps(sample):
                yield sample.id


def _has_gaps(sample: Sample) -> bool:
    return any(scene.image is None for scene in sample.scenes)


def _evenly(ids: Sequence[str], most: int | None) -> list[str]:
    """At most so many, from the whole length."""
    if most is None or len(ids) <= most:
        return list(ids)
    return [ids[at * len(ids) // most] for at in range(most)]


def _pages(
    dataset: Store, splits: Iterable[str], ids: set[str], per_page: int, overviewed: set[str], kept: list[Row]
) -> Iterator[list[PairView]]:
    """The pairs of one page after the other; rows for the overview are put into `kept` on the way."""
    views: list[PairView] = []
    number = 0
    for split in splits:
        for sample, pictures in read_split(dataset, split):
            if sample.id not in ids:
                continue
            number += 1
            views.append(pair_view(number, split, sample, pictures))
            if sample.id in overviewed:
                kept.append((sample, pictures))
            if len(views) == per_page:
                yield views
                views = []
    if views:
        yield views
