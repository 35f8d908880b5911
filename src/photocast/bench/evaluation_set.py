"""The items that systems are measured on: a folder of albums, and what people wrote about them.

`docs/evaluation_sets.md` describes the layout.
"""

import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from photocast.schema import InputError, UsageError
from photocast.stories import Item, Problem, read_items

__all__ = ["EvaluationSet", "Item", "Problem", "item_ids"]


@dataclass(frozen=True)
class EvaluationSet:
    """Items in natural order of their names."""

    folder: Path
    items: tuple[Item, ...]
    problems: tuple[Problem, ...] = ()
    """Every photo that is missing or unreadable, and every folder that holds no item."""
    _by_id: dict[str, Item] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {item.id: item for item in self.items})

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """The set in a folder. A folder that holds photos itself is a set of one item.

        Raises:
            InputError: there is no such folder, it may not be read, or it holds no item.
            ConfigError: an `item.toml` cannot be used.
        """
        folder = Path(os.path.abspath(Path(path).expanduser()))
        return cls(folder, *read_items(folder))

    @classmethod
    def open_all(cls, paths: Sequence[str | Path]) -> Self:
        """The items of several folders as one set.

        Raises:
            InputError: as `open`, or two items have one name.
            ConfigError: as `open`.
        """
        sets = [cls.open(path) for path in paths]
        items = [item for one in sets for item in one.items]
        names = [item.id for item in items]
        if twice := next((name for name in names if names.count(name) > 1), None):
            why = "transcripts are named after their albums, and one would take the place of the other"
            raise InputError(f"two albums are called {twice}", why, "Rename one of the folders")
        return cls(sets[0].folder, tuple(items), tuple(problem for one in sets for problem in one.problems))

    def item(self, name: str) -> Item | None:
        """The item of that id; None when there is none."""
        return self._by_id.get(name)


def item_ids(paths: Sequence[Path], known: Collection[str] = ()) -> dict[Path, str]:
    """What each transcript is about, by the name of its file or of a folder above it.

    Names are the stems of the files when these are all different, else those of the nearest folders that tell all the
    files apart: `sample_01/transcript.txt` and `sample_02/transcript.txt` are about `sample_01` and `sample_02`.

    Args:
        paths: the transcripts of one system.
        known: ids of an evaluation set: names that are all among them come before nearer ones that are not.

    Raises:
        UsageError: no names tell the files apart, or one is listed twice.
    """
    absolute = [Path(os.path.abspath(path)) for path in paths]
    choices = [names for names in _namings(absolute) if len(set(names)) == len(names)]
    in_the_set = [names for names in choices if known and set(names) <= set(known)]
    if not choices:
        raise UsageError(
            f"cannot tell what {len(paths)} transcripts are about",
            "neither the names of the files nor those of the folders they are in are all different",
            "Give the transcripts of one system at a time, each named after its item or in a folder that is",
        )
    return dict(zip(paths, (in_the_set or choices)[0], strict=True))


def _namings(paths: Sequence[Path]) -> Iterator[tuple[str, ...]]:
    yield tuple(path.name if path.is_dir() else path.stem for path in paths)
    for level in range(min((len(path.parents) for path in paths), default=0)):
        yield tuple(path.parents[level].name for path in paths)
