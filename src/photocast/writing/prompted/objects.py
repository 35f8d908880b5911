"""A conversation in JSON, read while it comes, also when its beginning is a remark or its end is missing."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from photocast.prompts.forms import PLAIN
from photocast.schema.delivery import sound_of
from photocast.writing.prompted.lines import Lines
from photocast.writing.prompted.said import Said, SaidClaim, host_named, opening_of, photo_marks

_TOKEN = re.compile(r'\\.|["{}]', re.DOTALL)
_DEEPEST = 3
"""Objects one inside of the other from a conversation down to a claim."""
_LONGEST_MANNER = 40
_HALF_LETTER = re.compile("[\ud800-\udfff]")
"""Half of an emoji, as an escape that is cut in two leaves it: no text, and no file, may hold it."""


class Objects:
    """Reads objects with `speaker` and `text`, wherever they stand; each counts as soon as it is closed."""

    def __init__(self, cast: Sequence[str]) -> None:
        self._cast = tuple(cast)
        self._count = 0
        self._text, self._at, self._edge = "", 0, 0
        self._quoted = False
        self._open: list[tuple[int, int]] = []
        """Of each open object where it starts, and how many closed ones lie inside of each other in it."""

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
                    self._open.append((token.start(), 0))
                elif self._open:
                    yield from self._closed()
        self._at = len(self._text) - self._text.endswith("\\", self._at)  # what it escapes is still to come

    def close(self, *, whole: bool) -> Iterator[Said]:
        """The rest: a turn that lacks its last brackets, when the answer is whole; lines, when it was no JSON."""
        if whole:
            for start, _ in reversed(self._open[-_DEEPEST:]):
                yield from self._turn(_read(self._text[start:], partial=True))
        if self._count == 0:
            lines = Lines(self._cast)
            yield from lines.feed(self._text)
            yield from lines.close(whole=whole)

    def open_words(self) -> int:
        """Words of the turn that is still coming."""
        return len(self._text[self._edge :].split())

    def _closed(self) -> Iterator[Said]:
        start, inside = self._open.pop()
        if self._open:
            outer, before = self._open[-1]
            self._open[-1] = outer, max(before, inside + 1)
        if inside < _DEEPEST:
            yield from self._turn(_read(self._text[start : self._at]))

    def _turn(self, value: Any) -> Iterator[Said]:
        if not isinstance(value, Mapping) or not isinstance(value.get("text"), str):
            return
        if not isinstance(value.get("speaker", value.get("id")), str):
            return
        said = _said(value, self._cast)
        if said.text:
            self._count += 1
            yield said


def _read(text: str, *, partial: bool = False) -> Any:
    """The value of a stretch of JSON; none when it is broken. Line breaks inside of words are forgiven."""
    from pydantic_core import from_json

    try:
        return from_json(text, allow_partial="trailing-strings") if partial else json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _said(turn: Mapping[str, Any], cast: Sequence[str]) -> Said:
    written = _words(turn.get("speaker"))
    speaker = host_named(written, cast) or written
    text, marked = photo_marks(_words(turn["text"]))
    opening = opening_of(text, cast)
    if opening and opening.is_host and opening.rest and opening.speaker == speaker:  # the label once more
        text = opening.rest
    photos = [photo for one in _listed(turn.get("photos")) for photo in _ids(_words(one))]
    return Said(
        speaker=speaker,
        text=text,
        photos=tuple(dict.fromkeys([*photos, *marked])),
        claims=tuple(claim for claim in map(_claim, _listed(turn.get("claims"))) if claim.words),
        manner=_manner(_words(turn.get("manner"))),
        id=_words(turn.get("id")) or None,
        sounds=tuple(filter(None, (sound_of(_words(one)) for one in _listed(turn.get("sounds"))))),
        stress=tuple(filter(None, map(_words, _listed(turn.get("stress"))))),
    )


def _manner(written: str) -> str | None:
    """A manner as it is written, short; none when there is none."""
    written = " ".join(written.split())
    return written if written and written != PLAIN and len(written) <= _LONGEST_MANNER else None


def _ids(photo: str) -> tuple[str, ...]:
    return photo_marks(f"[{photo}]")[1]


def _claim(claim: Any) -> SaidClaim:
    claim = claim if isinstance(claim, Mapping) else {}
    words, _ = photo_marks(_words(claim.get("words")))
    return SaidClaim(words, _words(claim.get("source")), tuple(map(_words, _listed(claim.get("facts")))))


def _words(value: Any) -> str:
    """A value that should be words; no words when it is something else."""
    return _HALF_LETTER.sub("\N{REPLACEMENT CHARACTER}", value) if isinstance(value, str) else ""


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()
