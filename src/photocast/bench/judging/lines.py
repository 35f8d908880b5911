"""Files of records, a line each: what is added is on the disk, and a line that was cut off costs that line alone."""

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from photocast.runs import cannot_write
from photocast.schema import InputError
from photocast.schema.record import Record

R = TypeVar("R", bound=Record)


def add_lines(file: Path, records: Iterable[Record]) -> None:
    """Add records to a file, each on the disk before this returns.

    Raises:
        OSError: the disk is full, or the place may not be written to; a part of a line may be there then.
    """
    data = "".join(record.model_dump_json() + "\n" for record in records).encode()
    file.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        if (size := os.fstat(handle).st_size) and os.pread(handle, 1, size - 1) != b"\n":
            data = b"\n" + data  # the line that a killed run left half written stays apart
        while data:  # a disk that is nearly full takes a part, and says so only the next time
            data = data[os.write(handle, data) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def add_records(file: Path, records: Iterable[Record]) -> None:
    """`add_lines`, for callers who have nothing to add to the error.

    Raises:
        InputError: the file cannot be written.
    """
    try:
        add_lines(file, records)
    except OSError as error:
        raise cannot_write(file, error) from error


def read_records(file: Path, kind: type[R]) -> list[R]:
    """The records of a file; none where no file is. A line that was cut off while it was written is passed over.

    Raises:
        InputError: the file cannot be read, or a line that is whole is no such record.
    """
    if not file.exists():
        return []
    try:
        data = file.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {file}", error.strerror or "it cannot be read", "Name another folder") from error
    return list(_records(file, data, kind))


def _records(file: Path, data: bytes, kind: type[R]) -> Iterator[R]:
    for number, line in enumerate(data.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            yield kind.model_validate_json(line)
        except ValidationError as error:
            if _is_cut(line):
                continue
            why = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, why["loc"]))
            said = f"{where}: {why['msg']}" if where else why["msg"]
            raise InputError(f"{file}, line {number}, cannot be used", said, "Repair or remove the line") from error


def _is_cut(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:  # of a cut letter too
        return True
    return False
