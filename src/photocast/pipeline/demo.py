"""The episode that needs no photos of your own."""

from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from photocast.pipeline.make import Made, Stages, make_episode
from photocast.pipeline.settings import Settings
from photocast.schema import Brief

if TYPE_CHECKING:
    from photocast._guard import Guard

ALBUM = "dog_at_the_beach"


def demo_episode(folder: Path, *, seed: int = 0, stages: Stages | None = None, guard: "Guard | None" = None) -> Made:
    """Make an episode of the photos that come with photocast.

    Raises:
        InputError: the folder holds something else, or cannot be written to.
    """
    with as_file(files("photocast.demo").joinpath(ALBUM)) as album:
        made = make_episode([album], folder, Settings(Brief(seed=seed)), stages=stages, guard=guard)
    if made is None:
        raise AssertionError("nobody was asked, so nobody can have said no")
    return made
