"""Files that people edit: read, or refused with the place where they went wrong."""

import json
import re
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from photocast.schema import InputError
from photocast.schema.record import Record

R = TypeVar("R", bound=Record)
_SPACE = re.compile(r"[ \t\r\n]*")
_PLACE_IN_JSON = re.compile(r" at line (\d+) column (\d+)$")


def read_text(path: Path) -> str:
    """The text of a file; a byte order mark left by an editor is not part of it.

    Raises:
        InputError: the file is missing, cannot be read, or is not UTF-8.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise InputError(f"cannot read {path}", "it is missing", "Put it back, or make the episode again") from error
    except OSError as error:
        raise InputError(f"cannot read {path}", error.strerror or "the system refused", "Make it readable") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"cannot read {path}, line {line}", "it is not written in UTF-8", "Save it again with the encoding UTF-8"
        ) from error


def read_record(path: Path, kind: type[R]) -> R:
    """The record in a JSON file.

    Raises:
        InputError: as `read_text`, or the file is not JSON or not such a record; it names the line and the column.
    """
    text = read_text(path)
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        message = first["msg"].removeprefix("Value error, ").removeprefix("Invalid JSON: ").rstrip(".")
        if found := _PLACE_IN_JSON.search(message):
            line, column = int(found[1]), int(found[2])
            why = f"it is not valid JSON there: {message[: found.start()]}"
        else:
            line, column = _place(text, first["loc"])
            field = ".".join(str(step) for step in first["loc"])
            why = f"{field}: {_lower(message)}" if field else message
        if more := error.error_count() - 1:
            why += f" (and {more} more such {'place' if more == 1 else 'places'})"
        raise InputError(
            f"cannot read {path}, line {line}, column {column}", why, "Correct it there; nothing was changed"
        ) from error


def _place(text: str, steps: tuple[int | str, ...]) -> tuple[int, int]:
    """Line and column of the value that `steps` lead to in valid JSON, or of the nearest one around it."""
    at = _skip(text, 0)
    for step in steps:
        inner = _enter(text, at, step)
        if inner is None:
            break
        at = inner
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def _enter(text: str, at: int, step: int | str) -> int | None:
    """Where the value called `step` begins in the object or list that begins at `at`."""
    decoder, closing = json.JSONDecoder(), {"{": "}", "[": "]"}.get(text[at])
    if closing is None:
        return None
    is_object, number = closing == "}", 0
    at = _skip(text, at + 1)
    while text[at] != closing:
        name: int | str = number
        if is_object:
            name, at = decoder.raw_decode(text, at)
            at = _skip(text, _skip(text, at) + 1)
        if name == step:
            return at
        at = _skip(text, decoder.raw_decode(text, at)[1])
        at = _skip(text, at + 1) if text[at] == "," else at
        number += 1
    return None


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:]
