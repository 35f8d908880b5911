"""A conversation in lines: `Name: words`, a label on a line of its own, in bold, in brackets, behind a bullet."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from photocast.schema import TranscriptError, parse_transcript
from photocast.schema.delivery import SOUNDS
from photocast.schema.directions import direction_on_its_own
from photocast.writing.prompted.said import LONGEST_LABEL, Opening, Said, opening_of, photo_marks

_RULE = re.compile(r"\s*(?:#{1,6}\s.*|[-=*_]{3,}\s*|(?:```|~~~)\w*\s*)")


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
            opening = opening_of(self._line[:LONGEST_LABEL], self._cast)
            if opening and opening.is_sure and len(opening.rest) > 1:
                self._is_next = True
                yield from self._done()

    def close(self, *, whole: bool) -> Iterator[Said]:
        """The rest: the last turn, which the end has cut off unless the answer is `whole`.

        A whole answer without any turn is read once more, for names that a line alone does not show.
        """
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
        if opening := opening_of(line, self._cast):
            yield from self._done()
            self._turn, self._ruled = _Open(opening, [opening.rest]), False
        elif _RULE.fullmatch(line):
            self._ruled = self._turn is not None
        elif line.strip() and self._turn:
            (self._turn.behind_rule if self._ruled else self._turn.parts).append(_spoken(line))

    def _done(self) -> Iterator[Said]:
        if self._turn is None:
            return
        turn, self._turn = self._turn, None
        yield from self._said(turn.opening, [*turn.parts, *turn.behind_rule])

    def _by_other_names(self) -> Iterator[Said]:
        """What the house's reader of transcripts makes of it."""
        try:
            script = parse_transcript("".join(self._all))
        except TranscriptError:
            return
        if len(script.speakers) > 1:
            for turn in script.turns:
                sounds = [f"[{event}]" for event in turn.delivery.events if event in SOUNDS]
                label = Opening(turn.speaker, turn.delivery.manner, turn.text, is_host=False)
                yield from self._said(label, [*sounds, turn.text])

    def _said(self, label: Opening, parts: Sequence[str]) -> Iterator[Said]:
        text, photos = photo_marks(" ".join(parts))
        if text:
            self._count += 1
            yield Said(label.speaker, text, photos, manner=label.manner, id=label.id)


def _spoken(line: str) -> str:
    """A line as it is spoken: of a direction on its own only the sounds."""
    direction = direction_on_its_own(line)
    if direction is None or not photo_marks(line)[0]:
        return line.strip()
    return " ".join(f"[{event}]" for event in direction.events if event in SOUNDS)
