"""What a model noted down of photos, read out of its answer: JSON, whole or broken off, or lines."""

import json
import math
import re
from collections.abc import Iterator
from typing import Any

_THOUGHT = re.compile(r"\s*<(think(?:ing)?|thought|reasoning)>.*?(?:</\1>|\Z)", re.DOTALL)
_OBJECTS = re.compile(r'\{\s*"notes"|\[\s*\{\s*"')
"""How JSON with notes begins, behind whatever a model says before it."""
_OF_PHOTO = re.compile(r"[\s#>*_•–(\[-]*(?P<photo>p\d{2,3})\b[\s*_)\]]*(?:[:：](?P<rest>.*))?")
_LISTED = re.compile(r"\s*[-*•–]\s(?P<rest>.*)")
_SURENESS = re.compile(r"\(([01](?:[.,]\d+)?)\)[\s.*_]*$")
_UNSAID = 0.8
"""How sure a note counts for that does not say it."""


def noted(text: str) -> Iterator[tuple[str, str, float]]:
    """Photo, note and how sure (0 to 1), in order; what cannot be read is left out."""
    thought = _THOUGHT.match(text)
    body = text[thought.end() :] if thought else text
    listed = _listed(body)
    if listed is None:
        yield from _from_lines(body)
        return
    for one in listed:
        match one:
            case {"photo": str(photo), "note": str(note)}:
                yield photo.strip(), note, _sure(one.get("sure"))


def _listed(body: str) -> list[Any] | None:
    """The notes of a JSON answer, of one that broke off those that are whole; None when it is no JSON."""
    begin = _OBJECTS.search(body)
    if begin is None:
        return None
    value = _json(body[begin.start() :])
    listed = value.get("notes") if isinstance(value, dict) else value
    return listed if isinstance(listed, list) else None


def _json(text: str) -> Any:
    from pydantic_core import from_json

    try:
        return json.JSONDecoder().raw_decode(text)[0]  # leaves alone what is said behind it
    except (ValueError, RecursionError):
        pass
    try:
        return from_json(text, allow_partial=True)
    except ValueError:
        return None


def _from_lines(body: str) -> Iterator[tuple[str, str, float]]:
    """Of lines that begin with a photo, and of lists under the name of one."""
    photo = ""
    for line in body.splitlines():
        if found := _OF_PHOTO.fullmatch(line):
            photo = found["photo"]
        elif not photo or not (found := _LISTED.fullmatch(line)):
            continue
        rest = found["rest"] or ""
        sureness = _SURENESS.search(rest)
        if note := rest[: sureness.start() if sureness else None].strip(" \t*_"):
            yield photo, note, _sure(sureness and sureness[1])


def _sure(value: object) -> float:
    if isinstance(value, str):
        try:
            value = float(value.replace(",", "."))
        except ValueError:
            return _UNSAID
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        return _UNSAID
    return min(1.0, max(0.0, float(value)))
