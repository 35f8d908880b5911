"""Stages that ask models: a coroutine an item, which is handed somebody to ask.

Whether its questions are put one by one, are answered from the journal, or go into a batch and are answered tomorrow
is not the stage's business: it awaits `ask`, and is begun again when the answers are there.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, TypeVar

from photocast.corpus.nouns import Dropped
from photocast.models import Request
from photocast.models.asking import Asking, Heard

T = TypeVar("T")


@dataclass(frozen=True)
class Question(Generic[T]):
    """What is asked, and how the answer is read.

    Attributes:
        request: to the model; its schema is left out where the model can be held to none.
        read: makes something of a whole answer, or None where it cannot be read.
        again: added to the request when it is put a second time, because the first answer could not be read.
    """

    request: Request
    read: Callable[[str], T | None]
    again: str


class Ask(Protocol):
    """Somebody who can be asked."""

    async def __call__(self, question: Question[T]) -> Heard[T]:
        """What came of the question; `Heard.found` is a `NoAnswer` where nothing did.

        Raises:
            NotYet: the answer will be there later.
            ModelError: nothing can be had from the model at all.
            BudgetError: it could cost more than is left.
        """
        ...


class AskingStage(Protocol):
    """What is done with one item with the help of a model.

    It is called with the item, and with somebody to ask for each model that it needs, and is awaited for what comes of
    the item, in order; never nothing without a reason.
    """

    @property
    def name(self) -> str:
        """Of the stage, and of the folder of its parts."""
        ...

    @property
    def settings(self) -> Any:
        """All that its results depend on besides the item and the answers, as JSON can hold it."""
        ...

    @property
    def __call__(self) -> Callable[..., Awaitable[Sequence[Any] | Dropped]]:
        """The stage as a function of an item and of those it may ask."""
        ...


class NotYet(Exception):
    """The question was not put now, but noted for a batch."""


class AskNow:
    """Puts every question at once, unless the journal has its answer."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    async def __call__(self, question: Question[T]) -> Heard[T]:
        """What came of it."""
        request = _fitting(question.request, self._asking)
        return await self._asking.hear(request, question.read, question.again)


class AskLater:
    """Answers from the journal, and notes what is not in it.

    Attributes:
        noted: the requests that have no answer yet.
    """

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self.noted: list[Request] = []

    async def __call__(self, question: Question[T]) -> Heard[T]:
        """What came of it, if it was put before."""
        request = _fitting(question.request, self._asking)
        missing = await self._asking.missing(request, question.read, question.again)
        if missing is not None:
            self.noted.append(missing)
            raise NotYet
        return await self._asking.hear(request, question.read, question.again)


def _fitting(request: Request, asking: Asking) -> Request:
    return request if asking.structured or request.schema is None else replace(request, schema=None)
