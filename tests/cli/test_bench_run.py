"""`photocast bench run`: systems write, are measured, and a page is made of it."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from photocast.bench.results import BenchResult
from photocast.testing import FakeProvider

ROOT = Path(__file__).resolve().parents[2]
LOAF = ROOT / "examples" / "sourdough_loaf"
TALK = """\
Ada: Is it ready? [p01]
Leo: It's dough.
Ada: Is it nearly—
Leo: It is exactly as ready as dough is, and I say that as somebody who has waited for a bus in the rain.
Ada: You could poke it.
Leo: Nobody is poking it. We agreed.
"""
BRIEF = ("--hosts", "Ada: impatient; Leo: patient", "--length", "120w", "--seed", "3")


@pytest.fixture(scope="session")
def albums(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three albums of a photo each, with a human story."""
    folder = tmp_path_factory.mktemp("albums") / "set"
    for number, photo in enumerate(sorted(LOAF.glob("*.jpg"))[::4], start=1):
        (folder / f"loaf_{number}").mkdir(parents=True)
        shutil.copy(photo, folder / f"loaf_{number}" / "1.jpg")
        (folder / f"loaf_{number}" / "human_story.txt").write_text(f"loaf number {number} is a bread .\n", "utf-8")
    return folder


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider(TALK) as server:
        yield server


@pytest.fixture(autouse=True)
def _no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHOTOCAST_STATE", str(tmp_path / "state"))


def test_systems_write_and_are_measured(albums: Path, tmp_path: Path, inside: Any, provider: FakeProvider) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "loaf_1.txt").write_text(TALK.replace(" [p01]", ""), "utf-8")
    (theirs / "loaf_2.txt").write_text("nobody speaks here", "utf-8")
    out = tmp_path / "run"
    systems = ("pocket", "far=openai:any", f"ft={theirs}")
    flags = ("--albums", albums, "-o", out, *BRIEF, "--base-url", provider.url, "--yes")
    ran = inside("bench", "run", *systems, *flags, "--json")
    assert ran.code == 0, ran.err
    assert len(provider.requests) == 3
    assert ran.document["report"] == str(out / "report.html")
    result = BenchResult.model_validate_json((out / "results.json").read_bytes())
    assert [(one.name, one.scores.n, len(one.generations)) for one in result.systems] == [
        ("pocket", 3, 3),
        ("far", 3, 3),
        ("ft", 1, 0),
    ]
    assert result.systems[1].generations[0].output_tokens
    assert result.systems[1].scores.metrics["turns"].mean == TALK.count("\n")
    assert [one.file for one in result.systems[2].scores.failed] == ["systems/ft/loaf_2.txt"]
    assert result.items[0].transcripts["far"] == "systems/far/loaf_1.md"
    assert "ft: there is no transcript of: loaf_3" in result.notes
    page = (out / "report.html").read_text("utf-8")
    assert "loaf_2" in page
    assert "You could poke it." in page

    again = inside("bench", "run", *systems, *flags)
    assert again.code == 0, again.err
    assert len(provider.requests) == 3, "nothing is asked twice"
    assert "0 transcripts to be written" in again.err
    assert "far: 3 measured; " in again.out
    refused = inside("bench", "run", *systems, *flags, "--style", "story")
    assert refused.code == 4
    assert "brief.style was banter and is story" in refused.err


def test_what_is_sent_is_shown_first_and_never_sent_unasked(
    albums: Path, tmp_path: Path, inside: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    flags = ("--albums", albums, "-o", tmp_path / "run", *BRIEF)
    far = ("far=openai:gpt-5-mini", "pocket")
    ran = inside("bench", "run", *far, *flags, "--max-cost", "0.5")
    assert ran.code == 2
    assert "3 items, 6 transcripts to be written" in ran.err
    assert "far: openai:gpt-5-mini: 3 to be written, 0 there" in ran.err
    assert "3 photos, no metadata" in ran.err
    assert "Costs    about $0." in ran.err
    assert "stops before a call that could go beyond $0.5" in ran.err
    assert "that is never done unasked" in ran.err
    assert not (tmp_path / "run" / "systems").exists()
    local = inside("bench", "run", *far, *flags, "--local", "--yes")
    assert local.code == 2
    assert "--local and far exclude each other" in local.err


def test_items_that_fail_are_told_and_the_others_are_measured(albums: Path, tmp_path: Path, inside: Any) -> None:
    broken = shutil.copytree(albums, tmp_path / "set")
    photo = broken / "loaf_2" / "1.jpg"
    photo.write_bytes(photo.read_bytes()[:500])
    ran = inside("bench", "run", "pocket", "--albums", broken, "-o", tmp_path / "run", *BRIEF, "--local")
    assert ran.code == 0, ran.err
    assert "pocket: 2 measured" in ran.out
    assert "failed: loaf_2: " in ran.out
    assert "loaf_2" in (tmp_path / "run" / "report.html").read_text("utf-8")


def test_a_system_that_writes_nothing_is_an_error_with_a_report(albums: Path, tmp_path: Path, inside: Any) -> None:
    script = tmp_path / "script.json"
    script.write_text(json.dumps({"answers": [{"when": "", "fault": "refused"}]}), "utf-8")
    ran = inside(
        "bench", "run", f"mute=scripted:{script}", "pocket", "--albums", albums, "-o", tmp_path / "run", *BRIEF
    )
    assert ran.code == 5, ran.err
    assert "mute: nothing" in ran.out
    result = BenchResult.model_validate_json((tmp_path / "run" / "results.json").read_bytes())
    assert [one.scores.n for one in result.systems] == [0, 3]
    assert all(one.error for one in result.systems[0].generations)
    assert (tmp_path / "run" / "report.html").is_file()


@pytest.mark.parametrize(
    ("args", "code", "why"),
    [
        (("nonsense",), 2, "neither pocket nor a model"),
        (("pocket", "--albums", "nowhere"), 4, "there is no such file"),
        (("pocket", "--reference", "nobody"), 2, "nobody"),
        (("pocket", "--style", "paper"), 2, "needs a language model"),
        (("pocket", "--length", "soon"), 2, "soon"),
        (("pocket", "--base-url", "http://127.0.0.1:9"), 2, "it belongs to one model, and there are 0"),
        (("openai:nothing", "--base-url", "http://127.0.0.1:9", "pocket", "x=ollama:y"), 2, "and there are 2"),
    ],
)
def test_runs_that_cannot_be(
    args: tuple[str, ...], code: int, why: str, albums: Path, tmp_path: Path, inside: Any
) -> None:
    folder = () if "--albums" in args else ("--albums", albums)
    ran = inside("bench", "run", *args, *folder, "-o", tmp_path / "run", "--yes")
    assert ran.code == code, ran.err
    assert why in ran.err
    assert not (tmp_path / "run" / "systems").exists()
