"""What files of SPoRC are, told by their beginning."""

import hashlib
from itertools import islice
from pathlib import Path

from photocast.corpus.sources.lines import Lines
from photocast.schema import InputError

LOOKED_AT = 1000
"""Lines that are searched for the columns that a file must have."""
_EDGE = 1 << 20


def fingerprint_of(path: Path) -> str:
    """Of a file, without reading all of it: its size, beginning and end. The end of a gzip file is a checksum of all.

    Raises:
        InputError: it cannot be read.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(_EDGE)
            file.seek(max(0, size - _EDGE))
            tail = file.read(_EDGE)
    except OSError as error:
        raise InputError(
            f"cannot read {path}", (error.strerror or str(error)).lower(), "Check that it is there and may be read"
        ) from error
    return hashlib.blake2b(head + tail + str(size).encode(), digest_size=16).hexdigest()


def check_columns(episodes: Path, turns: Path | None) -> None:
    """See whether two files are those of SPoRC, and not in each other's place.

    Raises:
        InputError: one of them has not the columns that it must have.
    """
    wanted = (b'"mp3url"',) if turns else (b'"mp3url"', b'"turns"')
    of_episodes = _beginning(episodes, *wanted)
    of_turns = _beginning(turns, b'"mp3url"', b'"turnText"') if turns else True
    if turns and (b'"turnText"' in (of_episodes or b"") and b'"turns"' not in (of_episodes or b"")):
        raise InputError(
            f"{episodes} and {turns} are in each other's place" if not of_turns else f"{episodes} holds turns",
            "the file of episodes has the column turnText, which only turns have",
            "Give the file of episodes first, or correct their names",
        )
    if not of_episodes:
        raise _wrong(episodes, ", ".join(name.decode().strip('"') for name in wanted), "episodes")
    if not of_turns and turns:
        raise _wrong(turns, "mp3url, turnText", "turns")


def _beginning(path: Path, *columns: bytes) -> bytes | None:
    """The first line that has all columns."""
    for line in islice(Lines(path, damaged="keep"), LOOKED_AT):
        if all(column in line for column in columns):
            return line
    return None


def _wrong(path: Path, columns: str, what: str) -> InputError:
    return InputError(
        f"{path} holds no {what} of SPoRC",
        f"none of its first {LOOKED_AT:,} lines has the columns {columns}",
        "Give the files as they are downloaded, or those of another dataset brought into that form",
    )
