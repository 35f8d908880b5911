"""Who answers many questions: the interface, and the one that asks a model of transformers one by one."""

from collections.abc import Sequence
from typing import Protocol

from photocast._concurrency import run_sync
from photocast.models import Ending, Request, VisionModel
from photocast.schema import Fault, ModelError
from photocast.schema.record import Record

OF_ONE_QUESTION = frozenset({Fault.TOO_LONG, Fault.REFUSED, Fault.FILTERED, Fault.EMPTY, Fault.UNUSABLE})
"""Faults that say something about one question; with any other the next one would fail as well."""


class Answer(Record):
    """What came of a question."""

    text: str = ""
    finish: str = ""
    """`done`, or `length` where it was cut off."""
    asked_tokens: int | None = None
    """Of the question with its pictures."""
    tokens: int | None = None
    """Of the answer."""
    error: str | None = None
    """Why there is no answer."""


class Engine(Protocol):
    """Answers many questions, as fast as it can."""

    name: str
    """The model and its fingerprint: another one is another run."""

    def generate(self, requests: Sequence[Request]) -> list[Answer]:
        """An answer to every request, in their order; one that cannot be answered has an error.

        Raises:
            ModelError: nothing can be had from the model at all.
        """
        ...


class TransformersEngine:
    """Asks a model that answers one question after the other, such as `LocalVision`.

    Args:
        model: as `photocast make` asks it.
    """

    def __init__(self, model: VisionModel) -> None:
        self.name = model.name
        self._model = model

    def generate(self, requests: Sequence[Request]) -> list[Answer]:
        """An answer to every request, in their order."""
        return run_sync(self._all(requests))

    async def _all(self, requests: Sequence[Request]) -> list[Answer]:
        return [await self._one(request) for request in requests]

    async def _one(self, request: Request) -> Answer:
        pieces: list[str] = []
        ending = Ending()
        try:
            async for piece in self._model.stream(request):
                if isinstance(piece, Ending):
                    ending = piece
                else:
                    pieces.append(piece)
        except ModelError as error:
            if error.fault not in OF_ONE_QUESTION:
                raise
            return Answer(error=f"{error.what}: {error.why}")
        return Answer(
            text="".join(pieces),
            finish=ending.finish.value,
            asked_tokens=ending.usage.input_tokens,
            tokens=ending.usage.output_tokens,
        )
