"""What the commands that make or change an episode have in common."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from photocast._guard import Guard
    from photocast.cli.screen import Screen, Stages
    from photocast.pipeline import Front, Made
    from photocast.runs import Attempt
    from photocast.schema import Plan


@contextmanager
def guarded(local: bool) -> "Iterator[Guard | None]":
    """With `--local`, everything inside fails if it tries to leave this machine."""
    if not local:
        yield None
        return
    from photocast._guard import local_only

    with local_only() as guard:
        yield guard


def front_of(
    screen: "Screen",
    *,
    stages: "Stages",
    guard: "Guard | None",
    yes: bool,
    always: bool = False,
    interview: bool = False,
) -> "Front":
    """What the terminal does while a run is under way.

    Args:
        screen: where words go.
        stages: shows how far the run is.
        guard: of `--local`.
        yes: whether everything is agreed to.
        always: whether the plan is shown, and agreed to, although nothing leaves this machine.
        interview: whether the user wants to be asked.
    """
    from photocast.pipeline import Front

    return Front(
        stages=stages,
        approve=_approval(screen, yes=yes, always=always),
        tell=screen.turn,
        waiting=lambda seconds, why: screen.note(f"  waiting {seconds:.0f} s: {why}"),
        repeat=lambda attempts: _repeated(screen, attempts, yes=yes),
        interview=(lambda questions: _interview(screen, questions)) if interview else None,
        guard=guard,
    )


def _approval(screen: "Screen", *, yes: bool, always: bool) -> "Callable[[Plan], bool]":
    from photocast.cli.shown import plan_lines
    from photocast.schema import UsageError

    def approve(plan: "Plan") -> bool:
        host = plan.sending.host if plan.sending else None
        if not always and plan.sending is None:
            return True
        screen.note(*plan_lines(plan, with_files=False))
        if yes or (not screen.asks and not host):
            return True
        if not screen.asks:
            raise UsageError(
                "nobody is there to agree",
                f"photos and words would be sent to {host}, and that is never done unasked",
                "Look at what is sent with photocast plan, and add --yes",
            )
        return click.confirm(f"  Send this to {host}?" if host else "  Go?", default=not host, err=True)

    return approve


def _repeated(screen: "Screen", attempts: "Sequence[Attempt]", *, yes: bool) -> bool:
    """Whether to send again what was under way when an earlier run ended: it may be paid for twice."""
    from photocast.runs import dollars

    stake = sum(attempt.at_stake for attempt in attempts)
    cost = f", up to {dollars(stake)}" if stake else ""
    screen.note(
        f"  note: a question to {attempts[0].model} was under way when an earlier run ended, and may have been paid"
        f"{cost}. It is not known what was answered."
    )
    return yes or (screen.asks and click.confirm("  Send it again?", default=False, err=True))


def _interview(screen: "Screen", questions: "Sequence[str]") -> "Mapping[str, str]":
    many = {1: "One question", 2: "Two questions"}.get(len(questions), "Three questions")
    screen.note(f"  {many}, if you like; Enter skips one. Whoever writes is told what you answer.")
    return {
        question: click.prompt(f"  {question}\n ", default="", show_default=False, err=True) for question in questions
    }


def made(screen: "Screen", result: "Made") -> None:
    """Tell what was made, the page last."""
    screen.say(*told(result), str(result.page))
    screen.document(document(result))


def told(result: "Made") -> "Iterator[str]":
    """What was made, a line each."""
    from photocast.cli.shown import duration, names, spent_line

    script, report = result.episode.script, result.episode.report
    hosts = names([speaker.name for speaker in script.speakers])
    words, used, aside = script.words(), report.photos.used, report.photos.set_aside
    yield script.title
    yield f"  {len(script.turns)} turns, {words} words, about {duration(words)}: {hosts}"
    yield f"  {used} photo{'' if used == 1 else 's'}, {aside} set aside; {report.bytes_sent:,} bytes sent"
    if report.model:
        yield f"  {spent_line(report.model)}"
    yield from (f"  check: {problem}" for problem in report.checks)
    yield from (f"  note: {note}" for note in result.notes)


def document(result: "Made") -> dict[str, Any]:
    """The same for programs."""
    episode = result.episode
    return {
        "episode": str(result.folder),
        "page": str(result.page),
        "script": str(result.folder / "script.json"),
        "title": episode.script.title,
        "speakers": [speaker.name for speaker in episode.script.speakers],
        "turns": len(episode.script.turns),
        "words": episode.script.words(),
        "notes": list(result.notes),
        "report": episode.report.model_dump(mode="json"),
    }
