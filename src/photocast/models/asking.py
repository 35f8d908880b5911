"""A model that is asked about many items: every answer is paid for once, and none that is bad stops the others."""

import asyncio
import weakref
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Generic, Protocol, TypeVar

from photocast._concurrency import map_bounded, run_sync
from photocast.models import Ending, Finish, Request, Sampling, Usage, VisionModel
from photocast.models.budget import Budget, Spent, use_of
from photocast.models.calls import Calls, Repeat, Waiting
from photocast.models.local import LocalVision, fetch_model
from photocast.models.names import open_model, parse_name
from photocast.models.prices import Price, price_of
from photocast.models.thoughts import without_thoughts
from photocast.models.underway import ending_of
from photocast.runs import Attempt, Journal, ModelUse, State
from photocast.schema import Fault, ModelError, PhotocastError

T = TypeVar("T")
R = TypeVar("R")

AT_ONCE = 8
"""Questions that are under way together."""
SAMPLING = Sampling(temperature=0.0, top_p=1.0, max_tokens=4096, seed=0)
_REFUSED = frozenset({Finish.REFUSED, Finish.FILTERED})
_REFUSALS = frozenset({Fault.REFUSED, Fault.FILTERED})
_ONE_QUESTION = frozenset({*_REFUSALS, Fault.TOO_LONG, Fault.EMPTY, Fault.UNUSABLE})
"""Faults that say something about one question; with any other the next one would fail as well."""


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Why there is no answer about an item."""

    reason: str
    refused: bool = False
    """The model or its provider would not answer."""
    failed: bool = False
    """No answer came at all."""


@dataclass(frozen=True, slots=True)
class Heard(Generic[T]):
    """What came of a question: what was read, and the answers it was read from.

    Attributes:
        found: what was read from the last answer, or why nothing was.
        answers: every answer as it came, the last one last; two where the first could not be read.
        endings: how each of them ended.
        usd: US dollars of all answers, also of those that an earlier run has paid for; None when not known.
    """

    found: T | NoAnswer
    answers: tuple[str, ...] = ()
    endings: tuple[Ending, ...] = ()
    usd: float | None = None

    @property
    def usage(self) -> Usage:
        """Tokens of all answers; None where one was not counted, or none came."""
        asked = [one.usage.input_tokens for one in self.endings]
        said = [one.usage.output_tokens for one in self.endings]
        return Usage(_sum(asked), _sum(said))


class Stop:
    """The first error that ends a run: nothing is begun after it, and what is under way is not thrown away.

    Whoever cancels calls that are under way loses their answers, which are paid for.
    """

    def __init__(self) -> None:
        self.error: PhotocastError | None = None

    def guarding(self, ask: Callable[[T], Awaitable[R]]) -> Callable[[T], Awaitable[R | None]]:
        """The same function, which does nothing once an error was seen, and keeps the one it meets."""

        async def guarded(item: T) -> R | None:
            if self.error:
                return None
            try:
                return await ask(item)
            except PhotocastError as error:
                self.error = self.error or error
                return None

        return guarded

    def check(self) -> None:
        """Raise the error, if there was one."""
        if self.error:
            raise self.error


class Run:
    """A run in the list of runs, which begins when the first question is due; several models may be asked in it.

    Args:
        label: what the list says of it.
    """

    def __init__(self, label: str) -> None:
        self._label = label

    @cached_property
    def began(self) -> tuple[Journal, str]:
        """The journal, and the id of the run in it."""
        journal = Journal()
        weakref.finalize(self, journal.close)
        return journal, journal.begin(self._label)


class Front(Protocol):
    """Who watches while questions are asked, and decides what may be asked again."""

    @property
    def stages(self) -> Callable[[str, int, int], None]:
        """Told the name of a stage, how much of it is done, and how much there is."""
        ...

    @property
    def waiting(self) -> Waiting | None:
        """Told before every wait for a provider."""
        ...

    @property
    def repeat(self) -> Repeat | None:
        """Decides whether to ask again what may have been paid for; without it, it is not."""
        ...


class _Nobody:
    """Watches nothing and decides nothing."""

    waiting = repeat = None

    def stages(self, stage: str, done: int, total: int) -> None:
        """Listens to no stage."""


class Asking:
    """A model with its journal and its purse.

    Args:
        name: of the model, as in `--model`.
        what: it is asked for, in a word; for records of its use.
        run: in which it is asked.
        prompts: version of the questions.
        budget: of all its calls; several models may share one.
        front: is told of progress and waits, and decides about calls that may have been paid for.
        model: used instead of opening the one of that name.
        price: used instead of the one in the table.
        rate: calls that may begin within a minute; answers that are in the journal do not count.

    Raises:
        ModelError: there is no such model, or it cannot be opened.
    """

    def __init__(
        self,
        name: str,
        what: str,
        *,
        run: Run,
        prompts: str,
        budget: Budget | None = None,
        front: Front | None = None,
        model: VisionModel | None = None,
        price: Price | None = None,
        rate: float | None = None,
    ) -> None:
        self._name, self._what, self._run, self._prompts = name, what, run, prompts
        self._front = front or _Nobody()
        self._model = model or open_model(name)
        self._price = price or price_of(self._model)
        self._budget = _Share(budget or Budget())
        self._pace = _Pace(rate) if rate else None

    @cached_property
    def _calls(self) -> Calls:
        """The model with its journal."""
        journal, run = self._run.began
        self._fetch()
        answering = {"repeat": self._front.repeat, "waiting": self._front.waiting}
        given = {key: one for key, one in answering.items() if one is not None}
        return Calls(self._model, journal, run, price=self._price, budget=self._budget, **given)  # type: ignore[arg-type]

    def _fetch(self) -> None:
        if self._name.startswith("hf:") and isinstance(self._model, LocalVision):
            stages = self._front.stages
            fetch_model(parse_name(self._name), lambda done, total: stages("Fetching", done, total))

    @property
    def name(self) -> str:
        """Of the model."""
        return self._model.name

    @property
    def host(self) -> str | None:
        """Where questions are sent; None when they stay on this machine."""
        return self._model.host

    @property
    def structured(self) -> bool:
        """Whether an answer can be held to a JSON schema."""
        return self._model.structured

    @property
    def price(self) -> Price | None:
        """Of the model; None when nobody knows it."""
        return self._price

    @property
    def use(self) -> ModelUse:
        """What has been asked so far, and what it cost."""
        spent, way = self._budget.spent, self._what
        return use_of(spent, self._model, way=way, prompts=self._prompts, price=self._price)

    def all(self, ask: Callable[[T], Awaitable[R]], items: Iterable[T], stage: str) -> list[R]:
        """What comes of asking about every item, in their order; several are asked about at once.

        Raises:
            ModelError: nothing can be had from the model.
            BudgetError: the next call could cost more than is left. What was answered is not paid for again.
        """
        items, stop, done = list(items), Stop(), 0

        async def counted(item: T) -> R:
            nonlocal done
            answer = await ask(item)
            done += 1
            self._front.stages(stage, done, len(items))
            return answer

        found = run_sync(map_bounded(stop.guarding(counted), items, limit=AT_ONCE))
        stop.check()
        return found  # type: ignore[return-value]  # without an error there is an answer for each

    async def ask(self, request: Request, read: Callable[[str], T | None], again: str) -> T | NoAnswer:
        """What is read from the answer, as by `hear`."""
        return (await self.hear(request, read, again)).found

    async def hear(self, request: Request, read: Callable[[str], T | None], again: str) -> Heard[T]:
        """What is read from the answer, with the answer; where nothing can be read, it is asked once more.

        Args:
            request: the question.
            read: makes something of a whole answer, or None.
            again: added to the question the second time, which must not be the same question as the first.

        Raises:
            ModelError: nothing can be had from the model.
            BudgetError: it could cost more than is left.
        """
        answers: list[str] = []
        endings: list[Ending] = []
        found: T | NoAnswer | None = None
        for question in _twice(request, again):
            try:
                text, ending = await self._heard(question)
            except ModelError as error:
                if error.fault not in _ONE_QUESTION:
                    raise
                refused = error.fault in _REFUSALS
                found = NoAnswer(f"{error.what}: {error.why}", refused=refused, failed=not refused)
                break
            answers.append(text)
            endings.append(ending)
            found = self._read(text, ending, read)
            if found is not None:
                break
        if found is None:
            found = self._unread(text, ending)
        return Heard(found, tuple(answers), tuple(endings), self._cost(endings))

    async def missing(self, request: Request, read: Callable[[str], T | None], again: str) -> Request | None:
        """The request that `hear` would have to send; None if the journal has all the answers that it needs."""
        for question in _twice(request, again):
            if (attempt := await self._answered(question)) is None:
                return question
            if self._read(attempt.answer, ending_of(attempt), read) is not None:
                return None
        return None

    def _read(self, text: str, ending: Ending, read: Callable[[str], T | None]) -> T | NoAnswer | None:
        if ending.finish in _REFUSED:
            return NoAnswer(f"{self.name} or its provider refused", refused=True)
        return read(without_thoughts(text)) if ending.finish is Finish.DONE else None

    def _unread(self, text: str, ending: Ending) -> NoAnswer:
        how = "was not whole" if ending.finish is not Finish.DONE else "could not be read"
        return NoAnswer(f"the answer of {self.name} {how}, twice; it begins {' '.join(text.split())[:60]!r}")

    def _cost(self, endings: Sequence[Ending]) -> float | None:
        counted = all(None not in (one.usage.input_tokens, one.usage.output_tokens) for one in endings)
        if self._price is None or not endings or not counted:
            return None
        return sum(self._price.cost(one.usage) for one in endings)

    async def _heard(self, request: Request) -> tuple[str, Ending]:
        if self._pace and await self._answered(request) is None:
            await self._pace.turn()
        pieces: list[str] = []
        ending = Ending()
        async with aclosing(self._calls.stream(request)) as answer:  # type: ignore[type-var]
            async for piece in answer:
                if isinstance(piece, Ending):
                    ending = piece
                else:
                    pieces.append(piece)
        return "".join(pieces), ending

    async def _answered(self, request: Request) -> Attempt | None:
        """The answer in the journal; None when there is none."""
        journal, _ = self._run.began
        attempts = await asyncio.wrap_future(journal.find(request.key(self.name)))
        return next((one for one in attempts if one.state is State.ANSWERED), None)


def _twice(request: Request, again: str) -> tuple[Request, Request]:
    """A question, and what is asked where its answer cannot be read."""
    seed = (request.sampling.seed or 0) + 1
    second = replace(request, parts=(*request.parts, again), sampling=replace(request.sampling, seed=seed))
    return request, second


def _sum(counts: Sequence[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known and len(known) == len(counts) else None


class _Share(Budget):
    """The part that one of several models has in a budget: the whole decides, the part is counted for itself."""

    def __init__(self, whole: Budget) -> None:
        super().__init__()
        self._both = (whole, Budget())

    @property
    def spent(self) -> Spent:
        """The sums of this part."""
        return self._both[1].spent

    def hold(self, attempt: Attempt) -> None:
        """Hold it in the whole, which may not have it, then in the part."""
        for one in self._both:
            one.hold(attempt)

    def drop(self, attempt: Attempt) -> None:
        """Free it in both."""
        for one in self._both:
            one.drop(attempt)

    def settle(self, attempt: Attempt) -> None:
        """Count it in both."""
        for one in self._both:
            one.settle(attempt)

    def doubt(self, attempts: Iterable[Attempt]) -> None:
        """Count them in both."""
        attempts = list(attempts)
        for one in self._both:
            one.doubt(attempts)

    def replayed(self) -> None:
        """Count an answer from the journal in both."""
        for one in self._both:
            one.replayed()


class _Pace:
    """Lets calls begin at equal distances."""

    def __init__(self, per_minute: float) -> None:
        self._gap, self._free = 60.0 / per_minute, 0.0

    async def turn(self) -> None:
        """Wait until the next call may begin."""
        now = asyncio.get_running_loop().time()
        begins = max(now, self._free)
        self._free = begins + self._gap
        await asyncio.sleep(begins - now)
