"""What the page and its folder make of audio that lies beside the script."""

import base64
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from photocast.publish import EpisodeFolder, player
from photocast.publish.page import render_page
from photocast.publish.sound import OlderSound, Sound, sound_of
from photocast.schema import Cue, Script, Timeline
from photocast.schema.timeline import fingerprint
from photocast.testing.spoken import written_episode

if TYPE_CHECKING:
    from tests.publish.conftest import Made

AUDIO = bytes(range(256)) * 3
OLDER = "The conversation was changed after it was spoken, so episode.mp3 is not played here."


def timeline_of(script: Script) -> Timeline:
    cues = tuple(Cue(turn=turn.id, start=2.0 * at, end=2.0 * at + 1.5) for at, turn in enumerate(script.turns))
    return Timeline(seconds=2.0 * len(cues), script=fingerprint(script), cues=cues)


def heard(path: Path, timeline: Timeline, audio: str = "episode.mp3") -> Path:
    (path / audio).write_bytes(AUDIO)
    (path / "timeline.json").write_text(timeline.model_dump_json(), "utf-8")
    return path / audio


def edited(script: Script) -> Script:
    turn = script.turns[0].model_copy(update={"text": "Something else altogether.", "claims": ()})
    return script.model_copy(update={"turns": (turn, *script.turns[1:])})


@pytest.fixture
def folder(made: "Made", tmp_path: Path) -> Path:
    return written_episode(tmp_path / "dog", made.script.model_copy(update={"turns": _without_photos(made.script)}))


def _without_photos(script: Script) -> tuple[object, ...]:
    return tuple(turn.model_copy(update={"photos": (), "claims": ()}) for turn in script.turns)


def test_audio_of_this_script_is_its_sound(folder: Path) -> None:
    script = EpisodeFolder(folder).read().script
    assert sound_of(folder, script) is None
    audio = heard(folder, timeline_of(script))
    assert sound_of(folder, script) == Sound(audio, timeline_of(script))


def test_of_two_kinds_the_newest_is_it(folder: Path) -> None:
    script = EpisodeFolder(folder).read().script
    old = heard(folder, timeline_of(script), "episode.wav")
    new = heard(folder, timeline_of(script), "episode.m4a")
    os.utime(old, (1, 1))
    found = sound_of(folder, script)
    assert found
    assert found.audio == new


def test_audio_of_another_script_of_nobody_knows_which_or_without_times_is_older(folder: Path) -> None:
    script = EpisodeFolder(folder).read().script
    audio = heard(folder, timeline_of(script))
    assert sound_of(folder, edited(script)) == OlderSound(audio)
    heard(folder, timeline_of(script).model_copy(update={"script": ""}))
    assert sound_of(folder, script) == OlderSound(audio)
    (folder / "timeline.json").write_text("{", "utf-8")
    assert sound_of(folder, script) == OlderSound(audio)
    (folder / "timeline.json").unlink()
    assert sound_of(folder, script) == OlderSound(audio)
    audio.write_bytes(b"")
    assert sound_of(folder, script) is None


def test_the_page_holds_the_very_audio_and_the_times_of_its_turns(made: "Made", tmp_path: Path) -> None:
    audio = heard(tmp_path, timeline_of(made.script))
    sound = sound_of(tmp_path, made.script)
    page = render_page(made.script, made.facts, made.plan.album, made.images, sound=sound)
    held = re.search(r'src="data:audio/mpeg;base64,([^"]*)"', page)
    assert held
    assert base64.b64decode(held[1], validate=True) == audio.read_bytes()
    assert "media-src data:;" in page
    assert re.search(r'<li id="t002"[^>]* data-start="2.000" data-end="3.500">', page)
    assert "0:50 aloud" in page  # 25 turns of two seconds


@pytest.mark.parametrize("size", [0, 1, 2, 3])
def test_pieces_of_audio_join_without_a_seam(
    made: "Made", tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(player, "_PIECE", 6)
    path = tmp_path / "episode.mp3"
    path.write_bytes(AUDIO[: 12 + size])
    view = player.player_view(Sound(path, timeline_of(made.script)), made.script)
    assert base64.b64decode("".join(view.src()).partition(",")[2]) == AUDIO[: 12 + size]


def test_large_audio_stays_beside_the_page(made: "Made", tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    audio = heard(tmp_path, timeline_of(made.script))
    monkeypatch.setattr(player, "MOST_INSIDE", len(AUDIO) - 1)
    page = render_page(
        made.script, made.facts, made.plan.album, made.images, sound=Sound(audio, timeline_of(made.script))
    )
    assert 'src="episode.mp3"' in page
    assert "media-src 'self' file:;" in page
    assert "loads nothing but its audio, and sends nothing" in page


def test_what_is_announced_is_a_line_of_its_own(made: "Made", tmp_path: Path) -> None:
    timeline = timeline_of(made.script)
    cues = (Cue(turn="announced", start=0, end=0.1), *timeline.cues)
    timeline = timeline.model_copy(update={"announced": "<b>Machines</b> made this.", "cues": cues})
    audio = heard(tmp_path, timeline)
    page = render_page(made.script, made.facts, made.plan.album, made.images, sound=Sound(audio, timeline))
    assert 'data-start="0.000" data-end="0.100">&lt;b&gt;Machines&lt;/b&gt; made this.</p>' in page


def test_an_edit_after_speaking_is_told_and_the_audio_stays(folder: Path) -> None:
    episode = EpisodeFolder(folder)
    audio = heard(folder, timeline_of(episode.read().script))
    episode.refresh_page()
    page = (folder / "index.html").read_text("utf-8")
    assert "<audio" in page
    assert OLDER not in page
    files = episode.read()
    episode.write(
        script=edited(files.script), facts=files.facts, plan=files.plan, report=files.report, images=files.images
    )
    page = (folder / "index.html").read_text("utf-8")
    assert OLDER in page
    assert "<code>photocast speak FOLDER</code>" in page
    assert "<audio" not in page
    assert audio.read_bytes() == AUDIO


def test_refreshing_touches_the_page_alone(folder: Path) -> None:
    episode = EpisodeFolder(folder)
    text = (folder / "script.md").read_text("utf-8").replace("Hello", "Hullo") + "\n"
    (folder / "script.md").write_text(text.replace("dog", "hound"), "utf-8")
    heard(folder, timeline_of(episode.read().script))
    before = {path: path.read_bytes() for path in folder.iterdir() if path.is_file() and path.name != "index.html"}
    assert episode.refresh_page().kept == ()
    assert {path: path.read_bytes() for path in before} == before
    assert "hound" in (folder / "index.html").read_text("utf-8")
    assert episode.read().edited == {"script.md"}  # still known as changed, and all others as ours
    assert episode.refresh_page().kept == ()
    assert not list(folder.glob("*before*"))


def test_a_page_changed_by_hand_makes_room(folder: Path) -> None:
    (folder / "index.html").write_text("mine", "utf-8")
    written = EpisodeFolder(folder).refresh_page()
    assert [(kept.name, kept.now) for kept in written.kept] == [("index.html", "index.before-1.html")]
    assert (folder / "index.before-1.html").read_text("utf-8") == "mine"
    assert "<h1>" in written.page.read_text("utf-8")
    assert EpisodeFolder(folder).read().edited == frozenset()
