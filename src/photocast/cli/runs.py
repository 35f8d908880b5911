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
    from photocast.runs import Journal, RunSummary

_UNITS = {"h": "hours", "d": "days", "w": "weeks"}
_MEANING = (
    "  Paid           by the price table, for the tokens that were counted; the provider's bill may differ.",
    "  Possibly paid  for calls whose answer never came: nobody knows whether they were charged.",
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
        screen.say(*_lines(listed))
        screen.note("", *_MEANING)
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


def _lines(listed: "Sequence[RunSummary]") -> Iterator[str]:
    """The figures of each run in columns, and under them what it was for and who was asked; last all runs together."""
    yield _row("started", "calls", "tokens", "paid", "possibly paid")
    for run in listed:
        yield _row(f"{run.started.astimezone():%Y-%m-%d %H:%M}", *_figures([run]))
        yield from (f"    {line}" for line in (run.what, ", ".join(run.models), "; ".join(_remarks(run))) if line)
    if len(listed) > 1:
        yield _row("all of them", *_figures(listed))


def _row(first: str, calls: str, tokens: str, paid: str, possibly: str) -> str:
    return f"{first:<16}  {calls:>7}  {tokens:>9}  {paid:>11}  {possibly:>13}".rstrip()


def _figures(listed: "Sequence[RunSummary]") -> tuple[str, str, str, str]:
    """Calls, tokens, what was paid and what may have been; a question mark for what nobody knows."""
    from photocast.runs import dollars

    calls = sum(run.calls for run in listed)
    tokens = sum(run.input_tokens + run.output_tokens for run in listed)
    paid, possibly = sum(run.paid for run in listed), sum(run.possibly_paid for run in listed)
    unknown = "?" if any(run.unpriced for run in listed) else ""
    known = dollars(paid) if paid or not unknown else ""
    return (
        f"{calls:,}",
        f"{tokens:,}",
        " + ".join(filter(None, (known, unknown))),
        dollars(possibly) if possibly else "",
    )


def _remarks(run: "RunSummary") -> Iterator[str]:
    if run.alive:
        yield "under way"
    elif run.pending:
        yield f"{_counted(run.pending, 'answer')} of a batch to come"
    if run.from_journal:
        yield f"{_counted(run.from_journal, 'answer')} from earlier runs, not paid again"
    if run.lost:
        yield f"{_counted(run.lost, 'call')} cut off"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
