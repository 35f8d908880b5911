"""Answers of a provider that draws."""

from collections.abc import Callable, Collection, Iterable
from itertools import count

from photocast.testing.behaviours import Draw
from photocast.testing.server import Received


def drawing(*, without: Iterable[str] = (), filtered: Collection[int] = ()) -> Callable[[Received], Draw]:
    """An answer for `FakeProvider`: a picture for every question, but for those that a filter keeps back.

    Args:
        without: words that the filter does not let a prompt have.
        filtered: numbers of questions, from 1, whose pictures it keeps back.
    """
    words, number = [word.lower() for word in without], count(1)

    def answer(received: Received) -> Draw:
        kept_back = next(number) in filtered
        if any(word in received.asked.text.lower() for word in words):
            return Draw(filtered="Filter reason: prompt")
        return Draw(filtered="Filter reason: output image") if kept_back else Draw()

    return answer
