"""An answer read as it comes: whatever form a model gives it, out come the turns, each as soon as it is whole."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from photocast.schema import TranscriptError, parse_transcript
from photocast.schema.labels import OPENERS, ORDINARY

_ROLE = re.compile(
    r"(?:speaker|host|co-?host|guest|person|voice)\s*[#_-]?\s*(?P<nth>\d|[a-f])(?:\s*\([^)]*\))?", re.IGNORECASE
)
_LABEL = re.compile(
    r"\s*(?:[-*•>]\s+|\d{1,3}[.)]\s+)?[*_]{0,3}\[?(?P<name>[^\W\d_][^:：\[\]*\n]{0,39}?)\]?[*_]{0,3}"
    r"\s*(?:[*_]{0,2}\((?P<manner>[^()]{1,40})\)[*_]{0,2})?\s*[:：][*_]{0,3}(?!//)\s*(?P<rest>.*)"
)
_MARKS = re.compile(r"\s*[\[(]\s*(p\d{2,3}(?:\s*(?:,|and|–|-)\s*p\d{2,3})*)\s*[\])]")
_FENCE = re.compile(r"\s*(?:```|~~~)\w*\s*")
_RULE = re.compile(r"\s*(?:#{1,6}\s.*|[-=*_]{3,})\s*")


@dataclass(frozen=True, slots=True)
class SaidClaim:
    """A claim as the model marks it."""

    words: str
    source: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """A turn as the model gives it."""

    speaker: str
    """A host; or what the model wrote, when it is no host."""
    text: str
    photos: tuple[str, ...] = ()
    claims: tuple[SaidClaim, ...] = ()
    manner: str | None = None
    id: str | None = None
    """The turn that it replaces, where that was asked."""


class Answer:
    """Collects the pieces of an answer, JSON or labelled lines, and hands out each turn once.

    Args:
        cast: names of the hosts, in order; `Speaker 2` in an answer is the second of them.
    """

    def __init__(self, cast: Sequence[str]) -> None:
        self._cast = tuple(cast)
        self._text: list[str] = []
        self._form: _Form | None = None

    @property
    def text(self) -> str:
        """All that has come so far."""
        return "".join(self._text)

    def feed(self, piece: str) -> Iterator[Said]:
        """Take a piece; yields the turns that it completes."""
        self._text.append(piece)
        if self._form is None:
            head = self.text.lstrip()
            head = _FENCE.sub("", head, count=1) if "\n" in head else "" if head.startswith(("`", "~")) else head
            if not head:
                return
            self._form = _Json(self._cast) if head[0] in "{[" and not head.startswith("[p") else _Lines(self._cast)
            piece = self.text
        yield from self._form.feed(piece)

    def open_words(self) -> int:
        """Words of the turn that is still coming."""
        return self._form.open_words() if self._form else 0

    def close(self, *, whole: bool) -> Iterator[Said]:
        """The rest. A turn that the end cut off is left out unless the answer is `whole`."""
        if self._form is not None:
            yield from self._form.close(whole=whole)


class _Form(Protocol):
    """One form of an answer."""

    def feed(self, piece: str) -> Iterator[Said]: ...

    def close(self, *, whole: bool) -> Iterator[Said]: ...

    def open_words(self) -> int: ...


class _Lines:
    """`Name: words`, a label on a line of its own, in bold, in brackets, with a bullet."""

    def __init__(self, cast: Sequence[str]) -> None:
        self._cast = tuple(cast)
        self._count = 0
        self._line = ""
        self._turn: tuple[str, str | None, list[str]] | None = None
        self._all: list[str] = []

    def feed(self, piece: str) -> Iterator[Said]:
        self._all.append(piece)
        *whole, self._line = (self._line + piece).split("\n")
        for line in whole:
            yield from self._take(line)

    def close(self, *, whole: bool) -> Iterator[Said]:
        if self._line:
            cut_after_label = self._turn
            yield from self._take(self._line)
            if not whole and self._turn is not cut_after_label:
                self._turn = None
        if whole or self._count == 0:
            yield from self._done()
        if self._count == 0:
            yield from self._by_other_names()

    def open_words(self) -> int:
        here = len(self._line.split())
        return here + (sum(len(part.split()) for part in self._turn[2]) if self._turn else 0)

    def _take(self, line: str) -> Iterator[Said]:
        label = _LABEL.fullmatch(line)
        name = speaker_named(label["name"], self._cast) if label else None
        if label and name:
            yield from self._done()
            self._turn = (name, label["manner"], [label["rest"]])
        elif line.strip() and self._turn and not _FENCE.fullmatch(line) and not _RULE.fullmatch(line):
            self._turn[2].append(line.strip())

    def _done(self) -> Iterator[Said]:
        if self._turn is None:
            return
        speaker, manner, parts = self._turn
        self._turn = None
        text, photos = photo_marks(" ".join(part for part in parts if part))
        if text:
            self._count += 1
            yield Said(speaker, text, photos, manner=manner)

    def _by_other_names(self) -> Iterator[Said]:
        """What the house's reader of transcripts makes of it: speakers under names of the model's own."""
        try:
            script = parse_transcript("".join(self._all))
        except TranscriptError:
            return
        names = [speaker.name for speaker in script.speakers]
        if len(names) < 2:
            return
        for turn in script.turns:
            at = names.index(turn.speaker)
            text, photos = photo_marks(turn.text)
            self._count += 1
            speaker = self._cast[at] if at < len(self._cast) else turn.speaker
            yield Said(speaker, text, photos, manner=turn.delivery.manner)


class _Json:
    """`{"turns": [{"speaker": …, "text": …, "photos": […], "claims": […]}]}`, also when its end is missing."""

    def __init__(self, cast: Sequence[str]) -> None:
        self._cast = tuple(cast)
        self._count = 0
        self._text = ""

    def feed(self, piece: str) -> Iterator[Said]:
        self._text += piece
        if "}" in piece:  # no turn can have ended without one
            yield from self._new(self._turns()[:-1])

    def close(self, *, whole: bool) -> Iterator[Said]:
        turns = self._turns()
        yield from self._new(turns if self._is_valid() else turns[:-1])
        if self._count == 0:  # it began like JSON and was none
            lines = _Lines(self._cast)
            yield from lines.feed(self._text)
            yield from lines.close(whole=whole)

    def open_words(self) -> int:
        return len(self._text[self._text.rfind("}") + 1 :].split())

    def _new(self, turns: Sequence[Any]) -> Iterator[Said]:
        for turn in turns[self._count :]:
            self._count += 1
            if said := _from_json(turn, self._cast):
                yield said

    def _turns(self) -> list[Any]:
        from pydantic_core import from_json

        try:
            value = from_json(self._body(), allow_partial="trailing-strings")
        except ValueError:
            return []
        found = value.get("turns") if isinstance(value, dict) else value
        return found if isinstance(found, list) else []

    def _is_valid(self) -> bool:
        try:
            json.loads(self._body())
        except ValueError:
            return False
        return True

    def _body(self) -> str:
        start = min((at for at in (self._text.find("{"), self._text.find("[")) if at >= 0), default=0)
        return re.sub(r"\s*(?:```|~~~)\s*$", "", self._text[start:])


def speaker_named(name: str, cast: Sequence[str]) -> str | None:
    """The host that a label means; the label itself when it looks like somebody who is no host; or none."""
    name = " ".join(name.split())
    for host in cast:
        if name.casefold() in {host.casefold(), host.split()[0].casefold()}:
            return host
    role = _ROLE.fullmatch(name)
    if role:
        nth = int(role["nth"]) if role["nth"].isdigit() else ord(role["nth"].lower()) - 96
        return cast[nth - 1] if 1 <= nth <= len(cast) else name
    words = name.split()
    first = re.sub(r"\W", "", words[0]).casefold() if words else ""
    looks = len(words) <= 2 and all(word[0].isupper() for word in words) and first not in ORDINARY | OPENERS
    return name if looks else None


def photo_marks(text: str) -> tuple[str, tuple[str, ...]]:
    """The words without the marks of photos among them, and the photos that these name."""
    photos = [name for marks in _MARKS.findall(text) for name in re.findall(r"p\d{2,3}", marks)]
    return " ".join(_MARKS.sub("", text).split()), tuple(dict.fromkeys(photos))


def _from_json(turn: Any, cast: Sequence[str]) -> Said | None:
    if not isinstance(turn, Mapping) or not isinstance(turn.get("text"), str) or not turn["text"].strip():
        return None
    written = str(turn.get("speaker") or "")
    text, marked = photo_marks(turn["text"])
    photos = [one for one in _listed(turn.get("photos")) if isinstance(one, str)]
    return Said(
        speaker=speaker_named(written, cast) or written or "nobody",
        text=text,
        photos=tuple(dict.fromkeys([*photos, *marked])),
        claims=tuple(filter(None, map(_claim, _listed(turn.get("claims"))))),
        id=turn["id"] if isinstance(turn.get("id"), str) else None,
    )


def _claim(claim: Any) -> SaidClaim | None:
    if not isinstance(claim, Mapping) or not isinstance(claim.get("words"), str):
        return None
    facts = tuple(one for one in _listed(claim.get("facts")) if isinstance(one, str))
    return SaidClaim(claim["words"], str(claim.get("source", "")), facts)


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()
