"""What the fake provider says when nobody told it what to say: a plain conversation in the form that was asked for."""

import json
import re
import zlib
from collections.abc import Mapping
from itertools import count
from typing import Any

from photocast.testing.wire import Asked

_OPENERS = (
    "I would have stayed by the {} a little longer",
    "You can tell that somebody cared about the {}",
    "My aunt had a {} much like that one, and she was proud of it",
    "Nobody ever thanks the {}, and it does most of the work",
    "What I like is how quietly the {} sits there",
    "There is always one person who walks straight past the {}",
    "If I had to carry one thing home it would be the {}",
    "Somebody must have argued about that {} beforehand",
)
_THINGS = (
    *("window", "bench", "kettle", "gate", "lantern", "basket", "doorstep", "ladder", "tablecloth", "bicycle"),
    *("puddle", "railing", "teapot", "hedge", "clock", "staircase", "blanket", "bell", "path", "shelf"),
)
_ANSWERS = (
    ", and I would not change a thing about it.",
    ", although that may be the weather talking.",
    ", which says a lot about the afternoon.",
    "; at least that is how I would tell it.",
    ", don't you think?",
)
_WORDS = re.compile(r"(\d[\d,]*)\s+words")
_NUMBERED = re.compile(r"\bSpeaker [1-9]\b")
_NAMED = re.compile(r"^[ \t*-]*([A-Z][\w'’-]{1,19}):", re.MULTILINE)
_NOT_NAMES = frozenset(
    {"Example", "Format", "Style", "Hosts", "Photos", "Facts", "Rules", "Length", "Language", "About"}
)


def converse(asked: Asked) -> str:
    """A conversation between the speakers that the question names, about as long as it asks for.

    Speakers are found as `Speaker 1`, or as names before a colon at the start of a line. A question with a JSON schema
    is answered with an object of that shape.
    """
    talk = _Talk(asked)
    if asked.schema is not None:
        return json.dumps(talk.fill(asked.schema, asked.schema), ensure_ascii=False)
    lines: list[str] = []
    while sum(len(line.split()) for line in lines) < talk.words:
        lines.append(f"{talk.speaker()}: {talk.sentence()} {talk.sentence()}")
    return "\n".join(lines)


class _Talk:
    """Speakers in turn, and sentences that do not come twice for a long while."""

    def __init__(self, asked: Asked) -> None:
        self._names = _speakers(asked.text)
        said = _WORDS.search(asked.text)
        self.words = min(2000, int(said[1].replace(",", ""))) if said else 240
        self._turn = count()
        self._next = count(zlib.crc32(asked.text.encode()))

    def speaker(self) -> str:
        """Whose turn it is."""
        return self._names[next(self._turn) % len(self._names)]

    def sentence(self) -> str:
        """The next of 800; steps without a common divisor with each length go through all combinations."""
        at = next(self._next)
        opener, thing = _OPENERS[at % len(_OPENERS)], _THINGS[at // len(_OPENERS) % len(_THINGS)]
        return opener.format(thing) + _ANSWERS[at % len(_ANSWERS)]

    def fill(self, schema: Mapping[str, Any], root: Mapping[str, Any], name: str = "") -> Any:
        """A value of the shape of the schema."""
        if "$ref" in schema:
            return self.fill(_resolved(schema["$ref"], root), root, name)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema["enum"][next(self._turn) % len(schema["enum"])]
        if options := schema.get("anyOf") or schema.get("oneOf"):
            return self.fill(options[0], root, name)
        kind = schema.get("type", "object")
        return self._of_kind(kind[0] if isinstance(kind, list) else kind, schema, root, name)

    def _of_kind(self, kind: str, schema: Mapping[str, Any], root: Mapping[str, Any], name: str) -> Any:
        if kind == "object":
            return {field: self.fill(shape, root, field) for field, shape in schema.get("properties", {}).items()}
        if kind == "array":
            size = max(schema.get("minItems", 0), min(schema.get("maxItems", 99), 8 if name == "turns" else 1))
            return [self.fill(schema.get("items", {"type": "string"}), root, name) for _ in range(size)]
        if kind == "string":
            return self.speaker() if name in {"speaker", "name", "host"} else self.sentence()
        plain: dict[str, Any] = {"integer": schema.get("minimum", 0), "number": schema.get("minimum", 0.0)}
        return plain.get(kind, False if kind == "boolean" else None)


def _speakers(text: str) -> list[str]:
    numbered = sorted(set(_NUMBERED.findall(text)))
    named = [name for name in dict.fromkeys(_NAMED.findall(text)) if name not in _NOT_NAMES]
    names = (numbered or named)[:4]
    return names if len(names) > 1 else ["Speaker 1", "Speaker 2"]


def _resolved(ref: str, root: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Any = root
    for step in ref.removeprefix("#/").split("/"):
        found = found[step]
    return dict(found)
