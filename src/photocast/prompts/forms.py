"""The JSON that models are asked for, as schemas that every provider's strict mode takes."""

from collections.abc import Sequence
from typing import Any

from photocast.schema import Source


def script_schema(hosts: Sequence[str], photos: Sequence[str]) -> dict[str, Any]:
    """A conversation: turns with their photos and claims."""
    return _object(turns=_list(_object(speaker=_one_of(hosts), **_said(photos))))


def turns_schema(ids: Sequence[str], hosts: Sequence[str], photos: Sequence[str]) -> dict[str, Any]:
    """Some turns written anew, each under its id."""
    return _object(turns=_list(_object(id=_one_of(ids), speaker=_one_of(hosts), **_said(photos))))


def notes_schema(photos: Sequence[str]) -> dict[str, Any]:
    """What is seen in photos."""
    return _object(notes=_list(_object(photo=_one_of(photos), note=_TEXT, sure={"type": "number"})))


def questions_schema() -> dict[str, Any]:
    """Questions to whoever made the album."""
    return _object(questions=_list(_TEXT))


_TEXT = {"type": "string"}


def _said(photos: Sequence[str]) -> dict[str, Any]:
    claim = _object(words=_TEXT, source=_one_of([source.value for source in Source]), facts=_list(_TEXT))
    return {"text": _TEXT, "photos": _list(_one_of(photos) if photos else _TEXT), "claims": _list(claim)}


def _object(**properties: Any) -> dict[str, Any]:
    """Every property is required and no other allowed: strict modes take nothing else."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(of: Any) -> dict[str, Any]:
    return {"type": "array", "items": of}


def _one_of(values: Sequence[str]) -> dict[str, Any]:
    return {"type": "string", "enum": list(values)}
