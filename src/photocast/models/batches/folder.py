"""The batches of a folder: which runs submitted them, and how to reach the provider to collect the results."""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from photocast._concurrency import run_sync
from photocast.models.batches.batches import Batches, Repeat
from photocast.models.batches.opening import check_batches, open_batches
from photocast.models.batches.reports import JobReport, Submitted, joined
from photocast.models.budget import Budget
from photocast.models.names import parse_name
from photocast.models.prices import Price, batch_price, price_of
from photocast.models.vision import Request
from photocast.runs import Journal, RunSummary, cannot_write
from photocast.schema import InputError
from photocast.schema.record import SCHEMA_VERSION, Record, SchemaVersion

BATCHES = "batches.ndjson"
"""The file of a folder that says which runs submitted batches for it, a line each."""
LOOK_AGAIN = 60.0
"""Seconds between two looks at batches, which take hours."""


class BatchRun(Record):
    """One run that submitted batches."""

    schema_version: SchemaVersion = SCHEMA_VERSION
    run: str
    """Of the journal."""
    model: str
    """With its options, as it was named."""
    base_url: str | None = None
    at: datetime


@dataclass(frozen=True, slots=True)
class Collected:
    """What is known about one run that submitted batches, after a look at those that were waited for."""

    model: str
    summary: RunSummary
    """Of all that the run asked."""
    jobs: tuple[JobReport, ...] = ()
    """What was waited for when the look began."""
    at_work: bool = False
    """The process that submits is still at it: nothing was looked at."""


def submit_all(
    folder: Path,
    model: str,
    requests: Iterable[Request],
    *,
    what: str,
    base_url: str | None = None,
    price: Price | None = None,
    budget: Budget | None = None,
    repeat: Repeat | None = None,
    journal: Journal | None = None,
) -> Submitted:
    """Submit questions to a model as batches whose results `collect_all` brings in, in this or any later process.

    What the journal has the answer to is not submitted, nor what is with the provider already: to call this again with
    the same questions is safe. Afterwards `Calls` answers the same requests from the journal.

    Args:
        folder: that the questions are asked for; which run asked is added to its `batches.ndjson`.
        model: its name, as for `open_model`.
        requests: in any order; the same one twice is submitted once.
        what: they are about, for the list of runs.
        base_url: of another server that speaks the provider's interface.
        price: of the model in batches, where the table of prices does not know it.
        budget: of the run; all of it has to fit, or nothing is sent.
        repeat: decides about questions whose answers were lost; by default they are not asked again.
        journal: by default that of this user.

    Raises:
        UsageError: the provider has no batches.
        BudgetError: all of it could cost more than is left, or some was lost and is not to be paid for again.
        ModelError: the provider refuses; or it is not known whether it has a batch, which `collect_all` finds out.
        InputError: the journal or the folder cannot be written; nothing is sent without them.
    """
    check_batches(model, base_url=base_url)
    with ExitStack() as stack:
        journal = journal or stack.enter_context(Journal())
        run = journal.begin(what)
        _note(folder, BatchRun(run=run, model=model, base_url=base_url, at=datetime.now(UTC)))

        async def submit() -> Submitted:
            async with open_batches(model, base_url=base_url) as api:
                decides = {"repeat": repeat} if repeat else {}
                asked = price or _price(model, base_url)
                return await Batches(api, journal, run, price=asked, budget=budget, **decides).submit(requests)

        return run_sync(submit())


def collect_all(
    folder: Path,
    *,
    price: Price | None = None,
    give_up: bool = False,
    wait: bool = False,
    told: Callable[[list[Collected]], None] = lambda collected: None,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    journal: Journal | None = None,
) -> list[Collected]:
    """Write down the results of a folder's batches, as far as they are there.

    Args:
        folder: with a `batches.ndjson`.
        price: of the models in batches, where the table of prices does not know it.
        give_up: count requests as possibly paid if nobody can say what became of them.
        wait: until nothing is pending that the provider still works on.
        told: after every look, what is known.
        pause: waits so many seconds between two looks.
        journal: by default that of this user.

    Raises:
        InputError: nothing was submitted for the folder, or the journal cannot be written.
        ModelError: a provider cannot be asked, as with a wrong key.
    """
    runs = read_batch_runs(folder)
    with ExitStack() as stack:
        journal = journal or stack.enter_context(Journal())
        return run_sync(_collect_all(runs, journal, price, told, pause, give_up=give_up, wait=wait))


def read_batch_runs(folder: Path) -> list[BatchRun]:
    """The runs that submitted batches for a folder. A line that was cut off is passed over: nothing was sent yet.

    Raises:
        InputError: there are none, or a line cannot be read.
    """
    file = folder / BATCHES
    if not file.is_file():
        why = f"there is no {BATCHES} in it"
        raise InputError(f"nothing was submitted for {folder}", why, "Give a folder that photocast judge --batch wrote")
    runs = []
    lines = file.read_text("utf-8").split("\n")
    for number, line in enumerate(lines, start=1):
        try:
            runs += [BatchRun.model_validate_json(line)] if line.strip() else []
        except ValidationError as error:
            if _is_cut(line):
                continue
            do = "Repair or remove the line; photocast runs lists all runs"
            raise InputError(f"{file}, line {number} cannot be read", str(error).splitlines()[0], do) from error
    return runs


def _is_cut(line: str) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return True
    return False


async def _collect_all(
    runs: Sequence[BatchRun],
    journal: Journal,
    price: Price | None,
    told: Callable[[list[Collected]], None],
    pause: Callable[[float], Awaitable[None]],
    *,
    give_up: bool,
    wait: bool,
) -> list[Collected]:
    before: dict[str, tuple[JobReport, ...]] = {}
    while True:
        for one in runs:
            if not journal.alive(one.run):
                before[one.run] = joined(before.get(one.run, ()), await _look(one, journal, price, give_up=give_up))
        summaries = {summary.id: summary for summary in journal.runs()}
        collected = [
            Collected(one.model, summaries[one.run], before.get(one.run, ()), at_work=one.run not in before)
            for one in runs
            if one.run in summaries  # others were pruned, and had nothing under way
        ]
        told(collected)
        waited_for = [job for jobs in before.values() for job in jobs if job.pending and not job.stuck]
        if not wait or not waited_for:
            return collected
        await pause(max(LOOK_AGAIN, *(job.retry_after or 0.0 for job in waited_for)))


async def _look(one: BatchRun, journal: Journal, price: Price | None, *, give_up: bool) -> list[JobReport]:
    if not journal.waiting(one.run).result():
        return []  # and no key is needed
    async with open_batches(one.model, base_url=one.base_url) as api:
        known = price or _price(one.model, one.base_url)
        return await Batches(api, journal, one.run, price=known).collect(give_up=give_up)


def _price(model: str, base_url: str | None) -> Price | None:
    found = price_of(parse_name(model, base_url=base_url))
    return None if found is None else batch_price(found)


def _note(folder: Path, run: BatchRun) -> None:
    """Add a run to the folder's file, on the disk before this returns."""
    path = folder / BATCHES
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("ab+") as file:
            if file.tell() and file.seek(-1, os.SEEK_END) and file.read(1) != b"\n":
                file.write(b"\n")  # the line that a killed run left half written stays apart
            file.write(run.model_dump_json().encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise cannot_write(path, error) from error
