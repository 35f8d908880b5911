"""Which reader a source is for, told by what it is."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from photocast.schema import InputError, UsageError
from photocast.training.story.nouns import LeftOut, VisualStory
from photocast.training.story.sources.albums import read_albums
from photocast.training.story.sources.lines import read_lines
from photocast.training.story.sources.vist import ISOLATION, SEQUENCE, read_isolation, read_sequence

_KINDS = f"a .jsonl of stories, a {SEQUENCE[1:]} or {ISOLATION[1:]} of VIST, or a folder of albums"
_SUFFIXES = (".jpg", ".jpeg", ".png", ".gif", ".webp")


@dataclass(frozen=True)
class Reading:
    """How sources are read.

    Attributes:
        photos: folders, with those in them, that hold VIST's photos as `<id>.jpg` or another kind of picture.
        licence: of sources that state none.
    """

    photos: tuple[Path, ...] = ()
    licence: str = ""


@dataclass(frozen=True)
class Read:
    """What sources hold."""

    stories: tuple[VisualStory, ...]
    left_out: tuple[LeftOut, ...]


def read_sources(sources: Sequence[Path], reading: Reading) -> Read:
    """The stories of all sources, in their order.

    Raises:
        UsageError: a source is of no kind that is known, VIST's photos are not named, or two stories have one name.
        InputError: a source cannot be read, or there is no story left.
    """
    photos = _photos(reading.photos)
    found = [one for source in sources for one in _read(source, photos, reading)]
    stories = tuple(one for one in found if isinstance(one, VisualStory))
    left_out = tuple(one for one in found if isinstance(one, LeftOut))
    if not stories:
        why = f"{left_out[0].what}: {left_out[0].detail}" if left_out else "there are none"
        more = f"; and {len(left_out) - 1:,} more" if len(left_out) > 1 else ""
        raise InputError("no story can be used", why + more, "Bring what is missing, or name another source")
    _check_names(stories)
    return Read(stories, left_out)


def _read(source: Path, photos: Mapping[str, Path], reading: Reading) -> Iterator[VisualStory | LeftOut]:
    if source.is_dir():
        return read_albums(Path(os.path.abspath(source)), reading.licence)
    if source.name.endswith((SEQUENCE, ISOLATION)):
        if not reading.photos:
            why = f"{source.name} names photos by their ids on Flickr and does not hold them"
            raise UsageError("the photos of VIST are missing", why, "Add --photos DIR, with the photos of its archives")
        read = read_sequence if source.name.endswith(SEQUENCE) else read_isolation
        return read(source, photos, reading.licence)
    if source.suffix == ".jsonl":
        return read_lines(source, reading.licence)
    why = f"a source is {_KINDS}" if source.exists() else "there is no such file or folder"
    raise UsageError(f"{source} cannot be read as stories", why, "See docs/story_instruct.md")


def _photos(folders: Sequence[Path]) -> dict[str, Path]:
    """Pictures by the name of their file without its ending; the first of a name counts.

    Raises:
        UsageError: a folder is not there.
    """
    found: dict[str, Path] = {}
    for folder in folders:
        if not folder.is_dir():
            raise UsageError(f"cannot look for photos in {folder}", "it is no folder", "Name one with --photos")
        for place, inner, names in os.walk(os.path.abspath(folder)):
            inner.sort()
            for name in sorted(names):
                stem, ending = os.path.splitext(name)
                if ending.lower() in _SUFFIXES:
                    found.setdefault(stem, Path(place, name))
    return found


def _check_names(stories: Sequence[VisualStory]) -> None:
    seen: set[str] = set()
    for story in stories:
        if story.key in seen:
            why = f"both are called {story.key}: the name of the source, and the id in it"
            raise UsageError("two stories cannot be told apart", why, "Rename one of the files or folders")
        seen.add(story.key)
