"""An answer read as it comes: whatever form a model gives it, out come the turns, each as soon as it is whole."""

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from photocast.writing.prompted.lines import Lines
from photocast.writing.prompted.objects import Objects
from photocast.writing.prompted.said import Said, opening_of

_THOUGHT = re.compile(r"[\s\ufeff]*<(think(?:ing)?|thought|reasoning)>")
_THOUGHT_ENDS = re.compile(r"</(?:think(?:ing)?|thought|reasoning)>")
_LONGEST_TAG = 12
_LONGEST_LABEL = 160
"""Characters within which a label and the first of its words stand."""
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
        self._waiting, self._line = "", ""
        """What has come before the form can be told, and the last line of it."""
        self._form: _Form | None = None

    @property
    def text(self) -> str:
        """All that has come so far."""
        return "".join(self._pieces)

    def feed(self, piece: str) -> Iterator[Said]:
        """Take a piece; yields the turns that it completes."""
        self._pieces.append(piece)
        at = 0
        while self._form is None and at < len(piece):
            self._form = self._form_at(piece[at])
            at += 1
        if self._form is not None:
            first, self._waiting = self._waiting, ""
            yield from self._form.feed(first + piece[at:])

    def open_words(self) -> int:
        """Words of the turn that is still coming, or of what came instead of a first one; thoughts do not count."""
        if self._form is not None:
            return self._form.open_words()
        return 0 if self._thinks() else len(self._waiting.split())

    def close(self, *, whole: bool) -> Iterator[Said]:
        """The rest. A turn that the end cut off is left out unless the answer is `whole`."""
        if self._form is None:
            self._form = Lines(self._cast)
            yield from self._form.feed("" if self._thinks() else self._waiting)
        yield from self._form.close(whole=whole)

    def _form_at(self, letter: str) -> "_Form | None":
        """The form of the answer, if this letter shows it: that of a first turn in lines, or that of an object."""
        self._waiting += letter
        if letter == ">" and _THOUGHT_ENDS.search(self._waiting[-_LONGEST_TAG:]):
            self._waiting = self._line = ""  # also when it was the template of the prompt that opened the thought
        if self._thinks():
            return None
        if letter == ":" and (found := _OBJECT.search(self._waiting)):
            self._waiting = self._waiting[found.start() :]
            return Objects(self._cast)
        is_turn = len(self._line) < _LONGEST_LABEL and self._begins(self._line, letter)
        self._line = "" if letter == "\n" else self._line + letter
        return Lines(self._cast) if is_turn else None

    def _begins(self, line: str, letter: str) -> bool:
        """Whether a line begins a turn: when it ends, or as soon as words stand behind its label."""
        opening = opening_of(line if letter == "\n" else line + letter, self._cast)
        if opening is None or opening.rest.startswith(("{", "[{")):
            return False
        enough = len(opening.rest) > 1
        return opening.is_sure or enough if letter == "\n" else opening.is_label and enough

    def _thinks(self) -> bool:
        return _THOUGHT.match(self._waiting) is not None


def without_thoughts(text: str) -> str:
    """What is left of a whole answer without what the model thinks aloud before it."""
    ends = list(_THOUGHT_ENDS.finditer(text))
    return text[ends[-1].end() :] if ends else text


class _Form(Protocol):
    """One form of an answer."""

    def feed(self, piece: str) -> Iterator[Said]: ...

    def close(self, *, whole: bool) -> Iterator[Said]: ...

    def open_words(self) -> int: ...
