"""`photocast make` where there are voices: all that can be heard, seen and handed on."""

import json
import os
import wave
from pathlib import Path
from typing import Any

import pytest

from photocast.schema import Script, Timeline, fingerprint

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

PLAYER = """#!{python}
import sys, wave
with wave.open(sys.argv[-1]) as sound, open({heard!r}, "a") as heard:
    print(sound.getnframes(), file=heard)
"""


@pytest.fixture(scope="module")
def out(run: Any, few: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """The folder in which an episode was made as everybody makes one, and what that said. Read only."""
    folder = tmp_path_factory.mktemp("heard")
    asked = ("make", few, "--local", "--yes", "--json", "--length", "60w", "--engine", "tones")
    done = run(*asked, cwd=folder, patience=280)
    assert done.code == 0, done.err
    return folder / "photocast-out", done.document


def the_episode(out: tuple[Path, Any]) -> Path:
    return Path(out[0] / "three_loaves")


def test_all_of_it_is_there(out: tuple[Path, Any]) -> None:
    folder, document = out
    assert {path.name for path in the_episode(out).iterdir()} >= {
        "captions.srt",
        "captions.vtt",
        "chapters.json",
        "cover.jpg",
        "episode.mp3",
        "episode.mp4",
        "index.html",
        "timeline.json",
        "transcript.json",
    }
    assert (folder / "feed.xml").is_file()
    assert document["left_out"] == []
    assert Path(document["spoken"]["audio"]).name == "episode.mp3"
    assert document["spoken"]["made"] == len(list((the_episode(out) / ".cache" / "clips").iterdir()))
    assert Path(document["filmed"]["video"]).name == "episode.mp4"


def test_the_page_has_its_player(out: tuple[Path, Any]) -> None:
    assert "data:audio/mpeg;base64," in (the_episode(out) / "index.html").read_text()


def test_every_output_carries_a_mark_that_verify_finds(out: tuple[Path, Any], run: Any) -> None:
    folder = the_episode(out)
    files = [folder / "episode.mp3", folder / "episode.mp4", *sorted((folder / "photos").iterdir())]
    done = run("verify", *files, "--json")
    assert done.code == 0, done.err
    said = {Path(one["file"]).name: one["c2pa"]["source"].rpartition("/")[2] for one in done.document["files"]}
    assert said == {
        "episode.mp3": "algorithmicMedia",
        "episode.mp4": "compositeWithTrainedAlgorithmicMedia",
        **dict.fromkeys(("p01.jpg", "p02.jpg", "p03.jpg"), "algorithmicallyEnhanced"),
    }
    assert all(one["c2pa"]["trusted"] for one in done.document["files"])


def test_the_times_are_those_of_the_script(out: tuple[Path, Any]) -> None:
    folder = the_episode(out)
    script = Script.model_validate_json((folder / "script.json").read_text())
    timeline = Timeline.model_validate_json((folder / "timeline.json").read_text())
    assert timeline.script == fingerprint(script)
    assert [cue.turn for cue in timeline.cues] == [turn.id for turn in script.turns]


def test_speaking_again_makes_no_clip_and_changes_no_voice(out: tuple[Path, Any], run: Any) -> None:
    again = run("speak", the_episode(out), "--engine", "tones", "--json").document
    assert again["made"] == 0
    assert again["voices"] == out[1]["spoken"]["voices"]
    assert again["notes"] == []


def test_without_audio_there_is_what_there_always_was(run: Any, few: Path, tmp_path: Path) -> None:
    done = run("make", few, "-o", tmp_path / "loaf", "--yes", "--json", "--no-audio", "--engine", "tones")
    assert done.code == 0, done.err
    assert not list((tmp_path / "loaf").glob("episode.*"))
    assert done.document["spoken"] is None
    assert not (tmp_path / "feed.xml").exists()


def test_who_wants_no_disclosure_hears_none(run: Any, few: Path, tmp_path: Path) -> None:
    asked = (
        "make",
        few,
        "-o",
        tmp_path / "loaf",
        "--yes",
        "--json",
        "--length",
        "60w",
        "--engine",
        "tones",
        "--no-video",
    )
    assert run(*asked, "--no-disclosure").document["spoken"]["announced"] == ""


def test_an_engine_that_is_not_there_is_told_before_anything_is_written(run: Any, few: Path, tmp_path: Path) -> None:
    done = run("make", few, "-o", tmp_path / "loaf", "--yes", "--engine", "parrot")
    assert done.code == 2
    assert "there is no engine 'parrot'" in done.err
    assert not (tmp_path / "loaf").exists()


def test_turns_are_played_in_their_order_and_once(run: Any, few: Path, tmp_path: Path) -> None:
    heard = tmp_path / "heard.txt"
    (tmp_path / "bin").mkdir()
    player = tmp_path / "bin" / "aplay"
    player.write_text(PLAYER.format(python=os.sys.executable, heard=str(heard)))
    player.chmod(0o755)
    done = run(
        *("make", few, "-o", tmp_path / "loaf", "--yes", "--json", "--length", "120w"),
        *("--engine", "tones", "--no-video", "--stream"),
        env={"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"},
    )
    assert done.code == 0, done.err
    played = [int(line) for line in heard.read_text().split()]
    timeline = Timeline.model_validate_json((tmp_path / "loaf" / "timeline.json").read_text())
    assert played == [round((cue.end - cue.start) * 24_000) for cue in timeline.cues]


@pytest.mark.parametrize("other", ["--no-audio", "--local"])
def test_what_cannot_be_heard_at_once_is_refused(run: Any, few: Path, tmp_path: Path, other: str) -> None:
    done = run("make", few, "-o", tmp_path / "loaf", "--yes", "--stream", other, "--engine", "tones")
    assert done.code == 2
    assert f"--stream and {other} exclude each other" in done.err


def test_words_leave_for_no_voice_unasked(run: Any, few: Path, tmp_path: Path) -> None:
    from photocast.testing import FakeVoices

    with FakeVoices(voices=("one", "two")) as server:
        url = server.url.replace("127.0.0.1", "0.0.0.0")
        asked = ("make", few, "-o", tmp_path / "loaf", "--engine", "server", "--speech-url", url, "--no-video")
        refused = run(*asked, env={"PHOTOCAST_API_KEY": "fake-key"})
        assert "that is never done unasked" in refused.err
        assert server.charges == 0
    assert (tmp_path / "loaf" / "index.html").is_file(), "what was written is there all the same"


def test_the_series_keeps_its_address_and_its_name(out: tuple[Path, Any], run: Any, few: Path, tmp_path: Path) -> None:
    asked = ("--yes", "--length", "120w", "--engine", "tones", "--no-video", "--json")
    assert run("make", few, *asked, cwd=tmp_path).code == 0
    series = tmp_path / "photocast-out"
    done = run("feed", series, "--link", "https://example.org/loaves", "--title", "Loaves", "--description", "Bread.")
    assert done.code == 0, done.err
    assert run("make", few, *asked, "--seed", "5", cwd=tmp_path).code == 0
    feed = (series / "feed.xml").read_text()
    assert "https://example.org/loaves/three_loaves/episode.mp3" in feed
    assert "<title>Loaves</title>" in feed
    assert feed.count("Bread.") == 1
    assert json.loads((series / "three_loaves" / "plan.json").read_text())["brief"]["seed"] == 5


def test_clips_are_wave_files_that_anybody_can_open(out: tuple[Path, Any]) -> None:
    for clip in (the_episode(out) / ".cache" / "clips").iterdir():
        with wave.open(str(clip)) as sound:
            assert sound.getframerate() == 24_000
