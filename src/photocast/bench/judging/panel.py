"""A panel of judges: many questions to several models, every vote on the disk as soon as it is there."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from photocast._concurrency import map_bounded, run_sync
from photocast.bench.judging.criteria import PROMPTS
from photocast.bench.judging.lines import add_lines
from photocast.bench.judging.questions import Question, again
from photocast.bench.judging.verdicts import Answer, check_quotes, read_answer
from photocast.bench.judging.votes import VOTES, Status, Vote, read_votes
from photocast.models import Ending, Request
from photocast.models.answers import refuses
from photocast.models.asking import Asking, Heard, NoAnswer, Stop
from photocast.models.names import parse_name
from photocast.models.remote.address import address_of
from photocast.models.tokens import request_tokens
from photocast.pipeline.front import Front
from photocast.runs import alone_in, cannot_write
from photocast.schema import Fault, ModelError

AT_ONCE = 8
"""Questions that each judge has before it at a time."""
ASKED_AGAIN = "\n\n[the answer above could not be read; asked again]\n\n"
"""Stands between two answers to one question in `Vote.raw`."""
_LOCK = ".judging.lock"
_TOKENS_OF_AN_ANSWER, _TOKENS_OF_QUOTES = 120, 200


class Unopened:
    """A model that is priced and never asked: there is no key for it.

    Raises:
        ModelError: there is no such provider.
    """

    structured: bool = True
    context: int | None = None

    def __init__(self, name: str) -> None:
        spec = parse_name(name)
        self.name: str = spec.name
        self.host: str | None = address_of(spec).host

    def stream(self, request: Request) -> AsyncIterator[str | Ending]:
        """Nothing.

        Raises:
            ModelError: always.
        """
        do = "Set its key, as docs/models.md says"
        raise ModelError(Fault.NO_KEY, f"{self.name} cannot be asked", "there is no key for it", do)


@dataclass(frozen=True, slots=True)
class JudgePlan:
    """What one judge would be asked.

    Attributes:
        judge: its name.
        host: where questions are sent; None when nothing leaves this machine.
        calls: questions that are not answered yet.
        done: questions that are.
        transcripts: different texts that are shown.
        photos: different photos that are shown.
        input_tokens: likely tokens of all questions.
        output_tokens: likely tokens of all answers.
        usd: likely dollars; None when the price is not known.
        most_usd: dollars if every answer is as long as it may be, and comes twice.
        prices: the price table.
    """

    judge: str
    host: str | None
    calls: int
    done: int
    transcripts: int
    photos: int
    input_tokens: int
    output_tokens: int
    usd: float | None
    most_usd: float | None
    prices: str


class Panel:
    """Judges, what they are asked, and the folder of their votes.

    Args:
        folder: where `votes.jsonl` is.
        asked: all questions, also those that were answered before.
        judges: models, each with its journal and its purse.
        evidence: whether they quote what they decide by.
        at_once: questions that each of them has before it at a time.
        front: is told of progress.

    Raises:
        InputError: the votes that are there cannot be read.
    """

    def __init__(
        self,
        folder: Path,
        asked: Sequence[Question],
        judges: Sequence[Asking],
        *,
        evidence: bool = False,
        at_once: int = AT_ONCE,
        front: Front | None = None,
    ) -> None:
        self._folder, self._asked, self._judges = folder, asked, judges
        self._evidence, self._at_once, self._front = evidence, at_once, front or Front()
        self._answered = {vote.question for vote in self._votes() if vote.status is not Status.FAILED}

    def plan(self) -> list[JudgePlan]:
        """What every judge would be asked, and what that may cost. Nothing is sent."""
        return [self._plan(judge) for judge in self._judges]

    def run(self) -> list[Vote]:
        """Ask what is not answered yet; all votes on these questions, also those of earlier runs.

        An error ends the run, but not the calls that are under way: their answers are waited for, and kept.

        Raises:
            ModelError: nothing can be had from a judge.
            BudgetError: the next call could cost more than is left.
            InputError: votes cannot be written, or another run is writing them.
        """
        with alone_in(self._folder, _LOCK):
            stop, ledger = Stop(), _Ledger(self._folder / VOTES)
            try:
                run_sync(self._ask_all(stop, ledger))
            except ExceptionGroup as group:
                raise _first(group) from None
            stop.check()
        return self.votes()

    def submit(self, send: Callable[[Asking, Sequence[Request]], None]) -> int:
        """Have submitted what the journal has no answer to, and make votes of what it has; how many wait for answers.

        Nothing is asked one by one. A question whose answer cannot be read is submitted once more, with a reminder.

        Args:
            send: submits requests to a judge; those that wait for an answer already are among them.

        Raises:
            ModelError, BudgetError, InputError: as `send` and `run`.
        """
        with alone_in(self._folder, _LOCK):
            try:
                missing = run_sync(self._take_known(_Ledger(self._folder / VOTES)))
            except ExceptionGroup as group:
                raise _first(group) from None
            for judge, requests in missing.items():
                if requests:
                    send(judge, requests)
        return sum(map(len, missing.values()))

    async def _take_known(self, ledger: "_Ledger") -> dict[Asking, list[Request]]:
        missing: dict[Asking, list[Request]] = {judge: [] for judge in self._judges}

        async def take(judge: Asking, question: Question) -> None:
            request = question.request(structured=judge.structured, evidence=self._evidence)
            if unknown := await judge.missing(request, read_answer, again()):
                missing[judge].append(unknown)
            else:
                await ledger.add(await self._vote(judge, question))

        for judge in self._judges:
            await map_bounded(lambda one, judge=judge: take(judge, one), self._due(judge), limit=self._at_once)  # type: ignore[misc]
        return missing

    def votes(self) -> list[Vote]:
        """The votes that are there on these questions, by these judges."""
        keys = {question.key(judge.name) for judge in self._judges for question in self._asked}
        return [vote for vote in self._votes() if vote.question in keys]

    def _votes(self) -> list[Vote]:
        file = self._folder / VOTES
        return read_votes(file) if file.is_file() else []

    def _due(self, judge: Asking) -> list[Question]:
        return [one for one in self._asked if one.key(judge.name) not in self._answered]

    async def _ask_all(self, stop: Stop, ledger: "_Ledger") -> None:
        due = {judge: self._due(judge) for judge in self._judges}
        total, done = sum(map(len, due.values())), 0

        async def ask(judge: Asking, question: Question) -> None:
            nonlocal done
            await ledger.add(await self._vote(judge, question))
            done += 1
            self._front.stages("Judging", done, total)

        async with asyncio.TaskGroup() as group:
            for judge, its in due.items():
                one = stop.guarding(lambda question, judge=judge: ask(judge, question))  # type: ignore[misc]
                group.create_task(map_bounded(one, its, limit=self._at_once))

    async def _vote(self, judge: Asking, question: Question) -> Vote:
        request = question.request(structured=judge.structured, evidence=self._evidence)
        return vote_of(judge.name, question, await judge.hear(request, read_answer, again()))

    def _plan(self, judge: Asking) -> JudgePlan:
        due = self._due(judge)
        counted = [self._counted(judge, question) for question in due]
        known = judge.price is not None
        return JudgePlan(
            judge=judge.name,
            host=judge.host,
            calls=len(due),
            done=len(self._asked) - len(due),
            transcripts=len({text.text for question in due for text in question.texts}),
            photos=len({image.path for question in due for image in question.images}),
            input_tokens=sum(tokens for tokens, _, _ in counted),
            output_tokens=len(due) * self._answer_tokens,
            usd=sum(usd for _, usd, _ in counted) if known else None,
            most_usd=sum(most for _, _, most in counted) if known else None,
            prices=judge.price.table if judge.price else "",
        )

    def _counted(self, judge: Asking, question: Question) -> tuple[int, float, float]:
        """Tokens and dollars of a question; the two orders and all repeats of it are as long."""
        key = (judge.name, question.item, question.systems, question.criterion)
        if key not in self._sizes:
            request = question.request(structured=judge.structured, evidence=self._evidence)
            tokens = request_tokens(judge.name, request).expected
            price = judge.price
            usd = price.expected(request, self._answer_tokens) if price else 0.0
            self._sizes[key] = tokens, usd, 2 * price.worst(request) if price else 0.0
        return self._sizes[key]

    @cached_property
    def _sizes(self) -> dict[tuple[object, ...], tuple[int, float, float]]:
        return {}

    @property
    def _answer_tokens(self) -> int:
        return _TOKENS_OF_AN_ANSWER + self._evidence * _TOKENS_OF_QUOTES


def vote_of(judge: str, question: Question, heard: Heard[Answer]) -> Vote:
    """The vote that an answer is, or why there is none."""
    systems = question.systems if question.order == "AB" else question.systems[::-1]
    name = dict(zip(("first", "second"), systems, strict=True))
    status, preference, reason = Status.OK, None, ""
    evidence: list[str] = []
    not_found: list[str] = []
    if isinstance(heard.found, NoAnswer):
        status, reason = _status(heard.found, heard.answers), heard.found.reason
    else:
        said = heard.found
        preference = said.shown_first if question.order == "AB" else -said.shown_first
        reason = said.reason
        quotes = check_quotes(said, *(text.text for text in question.shown))
        evidence, not_found = ([f"{name[side]}: {quote}" for side, quote in some] for some in quotes)
    return Vote(
        item=question.item,
        systems=question.systems,
        order=question.order,
        criterion=question.criterion,
        judge=judge,
        repeat=question.repeat,
        status=status,
        preference=preference,
        words=(question.texts[0].words, question.texts[1].words),
        reason=reason,
        evidence=tuple(evidence),
        not_found=tuple(not_found),
        raw=ASKED_AGAIN.join(heard.answers),
        prompts=PROMPTS,
        images=tuple(image.sha256 for image in question.images),
        input_tokens=heard.usage.input_tokens,
        output_tokens=heard.usage.output_tokens,
        usd=heard.usd,
        at=datetime.now(UTC),
    )


def _status(why: NoAnswer, answers: Sequence[str]) -> Status:
    if why.refused or (answers and refuses(answers[-1])):
        return Status.REFUSED
    return Status.FAILED if why.failed else Status.UNREADABLE


class _Ledger:
    """Adds votes to a file. Who waits while others are written is written with all who wait."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting: list[Vote] = []
        self._turn = asyncio.Lock()

    async def add(self, vote: Vote) -> None:
        """Return when the vote is on the disk.

        Raises:
            InputError: it cannot be written.
        """
        self._waiting.append(vote)
        async with self._turn:
            if not (votes := list(self._waiting)):
                return  # somebody else has written it
            try:
                await asyncio.to_thread(add_lines, self._path, votes)
            except OSError as error:
                raise cannot_write(self._path, error) from error
            del self._waiting[: len(votes)]


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first error of a group, and of the groups in it."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
