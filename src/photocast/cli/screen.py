"""Where words go: results to stdout, progress and plans to stderr, and with `--json` one document and nothing else."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from photocast.cli.plain import folded, plain

if TYPE_CHECKING:
    from rich.console import RenderableType

    from photocast.writing import Event

_OFF_A_TERMINAL = 200
"""Columns where nobody says how many there are."""

Stages = Callable[[str, int, int], None]


class Screen:
    """What a command says, and to whom."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json

    @property
    def asks(self) -> bool:
        """Whether somebody is there to answer a question."""
        return not self.as_json and sys.stdin.isatty() and sys.stderr.isatty()

    def say(self, *parts: "RenderableType") -> None:
        """Print a part of the result for people."""
        self._print(sys.stdout, parts)

    def note(self, *parts: "RenderableType") -> None:
        """Print something that is not the result."""
        self._print(sys.stderr, parts)

    def turn(self, event: "Event") -> None:
        """Show a turn as soon as a model has written it, to whoever sits at a terminal."""
        from photocast.writing import TakenBack

        if self.as_json or not sys.stderr.isatty():
            return
        if isinstance(event, TakenBack):
            self.note("  (that answer could not be used; asking again)")
        else:
            again = "now " if event.again else ""
            self.note(f"  {event.turn.id}  {again}{event.turn.speaker}: {event.turn.text}")

    def document(self, document: Mapping[str, Any]) -> None:
        """Print the result for programs; nothing without `--json`."""
        if self.as_json:
            sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False, default=str) + "\n")

    def _print(self, stream: Any, parts: tuple["RenderableType", ...]) -> None:
        if self.as_json:
            return
        from rich.console import Console

        class Pipe(Console):
            def on_broken_pipe(self) -> None:
                raise BrokenPipeError  # rich would leave the program here and now

        # Off a terminal nothing is folded: a path or a sentence stays on its line.
        terminal = stream.isatty()
        console = Pipe(
            file=stream, width=None if terminal else _OFF_A_TERMINAL, highlight=False, markup=False, emoji=False
        )
        width = console.width
        for part in parts:
            if isinstance(part, str):
                line = plain(part)
                console.print(folded(line, width) if terminal else line, soft_wrap=True, width=width)
            else:
                console.print(part, width=width)

    @contextmanager
    def stages(self) -> Iterator[Stages]:
        """Show how far the stages of a run are: bars on a terminal, else a line when a stage is done."""
        if self.as_json:
            yield lambda stage, done, total: None
        elif sys.stderr.isatty():
            with _bars() as stages:
                yield stages
        else:
            yield _line


def _line(stage: str, done: int, total: int) -> None:
    if done == total:
        print(f"{stage}: {total} of {total}", file=sys.stderr, flush=True)


@contextmanager
def _bars() -> Iterator[Stages]:
    """One bar at a time, gone when its stage is done: in between, a question can be asked."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(stderr=True)
    with ExitStack() as running:

        def show(stage: str, done: int, total: int) -> None:
            if stage not in bars:
                columns = TextColumn("  {task.description:<9}"), BarColumn(bar_width=30), MofNCompleteColumn()
                bars[stage] = running.enter_context(Progress(*columns, console=console, transient=True))
                bars[stage].add_task(stage, total=total)
            bars[stage].update(bars[stage].task_ids[0], completed=done, total=total)
            if done == total:
                running.close()

        bars: dict[str, Progress] = {}
        yield show
