"""Lines of JSON that outlive a kill: each is whole or does not count, and belongs to what it was made from."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import ValidationError

from photocast.runs import cannot_write, write_atomically
from photocast.schema.record import Record


class Keyed(Record):
    """A line that belongs to a prompt."""

    id: str
    """Of the prompt."""
    key: str
    """Hash of all that it depends on; a line of another key is of something else, and is not read."""


Line = TypeVar("Line", bound=Keyed)


@dataclass(frozen=True)
class KeyedLines(Generic[Line]):
    """A file of such lines, which only grows.

    Attributes:
        path: of the file.
        kind: of its lines.
        key: of those that count.
    """

    path: Path
    kind: type[Line]
    key: str

    def read(self) -> dict[str, Line]:
        """The lines by prompt, the last of each.

        What stands behind the last whole line was torn by a kill, and is cut off.

        Raises:
            InputError: it may not be written to.
        """
        if not self.path.is_file():
            return {}
        content = self.path.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        if whole != content:
            write_atomically(self.path, whole)
        lines = filter(None, map(self._parsed, whole.splitlines()))
        return {line.id: line for line in lines if line.key == self.key}

    def add(self, lines: Iterable[Line]) -> None:
        """Add lines, which are on the disk when this returns.

        Raises:
            InputError: the disk is full, or may not be written to.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab") as file:
                file.write(b"".join(line.model_dump_json().encode() + b"\n" for line in lines))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise cannot_write(self.path, error) from error

    def _parsed(self, line: bytes) -> Line | None:
        try:
            return self.kind.model_validate_json(line)
        except ValidationError:  # of another version; what it held is made again
            return None
