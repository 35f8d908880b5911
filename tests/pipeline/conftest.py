"""An album, and an episode of it, made once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from photocast import Album, Episode, Studio

LOAF = Path(__file__).resolve().parents[2] / "examples" / "sourdough_loaf"


@pytest.fixture(scope="session")
def album() -> Iterator[Album]:
    with Album.open(sorted(LOAF.glob("*.jpg"))[::4]) as three:
        yield three


@pytest.fixture(scope="session")
def _made(album: Album) -> Episode:
    studio = Studio(seed=2)
    plan = studio.plan(album, length="300w")
    return studio.write(album, plan, studio.look(album, plan))


@pytest.fixture
def episode(album: Album, _made: Episode) -> Episode:
    """A fresh episode each time, of the facts that were looked up once."""
    return Episode(script=_made.script, facts=_made.facts, plan=_made.plan, album=album, outline=_made._outline)
