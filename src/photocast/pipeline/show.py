"""What lies beside the folders of episodes: what was said of the show, its cover, and which files are photocast's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import islice
from pathlib import Path
from xml.etree import ElementTree

from pydantic import Field, ValidationError

from photocast.publish.cover import cover
from photocast.publish.feed import DISCLOSURE, FEED
from photocast.publish.podcasting import ITUNES
from photocast.runs import sha256_of, sha256_of_bytes, write_atomically
from photocast.schema import InputError
from photocast.schema.record import Record

COVERS = ("cover.jpg", "cover.png")
DESCRIPTION = "Conversations about photos."
AUTHOR = "photocast"
_NOTED = Path(".photocast", "show.json")
_PICTURES = 4
"""On a cover."""


@dataclass(frozen=True)
class Said:
    """What a feed says already. Nothing where there is none."""

    title: str | None = None
    link: str | None = None
    author: str | None = None
    description: str | None = None
    dates: Mapping[str, datetime] = field(default_factory=dict)
    """When each episode came out, by its id."""


class _Noted(Record):
    """Hashes of files as photocast wrote them, by name."""

    files: dict[str, str] = Field(default_factory=dict)


def said_in(folder: Path) -> Said:
    """What the feed in a folder says; a feed that cannot be read says nothing."""
    try:
        channel = ElementTree.parse(folder / FEED).find("channel")
    except (OSError, ElementTree.ParseError):
        channel = None
    if channel is None:
        return Said()
    said = {child.tag: child.text for child in channel if child.text}
    dates = {item.findtext("guid", ""): _moment(item.findtext("pubDate", "")) for item in channel.iterfind("item")}
    return Said(
        title=said.get("title"),
        link=said.get("link"),
        author=said.get(f"{{{ITUNES}}}author"),
        description=said.get("description", "").removesuffix(DISCLOSURE).strip() or None,
        dates={guid: date for guid, date in dates.items() if date},
    )


def show_cover(folder: Path, title: str, episodes: Sequence[Path]) -> tuple[str | None, tuple[str, ...]]:
    """The name of the cover of a show, or why there is none. One that somebody put there stays; otherwise it is made.

    It shows the first four episodes, so that it does not change with every new one.

    Args:
        folder: where the episode folders lie.
        title: of the show.
        episodes: the folders, in the order in which they came out.
    """
    theirs = next((name for name in COVERS if (folder / name).is_file() and not is_ours(folder, name)), None)
    if theirs:
        return theirs, ()
    name, each = COVERS[0], -(-_PICTURES // max(len(episodes), 1))
    photos = [photo for path in episodes[:_PICTURES] for photo in _spread(sorted(path.glob("photos/*.jpg")), each)]
    try:
        write_ours(folder, name, cover(title, photos))
    except InputError as error:
        do = f"put a square {' or '.join(COVERS)} of 1400 to 3000 pixels into {folder}"
        return None, (f"there is no cover, for {error.why} ({error.what}): {do}",)
    return name, ()


def is_ours(folder: Path, name: str) -> bool:
    """Whether a file is as photocast wrote it."""
    noted = _noted(folder).files.get(name)
    return noted is not None and (folder / name).is_file() and sha256_of(folder / name) == noted


def write_ours(folder: Path, name: str, data: bytes) -> None:
    """Write a file and note what it is like, so that a change by hand is seen.

    Raises:
        InputError: it cannot be written.
    """
    now = sha256_of_bytes(data)
    noted = _noted(folder).files
    if noted.get(name) != now:
        write_atomically(folder / _NOTED, _Noted(files=noted | {name: now}).model_dump_json(indent=2) + "\n")
    write_atomically(folder / name, data)


def _noted(folder: Path) -> _Noted:
    try:
        return _Noted.model_validate_json((folder / _NOTED).read_bytes())
    except (OSError, ValidationError):
        return _Noted()  # then nothing is ours, and nothing is written over


def _spread(photos: Sequence[Path], count: int) -> list[Path]:
    return list(islice(photos[:: max(1, len(photos) // count)], count))


def _moment(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
