"""An answer read as it comes: whatever form a model gives it, out come the turns, each as soon as it is whole."""

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from photocast.models.thoughts import THOUGHT, THOUGHT_ENDS
from photocast.writing.prompted.lines import Lines
from photocast.writing.prompted.objects import Objects
from photocast.writing.prompted.said import Said, opening_of

_TURNING = re.compile(r'(?P<object>\{\s{0,40}"[^"\n]{1,40}"\s{0,40}:)|' + THOUGHT_ENDS.pattern)
"""How JSON begins, which no line of a conversation holds; or the end of a thought that the prompt had begun."""
_LONGEST_TURNING = 130
_NO_WORDS = re.compile(r"(?:`{1,3}\w*)?\s*\[?\s*(?:\{.*)?|</?[a-z]*", re.DOTALL)
"""What may stand behind a colon and still be no words: the beginning of JSON, or of the end of a thought."""


class Answer:
    """Collects the pieces of an answer, JSON or labelled lines, and hands out each turn once.

    The turns do not depend on how the answer was cut into pieces. What a model thinks aloud or remarks before the
    first turn belongs to none.

    Args:
        cast: names of the hosts, in order; `Speaker 2` in an answer is the second of them.
    """

    def __init__(self, cast: Sequence[str]) -> None:
        self._cast = tuple(cast)
        self._pieces: list[str] = []
        self._waiting = ""
        """What has come before the form of the answer can be told, without thoughts."""
        self._line_at, self._searched, self._strangers = 0, 0, 0
        self._form: _Form | None = None

    @property
    def text(self) -> str:
        """All that has come so far."""
        return "".join(self._pieces)

    def feed(self, piece: str) -> Iterator[Said]:
        """Take a piece; yields the turns that it completes."""
        self._pieces.append(piece)
        if self._form is None:
            self._waiting += piece
            self._form = self._chosen()
            piece = self._waiting
        if self._form is not None:
            yield from self._form.feed(piece)

    def open_words(self) -> int:
        """Words of the turn that is still coming, or of what came instead of a first one; thoughts do not count."""
        if self._form is not None:
            return self._form.open_words()
        return 0 if THOUGHT.match(self._waiting) else len(self._waiting.split())

    def close(self, *, whole: bool) -> Iterator[Said]:
        """The rest. A turn that the end cut off is left out unless the answer is `whole`."""
        if self._form is None:
            self._form = Lines(self._cast)
            yield from self._form.feed("" if THOUGHT.match(self._waiting) else self._waiting)
        yield from self._form.close(whole=whole)

    def _chosen(self) -> "_Form | None":
        """The form of the answer by what comes first, a turn or an object; none while neither is there."""
        while True:
            self._waiting = self._waiting.lstrip("\ufeff \t\r\n")
            thinks = THOUGHT.match(self._waiting)
            found = (THOUGHT_ENDS if thinks else _TURNING).search(
                self._waiting, max(0, self._searched - _LONGEST_TURNING)
            )
            if not thinks and self._begins_before(found.end() - 1 if found else len(self._waiting)):
                return Lines(self._cast)
            if found is None:
                self._searched = len(self._waiting)
                return None
            if found.groupdict().get("object"):
                self._waiting = self._waiting[found.start() :]
                return Objects(self._cast)
            self._waiting = self._waiting[found.end() :]
            self._line_at, self._searched, self._strangers = 0, 0, 0

    def _begins_before(self, stop: int) -> bool:
        """Whether a turn begins before `stop`, on one of the lines that were not read yet."""
        while self._line_at < stop:
            end = self._waiting.find("\n", self._line_at, stop)
            if self._begins(self._waiting[self._line_at : end if end >= 0 else stop], whole=end >= 0):
                return True
            if end < 0:
                return False
            self._line_at = end + 1
        return False

    def _begins(self, line: str, *, whole: bool) -> bool:
        """Whether a line begins a turn, which of one that is still coming shows when words stand behind the label.

        A first name that is no host's does not: it may be the label of a preface.
        """
        opening = opening_of(line, self._cast)
        if opening is None or (opening.rest and _NO_WORDS.fullmatch(opening.rest)):
            return False
        if opening.is_sure or self._strangers:
            return (whole and opening.is_sure) or len(opening.rest) > 1
        self._strangers += whole
        return False


class _Form(Protocol):
    """One form of an answer."""

    def feed(self, piece: str) -> Iterator[Said]: ...

    def close(self, *, whole: bool) -> Iterator[Said]: ...

    def open_words(self) -> int: ...
