"""`photocast bench leaderboard` out of the folders of runs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
TALK = "Speaker 1: The {0} stood in a garden.\n\nSpeaker 2: It did?\n\nSpeaker 1: It did, and—\n\nSpeaker 2: No!\n"


@pytest.fixture
def folders(run: Run, tmp_path: Path) -> list[Path]:
    """Two runs over two albums of which only stories are there, each with transcripts of its own."""
    for item in ("goat", "cow"):
        (tmp_path / "albums" / item).mkdir(parents=True)
        (tmp_path / "albums" / item / "human_story.txt").write_text(f"[Image 1]: a {item} .\n")
        for name in ("ours", "theirs"):
            (tmp_path / name).mkdir(exist_ok=True)
            (tmp_path / name / f"{item}.txt").write_text(TALK.format(item) * (1 if name == "ours" else 3))
    for name in ("ours", "theirs"):
        ran = run(
            "bench", "run", f"{name}={tmp_path / name}", "--albums", tmp_path / "albums", "-o", tmp_path / f"run-{name}"
        )
        assert ran.code == 0, ran.err
    return [tmp_path / "run-ours", tmp_path / "run-theirs"]


def test_from_folders_to_a_page(run: Run, folders: list[Path], tmp_path: Path) -> None:
    ran = run("bench", "leaderboard", *folders, "-o", tmp_path / "board", "--metrics", "words,turn_length", "--json")
    assert ran.code == 0, ran.err
    document = ran.document
    page = Path(document["html"]).read_text("utf-8")
    assert "ours" in page
    assert "theirs" in page
    assert "turn length" in page
    assert "| ours |" in Path(document["markdown"]).read_text("utf-8")


def test_what_cannot_be(run: Run, folders: list[Path], tmp_path: Path) -> None:
    missing = run("bench", "leaderboard", tmp_path, "-o", tmp_path / "board")
    assert (missing.code, "no results" in missing.err) == (4, True)
    unknown = run("bench", "leaderboard", *folders, "-o", tmp_path / "board", "--metrics", "nope")
    assert (unknown.code, "no metric 'nope'" in unknown.err) == (2, True)
    assert not (tmp_path / "board").exists()
