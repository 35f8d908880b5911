"""One answer, turn by turn, stopped where it runs away."""

import re
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from photocast.models import Ending, Finish, Request, VisionModel
from photocast.writing.prompted.answer import Answer
from photocast.writing.prompted.said import Said

_LONGEST_TURN = 350
"""Words after which a turn is no turn any more: two minutes and a half without a breath."""
_TIMES = 3
"""How often the same line may come before the model is going in circles."""
_LEAST_OF_A_LINE = 3
"""Words: shorter lines, such as `Oh no.`, may come as often as they like."""
_DECLINES = re.compile(
    r"\b(?:i(?:['’]m| am)? (?:(?:really |very )?sorry|(?:can['’]?t|cannot|won['’]t|(?:am )?(?:not able|unable) to) "
    r"(?:help|assist|do|write|create|discuss|describe|identify|provide|comply|generate|engage))|as an ai\b)",
    re.IGNORECASE,
)
_LONGEST_EXCUSE = 120
"""Words."""


@dataclass(frozen=True, slots=True)
class Told:
    """How an answer went."""

    text: str
    ending: Ending
    turns: int
    """How many turns were taken from it."""
    stopped: str | None = None
    """Why we stopped listening, when we did."""

    @property
    def whole(self) -> bool:
        """Whether the model came to its own end."""
        return self.ending.finish is Finish.DONE and self.stopped is None

    @property
    def declined(self) -> bool:
        """Whether the model would not, as its provider says or in words of its own, and gave no turn."""
        if self.turns:
            return False
        excuse = len(self.text.split()) <= _LONGEST_EXCUSE and _DECLINES.search(self.text) is not None
        return excuse or self.ending.finish in {Finish.REFUSED, Finish.FILTERED}


async def listen(model: VisionModel, request: Request, answer: Answer, take: Callable[[Said], None], most: int) -> Told:
    """Ask, and hand every turn to `take` as soon as it is whole. What is taken does not depend on the pieces.

    Args:
        model: who is asked.
        request: the question.
        answer: reads the pieces.
        take: gets the turns.
        most: words after which the answer is stopped.

    Raises:
        ModelError: nothing can be had.
    """
    ending = Ending()
    watch = _Watch(take, most)
    async with _closing(model.stream(request)) as pieces:
        async for piece in pieces:
            if isinstance(piece, Ending):
                ending = piece
            elif watch.stops(answer.feed(piece)) or watch.stops_within(answer.open_words()):
                break
    if watch.stopped is None:
        watch.stops(answer.close(whole=ending.finish is Finish.DONE))
    return Told(answer.text, ending, watch.taken, watch.stopped)


@asynccontextmanager
async def _closing(pieces: AsyncIterator[str | Ending]) -> AsyncIterator[AsyncIterator[str | Ending]]:
    """The stream, closed at once when nobody listens any more: what is not generated is not paid."""
    try:
        yield pieces
    finally:
        if isinstance(pieces, AsyncGenerator):
            await pieces.aclose()


class _Watch:
    """Takes turns until the answer shows that it will not end by itself."""

    def __init__(self, take: Callable[[Said], None], most: int) -> None:
        self._take, self._most = take, most
        self._lines: Counter[str] = Counter()
        self._words = 0
        self.taken = 0
        self.stopped: str | None = None
        """Why."""

    def stops(self, turns: Iterable[Said]) -> bool:
        """Take the turns up to the one that is too much; whether there was one."""
        for said in turns:
            words = said.text.casefold().split()
            self._lines[" ".join(words)] += len(words) >= _LEAST_OF_A_LINE
            self._words += len(words)
            if self._lines[" ".join(words)] >= _TIMES:
                self.stopped = "it said the same again and again"
            elif not self.stops_within(len(words)):
                self.taken += 1
                self._take(said)
                if self._words > self._most:
                    self.stopped = f"it went on after {self._most} words"
            if self.stopped:
                return True
        return False

    def stops_within(self, words: int) -> bool:
        """Whether a turn of so many words is none any more."""
        if words > _LONGEST_TURN:
            self.stopped = f"one turn went on for more than {_LONGEST_TURN} words"
        return self.stopped is not None
