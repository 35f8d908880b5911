"""What can be done to an episode that is there already."""

from collections.abc import Callable
from pathlib import Path

from photocast.pipeline.episode import Episode, with_brief
from photocast.pipeline.front import Front
from photocast.pipeline.make import Made
from photocast.pipeline.settings import Settings
from photocast.pipeline.studio import Studio
from photocast.schema import Brief, Turn, Writer

Change = Callable[[Brief, Writer], Settings]
"""From what an episode was made with to what is wanted now."""


def write_again(folder: Path, change: Change, front: Front | None = None) -> Made | None:
    """Write a new script from the episode's facts as they are now.

    Args:
        folder: The episode.
        change: What to ask for instead of what was asked for.
        front: Watches, and agrees before anything leaves this machine.

    Returns:
        None when it was not approved.

    Raises:
        InputError: it is no episode, or an edited file cannot be understood.
        ModelError: the model cannot be had, or gives no conversation; the episode stays as it is.
    """
    front = front or Front()
    episode, settings = _handed(folder, change, front)
    episode.plan = with_brief(episode.plan, settings.brief)
    episode.plan = episode.preflight()
    if not front.approves(episode.plan):
        return None
    episode.rewrite(on_turn=front.tell)
    return _saved(episode, folder, front)


def redo_turn(
    folder: Path,
    turn_id: str,
    wish: str | None = None,
    *,
    lock: bool = False,
    change: Change | None = None,
    front: Front | None = None,
) -> tuple[Made, tuple[Turn, ...]] | None:
    """Write one turn anew.

    Returns:
        What came of it, and the turns that changed; None when it was not approved.

    Raises:
        UsageError: there is no such turn, it is locked, or the writer can follow no wish.
        InputError: it is no episode, or there is no other way to say it.
        ModelError: the model cannot be had; the episode stays as it is.
    """
    front = front or Front()
    episode, _ = _handed(folder, change or (lambda brief, writer: Settings(brief, writer=writer)), front)
    if not front.approves(episode.preflight_redo(turn_id, wish)):
        return None
    changed = episode.redo(turn_id, wish, lock=lock)
    return _saved(episode, folder, front), changed


def page_again(folder: Path) -> Made:
    """Make the page again from the script as it was edited.

    Raises:
        InputError: it is no episode, or an edited file cannot be understood.
    """
    return _saved(Episode.open(folder), folder, Front())


def _handed(folder: Path, change: Change, front: Front) -> tuple[Episode, Settings]:
    """The episode in the hands of whoever is to write now."""
    episode = Episode.open(folder)
    settings = change(episode.plan.brief, episode.plan.writer)
    episode.hand_to(Studio.of(settings, label=str(folder), front=front))
    return episode, settings


def _saved(episode: Episode, folder: Path, front: Front) -> Made:
    if front.guard:
        front.guard.check()
    page = episode.save(folder)
    return Made(episode, folder, page, episode.notes())
