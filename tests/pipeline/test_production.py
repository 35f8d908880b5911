"""An episode in the default folder is listed with the others, and what lists them never makes it a failure."""

from pathlib import Path

import pytest

from photocast.pipeline.production import Produced, SpeechPlan, produce
from photocast.pipeline.speech import SpeechWishes
from photocast.testing.scripts import script_of
from photocast.testing.spoken import written_episode


@pytest.fixture
def episode(tmp_path: Path) -> Path:
    return written_episode(tmp_path / "photocast-out" / "sea", script_of("Ada: look at that", "Leo: I am looking"))


def produced(episode: Path, series: Path | None) -> Produced:
    return produce(episode, SpeechPlan(SpeechWishes(engine="tones", marks=False), film=False), series=series)


def test_feed_and_page_are_written_beside_it(episode: Path) -> None:
    series = episode.parent
    done = produced(episode, series)
    assert done.notes == ()
    assert done.feed is not None
    assert done.site is not None
    assert (done.feed.path, done.site.path) == (series / "feed.xml", series / "index.html")
    assert 'src="sea/episode.mp3"' in (series / "index.html").read_text("utf-8")
    assert 'href="feed.xml"' in (series / "index.html").read_text("utf-8")


def test_a_page_of_somebody_else_stays_and_the_episode_is_whole(episode: Path) -> None:
    theirs = episode.parent / "index.html"
    theirs.write_text("mine", "utf-8")
    done = produced(episode, episode.parent)
    assert done.spoken is not None
    assert done.feed is not None
    assert done.site is None
    (note,) = done.notes
    assert note.startswith(f"the page of all episodes was not written: cannot write {theirs}, for it was not made by")
    assert theirs.read_text("utf-8") == "mine"


def test_a_folder_of_ones_own_is_left_alone(episode: Path) -> None:
    produced(episode, None)
    assert [path.name for path in episode.parent.iterdir()] == ["sea"]
