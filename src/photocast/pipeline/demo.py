"""The episode that needs no photos of your own."""

from importlib.resources import as_file, files
from pathlib import Path

from photocast.pipeline.front import Front
from photocast.pipeline.make import Made, make_episode
from photocast.pipeline.settings import Settings
from photocast.schema import Brief

ALBUM = "dog_at_the_beach"


def demo_episode(folder: Path, *, seed: int = 0, front: Front | None = None) -> Made:
    """Make an episode of the photos that come with photocast.

    Raises:
        InputError: the folder holds something else, or cannot be written to.
    """
    with as_file(files("photocast.demo").joinpath(ALBUM)) as album:
        made = make_episode([album], folder, Settings(Brief(seed=seed)), front)
    if made is None:
        raise AssertionError("nobody was asked, so nobody can have said no")
    return made
