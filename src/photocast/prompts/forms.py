"""The JSON that models are asked for, as schemas that every provider's strict mode takes."""

from collections.abc import Sequence
from typing import Any

from photocast.schema import Source
from photocast.schema.delivery import MANNERS, SOUNDS

PLAIN = "plain"
"""The manner of a turn that has none: strict modes leave no property out."""


def script_schema(hosts: Sequence[str], photos: Sequence[str], *, delivery: bool = False) -> dict[str, Any]:
    """A conversation: turns with their photos and claims, and with their delivery if that is wanted."""
    return object_of(turns=list_of(object_of(speaker=one_of(hosts), **_said(photos, delivery))))


def turns_schema(
    ids: Sequence[str], hosts: Sequence[str], photos: Sequence[str], *, delivery: bool = False
) -> dict[str, Any]:
    """Some turns written anew, each under its id."""
    return object_of(turns=list_of(object_of(id=one_of(ids), speaker=one_of(hosts), **_said(photos, delivery))))


def notes_schema(photos: Sequence[str]) -> dict[str, Any]:
    """What is seen in photos."""
    return object_of(notes=list_of(object_of(photo=one_of(photos), note=_TEXT, sure={"type": "number"})))


def questions_schema() -> dict[str, Any]:
    """Questions to whoever made the album."""
    return object_of(questions=list_of(_TEXT))


_TEXT = {"type": "string"}


def _said(photos: Sequence[str], delivery: bool) -> dict[str, Any]:
    claim = object_of(words=_TEXT, source=one_of([source.value for source in Source]), facts=list_of(_TEXT))
    said = {"text": _TEXT, "photos": list_of(one_of(photos) if photos else _TEXT), "claims": list_of(claim)}
    return said | (_delivery() if delivery else {})


def _delivery() -> dict[str, Any]:
    return {"manner": one_of([PLAIN, *MANNERS]), "sounds": list_of(one_of(list(SOUNDS))), "stress": list_of(_TEXT)}


def object_of(**properties: Any) -> dict[str, Any]:
    """Every property is required and no other allowed: strict modes take nothing else."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def list_of(of: Any) -> dict[str, Any]:
    """A list, of any length."""
    return {"type": "array", "items": of}


def one_of(values: Sequence[str]) -> dict[str, Any]:
    """One of some words."""
    return {"type": "string", "enum": list(values)}
