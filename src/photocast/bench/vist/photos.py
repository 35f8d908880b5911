"""Which photos a selection wants, which of them are there, and which are gone: `photos.jsonl`.

A line is written when a photo has come or is found to be gone; the last line about a photo counts. A run that is killed
leaves at most half a line at the end, which is not read.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import Field, ValidationError

from photocast.runs import cannot_write, sha256_of
from photocast.schema import InputError
from photocast.schema.record import Record

LEDGER = "photos.jsonl"


class Entry(Record):
    """What is known of one photo: its bytes, or why there are none."""

    id: str
    sha256: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")
    bytes: int | None = None
    url: str = ""
    gone: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A photo, and the files that it is to become: more than one when stories share it."""

    id: str
    url: str
    files: tuple[Path, ...]


@dataclass
class Ledger:
    """The entries of a folder, by photo."""

    path: Path
    entries: dict[str, Entry] = field(default_factory=dict)

    @classmethod
    def open(cls, path: Path, *, must_exist: bool = False) -> "Ledger":
        """Read the ledger; an absent one is empty.

        Raises:
            InputError: it cannot be read, or a line of it is none of ours.
        """
        try:
            text = path.read_text("utf-8")
        except FileNotFoundError as error:
            if must_exist:
                raise InputError(f"cannot read {path}", "there is no such file", "Check its name") from error
            return cls(path)
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "it is not UTF-8 text"
            raise InputError(f"cannot read {path}", str(why).lower(), "Name a photos.jsonl of photocast") from error
        return cls(path, {entry.id: entry for entry in _entries(path, text)})

    def note(self, entry: Entry) -> None:
        """Add an entry, on the disk before this returns.

        Raises:
            InputError: the file cannot be written.
        """
        line = entry.model_dump_json(exclude_defaults=True) + "\n"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            _end_the_last_line(self.path)
            with self.path.open("a", encoding="utf-8", newline="\n") as file:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise cannot_write(self.path, error) from error
        self.entries[entry.id] = entry

    def sha256(self, photo: str) -> str | None:
        """The hash that the photo had when it came."""
        entry = self.entries.get(photo)
        return entry.sha256 if entry else None

    def gone(self) -> dict[str, str]:
        """Photos that cannot be had, with the reason."""
        return {entry.id: entry.gone for entry in self.entries.values() if entry.gone}

    def has(self, wanted: Wanted) -> bool:
        """Whether all files of a photo are there with the bytes that came first."""
        known = self.sha256(wanted.id)
        return known is not None and all(file.is_file() and sha256_of(file) == known for file in wanted.files)

    def missing(self, wanted: Iterable[Wanted]) -> list[Wanted]:
        """The photos that are not there."""
        return [one for one in wanted if not self.has(one)]


def _entries(path: Path, text: str) -> list[Entry]:
    entries = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            entries.append(Entry.model_validate_json(line))
        except ValidationError as error:
            if _is_cut_off(line):
                continue
            why = f"line {number} is not an entry of a photo ({error.errors()[0]['msg'].lower()})"
            raise InputError(f"cannot use {path}", why, "Name a photos.jsonl of photocast") from error
    return entries


def _is_cut_off(line: str) -> bool:
    """Whether a line is the beginning of an entry, which a killed run leaves behind."""
    if not line.startswith('{"id"'):
        return False
    try:
        json.loads(line)
    except ValueError:
        return True
    return False


def _end_the_last_line(path: Path) -> None:
    """What a killed run began stays a line of its own."""
    if not path.is_file() or not path.stat().st_size:
        return
    with path.open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        if file.read(1) != b"\n":
            file.write(b"\n")
