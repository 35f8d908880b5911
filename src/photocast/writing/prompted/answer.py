"""An answer read as it comes: whatever form a model gives it, out come the turns, each as soon as it is whole."""

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from photocast.writing.prompted.lines import Lines
from photocast.writing.prompted.objects import Objects
from photocast.writing.prompted.said import Said, opening_of

_THOUGHT = re.compile(r"[\s\ufeff]*<(think(?:ing)?|thought|reasoning)>")
_THOUGHT_ENDS = re.compile(r"</(?:think(?:ing)?|thought|reasoning)>")
_OBJECT = re.compile(r'\{\s*"[^"\n]{1,40}"\s*:')
"""How JSON begins; no line of a conversation holds that."""


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
        self._waiting, self._read = "", 0
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
        return 0 if _THOUGHT.match(self._waiting) else len(self._waiting.split())

    def close(self, *, whole: bool) -> Iterator[Said]:
        """The rest. A turn that the end cut off is left out unless the answer is `whole`."""
        if self._form is None:
            self._form = Lines(self._cast)
            yield from self._form.feed("" if _THOUGHT.match(self._waiting) else self._waiting)
        yield from self._form.close(whole=whole)

    def _chosen(self) -> "_Form | None":
        """The form of the answer by what comes first, a turn or an object; none while neither is there."""
        if _THOUGHT.match(self._waiting) and not self._without_thought():
            return None
        found = _OBJECT.search(self._waiting)
        while self._read < (found.start() if found else len(self._waiting)):
            line, end, _ = self._waiting[self._read :].partition("\n")
            if _THOUGHT_ENDS.search(line):  # the template of the prompt had opened the thought
                self._without_thought()
                return self._chosen()
            if self._begins(line, whole=bool(end)):
                return Lines(self._cast)
            if not end:
                break
            self._read += len(line) + 1
        if found is None:
            return None
        self._waiting = self._waiting[found.start() :]
        return Objects(self._cast)

    def _begins(self, line: str, *, whole: bool) -> bool:
        """Whether a line begins a turn, which of one that is still coming shows when words stand behind the label."""
        opening = opening_of(line, self._cast)
        if opening is None or opening.rest.startswith(("{", "[{")):
            return False
        return (whole and opening.is_host) or len(opening.rest) > 1

    def _without_thought(self) -> bool:
        """Drop everything up to the end of a thought; false while it has not come."""
        end = _THOUGHT_ENDS.search(self._waiting)
        if end:
            self._waiting, self._read = self._waiting[end.end() :], 0
        return end is not None


class _Form(Protocol):
    """One form of an answer."""

    def feed(self, piece: str) -> Iterator[Said]: ...

    def close(self, *, whole: bool) -> Iterator[Said]: ...

    def open_words(self) -> int: ...
