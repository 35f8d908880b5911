"""`photocast speak` and `voices` as a user runs them."""

import json
import shutil
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

import av
import numpy as np
import pytest
import webvtt
from PIL import Image

from photocast.schema import Timeline, parse_transcript
from photocast.speech.encode import check_audio
from photocast.testing.spoken import written_episode

NAMES = {"captions.srt", "captions.vtt", "chapters.json", "episode.mp3", "timeline.json", "transcript.json"}


@pytest.fixture
def episode(made: tuple[Path, object], tmp_path: Path) -> Path:
    """An episode of its own that nobody has spoken yet."""
    return Path(shutil.copytree(made[0], tmp_path / "loaf"))


def test_everything_is_there_and_can_be_played(episode: Path, inside) -> None:
    done = inside("speak", episode, "--engine", "tones", "--json")
    assert done.code == 0, done.err
    told = done.document
    assert {file.name for file in episode.iterdir()} >= NAMES
    timeline = Timeline.model_validate_json((episode / "timeline.json").read_text())
    heard = check_audio(episode / "episode.mp3", seconds=timeline.seconds, lufs=-16)
    assert told["seconds"] == pytest.approx(heard.seconds, abs=0.01)
    assert told["made"] == told["turns"] == len(timeline.cues)
    assert len(webvtt.read(str(episode / "captions.vtt")).captions) >= told["turns"]
    assert json.loads((episode / "chapters.json").read_text())["chapters"][0]["startTime"] == 0


def test_a_chapter_about_a_photo_has_its_picture_in_the_signed_mp3(episode: Path, inside) -> None:
    """The pictures are small, and are the photos that chapters.json names; the chapters are still read by FFmpeg."""
    assert inside("speak", episode, "--engine", "tones").code == 0
    listed = json.loads((episode / "chapters.json").read_text())["chapters"]
    data = (episode / "episode.mp3").read_bytes()
    shown = [part.partition(b"image/jpeg\0\x03\0") for part in data.split(b"CHAP")[1:]][: len(listed)]
    found = [Image.open(BytesIO(after)).convert("RGB") if mark else None for before, mark, after in shown]
    assert any("img" in one for one in listed)
    for one, picture in zip(listed, found, strict=True):
        if "img" in one:
            photo = Image.open(episode / one["img"]).convert("RGB").resize(picture.size)
            assert max(picture.size) <= 400
            assert np.abs(np.asarray(photo, float) - np.asarray(picture, float)).mean() < 12
    with av.open(str(episode / "episode.mp3")) as file:
        assert [mark["metadata"]["title"] for mark in file.chapters()] == [one["title"] for one in listed]
    assert inside("verify", episode / "episode.mp3").code == 0


def test_an_edited_turn_is_the_only_clip_that_is_made(episode: Path, inside) -> None:
    assert inside("speak", episode, "--engine", "tones").code == 0
    script = episode / "script.md"
    text = script.read_text()
    first = next(line for line in text.splitlines() if line.startswith("**"))
    script.write_text(text.replace(first, first.replace(":**", ":** Hold on a minute, please.", 1), 1))
    again = inside("speak", episode, "--engine", "tones", "--json")
    assert again.document["made"] == 1
    assert "Hold on a minute" in (episode / "captions.vtt").read_text().replace("\n", " ")


def test_the_audio_stays_when_the_page_is_made_again(episode: Path, inside) -> None:
    assert inside("speak", episode, "--engine", "tones").code == 0
    before = (episode / "episode.mp3").read_bytes()
    assert inside("page", episode).code == 0
    assert (episode / "episode.mp3").read_bytes() == before


def test_audio_of_another_kind_stays_only_while_its_times_are_those_of_the_captions(episode: Path, inside) -> None:
    for kind in ("mp3", "wav"):
        assert inside("speak", episode, "--engine", "tones", "--format", kind).code == 0
    assert {file.name for file in episode.glob("episode.*")} == {"episode.mp3", "episode.wav"}
    assert inside("speak", episode, "--engine", "tones", "--format", "wav", "--speed", "1.5").code == 0
    assert {file.name for file in episode.glob("episode.*")} == {"episode.wav"}


def test_voices_by_name(episode: Path, inside) -> None:
    name = json.loads((episode / "script.json").read_text())["speakers"][1]["name"]
    done = inside("speak", episode, "--engine", "tones", "--voice", f"{name}=tones:top", "--json")
    assert done.document["voices"][name] == "tones:top"
    assert inside("speak", episode, "--engine", "tones", "--voice", f"{name}=tones:none").code == 2
    assert inside("speak", episode, "--engine", "tones", "--voice", name).code == 2


def test_a_turn_that_cannot_be_spoken_is_named_and_no_audio_is_left(episode: Path, inside) -> None:
    script = episode / "script.md"
    text = script.read_text()
    first = next(line for line in text.splitlines() if line.startswith("**"))
    script.write_text(text.replace(first, first.split(":**")[0] + ":** 😀 <!-- t001 -->", 1))
    done = inside("speak", episode, "--engine", "tones")
    assert done.code == 5
    assert "turn t001 was not spoken" in done.err
    assert not list(episode.glob("*.mp3"))


def test_no_episode_and_no_engine(tmp_path: Path, inside) -> None:
    assert inside("speak", tmp_path, "--engine", "tones").code == 4
    assert "there is no engine" in inside("voices", "flite").err


@pytest.mark.skipif(not find_spec("hibari"), reason="the extra speech is not installed")
def test_the_voices_are_listed(inside) -> None:
    done = inside("voices", env={"PHOTOCAST_ENGINE": "kokoro"})
    assert done.code == 0
    assert "kokoro:heart" in done.out


@pytest.mark.skipif(not find_spec("hibari"), reason="the extra speech is not installed")
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_embedded_voices_speak_a_whole_episode(episode: Path, inside) -> None:
    done = inside("speak", episode, "--engine", "kokoro", "--json")
    assert done.code == 0, done.err
    assert done.document["engine"].startswith("kokoro-82m-int8@")
    assert -17 < done.document["lufs"] < -15
    assert done.document["true_peak"] <= -1


def test_words_leave_only_when_that_is_agreed_to(episode: Path, inside, monkeypatch: pytest.MonkeyPatch) -> None:
    """An address that is not loopback's, and which Linux connects with this machine all the same."""
    from photocast.testing import FakeVoices

    monkeypatch.setenv("PHOTOCAST_API_KEY", "fake-key")
    with FakeVoices(voices=("one", "two")) as server:
        asked = ("speak", episode, "--engine", "server", "--speech-url", server.url.replace("127.0.0.1", "0.0.0.0"))
        refused = inside(*asked)
        assert refused.code == 2
        assert "nobody is there to agree" in refused.err
        assert server.charges == 0
        done = inside(*asked, "--yes", "--json")
        assert done.code == 0, done.err
        assert server.charges == done.document["made"] == done.document["turns"]
        assert inside(*asked).code == 0, "nothing is sent, so that nobody is asked"
        assert server.charges == done.document["made"]
    assert "exclude each other" in inside(*asked, "--local").err


def test_finished_clips_stay_when_a_server_fails_and_are_not_asked_for_again(episode: Path, inside) -> None:
    from photocast.testing import FakeVoices, Raw

    refuse = Raw(b'{"error": {"message": "this one not"}}', "application/json", 400)
    with FakeVoices() as server:
        voices = [
            f"--voice={one['name']}=server:any" for one in json.loads((episode / "script.json").read_text())["speakers"]
        ]
        asked = ("speak", episode, "--engine", "server", "--speech-url", server.url, *voices, "--json")
        plain = server.next
        server.next = lambda got: refuse if server.charges == 5 else plain(got)  # type: ignore[method-assign]
        failed = inside(*asked)
        assert failed.code == 5
        assert "this one not" in failed.err
        assert not list(episode.glob("episode.*"))
        server.next = plain  # type: ignore[method-assign]
        done = inside(*asked)
        assert done.code == 0, done.err
        assert done.document["made"] == done.document["turns"] - 5
        assert server.charges == done.document["turns"]


def test_engines_are_listed_with_where_words_go_and_previews_are_kept(tmp_path: Path, inside) -> None:
    told = inside("voices", "tones", "--save", tmp_path / "heard", "--json").document
    assert len(told["saved"]) == len(told["voices"]) == len(list((tmp_path / "heard").glob("*.wav"))) == 4
    assert told["host"] is None
    assert told["abilities"]["manners"] == []


def test_a_preview_has_one_voice_and_says_so(episode: Path, inside) -> None:
    if not find_spec("hibari"):
        pytest.skip("the extra speech is not installed")
    done = inside("speak", episode, "--preview")
    assert done.code == 0, done.err
    assert "everybody has the same voice" in done.out


@pytest.fixture
def silent(tmp_path: Path) -> Path:
    """An episode in which nobody says what they are."""
    return written_episode(tmp_path / "sea", parse_transcript("Ada: Look at that boat.\nLeo: I am looking."))


def test_where_nobody_says_it_listeners_are_told_first_and_captions_have_it(silent: Path, inside) -> None:
    done = inside("speak", silent, "--engine", "tones", "--json")
    assert done.code == 0, done.err
    said = done.document["announced"]
    assert said == "The voices you are about to hear are made by a machine."
    timeline = Timeline.model_validate_json((silent / "timeline.json").read_text())
    assert timeline.announced == said
    assert [cue.turn for cue in timeline.cues] == ["t000", "t001", "t002"]
    assert json.loads((silent / "transcript.json").read_text())["segments"][0]["body"] == said
    assert " ".join(webvtt.read(str(silent / "captions.vtt")).captions[0].text.split()) in said
    assert said in (silent / "index.html").read_text()
    assert "t000" not in (silent / "script.json").read_text()


def test_the_announcement_can_be_left_out(silent: Path, inside) -> None:
    done = inside("speak", silent, "--engine", "tones", "--json", "--no-disclosure").document
    assert done["announced"] == ""
    assert Timeline.model_validate_json((silent / "timeline.json").read_text()).cues[0].turn == "t001"


def test_marks_are_put_in_unless_they_are_not_wanted(silent: Path, inside) -> None:
    marked = inside("speak", silent, "--engine", "tones", "--json").document
    assert marked["watermarked"]
    assert inside("verify", marked["audio"]).code == 0
    bare = inside("speak", silent, "--engine", "tones", "--json", "--no-marks").document
    assert not bare["watermarked"]
    assert bare["signer"] is None
    assert inside("verify", bare["audio"]).code == 4


def test_a_certificate_that_cannot_be_used_is_told_before_anything_is_spoken(silent: Path, inside) -> None:
    done = inside("speak", silent, "--engine", "tones", env={"PHOTOCAST_C2PA_CERTIFICATE": str(silent / "none.pem")})
    assert done.code == 3
    assert "nothing can be signed" in done.err
    assert not list(silent.glob("episode.*"))
    assert not (silent / ".cache").exists()


def test_what_breaks_between_audio_and_times_leaves_no_wrong_times(silent: Path, inside) -> None:
    assert inside("speak", silent, "--engine", "tones").code == 0
    (silent / "captions.vtt").unlink()
    (silent / "captions.vtt").mkdir()  # nothing can be written in its place
    broken = inside("speak", silent, "--engine", "tones", "--speed", "1.5")
    assert broken.code == 4
    assert not (silent / "timeline.json").exists()
    assert "has not been spoken yet" in inside("video", silent).err
    (silent / "captions.vtt").rmdir()
    mended = inside("speak", silent, "--engine", "tones", "--speed", "1.5", "--json").document
    assert mended["made"] == 0
    assert (silent / "timeline.json").is_file()
