"""`photocast video` as a user runs it: a film of an episode that was spoken, and its cover."""

import re
import shutil
import struct
from pathlib import Path

import av
import pytest

from cli.conftest import Ran, Run
from photocast.cli.main import run as photocast_here
from photocast.pipeline.film import FilmedEpisode, film_episode
from photocast.schema import Timeline

_KEPT = ("t001", "t011", "t023")
"""A greeting, and two turns about a photo: a film of a few seconds."""


@pytest.fixture(scope="module")
def spoken(made: tuple[Path, Ran], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short episode that was spoken. Read only: copy it to change it."""
    path = Path(shutil.copytree(made[0], tmp_path_factory.mktemp("spoken") / "loaf"))
    script = path / "script.md"
    lines = script.read_text().splitlines()
    script.write_text("\n".join(line for line in lines if not line.startswith("**") or _short(line)) + "\n")
    assert photocast_here(["speak", str(path), "--engine", "tones"]) == 0
    return path


@pytest.fixture
def episode(spoken: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(spoken, tmp_path / "loaf"))


def _short(line: str) -> bool:
    return any(f"<!-- {turn}" in line for turn in _KEPT)


def texts(path: Path) -> str:
    """All that the track of subtitles shows, without who says it."""
    with av.open(str(path)) as file:
        packets = [bytes(packet) for packet in file.demux(file.streams.subtitles[0]) if packet.size > 2]
    shown = [packet[2 : 2 + struct.unpack(">H", packet[:2])[0]].decode() for packet in packets]
    return " ".join(line.partition(": ")[2] or line for text in shown for line in text.splitlines())


def pictures(path: Path) -> tuple[float, tuple[int, int], list[bytes]]:
    """Seconds and size of the film, and the files of the cover in it."""
    with av.open(str(path)) as file:
        picture, art = file.streams.video
        seconds, size = float(picture.duration * picture.time_base), (picture.width, picture.height)
        return seconds, size, [bytes(packet) for packet in file.demux(art) if packet.size]


@pytest.fixture(scope="module")
def filmed(spoken: Path, tmp_path_factory: pytest.TempPathFactory) -> FilmedEpisode:
    return film_episode(Path(shutil.copytree(spoken, tmp_path_factory.mktemp("filmed") / "loaf")))


def test_the_film_is_as_long_as_the_audio_and_carries_the_cover(filmed: FilmedEpisode) -> None:
    timeline = Timeline.model_validate_json((filmed.video.parent / "timeline.json").read_text())
    seconds, size, covers = pictures(filmed.video)
    assert seconds == pytest.approx(timeline.seconds, abs=0.05)
    assert size == filmed.filmed.size == (1280, 720)
    assert covers == [filmed.cover.read_bytes()]
    assert filmed.filmed.photos >= 2
    assert filmed.notes == ()


def test_the_announcement_is_captioned_before_the_turns(filmed: FilmedEpisode) -> None:
    announced = Timeline.model_validate_json((filmed.video.parent / "timeline.json").read_text()).announced
    assert announced
    assert texts(filmed.video).startswith(announced)


def test_the_film_is_signed_for_what_it_is(filmed: FilmedEpisode, inside: Run) -> None:
    done = inside("verify", filmed.video)
    assert done.code == 0, done.err
    assert "C2PA mark: valid" in done.out
    assert "compositeWithTrainedAlgorithmicMedia" in done.out


def test_a_cover_of_the_users_own_stays_and_a_partial_film_goes(episode: Path, inside: Run) -> None:
    """What a run that was killed left is cleared; what a user put there is not."""
    (episode / "episode.mp4").write_bytes(b"an older film")
    (episode / ".episode.0badcafe.partial.mp4").write_bytes(b"half a film")
    cover = Path(shutil.copy(next((episode / "photos").glob("*.jpg")), episode / "cover.jpg")).read_bytes()
    done = inside("video", episode, "--no-marks", "--json")
    assert done.code == 0, done.err
    assert done.document["signer"] is None
    assert done.document["audio_copied"] is False
    assert (episode / "cover.jpg").read_bytes() == cover
    assert pictures(episode / "episode.mp4")[2] == [cover]
    assert not list(episode.glob(".episode*"))


@pytest.mark.parametrize("missing", ["episode.mp3", "timeline.json"])
def test_what_was_not_spoken_is_refused_and_told_what_to_run(episode: Path, inside: Run, missing: str) -> None:
    (episode / missing).unlink()
    refused = inside("video", episode)
    assert refused.code == 4
    assert "has not been spoken yet" in refused.err
    assert f"photocast speak {episode}" in re.sub(r"\s+", " ", refused.err)
    assert not (episode / "episode.mp4").exists()


def test_what_was_edited_since_it_was_spoken_is_refused(episode: Path, inside: Run) -> None:
    (episode / "episode.mp4").write_bytes(b"an older film")
    script = episode / "script.md"
    script.write_text(script.read_text().replace(":** ", ":** Hold on a minute, please. ", 1))
    refused = inside("video", episode)
    assert refused.code == 4
    assert "the audio is older than the conversation" in refused.err
    assert f"photocast speak {episode}" in re.sub(r"\s+", " ", refused.err)
    assert (episode / "episode.mp4").read_bytes() == b"an older film"


def test_speaking_other_words_takes_the_old_film_away_and_says_so(episode: Path, inside: Run) -> None:
    (episode / "episode.mp4").write_bytes(b"an older film")
    script = episode / "script.md"
    script.write_text(script.read_text().replace(":** ", ":** Hold on a minute, please. ", 1))
    done = inside("speak", episode, "--engine", "tones")
    assert done.code == 0, done.err
    assert "episode.mp4 was of the audio before" in done.out + done.err
    assert not (episode / "episode.mp4").exists()


def test_no_episode(tmp_path: Path, inside: Run) -> None:
    assert inside("video", tmp_path).code == 4
