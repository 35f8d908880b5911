"""What the fake provider says when nobody told it what to say: a plain conversation in the form that was asked for."""

import json
import re
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from photocast.testing.wire import Asked

_STARTS = (
    *("I miss the", "Look, the", "He kept a", "That poor", "We never had a", "Nobody wanted the"),
    *("There goes the", "I trust a", "She bought a", "Ours was a", "They painted the", "You hear the"),
)
_THINGS = (
    *("window", "bench", "kettle", "gate", "lantern", "basket", "doorstep", "ladder", "tablecloth", "bicycle"),
    *("puddle", "railing", "teapot", "hedge", "clock", "staircase", "blanket", "bell", "path", "shelf"),
)
_ENDS = (
    *("before lunch.", "every Sunday.", "in the rain.", "without asking.", "all the way home.", "and nothing else."),
    *("since the spring.", "for no reason.", "like a champion.", "until it broke.", "behind the shed."),
    *("with both hands.", "and I believe it."),
)
_WORDS = re.compile(r"(\d[\d,]*)\s+words")
_WORDS_A_TURN = 13
_PHOTO = re.compile(r"\bp\d{2,3}\b")
_NUMBERED = re.compile(r"\bSpeaker [1-9]\b")
_NAMED = re.compile(r"^[ \t*-]*([A-Z][\w'’-]{1,19}):", re.MULTILINE)
_NOT_NAMES = frozenset(
    {"Example", "Format", "Style", "Hosts", "Photos", "Facts", "Rules", "Length", "Language", "About"}
)


def converse(asked: Asked) -> str:
    """A conversation between the speakers that the question names, about as long as it asks for.

    Speakers are found as `Speaker 1`, or as names before a colon at the start of a line; photos, if they are asked
    for in square brackets, as `p01`. A question with a JSON schema is answered with an object of that shape.
    """
    talk = _Talk(asked)
    if asked.schema is not None:
        return json.dumps(talk.fill(asked.schema, asked.schema), ensure_ascii=False)
    lines: list[str] = []
    while sum(len(line.split()) for line in lines) < talk.words:
        lines.append(f"{talk.speaker()}: {talk.turn()}{talk.mark()}")
    return "\n".join(lines)


class _Talk:
    """Speakers and photos in turn, and sentences that do not come twice for a long while."""

    def __init__(self, asked: Asked) -> None:
        self._names = _speakers(asked.text)
        marked = "square brackets" in asked.text
        self._photos = sorted(set(_PHOTO.findall(asked.text))) if marked else []
        said = _WORDS.search(asked.text)
        self.words = min(2000, int(said[1].replace(",", ""))) if said else 240
        self._next = count(zlib.crc32(asked.text.encode()))
        self._turns: defaultdict[str, Iterator[int]] = defaultdict(count)

    def speaker(self) -> str:
        """Whose turn it is."""
        return self._names[next(self._turns["speaker"]) % len(self._names)]

    def mark(self) -> str:
        """The photo that a turn is about, if that is asked for."""
        return f" [{self._photos[next(self._turns['photo']) % len(self._photos)]}]" if self._photos else ""

    def sentence(self) -> str:
        """The next of 780: the lengths of the lists are such that it takes that long until one comes again."""
        at = next(self._next)
        return " ".join(part[at % len(part)] for part in (_STARTS, _THINGS, _ENDS))

    def turn(self) -> str:
        """What somebody says at a time."""
        return f"{self.sentence()} {self.sentence()}"

    def fill(self, schema: Mapping[str, Any], root: Mapping[str, Any], name: str = "") -> Any:
        """A value of the shape of the schema; the choices of a field are taken one after the other."""
        if "$ref" in schema:
            return self.fill(_resolved(schema["$ref"], root), root, name)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema["enum"][next(self._turns[name]) % len(schema["enum"])]
        if options := schema.get("anyOf") or schema.get("oneOf"):
            return self.fill(options[0], root, name)
        kind = schema.get("type", "object")
        return self._of_kind(kind[0] if isinstance(kind, list) else kind, schema, root, name)

    def _of_kind(self, kind: str, schema: Mapping[str, Any], root: Mapping[str, Any], name: str) -> Any:
        if kind == "object":
            return {field: self.fill(shape, root, field) for field, shape in schema.get("properties", {}).items()}
        if kind == "array":
            items = schema.get("items", {"type": "string"})
            size = max(schema.get("minItems", 0), min(schema.get("maxItems", 999), self._size(name, items)))
            return [self.fill(items, root, name) for _ in range(size)]
        if kind == "string":
            return self.speaker() if name in {"speaker", "name", "host"} else self.turn()
        plain: dict[str, Any] = {"integer": schema.get("minimum", 0), "number": schema.get("minimum", 0.9)}
        return plain.get(kind, False if kind == "boolean" else None)

    def _size(self, name: str, items: Mapping[str, Any]) -> int:
        """How many there are of something: turns by the words, notes by what they may be about, claims none."""
        choices = [len(one["enum"]) for one in items.get("properties", {}).values() if "enum" in one]
        sizes = {"turns": self.words // _WORDS_A_TURN, "photos": 1, "questions": 3, "notes": max(choices, default=1)}
        return max(1, sizes[name]) if name in sizes else 0


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
