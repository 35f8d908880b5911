"""The judging folder of a study: one server at a time, one study, one address."""

import os
import secrets
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import Field, ValidationError

from photocast.bench.judging.criteria import criteria
from photocast.bench.judging.human.study import Study
from photocast.runs import Lock, cannot_write, write_atomically
from photocast.schema import InputError
from photocast.schema.record import SCHEMA_VERSION, Record, SchemaVersion

STUDY = "human-study.json"
_ADDRESS = ".human-address.json"
_LOCK = ".human.lock"


class StudyRecord(Record):
    """What a folder of human votes is about; it stays the same as long as votes are added."""

    schema_version: SchemaVersion = SCHEMA_VERSION
    systems: tuple[str, ...]
    pairs: int
    questions: dict[str, str]
    """By criterion, in the words in which they are asked."""
    fingerprint: str
    """SHA-256 over the texts and photos that are compared."""


class _Address(Record):
    """Where raters find the study; its secret is why the file is for its owner alone."""

    token: str = Field(min_length=20, max_length=64, pattern=r"^[\w-]+$")
    port: int = Field(default=0, ge=0, le=65535)


class Workplace:
    """A folder while a server works in it.

    Args:
        folder: the judging folder; it is made if it is not there.
        study: what is compared.

    Raises:
        InputError: another server works there, it holds votes of another study, or it cannot be written to.
    """

    def __init__(self, folder: Path, study: Study) -> None:
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = Lock(folder / _LOCK)
            taken = self._lock.take()
        except OSError as error:
            raise cannot_write(folder, error) from error
        if not taken:
            do = "Use the link that it printed, or end it first"
            raise InputError(f"cannot use {folder}", "another photocast judge human is at work there", do)
        try:
            _check(folder / STUDY, study)
            self._address = self._known_address()
        except BaseException:
            self.close()
            raise

    @property
    def token(self) -> str:
        """The secret in every address of the study."""
        return self._address.token

    @property
    def port(self) -> int:
        """The port that was used last; 0 for none."""
        return self._address.port

    def remember(self, port: int) -> None:
        """Keep the port, so that a link still leads here after a restart.

        Raises:
            InputError: the folder cannot be written to.
        """
        if port != self._address.port:
            self._address = self._address.model_copy(update={"port": port})
            self._write()

    def close(self) -> None:
        """Let others use the folder."""
        self._lock.let_go()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _known_address(self) -> _Address:
        path = self.folder / _ADDRESS
        if path.is_file():
            try:
                return _Address.model_validate_json(path.read_bytes())
            except ValidationError as error:
                raise InputError(f"cannot use {path}", "it is no address of a study", "Remove it") from error
        self._address = _Address(token=secrets.token_urlsafe(18))
        self._write()
        return self._address

    def _write(self) -> None:
        """Whole or not at all, and never for others to read."""
        path, part = self.folder / _ADDRESS, self.folder / f"{_ADDRESS}.partial"
        try:
            part.unlink(missing_ok=True)
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                file.write(self._address.model_dump_json() + "\n")
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except OSError as error:
            raise cannot_write(path, error) from error


def _check(path: Path, study: Study) -> None:
    """Whether the study of the folder is this one; a folder without any becomes its folder."""
    systems = dict.fromkeys(name for one in study.comparisons for name in one.systems)
    record = StudyRecord(
        systems=tuple(systems),
        pairs=len(study.comparisons),
        questions={name: one.question for name, one in criteria().items()},
        fingerprint=study.fingerprint,
    )
    if not path.is_file():
        write_atomically(path, record.model_dump_json(indent=2) + "\n")
        return
    try:
        known = StudyRecord.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise InputError(f"cannot use {path}", "it is no record of a study", "Choose another folder") from error
    if known != record:
        why = "its votes are about other systems, transcripts, photos or questions" + (
            f": {', '.join(known.systems)}, {known.pairs} pairs" if known.pairs != record.pairs else ""
        )
        raise InputError(f"cannot go on in {path.parent}", why, "Choose another folder with -o")
