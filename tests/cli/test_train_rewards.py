"""`photocast train rewards` as scripts call it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from photocast.schema import Script, Speaker, Turn
from photocast.training.rewards import REWARDS

Run = Callable[..., Any]
TALK = "Speaker 1: The goat stood in the garden.\n\nSpeaker 2: It did?\n\nSpeaker 1: It did, all day long.\n"


@pytest.fixture
def talks(tmp_path: Path) -> Path:
    folder = tmp_path / "talks"
    folder.mkdir()
    (folder / "one.txt").write_text(f"Sample: one\nGeneration time: 230 s\n====\n\n{TALK}")
    (folder / "two.md").write_text(TALK.replace("Speaker 1", "Ada").replace("Speaker 2", "Leo"))
    (folder / "three.txt").write_text("Nobody says anything here.")
    return folder


def test_what_transcripts_would_earn(inside: Run, talks: Path) -> None:
    ran = inside("train", "rewards", talks, "--speakers", "2", "--words", "13", "--json")
    assert ran.code == 0, ran.err
    document = ran.document
    assert (document["schema_version"], document["n"], document["failed"]) == (1, 3, [])
    assert list(document["rewards"]) == list(REWARDS)
    assert document["rewards"]["labels"] == {"mean": 1 / 3, "least": 0.0, "most": 1.0, "n": 3, "none": 0}
    assert document["rewards"]["coverage"] == {"mean": None, "least": None, "most": None, "n": 0, "none": 3}
    by_file = {Path(one["file"]).name: one["rewards"] for one in document["files"]}
    assert by_file["one.txt"]["labels"] == 1.0  # what stands above the row was not said by the model
    assert by_file["one.txt"]["length"] == 1.0
    assert by_file["three.txt"]["length"] == 0.0


def test_for_people(inside: Run, talks: Path) -> None:
    ran = inside("train", "rewards", talks)
    assert ran.code == 0, ran.err
    rows = {words[0]: words[1:] for line in ran.out.splitlines() if (words := line.split())}
    assert rows["3"] == ["texts"]
    assert rows["labels"] == ["0.333", "0.000", "1.000", "3"]
    assert rows["coverage"] == ["0", "3"]


def test_captions_and_what_is_said(inside: Run, talks: Path, tmp_path: Path) -> None:
    (tmp_path / "captions.txt").write_text("a goat in the garden\n\nthe empty table\n")
    (tmp_path / "said.txt").write_text("Speaker 1: The goat stood in the garden.\nSpeaker 2: It did?\n")
    given = ("--captions", tmp_path / "captions.txt", "--dialogue", tmp_path / "said.txt")
    document = inside("train", "rewards", talks / "one.txt", *given, "--json").document
    earned = document["files"][0]["rewards"]
    assert earned["coverage"] == 0.5
    assert earned["asr"] == earned["ref"] == pytest.approx(2 * 1 * (2 / 3) / (5 / 3))


def test_an_episode_counts_by_its_script(inside: Run, tmp_path: Path) -> None:
    script = Script(
        title="A goat",
        speakers=(Speaker(name="Speaker 1"), Speaker(name="Speaker 2")),
        turns=(
            Turn(id="t001", speaker="Speaker 1", text="It stood there."),
            Turn(id="t002", speaker="Speaker 2", text="Oh."),
        ),
    )
    (tmp_path / "episode").mkdir()
    (tmp_path / "episode" / "script.json").write_text(script.model_dump_json())
    document = inside("train", "rewards", tmp_path / "episode", "--speakers", "2", "--words", "4", "--json").document
    assert document["files"][0]["rewards"]["labels"] == 1.0
    assert document["files"][0]["rewards"]["length"] == 1.0


def test_bad_input(inside: Run, talks: Path, tmp_path: Path) -> None:
    (talks / "four.txt").write_bytes(b"\xff\xfe\x00 no text")
    ran = inside("train", "rewards", talks)
    assert ran.code == 0
    assert "four.txt: it is not text in UTF-8" in ran.out
    shutil.copy(talks / "four.txt", tmp_path / "alone.txt")
    alone = inside("train", "rewards", tmp_path / "alone.txt", "--json")
    assert alone.code == 4
    assert json.loads(alone.out)["n"] == 0
    for given, said in (
        ((tmp_path / "gone",), "is not there"),
        ((talks, "--captions", tmp_path / "gone.txt"), "gone.txt cannot be read: no such file or directory"),
        ((talks, "--captions", talks / "four.txt"), "it is not text in UTF-8"),
        ((talks, "--reference", "pannel"), "no human reference 'pannel'"),
        ((talks, "--speakers", "0"), "0"),
    ):
        ran = inside("train", "rewards", *given)
        assert ran.code != 0
        assert said in " ".join(ran.err.split())
