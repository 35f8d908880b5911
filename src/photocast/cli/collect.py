"""`photocast collect`."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from photocast.cli import options

if TYPE_CHECKING:
    from photocast.models.batches import Collected, JobReport

UNDECIDED = 5
"""Exit code when somebody has to decide, or a provider could not be asked."""


@click.command(
    epilog=options.examples(
        "photocast collect judged/",
        "photocast collect corpus/ --wait",
        "photocast collect judged/ --give-up --json",
    )
)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--wait", is_flag=True, help="Look every minute until nothing is pending.")
@click.option(
    "--give-up", is_flag=True, help="Count as possibly paid what nobody can find, so that it can be asked again."
)
@options.common
def collect(folder: Path, wait: bool, give_up: bool, as_json: bool) -> int:
    """Bring in the answers of the batches that were submitted for FOLDER, of judgements or of a corpus.

    The answers go into the journal, so that the command that submitted them, run again as before, reads them and pays
    for nothing twice. Looking costs nothing and may be interrupted. docs/batches.md says what is promised.
    """
    from photocast.cli.screen import Screen
    from photocast.models.batches import collect_all

    screen = Screen(as_json=as_json)
    shown: list[str] = []

    def told(collected: "Sequence[Collected]") -> None:
        """What has changed since the last look."""
        lines = [line for one in collected for line in _lines(one)]
        screen.note(*(line for line in lines if line not in shown))
        shown[:] = lines

    collected = collect_all(folder, wait=wait, give_up=give_up, told=told)
    screen.say(*_conclusion(collected, folder))
    screen.document({"folder": str(folder), "runs": [_document(one) for one in collected]})
    return UNDECIDED if any(job.trouble or job.stuck for one in collected for job in one.jobs) else 0


def _lines(one: "Collected") -> Iterator[str]:
    """A line for every batch that was looked at."""
    if one.at_work:
        yield f"  {one.model}: the process that submits is still at work"
    for job in one.jobs:
        word = f" is {job.word}" if job.word else ""
        yield f"  {one.model}: {job.job}{word}; {', '.join(_counts(job)) or 'nothing new'}"
        if job.trouble:
            yield f"    {job.trouble}"
        if job.unreadable:
            yield f"    {job.unreadable} lines of the results cannot be read: run this again to fetch them once more"


def _counts(job: "JobReport") -> Iterator[str]:
    from photocast.runs import dollars

    counts = {
        "answered": job.answered,
        **{f"failed ({fault})": number for fault, number in sorted(job.failed.items())},
        "given up": job.lost,
        "pending": job.pending,
        "results twice": job.repeated,
        "results of nobody's": job.unknown,
    }
    yield from (f"{number:,} {what}" for what, number in counts.items() if number)
    if job.usd:
        yield f"{dollars(job.usd)} paid"
    if job.possibly_paid_usd:
        yield f"up to {dollars(job.possibly_paid_usd)} possibly paid"


def _conclusion(collected: "Sequence[Collected]", folder: Path) -> Iterator[str]:
    """All runs together, and what comes next."""
    from photocast.runs import dollars

    totals = [one.summary for one in collected]
    answered, pending = sum(one.calls for one in totals), sum(one.pending for one in totals)
    failed, lost = sum(one.failed for one in totals), sum(one.lost for one in totals)
    paid = dollars(sum(one.paid for one in totals))
    more = "".join(f", {number:,} {what}" for number, what in ((failed, "failed"), (lost, "lost")) if number)
    yield f"{answered:,} answered{more}, {pending:,} pending; {paid} paid"
    if pending:
        yield f"Run photocast collect {folder} again later, or with --wait."
    elif failed or lost:
        yield "Run the command that submitted them again as before: it takes what is here, and asks anew what failed."
    else:
        yield "Run the command that submitted them again as before: it takes all answers from here."


def _document(one: "Collected") -> dict[str, Any]:
    from dataclasses import asdict

    jobs = [asdict(job) for job in one.jobs]
    return {"model": one.model, "submitting": one.at_work, "run": asdict(one.summary), "jobs": jobs}
