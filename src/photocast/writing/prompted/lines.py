"""A conversation in lines: `Name: words`, a label on a line of its own, in bold, in brackets, behind a bullet."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from photocast.schema import TranscriptError, parse_transcript
from photocast.schema.directions import SOUNDS, direction_on_its_own
from photocast.writing.prompted.said import Opening, Said, opening_of, photo_marks

_RULE = re.compile(r"\s*(?:#{1,6}\s.*|[-=*_]{3,}\s*|(?:```|~~~)\w*\s*)")
_LONGEST_LABEL = 120
"""Characters within which a label and the first of its words stand."""


@dataclass(slots=True)
class _Open:
    """A turn that may go on."""

    opening: Opening
    parts: list[str]
    behind_rule: list[str] = field(default_factory=list)
    """Lines below a rule: a remark of the model's, unless somebody speaks below them."""


class Lines:
    """Reads labelled lines."""

    def __init__(self, cast: Sequence[str]) -> None:
        self._cast = tuple(cast)
        self._count = 0
        self._line = ""
        self._is_next = False
        """Whether the line that is still coming is known to begin the next turn."""
        self._turn: _Open | None = None
        self._ruled = False
        self._all: list[str] = []

    def feed(self, piece: str) -> Iterator[Said]:
        """Take a piece; yields the turns that it completes."""
        self._all.append(piece)
        *whole, self._line = (self._line + piece).split("\n")
        for line in whole:
            yield from self._take(line)
            self._is_next = False
        if not self._is_next:
            opening = opening_of(self._line[:_LONGEST_LABEL], self._cast)
            if opening and opening.is_host and len(opening.rest) > 1:
                self._is_next = True
                yield from self._done()

    def close(self, *, whole: bool) -> Iterator[Said]:
        """The rest, when the answer is whole; the turn that the end cut off is left out."""
        if self._line:
            yield from self._take(self._line)
        if whole:
            if self._turn:
                self._turn.behind_rule = []
            yield from self._done()
            if self._count == 0:
                yield from self._by_other_names()

    def open_words(self) -> int:
        """Words of the turn that is still coming."""
        here = len(self._line.split())
        return here + (sum(len(part.split()) for part in self._turn.parts) if self._turn else 0)

    def _take(self, line: str) -> Iterator[Said]:
        if _RULE.fullmatch(line) and not opening_of(line, self._cast):
            self._ruled = self._turn is not None
        elif opening := opening_of(line, self._cast):
            yield from self._done()
            self._turn, self._ruled = _Open(opening, [opening.rest]), False
        elif line.strip() and self._turn:
            direction = direction_on_its_own(line)
            sounds = [f"[{event}]" for event in direction.events if event in SOUNDS] if direction else []
            words = sounds if direction else [line.strip()]
            (self._turn.behind_rule if self._ruled else self._turn.parts).extend(words)

    def _done(self) -> Iterator[Said]:
        if self._turn is None:
            return
        turn, self._turn = self._turn, None
        text, photos = photo_marks(" ".join([*turn.parts, *turn.behind_rule]))
        if text:
            self._count += 1
            yield Said(turn.opening.speaker, text, photos, manner=turn.opening.manner, id=turn.opening.id)

    def _by_other_names(self) -> Iterator[Said]:
        """What the house's reader of transcripts makes of it: it sees names that a line alone does not show."""
        try:
            script = parse_transcript("".join(self._all))
        except TranscriptError:
            return
        if len(script.speakers) < 2:
            return
        for turn in script.turns:
            text, photos = photo_marks(turn.text)
            if text:
                yield Said(turn.speaker, text, photos, manner=turn.delivery.manner)
