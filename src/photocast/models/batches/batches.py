"""Many calls as batches, at half the price: submitted now, answered within a day, whoever lives to see it.

The journal is all that is remembered. Before anything is sent, a row for every request is in it, under a name of ours;
before the provider is asked to begin, the moment stands beside that name; when the provider has the batch, its name
takes the place of ours. A process that dies in between leaves rows under our name, and the next one asks the provider
whether there is such a batch: nothing is submitted twice in silence.
"""

import secrets
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime

from photocast.models.batches import rows
from photocast.models.batches.api import BatchApi, Job, Line, NoSuchJob, Unreadable
from photocast.models.batches.reconcile import OURS, Undecided, find_submitted, parted, with_moment
from photocast.models.batches.reports import JobReport, Submitted
from photocast.models.budget import Budget, Price
from photocast.models.underway import committed
from photocast.models.vision import Request
from photocast.runs import Attempt, Journal, State, dollars
from photocast.schema import BudgetError, Fault, ModelError, PhotocastError

Repeat = Callable[[Sequence[Attempt]], bool]
"""Whether to ask again what may have been paid for already, given the attempts whose answers never came."""

_IN_FLIGHT = 256
"""Results that are being written down at once."""
_OUTCOME_UNKNOWN = frozenset({Fault.TIMED_OUT, Fault.UNREACHABLE, Fault.BAD_ANSWER, Fault.SERVER_ERROR})
"""Faults behind which the provider may have begun the batch."""


def _never(attempts: Sequence[Attempt]) -> bool:
    return False


class Batches:
    """Calls to one model that are made in batches; what was answered once is not asked, nor paid for, again.

    Results are found by `Calls` under the same keys as answers to calls by themselves.

    Args:
        api: of the provider, from `open_batches`.
        journal: where the calls of all runs are.
        run: the run that asks, from `journal.begin`, or whose results are collected.
        price: of the model in batches, from `batch_price`; None if nobody knows.
        budget: of the run; by default there is no limit.
        repeat: decides about questions whose answers were lost; by default none is asked again.
    """

    def __init__(
        self,
        api: BatchApi,
        journal: Journal,
        run: str,
        *,
        price: Price | None,
        budget: Budget | None = None,
        repeat: Repeat = _never,
    ) -> None:
        self._api, self._journal, self._run, self._price = api, journal, run, price
        self._budget, self._repeat = budget or Budget(), repeat
        self._held: set[str] = set()

    async def submit(self, requests: Iterable[Request]) -> Submitted:
        """Submit what is not answered and not submitted yet, in as many batches as the provider's limits ask for.

        Raises:
            BudgetError: all of it could cost more than is left, or was lost and is not to be paid for again. Nothing
                is sent.
            ModelError: the provider refuses, or it is not known whether it has the batch: `collect` finds out. Batches
                that were submitted before stay so.
            InputError: the journal cannot be written; nothing is sent without it.
        """
        unique = {request.key(self._api.name): request for request in requests}
        new, answered, waiting = await self._sorted(list(unique))
        attempts = [self._attempt(unique[key], key) for key in new]
        self._hold(attempts)
        jobs: list[str] = []
        sent: list[Attempt] = []
        try:
            async for batch, lines in self._divided(attempts, unique):
                if reserved := await self._reserve(batch):
                    sent += reserved
                    jobs.append(await self._submit(reserved, lines))
        finally:
            self._release(attempts, but=sent)
        most = None if self._price is None else sum(one.reserved or 0.0 for one in sent)
        return Submitted(tuple(jobs), len(sent), answered, waiting + len(new) - len(sent), most)

    async def poll(self) -> list[Job | NoSuchJob]:
        """How far the batches of the run are whose names are known; nothing is taken from them.

        Raises:
            ModelError: the provider cannot be asked.
        """
        jobs: list[Job | NoSuchJob] = []
        for name in await self._waiting():
            if not name.startswith(OURS):
                try:
                    jobs.append(await self._told(name))
                except NoSuchJob as error:
                    jobs.append(error)
        return jobs

    async def collect(self, *, give_up: bool = False) -> list[JobReport]:
        """Write down all results that are there; a report for every batch that was still waited for.

        Each result is in the journal, with what it cost, before anybody reads it. What is interrupted goes on the next
        time; results that come twice change nothing.

        Args:
            give_up: count requests as possibly paid if nobody can say what became of them, so that they can be asked
                again by whoever agrees to that.

        Raises:
            ModelError: the provider cannot be asked at all, as with a wrong key.
            InputError: the journal cannot be written.
        """
        reports = []
        for name, attempts in (await self._waiting()).items():
            report = JobReport(name, pending=len(attempts))
            try:
                await self._collect(report, attempts, give_up=give_up)
            except ModelError as error:
                if not error.retryable:
                    raise
                report.trouble, report.retry_after = str(error), error.retry_after
            report.pending = len(attempts) - report.settled
            reports.append(report)
        return reports

    async def _sorted(self, keys: Sequence[str]) -> tuple[list[str], int, int]:
        """Keys of the questions to submit, and how many are answered, and how many will be."""
        new: list[str] = []
        lost: list[Attempt] = []
        answered = waiting = 0
        for key, found in zip(keys, [self._journal.find(key) for key in keys], strict=True):
            attempts = await committed(found)
            states = {one.state for one in attempts}
            if State.ANSWERED in states:
                answered += 1
            elif State.SENT in states:
                waiting += 1
                others = [one for one in attempts if one.state is State.SENT and one.id not in self._held]
                self._budget.doubt(others)
            else:
                new.append(key)
                lost += [one for one in attempts if one.state is State.LOST and one.reserved != 0]
        self._agree(lost)
        return new, answered, waiting

    def _agree(self, lost: Sequence[Attempt]) -> None:
        if not lost:
            return
        if not self._repeat(lost):
            raise _not_repeated(lost)
        self._budget.doubt(lost)

    def _attempt(self, request: Request, key: str) -> Attempt:
        return Attempt(
            key=key,
            run=self._run,
            model=self._api.name,
            purpose=request.purpose,
            reserved=None if self._price is None else self._price.worst(request),
            prices=self._price.table if self._price else "",
        )

    def _hold(self, attempts: Iterable[Attempt]) -> None:
        """Set aside the most that all of it may cost, or raise before anything is written or sent."""
        held: list[Attempt] = []
        try:
            for attempt in attempts:
                self._budget.hold(attempt)
                held.append(attempt)
        except BudgetError:
            for attempt in held:
                self._budget.drop(attempt)
            raise
        self._held |= {one.id for one in held}

    def _release(self, attempts: Iterable[Attempt], *, but: Iterable[Attempt]) -> None:
        """Free what was held for requests that did not get as far as the provider."""
        begun = {one.id for one in but}
        for attempt in attempts:
            if attempt.id in self._held and attempt.id not in begun:
                self._held.discard(attempt.id)
                self._budget.drop(attempt)

    async def _divided(
        self, attempts: Sequence[Attempt], requests: dict[str, Request]
    ) -> AsyncIterator[tuple[list[Attempt], list[Line]]]:
        """The requests as they are sent, in portions that the provider takes."""
        limits = self._api.limits
        batch: list[Attempt] = []
        lines: list[Line] = []
        size = 0
        for attempt in attempts:
            line = Line(attempt.id, await self._api.wire.body(requests[attempt.key]))
            more = len(line.body) + limits.envelope
            if lines and (len(lines) == limits.requests or size + more > limits.bytes):
                yield batch, lines
                batch, lines, size = [], [], 0
            batch.append(replace(attempt, bytes_sent=more))
            lines.append(line)
            size += more
        if lines:
            yield batch, lines

    async def _reserve(self, batch: Sequence[Attempt]) -> list[Attempt]:
        """Write one portion down under a name of ours, but for what another process was quicker to submit."""
        token, now = OURS + secrets.token_hex(16), datetime.now(UTC)
        batch = [replace(one, job=token, sent=now) for one in batch]
        written = await committed(self._journal.reserve_batch(batch))
        return [one for one, is_new in zip(batch, written, strict=True) if is_new]

    async def _submit(self, reserved: Sequence[Attempt], lines: Sequence[Line]) -> str:
        """Submit one portion; the provider's name for it."""
        ids, token = {one.id for one in reserved}, reserved[0].job or ""
        begun = False
        try:
            uploaded = await self._api.upload([one for one in lines if one.id in ids])
            await committed(self._journal.submitted(ids, with_moment(token, datetime.now(UTC))))
            begun = True
            job = await self._api.create(uploaded, token)
        except Exception as error:  # client libraries raise what they like
            raise await self._not_submitted(reserved, error, begun=begun) from None
        await committed(self._journal.submitted(ids, job))
        return job

    async def _not_submitted(self, reserved: Sequence[Attempt], error: Exception, *, begun: bool) -> PhotocastError:
        """Write down that nothing came of it, if that is certain."""
        told = await self._api.wire.explain(error)
        if begun and isinstance(told, ModelError) and told.fault in _OUTCOME_UNKNOWN:
            return _unknown(told, len(reserved))
        if isinstance(told, ModelError) and told.fault is Fault.UNKNOWN_MODEL and "@" in self._api.name:
            told = _no_batches(told, self._api.name)
        fault = told.fault if isinstance(told, ModelError) else rows.NOT_SUBMITTED
        failed = [rows.not_run(one, str(fault), str(told)) for one in reserved]
        for attempt, write in [(one, self._journal.settle(one)) for one in failed]:
            await committed(write)
            self._spend(attempt)
        return told

    def _spend(self, attempt: Attempt) -> None:
        """Put what it cost in the place of what was held for it, if that was in this process."""
        if attempt.id in self._held:
            self._held.discard(attempt.id)
            self._budget.settle(attempt)

    async def _waiting(self) -> dict[str, list[Attempt]]:
        """What has no result yet, by batch."""
        jobs: dict[str, list[Attempt]] = {}
        for attempt in await committed(self._journal.waiting(self._run)):
            jobs.setdefault(attempt.job or "", []).append(attempt)
        return jobs

    async def _told(self, name: str) -> Job:
        try:
            return await self._api.look(name)
        except Exception as error:  # as above
            raise await self._api.wire.explain(error) from None

    async def _collect(self, report: JobReport, attempts: Sequence[Attempt], *, give_up: bool) -> None:
        waiting = {one.id: one for one in attempts}
        try:
            if (name := await self._name(report.job, attempts)) is None:
                why = f"{self._api.name} has no batch of it: it was never submitted"
                return await self._settle(report, [rows.not_run(one, rows.NOT_SUBMITTED, why) for one in attempts])
            job = await self._told(name)
            report.job, report.word = job.id, job.word
            if job.over:
                await self._store(report, job, waiting)
        except (Undecided, NoSuchJob) as error:
            if give_up:
                return await self._settle(report, [rows.given_up(one) for one in waiting.values()])
            report.trouble, report.stuck = str(error), not getattr(error, "soon", False)

    async def _name(self, name: str, attempts: Sequence[Attempt]) -> str | None:
        """The provider's name for a batch; None when the provider has none."""
        if not name.startswith(OURS):
            return name
        token, begun = parted(name)
        if begun is None:
            return None  # it died before it asked for a batch
        try:
            found = await find_submitted(self._api, self._journal, token, begun, {one.id for one in attempts})
        except Undecided:
            raise
        except Exception as error:  # as above
            raise await self._api.wire.explain(error) from None
        if found is not None:
            await committed(self._journal.submitted([one.id for one in attempts], found))
        return found

    async def _store(self, report: JobReport, job: Job, waiting: dict[str, Attempt]) -> None:
        """Write every result down as it comes, and then what has none."""
        known, writes = set(waiting), list[tuple[Attempt, Future[None]]]()
        try:
            async for result in self._api.results(job):
                if isinstance(result, Unreadable):
                    report.unreadable += 1
                elif attempt := waiting.pop(result.id, None):
                    attempt = replace(attempt, job=job.id)  # whose name may have been found out just now
                    settled = await rows.settled(attempt, result, self._api.wire, self._price)
                    writes.append((settled, self._journal.settle(settled)))
                elif result.id in known:
                    report.repeated += 1
                else:
                    report.unknown += 1
                if len(writes) >= _IN_FLIGHT:
                    await self._count(report, writes)
        except Exception as error:  # as above
            raise await self._api.wire.explain(error) from None
        finally:
            await self._count(report, writes)
        report.stuck = report.unreadable > 0
        if not report.unreadable:
            await self._settle(report, [rows.untold(one, job) for one in waiting.values()])

    async def _settle(self, report: JobReport, attempts: Iterable[Attempt]) -> None:
        await self._count(report, [(one, self._journal.settle(one)) for one in attempts])

    async def _count(self, report: JobReport, writes: "list[tuple[Attempt, Future[None]]]") -> None:
        """Wait until all of it is written down. What another process has settled is counted there."""
        for attempt, write in writes:
            try:
                await committed(write)
            except ValueError:
                report.repeated += 1
            else:
                report.add(attempt)
                self._spend(attempt)
        writes.clear()


def _unknown(error: ModelError, number: int) -> ModelError:
    do = "Run photocast collect: it asks the provider, and submits nothing twice"
    return ModelError(
        error.fault,
        f"it is not known whether a batch of {number} requests was submitted",
        f"{error.what}: {error.why}",
        do,
    )


def _no_batches(error: ModelError, name: str) -> ModelError:
    """Servers of one's own seldom have any, and say that they do not know the address."""
    do = "Ask one by one, without --batch"
    return ModelError(Fault.REJECTED, f"the server of {name} seems to have no batches", error.why, do)


def _not_repeated(lost: Sequence[Attempt]) -> BudgetError:
    most = sum(one.at_stake for one in lost)
    return BudgetError(
        f"{len(lost)} questions to {lost[0].model} were not asked again",
        f"they were sent before and their answers never came, so they may have cost up to {dollars(most)} already",
        "Agree to ask again, with --yes if nobody is there to be asked; photocast runs shows what may have been paid",
    )
