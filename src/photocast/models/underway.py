"""One attempt at a call, from the note that it will be sent to the note of what became of it."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from concurrent.futures import Future
from dataclasses import asdict, replace
from typing import Any, TypeVar

from photocast._secrets import redact
from photocast.models.budget import Budget, Price
from photocast.models.vision import Ending, Finish, Request, Usage, VisionModel, tokens_of
from photocast.runs import Attempt, Journal, State
from photocast.schema import AnswerLost, Fault, ModelError, PhotocastError

T = TypeVar("T")

_OUTCOME_UNKNOWN = frozenset({Fault.TIMED_OUT, Fault.UNREACHABLE, Fault.BAD_ANSWER})
"""Faults behind which the provider may have done the work, and charged for it."""
_STOPPED = "stopped"


async def committed(write: "Future[T]") -> T:
    """Wait for the journal without holding up the loop. The write goes on even if nobody waits for it any more."""
    return await asyncio.shield(asyncio.wrap_future(write))


class UnderWay:
    """An attempt that is being made. Whatever happens to it is in the journal before anybody hears of it."""

    def __init__(
        self,
        attempt: Attempt,
        model: VisionModel,
        request: Request,
        *,
        journal: Journal,
        budget: Budget,
        price: Price | None,
    ) -> None:
        self._attempt, self._journal, self._budget, self._price = attempt, journal, budget, price
        self._model, self._request = model, request
        self._pieces: AsyncIterator[str | Ending]  # asked for when the attempt is in the journal, not before
        self._piece: str | Ending = ""
        self._half = ""
        self._heard: list[str] = []
        self._settled = False

    async def start(self) -> bool:
        """Send the request and wait for the first words; false, if the same is answered or being asked already.

        Raises:
            BudgetError: it might cost more than is left; nothing is sent.
            ModelError: nothing can be had.
        """
        self._budget.hold(self._attempt)
        if not await self._reserve():
            return False
        try:
            self._pieces = self._model.stream(self._request)
            self._piece = await self._read()
        except Exception as error:  # adapters come from anywhere, and no attempt may stay open
            await self._settle(self._failed(error))
            raise
        except BaseException:
            await self._lose()
            raise
        return True

    async def answer(self) -> AsyncGenerator[str | Ending, None]:
        """Yield the answer; its ending comes when all of it is safe.

        Whoever has had enough closes it: the words so far are then the answer, cut, and are not asked for again.
        Whoever is torn away from it, as by Ctrl-C, loses the call.
        """
        try:
            while not isinstance(self._piece, Ending):
                self._heard.append(self._piece)
                yield self._piece
                self._piece = await self._read_on()
            await self._settle(self._answered(self._piece))
        except GeneratorExit:
            if not self._settled:
                await self._settle(self._answered(Ending(Finish.CUT, detail="the reader had enough")))
            raise
        except BaseException:
            await self._lose()
            raise
        finally:
            if aclose := getattr(self._pieces, "aclose", None):
                await aclose()
        yield self._piece

    async def _reserve(self) -> bool:
        reserved = False
        try:
            reserved = await committed(self._journal.reserve(self._attempt))
        except asyncio.CancelledError:
            self._journal.settle(replace(self._attempt, state=State.FAILED, fault=_STOPPED))  # nothing was sent
            raise
        finally:
            if not reserved:
                self._budget.drop(self._attempt)
        return reserved

    async def _read(self) -> str | Ending:
        async for piece in self._pieces:
            whole = piece if isinstance(piece, Ending) else self._whole(piece)
            if whole:
                return whole
        return Ending()

    def _whole(self, piece: str) -> str:
        """The piece with whole characters: some providers send an emoji in two halves, and models sometimes one."""
        text = self._half + piece
        self._half = text[-1] if text and "\ud800" <= text[-1] <= "\udbff" else ""
        text = text.removesuffix(self._half) if self._half else text
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    async def _read_on(self) -> str | Ending:
        """The next piece. What breaks now breaks an answer: the words before it are kept, and nothing is repeated."""
        try:
            return await self._read()
        except Exception as error:  # as above; the words so far are paid for
            return Ending(Finish.CUT, detail=redact(str(error)))

    async def _lose(self) -> None:
        if self._settled:
            return
        lost = replace(self._attempt, state=State.LOST, fault=_STOPPED, answer=self._text())
        await self._settle(replace(lost, possibly_paid=self._attempt.at_stake))

    async def _settle(self, attempt: Attempt) -> None:
        self._settled = True
        self._budget.settle(attempt)
        await committed(self._journal.settle(attempt))

    def _failed(self, error: Exception) -> Attempt:
        told = error if isinstance(error, ModelError) else None
        return replace(
            self._attempt,
            state=State.FAILED,
            fault=str(told.fault) if told else type(error).__name__,
            possibly_paid=self._attempt.at_stake if _may_have_been_paid(error) else 0.0,
            bytes_sent=(told and told.bytes_sent) or 0,
            ending=_storable(json.dumps({"error": str(error)}, ensure_ascii=False)),
        )

    def _answered(self, ending: Ending) -> Attempt:
        paid = self._paid(ending.usage)
        return replace(
            self._attempt,
            state=State.ANSWERED,
            paid=paid,
            possibly_paid=self._attempt.at_stake if paid is None else 0.0,
            **asdict(ending.usage),
            bytes_sent=ending.bytes_sent,
            answer=self._text(),
            ending=_storable(_as_json(ending)),
        )

    def _paid(self, usage: Usage) -> float | None:
        """What the answer cost; None when nobody counted its tokens, or knows their price."""
        if self._price is None:
            return None
        if usage.input_tokens is None or usage.output_tokens is None:
            return None if self._attempt.reserved else 0.0
        return self._price.cost(usage)

    def _text(self) -> str:
        return _storable("".join(self._heard))


def ending_of(attempt: Attempt) -> Ending:
    """How an answer in the journal ended. Nothing has left this machine for it this time."""
    stored: dict[str, Any] = json.loads(attempt.ending)
    known: dict[str, Any] = {"finish": Finish(stored["finish"]), "usage": Usage(**stored["usage"]), "bytes_sent": 0}
    known["logprobs"] = tokens_of(stored.get("logprobs", ()))
    return Ending(**stored | known)


def _as_json(ending: Ending) -> str:
    values = {name: getattr(ending, name) for name in Ending.__slots__}
    values |= {"usage": asdict(ending.usage), "raw": dict(ending.raw)}
    values["logprobs"] = [asdict(token) for token in ending.logprobs]
    return json.dumps(values, ensure_ascii=False, default=str, skipkeys=True)


def _storable(text: str) -> str:
    """Without keys, and without the halves of characters that models sometimes send and files cannot hold."""
    return redact(text).encode("utf-8", "replace").decode("utf-8")


def _may_have_been_paid(error: Exception) -> bool:
    if isinstance(error, ModelError):
        return error.fault in _OUTCOME_UNKNOWN and error.bytes_sent != 0
    return isinstance(error, AnswerLost) or not isinstance(error, PhotocastError)
