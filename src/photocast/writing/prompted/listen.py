"""One answer, turn by turn, stopped where it runs away."""

from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from photocast.models import Ending, Finish, Request, VisionModel
from photocast.writing.prompted.answer import Answer
from photocast.writing.prompted.said import Said

_LONGEST_TURN = 350
"""Words after which a turn is no turn any more: two minutes and a half without a breath."""
_TIMES = 3
"""How often the same line may come before the model is going in circles."""


@dataclass(frozen=True, slots=True)
class Told:
    """How an answer went."""

    text: str
    ending: Ending
    stopped: str | None = None
    """Why we stopped listening, when we did."""

    @property
    def whole(self) -> bool:
        """Whether the model came to its own end."""
        return self.ending.finish is Finish.DONE and self.stopped is None


async def listen(model: VisionModel, request: Request, answer: Answer, take: Callable[[Said], None], most: int) -> Told:
    """Ask, and hand every turn to `take` as soon as it is whole.

    Args:
        model: who is asked.
        request: the question.
        answer: reads the pieces.
        take: gets the turns.
        most: words after which the answer is stopped.

    Raises:
        ModelError: nothing can be had.
    """
    ending, stopped = Ending(), None
    watch = _Watch(answer, most)
    async with _closing(model.stream(request)) as pieces:
        async for piece in pieces:
            if isinstance(piece, Ending):
                ending = piece
                continue
            for said in answer.feed(piece):
                if not watch.circles(said):
                    take(said)
            if stopped := watch.stop():
                break
    told = Told(answer.text, ending, stopped)
    for said in answer.close(whole=told.whole):
        if not watch.circles(said):
            take(said)
    return told


@asynccontextmanager
async def _closing(pieces: AsyncIterator[str | Ending]) -> AsyncIterator[AsyncIterator[str | Ending]]:
    """The stream, closed at once when nobody listens any more: what is not generated is not paid."""
    try:
        yield pieces
    finally:
        if isinstance(pieces, AsyncGenerator):
            await pieces.aclose()


class _Watch:
    """Notices an answer that does not end by itself."""

    def __init__(self, answer: Answer, most: int) -> None:
        self._answer, self._most = answer, most
        self._lines: Counter[str] = Counter()
        self._words = 0

    def circles(self, said: Said) -> bool:
        """Count a turn; whether its line has come so often that it does not count any more."""
        line = " ".join(said.text.casefold().split())
        self._words += len(line.split())
        if len(line.split()) >= _TIMES:
            self._lines[line] += 1
        return self._lines[line] >= _TIMES

    def stop(self) -> str | None:
        """Why to stop now; none while all is well."""
        if any(times >= _TIMES for times in self._lines.values()):
            return "it said the same again and again"
        if self._answer.open_words() > _LONGEST_TURN:
            return f"one turn went on for more than {_LONGEST_TURN} words"
        if self._words > self._most:
            return f"it went on after {self._most} words"
        return None
