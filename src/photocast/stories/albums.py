"""A folder of albums with what people wrote about them: `docs/evaluation_sets.md` describes the layout.

Nothing is decoded here: a photo is told by its first bytes.
"""

import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from photocast.album.find import Found, is_clutter, why
from photocast.album.kinds import HEAD, describe, kind_of
from photocast.album.order import natural
from photocast.album.sidecar import Beside, read_sidecars, split_sidecars
from photocast.album.text import decoded, plain
from photocast.album.titles import title_of
from photocast.schema import InputError
from photocast.schema.record import Record
from photocast.schema.toml import read_toml

HUMAN_STORY = "human_story.txt"
ITEM_FILE = "item.toml"
_PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif", ".tif", ".tiff", ".heic", ".heif", ".avif"})
_EPISODE = ".photocast"
_LARGEST_STORY = 1024**2
_LONGEST_TEXT = 5000
_NO_NAME = "its name is not text in UTF-8"


class ItemFile(Record):
    """`item.toml`: what a folder cannot say by itself."""

    title: str | None = Field(default=None, max_length=120, pattern=r"\S")
    about: str | None = Field(default=None, max_length=500, pattern=r"\S")
    """What the album is about; the writer is told."""
    photos: tuple[Annotated[str, Field(pattern=r"\S")], ...] = ()
    """Names of the photos in their order, relative to the folder; without it, all photos by name."""


@dataclass(frozen=True)
class Problem:
    """A file or folder that ought to be part of an item, and is not."""

    item: str
    file: str
    """From the folder of the item; empty for the folder itself."""
    reason: str


@dataclass(frozen=True)
class Item:
    """One album."""

    id: str
    """Name of the folder; transcripts about the item bear it."""
    folder: Path
    photos: tuple[Path, ...] = ()
    """In order; empty for an item of which only texts are there."""
    captions: tuple[str, ...] = ()
    """What people wrote about the photos, to compare with: the human story, which no writer is shown; without one, the
    captions beside the photos, which every writer is told."""
    beside: tuple[str, ...] = ()
    """The caption beside each photo, empty where there is none: as many as photos."""
    story: tuple[str, ...] = ()
    """The human story, a text for each photo, or one text in all."""
    title: str | None = None
    """From `item.toml`; the writer is told, as of `about`."""
    about: str | None = None

    @property
    def heading(self) -> str:
        """The title, or else the name of the folder in words."""
        return self.title or title_of(self.id)


def read_items(folder: Path) -> tuple[tuple[Item, ...], tuple[Problem, ...]]:
    """The albums in a folder in natural order of their names; a folder that holds photos itself is one album.

    Raises:
        InputError: there is no such folder, it may not be read, or it holds no item.
        ConfigError: an `item.toml` cannot be used.
    """
    if _is_item(folder):
        read = [_Reader(folder, folder).read()]
    else:
        read = [_Reader(one, folder).read() for one in _folders(folder)]
    items = tuple(item for item, _ in read if item.photos or item.captions)
    problems = tuple(problem for _, noted in read for problem in noted)
    if not items:
        raise _no_item(folder, problems)
    return items, problems


def _no_item(folder: Path, problems: Sequence[Problem]) -> InputError:
    reason = "no folder in it holds a photo or a human story"
    if problems:
        first = problems[0]
        reason += f"; {'/'.join(part for part in (first.item, first.file) if part)}: {first.reason}"
    return InputError(
        f"cannot use {folder} as a folder of albums", reason, "Give a folder with a folder of photos for each item"
    )


def read_story(text: str) -> tuple[str, ...]:
    """The texts of a human story: after `[Image k]:` marks, else a text for each line; a header above a rule goes."""
    lines = [line.strip() for line in text.splitlines()]
    rules = [number for number, line in enumerate(lines) if re.fullmatch(r"[=_-]{4,}", line)]
    body = [line for line in lines[rules[-1] + 1 if rules else 0 :] if line]
    marked = [re.match(r"\[?\s*image\s+\d+\s*\]?\s*:\s*", line, re.IGNORECASE) for line in body]
    if not any(marked):
        return tuple(body)
    texts: list[str] = []
    for line, mark in zip(body, marked, strict=True):
        if mark:
            texts.append(line[mark.end() :])
        elif texts:
            texts[-1] = f"{texts[-1]} {line}".strip()
    return tuple(one for one in texts if one)


def _is_item(folder: Path) -> bool:
    """Whether a folder is itself an item: a photo, a story or an `item.toml` lies right in it.

    Raises:
        InputError: there is no such folder, or it may not be read.
    """
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        reason = "it is a file" if isinstance(error, NotADirectoryError) else why(error)
        do = "Give a folder with a folder of photos for each item"
        raise InputError(f"cannot open the folder of albums {folder}", reason, do) from error
    if {HUMAN_STORY, ITEM_FILE} & set(names):
        return True
    return any(_ought_to_be_a_picture(folder / name) for name in names if not is_clutter(name))


def _ought_to_be_a_picture(path: Path) -> bool:
    if path.is_dir():
        return False
    if path.suffix.lower() in _PICTURES:
        return True
    try:
        return kind_of(_head(path)) is not None
    except OSError:
        return False


def _folders(folder: Path) -> list[Path]:
    names = [one.name for one in os.scandir(folder) if one.is_dir() and not is_clutter(one.name)]
    return [folder / name for name in sorted(names, key=natural)]


class _Reader:
    """Reads one item, and notes what cannot be part of it."""

    def __init__(self, folder: Path, top: Path) -> None:
        self._folder, self._top = folder, Path(os.path.realpath(top))
        self._name = folder.name or "album"
        self._problems: list[Problem] = []

    def read(self) -> tuple[Item, tuple[Problem, ...]]:
        """The item, and the problems with it."""
        if not _is_text(self._name):
            return Item(plain(self._name), self._folder), (Problem(plain(self._name), "", _NO_NAME),)
        path = self._folder / ITEM_FILE
        told = read_toml(path, ItemFile) if path.is_file() else ItemFile()
        files = [file for file in self._files() if self._can_be_read(file)]
        photos = [file for file in files if self._is_photo(file)]
        if told.photos:
            photos = self._listed(told.photos, photos)
        story, beside = self._story(), self._captions(files, photos)
        item = Item(
            id=self._name,
            folder=self._folder,
            photos=tuple(photos),
            captions=story or tuple(text for text in beside if text),
            beside=beside,
            story=story,
            title=plain(told.title or "", limit=120) or None,
            about=plain(told.about or "") or None,
        )
        if not (item.photos or item.captions or self._problems):
            self._refuse(self._folder, "it holds no photo and no human story")
        return item, tuple(self._problems)

    def _refuse(self, path: Path, reason: str) -> None:
        file = "" if path == self._folder else self._inside(path)
        self._problems.append(Problem(self._name, plain(file, limit=1000), reason))

    def _inside(self, path: Path) -> str:
        return path.relative_to(self._folder).as_posix()

    def _files(self) -> list[Path]:
        """The files in the folder and below, by name; what is in an episode is not part of the album."""
        files: list[Path] = []
        for place, folders, names in os.walk(self._folder, onerror=lambda e: self._refuse(Path(e.filename), why(e))):
            if _EPISODE in folders and Path(place) != self._folder:
                folders.clear()
                continue
            folders[:] = [name for name in folders if not is_clutter(name)]
            files += [Path(place, name) for name in names if not is_clutter(name)]
        return sorted(files, key=lambda file: natural(self._inside(file)))

    def _can_be_read(self, file: Path) -> bool:
        """Whether it is a regular file; a link may lead to another place in the set, and nowhere else."""
        if not _is_text(self._inside(file)):
            self._refuse(file, _NO_NAME)
            return False
        try:
            regular = stat.S_ISREG(file.stat().st_mode)
        except OSError as error:
            self._refuse(file, f"it cannot be opened: {why(error)}")
            return False
        if file.is_symlink() and not Path(os.path.realpath(file)).is_relative_to(self._top):
            self._refuse(file, "it is a link that leads out of the folder of albums")
            return False
        if not regular:
            self._refuse(file, "it is a pipe, a socket or a device, which is never opened")
        return regular

    def _is_photo(self, file: Path) -> bool:
        try:
            head = _head(file)
        except OSError as error:
            self._refuse(file, f"it cannot be opened: {why(error)}")
            return False
        if kind_of(head):
            return True
        if file.suffix.lower() in _PICTURES:
            self._refuse(file, f"not a photo: it is {describe(head)}" if head else "it is empty")
        return False

    def _listed(self, names: Sequence[str], photos: Sequence[Path]) -> list[Path]:
        """The photos that `item.toml` lists, in its order."""
        by_name = {self._inside(photo): photo for photo in photos}
        known = {problem.file for problem in self._problems}
        for name in dict.fromkeys(names):
            if name not in by_name and (shown := plain(name, limit=1000)) not in known:
                self._problems.append(Problem(self._name, shown, f"it is missing, and {ITEM_FILE} lists it"))
        return [by_name[name] for name in dict.fromkeys(names) if name in by_name]

    def _story(self) -> tuple[str, ...]:
        path = self._folder / HUMAN_STORY
        if not path.is_file() or not self._can_be_read(path):
            return ()
        with path.open("rb") as file:
            return tuple(plain(one, limit=_LONGEST_TEXT) for one in read_story(decoded(file.read(_LARGEST_STORY))))

    def _captions(self, files: Sequence[Path], photos: Sequence[Path]) -> tuple[str, ...]:
        """What `captions.csv` and its like say of each photo."""
        found = [self._found(photo) for photo in photos]
        sidecars, _ = split_sidecars(self._found(file) for file in files)
        beside, _ = read_sidecars(sidecars, found)
        told = [beside.get(photo.name, Beside()) for photo in found]
        return tuple(one.caption or one.description for one in told)

    def _found(self, file: Path) -> Found:
        return Found(self._inside(file), lambda: file.open("rb"))


def _is_text(name: str) -> bool:
    """Whether a name can be written into a file: names of old systems come with bytes that are no UTF-8."""
    return not any("\ud800" <= letter <= "\udfff" for letter in name)


def _head(path: Path) -> bytes:
    """The first bytes of a file, also of one that turned into a pipe in the meantime, for which nothing waits."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as file:
        return file.read(HEAD)
