"""What can be done to an episode that is there already."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from photocast.pipeline.episode import Episode
from photocast.pipeline.make import Made
from photocast.schema import Brief, Turn

if TYPE_CHECKING:
    from photocast._guard import Guard


def write_again(folder: Path, change: Callable[[Brief], Brief], *, guard: "Guard | None" = None) -> Made:
    """Write a new script from the episode's facts as they are now.

    Args:
        folder: The episode.
        change: From the brief it was made with to the one that is wanted.
        guard: Asked before anything is written whether something tried to leave this machine.

    Raises:
        InputError: it is no episode, or an edited file cannot be understood.
    """
    episode = Episode.open(folder)
    episode.rewrite(change(episode.plan.brief))
    return _saved(episode, folder, guard)


def redo_turn(folder: Path, turn_id: str, *, guard: "Guard | None" = None) -> tuple[Made, tuple[Turn, ...]]:
    """Write one turn anew.

    Returns:
        What came of it, and the turns that changed.

    Raises:
        UsageError: there is no such turn, or it is locked.
        InputError: it is no episode, or there is no other way to say it.
    """
    episode = Episode.open(folder)
    changed = episode.redo(turn_id)
    return _saved(episode, folder, guard), changed


def page_again(folder: Path) -> Made:
    """Make the page again from the script as it was edited.

    Raises:
        InputError: it is no episode, or an edited file cannot be understood.
    """
    return _saved(Episode.open(folder), folder, None)


def _saved(episode: Episode, folder: Path, guard: "Guard | None") -> Made:
    if guard:
        guard.check()
    page = episode.save(folder)
    return Made(episode, folder, page, episode.notes())
