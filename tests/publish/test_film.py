"""Films are written by real encoders and read back: what is seen, what is heard, and that they agree."""

import math
import os
import signal
import struct
import subprocess
import sys
import wave
from collections.abc import Mapping
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from photocast.publish.captions import Caption
from photocast.publish.film import Filmed, write_film
from photocast.publish.film.captioned import shown
from photocast.publish.film.motion import eased, motion
from photocast.publish.film.shots import Shot, shots
from photocast.schema import InputError, Script, Timeline, UsageError
from publish.said import Said, said

SIZE = (320, 180)
RATE = 24_000
COLOURS = {"p01": (200, 30, 30), "p02": (30, 160, 40), "p03": (40, 60, 210)}
TALK: tuple[Said, ...] = (
    ("Maya", "Hello there. Is this on?", 0.5, 1.5, ()),
    ("Theo", "The first one is red.", 2.0, 3.5, ("p01",)),
    ("Maya", "It is.", 3.3, 4.0, ()),
    ("Theo", "And then a green one.", 4.52, 6.0, ("p02",)),
    ("Maya", "Blue at last.", 6.41, 7.4, ("p03",)),
)


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """A photo of one colour each: wide, tall, and tiny."""
    folder = tmp_path_factory.mktemp("photos")
    sizes = {"p01": (640, 360), "p02": (300, 500), "p03": (9, 5)}
    for name, colour in COLOURS.items():
        Image.new("RGB", sizes[name], colour).save(folder / f"{name}.jpg")
    return {name: folder / f"{name}.jpg" for name in COLOURS}


def beeps(path: Path, timeline: Timeline) -> Path:
    """A tone for as long as each turn is said."""
    sound = np.zeros(round(timeline.seconds * RATE), np.float32)
    for cue in timeline.cues:
        at = np.arange(round(cue.start * RATE), round(cue.end * RATE))
        sound[at] = 0.3 * np.sin(2 * np.pi * 440 * at / RATE)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes((sound * 32767).astype("<i2").tobytes())
    return path


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory, images: Mapping[str, Path]) -> tuple[Path, Filmed]:
    folder = tmp_path_factory.mktemp("film")
    return made(folder, *said(*TALK), images)


def made(folder: Path, script: Script, timeline: Timeline, images: Mapping[str, Path]) -> tuple[Path, Filmed]:
    audio = beeps(folder / "episode.wav", timeline)
    path = folder / "episode.mp4"
    done = write_film(path, title="Test", script=script, timeline=timeline, images=images, audio=audio, size=SIZE)
    return path, done


def pictures(path: Path) -> list[tuple[float, NDArray[np.uint8]]]:
    with av.open(str(path)) as file:
        return [(frame.time, frame.to_ndarray(format="rgb24")) for frame in file.decode(video=0)]


def heard(path: Path) -> NDArray[np.float32]:
    with av.open(str(path)) as file:
        assert file.streams.audio[0].codec_context.name == "aac"
        return np.concatenate([frame.to_ndarray()[0] for frame in file.decode(audio=0)])


def middle(picture: NDArray[np.uint8]) -> NDArray[np.float64]:
    return picture[60:90, 140:180].reshape(-1, 3).mean(axis=0)


def at(frames: list[tuple[float, NDArray[np.uint8]]], seconds: float) -> NDArray[np.uint8]:
    return min(frames, key=lambda one: abs(one[0] - seconds))[1]


@pytest.mark.parametrize(("seconds", "photo"), [(2.8, "p01"), (4.1, "p01"), (5.3, "p02"), (7.2, "p03")])
def test_the_photo_that_is_talked_about_is_seen(film: tuple[Path, Filmed], seconds: float, photo: str) -> None:
    """At 4.1 s somebody makes small talk, and the photo stays."""
    assert middle(at(pictures(film[0]), seconds)) == pytest.approx(COLOURS[photo], abs=25)


def test_sound_and_picture_are_together(film: tuple[Path, Filmed]) -> None:
    """The middle of each fade between photos, and the moment in which the tone of that turn begins."""
    frames, sound = pictures(film[0]), heard(film[0])
    loud = np.abs(sound).reshape(-1)
    for start, before, after in ((4.52, "p01", "p02"), (6.41, "p02", "p03")):
        near = [(time, middle(picture)) for time, picture in frames if abs(time - start) < 0.4]
        closer = [math.dist(seen, COLOURS[after]) < math.dist(seen, COLOURS[before]) for _, seen in near]
        changed = near[closer.index(True)][0]
        window = loud[round((start - 0.2) * RATE) : round((start + 0.2) * RATE)]
        began = start - 0.2 + int(np.argmax(window > 0.1)) / RATE
        assert abs(changed - began) <= 0.08
        assert abs(began - start) <= 0.02


def test_a_caption_is_there_while_it_is_said(film: tuple[Path, Filmed]) -> None:
    frames = pictures(film[0])

    def white(seconds: float) -> int:
        return int((at(frames, seconds)[130:].min(axis=2) > 200).sum())

    assert white(2.8) > 20
    assert white(4.25) == white(6.2) == 0


def test_it_is_as_long_as_the_audio_and_starts_at_once(film: tuple[Path, Filmed]) -> None:
    """A phone shows it before all of it is there: the table of contents comes before the frames."""
    data = film[0].read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    with av.open(str(film[0])) as file:
        assert file.streams.video[0].codec_context.name == "h264"
        assert file.streams.video[0].codec_context.pix_fmt == "yuv420p"
        assert file.duration / 1e6 == pytest.approx(8.4, abs=0.05)
    assert film[1].frames == 210
    assert film[1].photos == 3
    assert os.listdir(film[0].parent) == ["episode.wav", "episode.mp4"] or len(os.listdir(film[0].parent)) == 2


def test_captions_are_a_track_too_which_is_not_shown_by_itself(film: tuple[Path, Filmed]) -> None:
    with av.open(str(film[0])) as file:
        track = file.streams.subtitles[0]
        texts = [bytes(packet) for packet in file.demux(track) if packet.size > 2]
        assert not track.disposition & av.stream.Disposition.default
    words = [text[2 : 2 + struct.unpack(">H", text[:2])[0]].decode() for text in texts]
    assert words[0] == "Maya: Hello there. Is this on?"
    assert "Theo: The first one is red.\nMaya: It is." in words  # both talk


def test_chapters_and_tags_are_found_by_a_reader(tmp_path: Path, images: Mapping[str, Path]) -> None:
    script, timeline = said(
        ("Maya", "Here is the red one now.", 0.0, 9.0, ("p01",)),
        ("Theo", "And here a green one.", 9.0, 20.0, ("p02",)),
        seconds=21,
    )
    path, _ = made(tmp_path, script, timeline, images)
    with av.open(str(path)) as file:
        assert [(float(one["start"] * one["time_base"]), one["metadata"]["title"]) for one in file.chapters()] == [
            (0.0, "Here is the red one now."),
            (9.0, "And here a green one."),
        ]
        assert file.metadata["title"] == "Test"
        assert "synthetic voices" in file.metadata["comment"]


def test_without_any_photo_the_title_is_seen(tmp_path: Path) -> None:
    path, done = made(tmp_path, *said(("Maya", "Nothing to see.", 0.2, 1.0, ("p01",)), seconds=7.2), {})
    last = pictures(path)[-1][1]
    assert done.photos == 0
    assert (last.min(axis=2) > 200).sum() > 100


def test_the_film_says_at_first_who_made_it(film: tuple[Path, Filmed]) -> None:
    frames = pictures(film[0])
    assert [(at(frames, seconds)[:25].min(axis=2) > 110).sum() > 40 for seconds in (1, 5.3, 7.2)] == [True, True, False]


def test_what_fails_leaves_the_old_film(tmp_path: Path, images: Mapping[str, Path]) -> None:
    script, timeline = said(*TALK)
    path = tmp_path / "episode.mp4"
    path.write_bytes(b"old")
    audio = beeps(tmp_path / "episode.wav", timeline.model_copy(update={"cues": ()}))
    longer = timeline.model_copy(update={"seconds": 9.4})
    for photos, times, why in (
        (images, longer, "the sound lasts 8.40 s instead of 9.40 s"),
        ({**images, "p02": audio}, timeline, "cannot be read as a picture"),
    ):
        with pytest.raises(InputError, match=why):
            write_film(path, title="T", script=script, timeline=times, images=photos, audio=audio, size=(96, 64))
    audio.write_bytes(b"no sound")
    with pytest.raises(InputError, match=r"episode\.wav cannot be heard"):
        write_film(path, title="T", script=script, timeline=timeline, images=images, audio=audio, size=(96, 64))
    assert path.read_bytes() == b"old"
    assert sorted(os.listdir(tmp_path)) == ["episode.mp4", "episode.wav"]


def test_a_size_that_no_encoder_takes_is_told(tmp_path: Path) -> None:
    script, timeline = said(*TALK)
    with pytest.raises(UsageError, match="multiple of 4"):
        write_film(
            tmp_path / "a.mp4", title="", script=script, timeline=timeline, images={}, audio=tmp_path, size=(321, 180)
        )


KILLED = """
import os, signal, sys
from pathlib import Path
from photocast.publish.film import write_film
from publish.said import said
from publish.test_film import TALK, beeps
folder = Path(sys.argv[1])
script, timeline = said(*TALK)
write_film(folder / "episode.mp4", title="T", script=script, timeline=timeline, images={}, size=(96, 64),
    audio=beeps(folder / "a.wav", timeline), 
    progress=lambda done, _: done > 50 and os.kill(os.getpid(), signal.SIGKILL))
"""


def test_a_run_that_is_killed_leaves_no_film(tmp_path: Path) -> None:
    here = str(Path(__file__).parents[1])
    paths = os.pathsep.join([here, *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], env={**os.environ, "PYTHONPATH": paths})
    assert done.returncode == -signal.SIGKILL
    assert not (tmp_path / "episode.mp4").exists()


def test_of_several_photos_each_is_seen_while_there_is_time() -> None:
    """10 s are enough for three of 3 s; the short turn has time for one, and takes one that was not seen."""
    script, timeline = said(
        ("Maya", "Three.", 1.0, 10.0, ("p01", "p02", "p03")),
        ("Theo", "Two.", 10.0, 11.0, ("p03", "p04")),
        ("Maya", "None.", 11.0, 12.0, ()),
        ("Theo", "Lost.", 12.0, 13.0, ("p09",)),
    )
    there = ["p01", "p02", "p03", "p04"]
    assert shots(script, timeline, there) == (
        Shot(None, 0, 1),
        Shot("p01", 1, 4),
        Shot("p02", 4, 7),
        Shot("p03", 7, 10),
        Shot("p04", 10, 14),
    )


def test_a_long_opening_shows_the_other_photos_after_the_title() -> None:
    """13 s are left after the 6 s of the title: enough for three of 4 s, the one that comes next not among them."""
    script, timeline = said(("Maya", "Hello.", 0.5, 18.0, ()), ("Theo", "Look.", 19.0, 20.0, ("p03",)), seconds=21)
    there = [f"p{number:02d}" for number in range(1, 8)]
    found = shots(script, timeline, there)
    assert [shot.photo for shot in found] == [None, "p01", "p04", "p06", "p03"]
    assert [shot.start for shot in found] == pytest.approx([0, 6, 6 + 13 / 3, 6 + 26 / 3, 19])
    assert [shot.photo for shot in shots(script, timeline, ["p03"])] == [None, "p03"]
    short = said(("Maya", "Hello.", 0.5, 9.0, ()), ("Theo", "Look.", 9.9, 11.0, ("p03",)), seconds=12)
    assert [shot.photo for shot in shots(*short, there)] == [None, "p03"]


def test_captions_of_turns_that_overlap_are_seen_together() -> None:
    one, two = Caption(1, 3, "A", "one"), Caption(2, 4, "B", "two")
    assert [(each.start, each.end, each.captions) for each in shown([one, two], 5)] == [
        (0, 1, ()),
        (1, 2, (one,)),
        (2, 3, (one, two)),
        (3, 4, (two,)),
        (4, 5, ()),
    ]


@pytest.mark.parametrize("seconds", [0.2, 4, 600])
@pytest.mark.parametrize("number", range(8))
def test_motion_stays_inside_the_picture_and_is_smooth(seconds: float, number: int) -> None:
    way = motion("p01", number, seconds)
    boxes = np.array([way.box(eased(part), (340, 190)) for part in np.linspace(0, 1, 200)])
    assert boxes[:, :2].min() >= 0
    assert (boxes[:, 2:] <= [340, 190]).all()
    assert np.abs(np.diff(boxes, axis=0)).max() < 0.4  # pixels; a jump would be seen
