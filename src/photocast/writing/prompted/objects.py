"""A conversation in JSON, read while it comes, also when its beginning is a remark or its end is missing."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from photocast.writing.prompted.lines import Lines
from photocast.writing.prompted.said import Said, SaidClaim, host_named, opening_of, photo_marks

_TOKEN = re.compile(r'\\.|["{}]', re.DOTALL)


class Objects:
    """Reads objects with `speaker` and `text`, wherever they stand; each counts as soon as it is closed."""

    def __init__(self, cast: Sequence[str]) -> None:
        self._cast = tuple(cast)
        self._count = 0
        self._text, self._at, self._edge = "", 0, 0
        self._quoted = False
        self._starts: list[int] = []

    def feed(self, piece: str) -> Iterator[Said]:
        """Take a piece; yields the turns that it completes."""
        self._text += piece
        for token in _TOKEN.finditer(self._text, self._at):
            self._at = token.end()
            if token[0] == '"':
                self._quoted = not self._quoted
            elif token[0] in "{}" and not self._quoted:
                self._edge = self._at
                if token[0] == "{":
                    self._starts.append(token.start())
                elif self._starts:
                    yield from self._turn(_read(self._text[self._starts.pop() : self._at]))

    def close(self, *, whole: bool) -> Iterator[Said]:
        """The rest: a turn that lacks its last brackets, when the answer is whole; lines, when it was no JSON."""
        if whole:
            for start in reversed(self._starts):
                yield from self._turn(_read(self._text[start:], partial=True))
        if self._count == 0:
            lines = Lines(self._cast)
            yield from lines.feed(self._text)
            yield from lines.close(whole=whole)

    def open_words(self) -> int:
        """Words of the turn that is still coming."""
        return len(self._text[self._edge :].split())

    def _turn(self, value: Any) -> Iterator[Said]:
        if not isinstance(value, Mapping) or not isinstance(value.get("text"), str):
            return
        if not value["text"].strip() or not isinstance(value.get("speaker", value.get("id")), str):
            return
        self._count += 1
        yield _said(value, self._cast)


def _read(text: str, *, partial: bool = False) -> Any:
    """The value of a stretch of JSON; none when it is broken. Line breaks inside of words are forgiven."""
    from pydantic_core import from_json

    try:
        return from_json(text, allow_partial="trailing-strings") if partial else json.loads(text, strict=False)
    except ValueError:
        return None


def _said(turn: Mapping[str, Any], cast: Sequence[str]) -> Said:
    written = str(turn.get("speaker") or "")
    speaker = host_named(written, cast) or written
    text, marked = photo_marks(turn["text"])
    opening = opening_of(text, cast)
    if opening and opening.is_host and opening.rest and opening.speaker == speaker:  # the label once more
        text = opening.rest
    photos = [photo for one in _listed(turn.get("photos")) if isinstance(one, str) for photo in _ids(one)]
    return Said(
        speaker=speaker,
        text=text,
        photos=tuple(dict.fromkeys([*photos, *marked])),
        claims=tuple(filter(None, map(_claim, _listed(turn.get("claims"))))),
        id=turn["id"] if isinstance(turn.get("id"), str) else None,
    )


def _ids(photo: str) -> tuple[str, ...]:
    return photo_marks(f"[{photo}]")[1] or (photo,)


def _claim(claim: Any) -> SaidClaim | None:
    if not isinstance(claim, Mapping) or not isinstance(claim.get("words"), str):
        return None
    facts = tuple(one for one in _listed(claim.get("facts")) if isinstance(one, str))
    return SaidClaim(claim["words"], str(claim.get("source", "")), facts)


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()
