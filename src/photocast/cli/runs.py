"""`photocast runs` and `photocast runs prune`."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from photocast.cli import options

if TYPE_CHECKING:
    from rich.table import Table

    from photocast.runs import Journal, RunSummary

_UNITS = {"h": "hours", "d": "days", "w": "weeks"}
_MEANING = (
    "Paid is what the price table makes of the tokens that were counted; a provider's bill may differ. "
    "Possibly paid are calls that were under way when a run ended: nobody knows whether they were charged."
)


class Age(click.ParamType[timedelta]):
    """A number of hours, days or weeks."""

    name = "age"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """The time that it stands for."""
        if isinstance(value, timedelta):
            return value
        if not (found := re.fullmatch(r"(\d{1,5})([hdw])", str(value).strip())):
            self.fail(f"{value!r} is no age; write 12h, 30d or 8w", param, ctx)
        return timedelta(**{_UNITS[found[2]]: int(found[1])})


@click.group(
    invoke_without_command=True,
    epilog=options.examples("photocast runs", "photocast runs --json", "photocast runs prune --older-than 30d"),
)
@options.common
@click.pass_context
def runs(ctx: click.Context, as_json: bool) -> None:
    """List what models were asked, and what it cost.

    The newest run comes first. The answers are kept, so that a run that was interrupted pays for nothing twice; photos
    and prompts are not. PHOTOCAST_STATE names another folder for the journal.
    """
    if ctx.invoked_subcommand is not None:
        ctx.obj = as_json
        return
    from dataclasses import asdict

    from photocast.cli.screen import Screen

    screen = Screen(as_json=as_json)
    with _journal() as journal:
        listed, size = (journal.runs(), journal.size) if journal else ((), 0)
    if listed:
        screen.say(_table(listed))
        screen.note("", f"  {_MEANING}")
    else:
        screen.say("No model was asked yet.")
    screen.document({"journal": str(_path()), "bytes": size, "runs": [asdict(run) for run in listed]})


@runs.command(epilog=options.examples("photocast runs prune --older-than 8w", "photocast runs prune --all --yes"))
@click.option("--older-than", type=Age(), default="30d", show_default=True, metavar="AGE", help="Such as 12h, 30d, 8w.")
@click.option("--all", "everything", is_flag=True, help="All runs that are over, however old.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@options.common
@click.pass_context
def prune(ctx: click.Context, older_than: timedelta, everything: bool, yes: bool, as_json: bool) -> None:
    """Remove old runs from the journal, with their answers.

    Runs that are under way stay, and so do those that wait for the results of a batch.
    """
    from dataclasses import asdict

    from photocast.cli.screen import Screen
    from photocast.runs import Pruned

    screen = Screen(as_json=as_json or bool(ctx.obj))
    age = None if everything else older_than
    with _journal() as journal:
        old = [run for run in journal.runs() if run.over and run.is_older_than(age)] if journal else []
        if old and screen.asks and not yes:
            screen.note(f"  {_counted(len(old), 'run')} with {_counted(sum(run.calls for run in old), 'answer')}.")
            click.confirm("  Remove them? To have such an answer again is to pay again.", abort=True, err=True)
        gone = journal.prune(age) if journal else Pruned(0, 0, 0)
    freed = f", {gone.bytes / 1e6:.1f} MB freed" if gone.runs else ""
    screen.say(f"{_counted(gone.runs, 'run')} removed{freed}")
    screen.document(asdict(gone))


@contextmanager
def _journal() -> "Iterator[Journal | None]":
    """The journal, if there is one: looking does not make it."""
    from photocast.runs import Journal

    if not _path().exists():
        yield None
        return
    with Journal() as journal:
        yield journal


def _path() -> Path:
    from photocast.runs import state_folder

    return state_folder() / "journal.sqlite"


def _table(listed: "Sequence[RunSummary]") -> "Table":
    """A row for each run, its figures first, and one for all of them."""
    from rich.table import Table
    from rich.text import Text

    from photocast.cli.plain import plain

    table = Table(box=None, pad_edge=False, show_footer=len(listed) > 1)
    table.add_column("started", "together", no_wrap=True)
    sums = zip(("calls", "tokens", "paid", "possibly"), _figures(listed), strict=True)
    for heading, total in sums:
        table.add_column(heading, total, justify="right", no_wrap=True)
    table.add_column("what for, and who was asked", overflow="fold")
    for run in listed:
        lines = [plain(line) for line in (run.what, *run.models, *_remarks(run))]
        table.add_row(f"{run.started.astimezone():%Y-%m-%d %H:%M}", *_figures([run]), Text("\n  ".join(lines)))
    return table


def _figures(listed: "Sequence[RunSummary]") -> tuple[str, str, str, str]:
    """Calls, tokens, what was paid and what may have been; a question mark for what nobody knows."""
    from photocast.runs import dollars

    tokens = sum(run.input_tokens + run.output_tokens for run in listed)
    paid, possibly = sum(run.paid for run in listed), sum(run.possibly_paid for run in listed)
    unknown = any(run.unpriced for run in listed)
    known = dollars(paid) if paid or not unknown else ""
    shown = (
        f"{tokens:,}"
        if tokens < 10_000
        else f"{tokens / 1e3:,.0f}k"
        if tokens < 10_000_000
        else f"{tokens / 1e6:,.0f}M"
    )
    calls = f"{sum(run.calls for run in listed):,}"
    return calls, shown, known + "+?" * unknown if known else "?", dollars(possibly) if possibly else ""


def _remarks(run: "RunSummary") -> Iterator[str]:
    if run.from_journal:
        yield f"{_counted(run.from_journal, 'answer')} from earlier runs, not paid again"
    if run.lost:
        yield f"{_counted(run.lost, 'call')} cut off, perhaps charged"
    if run.alive:
        yield "under way"
    elif run.pending:
        yield f"{_counted(run.pending, 'answer')} of a batch still to come"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
