"""What the commands that make or change an episode have in common."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from photocast._guard import Guard
    from photocast.cli.screen import Screen
    from photocast.pipeline import Made


@contextmanager
def guarded(local: bool) -> "Iterator[Guard | None]":
    """With `--local`, everything inside fails if it tries to leave this machine."""
    if not local:
        yield None
        return
    from photocast._guard import local_only

    with local_only() as guard:
        yield guard


def made(screen: "Screen", result: "Made") -> None:
    """Tell what was made, the page last."""
    from photocast.cli.shown import duration, names

    script, report = result.episode.script, result.episode.report
    hosts = names([speaker.name for speaker in script.speakers])
    words, used, aside = script.words(), report.photos.used, report.photos.set_aside
    screen.say(
        script.title,
        f"  {len(script.turns)} turns, {words} words, about {duration(words)}: {hosts}",
        f"  {used} photo{'' if used == 1 else 's'}, {aside} set aside; {report.bytes_sent} bytes sent",
        *(f"  check: {problem}" for problem in report.checks),
        *(f"  note: {note}" for note in result.notes),
        str(result.page),
    )
    screen.document(document(result))


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
