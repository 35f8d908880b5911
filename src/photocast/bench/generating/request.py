"""`bench.json`: what a run was asked for, so that nothing else is ever written into its folder."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from photocast.bench.evaluation_set import EvaluationSet, Item
from photocast.bench.generating.systems import System
from photocast.bench.generating.workspace import SEEN, SYSTEMS
from photocast.runs import sha256_of, write_atomically
from photocast.schema import Brief, InputError
from photocast.schema.record import SCHEMA_VERSION, Record, SchemaVersion

REQUEST = "bench.json"
_NOT_PINNED = {"because", "max_cost", "patience"}
"""Of a writer: what a run may cost and how long it waits changes no word of it."""
_MOST_SHOWN = 5


class PinnedItem(Record):
    """An item as it was when the run began."""

    photos: dict[str, str]
    """SHA-256 by file, in order."""
    title: str | None = None
    about: str | None = None


class PinnedSystem(Record):
    """A system as it was when the run began."""

    writer: dict[str, Any] | None = None
    files: dict[str, str] = Field(default_factory=dict)
    """SHA-256 of each transcript that was there, by item."""


class Request(Record):
    """What decides what is written."""

    schema_version: SchemaVersion = SCHEMA_VERSION
    brief: Brief
    items: dict[str, PinnedItem]
    systems: dict[str, PinnedSystem]


def request_of(albums: EvaluationSet, systems: Sequence[System], brief: Brief) -> Request:
    """The request, with the hashes of all photos and transcripts.

    Raises:
        InputError: a file cannot be read.
    """
    return Request(
        brief=brief,
        items={item.id: _pinned_item(item) for item in albums.items},
        systems={system.name: _pinned_system(system) for system in systems},
    )


def _pinned_item(item: Item) -> PinnedItem:
    photos = {photo.relative_to(item.folder).as_posix(): _hash(photo) for photo in item.photos}
    return PinnedItem(photos=photos, title=item.title, about=item.about)


def _pinned_system(system: System) -> PinnedSystem:
    writer = system.writer.model_dump(mode="json", exclude=_NOT_PINNED) if system.writer else None
    return PinnedSystem(writer=writer, files={item: _hash(path) for item, path in system.files.items()})


def _hash(path: Path) -> str:
    try:
        return sha256_of(path)
    except OSError as error:
        why = (error.strerror or "the system refused").lower()
        raise InputError(
            f"cannot read {path}", why, "Remove it from the evaluation set, or make it readable"
        ) from error


def pin(folder: Path, request: Request) -> None:
    """Write the request into the folder, or check that it is the one that is there.

    Raises:
        InputError: the folder holds a run of another request, or other files.
    """
    path = folder / REQUEST
    if not path.exists():
        if folder.is_dir() and any(not one.name.startswith(".") for one in folder.iterdir()):
            raise InputError(f"cannot write into {folder}", "it holds other files", "Choose another folder with -o")
        write_atomically(path, request.model_dump_json(indent=1) + "\n")
        return
    try:
        earlier = Request.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        why = "it cannot be understood" if isinstance(error, ValidationError) else (error.strerror or "").lower()
        raise InputError(f"cannot use {path}", why, "Choose another folder with -o") from error
    if not (folder / SYSTEMS).exists():  # nothing was written yet, so there is nothing to mix up
        if earlier != request:
            shutil.rmtree(folder / SEEN, ignore_errors=True)
            write_atomically(path, request.model_dump_json(indent=1) + "\n")
        return
    if differences := list(_differences(earlier.model_dump(mode="json"), request.model_dump(mode="json"))):
        shown = "; ".join(differences[:_MOST_SHOWN])
        more = f"; and {len(differences) - _MOST_SHOWN} more" if len(differences) > _MOST_SHOWN else ""
        raise InputError(
            f"cannot go on in {folder}",
            f"the run there was asked for something else: {shown}{more}",
            "Ask for the same again, or choose another folder with -o",
        )


def _differences(before: Mapping[str, Any], now: Mapping[str, Any], above: str = "") -> Iterator[str]:
    """What differs, with its place: `brief.style was banter and is story`."""
    for key in dict.fromkeys([*before, *now]):
        place = f"{above}{key}"
        if key not in before:
            yield f"{place} is new"
        elif key not in now:
            yield f"{place} is missing"
        elif isinstance(before[key], dict) and isinstance(now[key], dict):
            yield from _differences(before[key], now[key], f"{place}.")
        elif before[key] != now[key]:
            yield f"{place} was {_short(before[key])} and is {_short(now[key])}"
    if not above.endswith("photos.") or list(before) == list(now) or set(before) != set(now):
        return
    yield f"{above.removesuffix('.')} come in another order"


def _short(value: Any) -> str:
    text = "not given" if value is None else str(value)
    return text if len(text) <= 40 else f"{text[:12]}…"
