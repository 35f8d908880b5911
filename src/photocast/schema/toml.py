"""TOML files checked against a record, with the line in every complaint."""

import re
import tomllib
from pathlib import Path
from typing import TypeVar, get_args

from pydantic import ValidationError

from photocast.schema.errors import ConfigError
from photocast.schema.record import Record

R = TypeVar("R", bound=Record)

_HEADER = re.compile(r"\s*\[{1,2}\s*([^\]]+?)\s*\]{1,2}\s*(?:#.*)?")
_LARGEST = 1_000_000


def read_toml(path: Path, shape: type[R]) -> R:
    """The record in a TOML file.

    Raises:
        ConfigError: it cannot be read, is no TOML, or says something the record has no place for.
    """
    text = _text(path)
    try:
        return shape.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"cannot read {path}", f"it is not valid TOML: {error}", "Correct that line") from error
    except ValidationError as error:
        raise _complaint(path, text, error, shape) from error


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST:
            raise ConfigError(f"cannot read {path}", "it is over a megabyte", "Name a TOML file of settings")
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"cannot read {path}", "it is not UTF-8 text", "Save it as UTF-8") from error
    except OSError as error:
        why = (error.strerror or "the system refused").lower()
        raise ConfigError(f"cannot read {path}", why, "Check the name and who may read it") from error


def _complaint(path: Path, text: str, error: ValidationError, shape: type[Record]) -> ConfigError:
    first = error.errors()[0]
    key, nth, member = _place(first["loc"], text)
    line = line_of(text, [key, member] if member else [key], nth)
    where = f"{path}, line {line}" if line else str(path)
    name = f"{key}.{member}" if member else key
    if first["type"] == "extra_forbidden":
        known = ", ".join(_known(shape, key if member else None))
        return ConfigError(f"{where}: unknown key `{name}`", f"the keys are {known}", "Correct or remove it")
    if first["type"] == "missing":
        return ConfigError(f"{where}: `{name}` is missing", "the table needs it", "Add it")
    if first["type"] == "tuple_type":
        form = f"[[{name}]] above its keys" if isinstance(first["input"], dict) else f'{name} = ["…", "…"]'
        return ConfigError(f"{where}: `{name}` cannot be used", "it has to be a list", f"Write {form}")
    if first["type"] == "string_pattern_mismatch":
        return ConfigError(f"{where}: `{name}` cannot be used", "it is blank", "Write something there")
    why = first["msg"][:1].lower() + first["msg"][1:]
    return ConfigError(f"{where}: `{name}` cannot be used", why.removeprefix("value error, "), "Correct the value")


def _place(loc: tuple[int | str, ...], text: str) -> tuple[str, int, str | None]:
    """Key, number of the table among those of its name, and key inside the table."""
    words = [part for part in loc if isinstance(part, str)] or ["?"]
    numbers = [part for part in loc if isinstance(part, int)] or [0]
    # For a value of several possible types pydantic adds the type it tried, which is nothing the user wrote.
    return words[0], numbers[0], words[1] if len(words) > 1 and _is_table(text, words[0]) else None


def _known(shape: type[Record], key: str | None) -> list[str]:
    """The keys of the file, or of its tables called `key`, which are tuples of records."""
    table: type[Record] = get_args(shape.model_fields[key].annotation)[0] if key else shape
    return list(table.model_fields)


def _is_table(text: str, key: str) -> bool:
    return any((match := _HEADER.fullmatch(line)) and match[1] == key for line in text.splitlines())


def line_of(text: str, key: list[str], nth: int = 0) -> int | None:
    """Number of the line on which `key` is set, in the `nth` table of that name; none when it is not found.

    The parser of the standard library keeps no positions, so the lines are read again.
    """
    table, seen = "", -1
    header = 0
    for number, line in enumerate(text.splitlines(), start=1):
        if match := _HEADER.fullmatch(line):
            table = match[1]
            if table == key[0]:
                seen += 1
                header = number if seen == nth else header
            continue
        wanted = table == key[0] and seen == nth if len(key) > 1 else table == ""
        if wanted and re.match(rf"""\s*["']?{re.escape(key[-1])}["']?\s*=""", line):
            return number
    return header or None
