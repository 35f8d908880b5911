"""`photocast score`, `bench metrics` and `bench reference` as scripts call them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
TALK = "Title: x\n====\n\nSpeaker 1: The goat stood in the garden.\n\nSpeaker 2: It did?\n\nSpeaker 1: It—\n"
CONTRACT = {
    *("words", "turns", "turn_length", "switch_rate", "distinct_2", "turn_length_cv", "short_turn_share"),
    *("cutoff_share", "backchannel_share", "speaker_share_entropy", "round_robin", "rep_4", "mtld"),
    "image_reference_rate",
}


@pytest.fixture
def talks(tmp_path: Path) -> Path:
    folder = tmp_path / "talks"
    folder.mkdir()
    (folder / "one.txt").write_text(TALK)
    (folder / "two.md").write_text(TALK.replace("goat", "cow"))
    (folder / "bad.txt").write_text("")
    return folder


def test_the_document_for_scripts(run: Run, talks: Path) -> None:
    ran = run("score", talks, "--json")
    assert ran.code == 0
    document = ran.document
    assert document["n"] == 2
    assert [Path(one["file"]).name for one in document["failed"]] == ["bad.txt"]
    assert "empty" in document["failed"][0]["reason"]
    words = document["metrics"]["words"]
    assert (words["mean"], words["sd"], words["ci95"], words["unit"]) == (9, 0, [9, 9], "words")
    assert [Path(one["file"]).name for one in document["files"]] == ["one.txt", "two.md"]
    assert document["files"][0]["undefined"]["round_robin"]


def test_for_people(run: Run, talks: Path) -> None:
    ran = run("score", talks)
    assert ran.code == 0
    assert "2 transcripts, 1 could not be read, beside interview" in ran.out
    assert "bad.txt: the transcript is empty" in ran.out
    assert "nan" not in ran.out.lower()


def test_as_published(run: Run, talks: Path) -> None:
    document = run("score", talks, "--as-published", "--json").document
    assert document["as_published"] is True
    assert document["n"] == 3
    assert document["metrics"]["turns"]["mean"] == 2  # 3, 3, and the empty file as 0
    assert any("zeros" in note for note in document["notes"])


def test_all_failed_is_no_success(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.txt").write_text("")
    ran = run("score", tmp_path / "bad.txt", "--json")
    assert ran.code == 4
    assert ran.document["n"] == 0


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["nowhere.txt"], 4, "is not there"),
        (["{talks}", "--reference", "nobody"], 2, "no human reference 'nobody'"),
        (["{talks}", "--encoder", "hf:x/y"], 2, "Add --album DIR"),
        (["{talks}", "--album", "nowhere"], 4, "nowhere"),
        ([], 2, "PATH"),
    ],
)
def test_bad_input(run: Run, talks: Path, arguments: list[str], code: int, message: str) -> None:
    ran = run("score", *(one.replace("{talks}", str(talks)) for one in arguments))
    assert ran.code == code
    assert message in ran.err
    assert "Traceback" not in ran.err


def test_every_metric_is_listed(run: Run) -> None:
    listed = {one["name"]: one for one in run("bench", "metrics", "--json").document["metrics"]}
    assert set(listed) >= CONTRACT
    for one in listed.values():
        assert one["unit"]
        assert one["direction"]
        assert one["source"]
        assert one["weakness"]
    ran = run("bench", "metrics", "mtld")
    assert "McCarthy and Jarvis" in ran.out
    assert run("bench", "metrics", "mtdl").code == 2


def test_references_are_listed_and_built(run: Run, tmp_path: Path) -> None:
    listed = run("bench", "reference", "--json").document["references"]
    assert [one["name"] for one in listed] == ["interview", "meeting", "panel"]
    assert all(one["licence"] for one in listed)
    turns = [{"speaker": "AB"[at % 2], "text": "la goat " * (at % 7 + 1)} for at in range(2000)]
    (tmp_path / "us.jsonl").write_text(json.dumps({"turns": turns}))
    build = ("bench", "reference", "build", "us.jsonl", "-o", "us.json", "--window", "100", "150")
    built = run(*build, "--json", cwd=tmp_path)
    assert built.code == 0
    assert built.document["windows"] > 100
    scored = run("score", "us.jsonl", "--reference", "us.json", cwd=tmp_path)
    assert scored.code == 4  # JSON lines of conversations are no transcript
    again = run(*build, cwd=tmp_path)
    assert (again.code, "is there already" in again.err) == (2, True)
