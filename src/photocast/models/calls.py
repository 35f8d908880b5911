"""Calls to a model that may cost something: journaled, repeated when that may help, within a budget."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, TypeAlias, cast
from weakref import WeakValueDictionary

from photocast.models.budget import Budget, Price, Spent
from photocast.models.underway import UnderWay, committed, ending_of
from photocast.models.vision import Ending, Request, VisionModel
from photocast.runs import Attempt, Journal, State, dollars
from photocast.schema import BudgetError, Fault, ModelError

if TYPE_CHECKING:
    from tenacity import RetryCallState

Repeat: TypeAlias = Callable[[Sequence[Attempt]], bool]
"""Whether to ask again what may have been paid for already, given the attempts whose answers never came."""
Waiting: TypeAlias = Callable[[float, str], None]
"""Told how many seconds will be waited, and why."""

_LOOK_AGAIN = 0.5
"""Seconds between looks whether another run has its answer to the same question."""
_LONGEST_WAIT = 30.0
"""Seconds between two attempts at most, unless the provider asks for more."""


def _never(attempts: Sequence[Attempt]) -> bool:
    return False


def _silently(seconds: float, why: str) -> None:
    pass


class Calls:
    """A model as it is, with a memory and a purse: what was answered once is not asked, nor paid for, again.

    A call is in the journal before it is sent, and its answer is before its `Ending` is yielded. Who closes the stream
    before that has the words so far for an answer; who is torn away from it loses the call, and it may have been paid.

    Args:
        model: who is asked.
        journal: where the calls of all runs are.
        run: the run that asks, from `journal.begin`.
        price: of the model; `Free` if it costs nothing, None if nobody knows.
        budget: of the run; by default there is no limit.
        repeat: decides about questions whose answers were lost; by default none is asked again.
        waiting: told before every wait.
        patience: seconds for all attempts at a call together, with the waits between them.
    """

    def __init__(
        self,
        model: VisionModel,
        journal: Journal,
        run: str,
        *,
        price: Price | None,
        budget: Budget | None = None,
        repeat: Repeat = _never,
        waiting: Waiting = _silently,
        patience: float = 120.0,
    ) -> None:
        self.name, self.host, self.structured, self.context = model.name, model.host, model.structured, model.context
        self._model, self._journal, self._run, self._price = model, journal, run, price
        self._budget = budget or Budget()
        self._repeat, self._waiting, self._patience = repeat, waiting, patience
        self._agreed: set[str] = set()
        self._asking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @property
    def spent(self) -> Spent:
        """The sums of the budget so far."""
        return self._budget.spent

    async def stream(self, request: Request) -> AsyncIterator[str | Ending]:
        """Yield the answer piece by piece, and last its `Ending`; an answer from the journal comes in one piece.

        Raises:
            BudgetError: the call could cost more than is left, or was lost and is not to be paid for again.
            ModelError: nothing can be had, also after several attempts where they might have helped.
            InputError: the journal cannot be written; nothing is sent without it.
        """
        key = request.key(self.name)
        async with self._asking.setdefault(key, asyncio.Lock()):  # two who ask the same get one answer
            asked = await self._patiently(request, key)
            answer = self._replay(asked) if isinstance(asked, Attempt) else asked.answer()
            async with aclosing(answer) as pieces:
                async for piece in pieces:
                    yield piece

    async def _ask(self, request: Request, key: str) -> Attempt | UnderWay:
        """An attempt that was answered, or one that is being answered now."""
        while (answered := await self._answered(key)) is None:
            call = self._call(request, key)
            if await call.start():
                return call
        return answered

    async def _answered(self, key: str) -> Attempt | None:
        """The answer in the journal. None when there is none, and the question may be sent."""
        attempts = await committed(self._journal.find(key))
        if answered := next((one for one in attempts if one.state is State.ANSWERED), None):
            return answered
        waiting = [one for one in attempts if one.state is State.SENT]
        if any(one.job is None for one in waiting):
            raise _asked_elsewhere(self.name)
        if waiting:
            raise _in_a_batch(waiting[0])
        self._agree([one for one in attempts if one.state is not State.FAILED and one.id not in self._agreed])
        return None

    def _agree(self, unknown: Sequence[Attempt]) -> None:
        """Go on although these attempts may have been paid for, if that is wanted. What is free is simply repeated."""
        unknown = [one for one in unknown if one.reserved != 0]
        if not unknown:
            return
        if not self._repeat(unknown):
            raise _not_repeated(unknown)
        self._budget.doubt(unknown)
        self._agreed |= {one.id for one in unknown}

    def _call(self, request: Request, key: str) -> UnderWay:
        attempt = Attempt(
            key=key,
            run=self._run,
            model=self.name,
            purpose=request.purpose,
            reserved=None if self._price is None else self._price.worst(request),
            prices=self._price.table if self._price else "",
        )
        return UnderWay(attempt, self._model, request, journal=self._journal, budget=self._budget, price=self._price)

    async def _replay(self, attempt: Attempt) -> AsyncGenerator[str | Ending, None]:
        self._budget.replayed()
        self._journal.replayed(self._run)
        if attempt.answer:
            yield attempt.answer
        yield ending_of(attempt)

    async def _patiently(self, request: Request, key: str) -> Attempt | UnderWay:
        """Try until it goes well, cannot go well, or patience is at an end."""
        from tenacity import AsyncRetrying, retry_if_exception, stop_before_delay

        retrying = AsyncRetrying(
            sleep=asyncio.sleep,
            retry=retry_if_exception(lambda error: isinstance(error, ModelError) and error.retryable),
            wait=_pause,
            stop=stop_before_delay(self._patience),
            before_sleep=self._tell,
            retry_error_callback=_give_up,
        )
        return await retrying(self._ask, request, key)

    def _tell(self, state: "RetryCallState") -> None:
        error = _error(state)
        self._waiting(state.upcoming_sleep, f"{error.what}: {error.why}")


def _pause(state: "RetryCallState") -> float:
    """Seconds until the next attempt: as the provider says, never less; otherwise longer every time."""
    import random

    from tenacity import wait_exponential_jitter

    if (asked := _error(state).retry_after) is not None:
        return asked * random.uniform(1.0, 1.1)  # those who were sent away together do not all come back at once
    return wait_exponential_jitter(initial=1.0, max=_LONGEST_WAIT)(state)


def _give_up(state: "RetryCallState") -> None:
    error, tries = _error(state), state.attempt_number
    tried = "once" if tries == 1 else f"{tries} times in {state.seconds_since_start or 0.0:.0f} s"
    longer = error.retry_after or 0.0
    asked = f", and the provider asks for {longer:.0f} s of patience" if longer >= 1 else ""
    raise ModelError(
        error.fault,
        error.what,
        f"{error.why}; it was tried {tried}{asked}",
        f"{error.do}. The same command, run again, pays for nothing that was answered",
        error.retry_after,
    ) from error


def _error(state: "RetryCallState") -> ModelError:
    return cast(ModelError, state.outcome.exception() if state.outcome else None)  # nothing else is tried again


def _asked_elsewhere(model: str) -> ModelError:
    """Somebody else waits for the same answer, and will have paid for it: it is soon there, or lost."""
    do = "Wait until that run is done, or end it, and run this again"
    return ModelError(
        Fault.TIMED_OUT, f"another run is asking {model} the same question", "it has no answer yet", do, _LOOK_AGAIN
    )


def _in_a_batch(attempt: Attempt) -> BudgetError:
    """The answer is being made and will be charged for; nobody is asked whether to pay for it twice."""
    return BudgetError(
        f"a question to {attempt.model} was not asked",
        f"it was submitted in a batch on {attempt.sent.astimezone():%d %B %H:%M}, and the answer is not in yet",
        "Bring it in with photocast collect and the folder it was submitted for; --give-up there lets go of it",
    )


def _not_repeated(unknown: Sequence[Attempt]) -> BudgetError:
    most = sum(one.at_stake for one in unknown)
    once = "once" if len(unknown) == 1 else f"{len(unknown)} times"
    cost = f", for up to {dollars(most)}" if most else ""
    return BudgetError(
        f"a question to {unknown[0].model} was not asked again",
        f"it was sent {once} since {unknown[0].sent.astimezone():%d %B %H:%M} and the answer never came, "
        f"so it may have been paid for already{cost}",
        "Agree to ask again, with --yes if nobody is there to be asked; photocast runs shows what may have been paid",
    )
