"""`photocast bench compare` as users have it."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from photocast.bench.results import BenchResult, FileScore, ItemShown, Scores, Summary, SystemResult
from photocast.cli.bench.compare import compare

if TYPE_CHECKING:
    from tests.cli.conftest import Run


def scores(base: float, count: int = 12) -> Scores:
    files = tuple(
        FileScore(file=f"{n}.txt", item=f"story {n}", values={"rep_4": base + n / 100, "turn_length_cv": base})
        for n in range(count)
    )
    metrics = {
        "rep_4": Summary(mean=base, sd=0.1, ci95=None, unit="share", n=count),
        "turn_length_cv": Summary(mean=base, sd=0.1, ci95=None, unit="ratio", n=count),
    }
    return Scores(n=count, failed=(), metrics=metrics, files=files, reference="interview")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """`a.json` and `b.json`, and a run of two systems, one of which has a colon in its name."""
    a, b = scores(0.2), scores(0.9)
    (tmp_path / "a.json").write_text(a.model_dump_json(), "utf-8")
    (tmp_path / "b.json").write_text(b.model_dump_json(), "utf-8")
    result = BenchResult(
        title="May",
        systems=(SystemResult(name="pocket", scores=a), SystemResult(name="ollama:qwen3-vl", scores=b)),
        items=(ItemShown(item="story 0", title="Story", photos=(), transcripts={}),),
    )
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "results.json").write_text(result.model_dump_json(), "utf-8")
    return tmp_path


def ran(*args: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(compare, [*map(str, args)])
    return result.exit_code, result.stdout, str(result.exception or "")


def test_two_files_as_a_table(files: Path) -> None:
    code, out, _ = ran(files / "a.json", files / "b.json")
    assert code == 0
    lines = out.splitlines()
    assert lines[:2] == ["A: a", "B: b"]
    head = lines[2].split("  ")
    assert [name.strip() for name in head if name.strip()][:5] == ["metric", "unit", "A", "B", "A - B"]
    row = next(line for line in lines if "rep_4" in line)
    assert row.split()[:5] == ["rep_4", "share", "0.255", "0.955", "−0.700"]
    assert row.rstrip().endswith("lower         A")
    assert next(line for line in lines if "turn_length_cv" in line).rstrip().endswith("near people   B")
    assert "  shape" not in lines
    assert " shape" in lines
    assert len({len(line) for line in lines if "───" in line}) == 1


def test_systems_of_a_run_whose_names_have_colons(files: Path) -> None:
    code, out, _ = ran(f"{files / 'run'}:pocket", f"{files / 'run'}:ollama:qwen3-vl", "--json")
    assert code == 0
    document = json.loads(out)
    assert (document["a"], document["b"], document["reference"]) == ("pocket", "ollama:qwen3-vl", "interview")
    assert {row["metric"]: row["better"] for row in document["metrics"]} == {"rep_4": "a", "turn_length_cv": "b"}
    assert document["metrics"][0]["n"] == 12


def test_a_file_and_a_system_can_be_mixed(files: Path) -> None:
    code, out, _ = ran(files / "a.json", f"{files / 'run' / 'results.json'}:pocket", "--json")
    assert code == 0
    assert all(row["difference"] == 0 and row["p_holm"] == 1 for row in json.loads(out)["metrics"])


def test_the_seed_decides_the_interval(files: Path) -> None:
    args = [files / "a.json", files / "b.json", "--json", "--resamples", "200"]
    first, again, other = (ran(*args, "--seed", seed)[1] for seed in ("1", "1", "2"))
    assert first == again
    assert json.loads(other)["seed"] == 2


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("nothing.json", None, "there is no such file"),
        ("empty.json", "", "cannot read"),
        ("list.json", "[]", "cannot read"),
        ("other.json", '{"n": 1}', "failed: Field required"),
        ("systems.json", '{"systems": []}', "title: Field required"),
    ],
)
def test_what_is_no_figures_is_refused(files: Path, name: str, text: str | None, why: str) -> None:
    if text is not None:
        (files / name).write_text(text, "utf-8")
    code, out, error = ran(files / name, files / "b.json")
    assert code == 1
    assert out == ""
    assert why in error


def test_a_picture_is_no_figures(files: Path) -> None:
    (files / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n\xff\xfe")
    assert "it is not text" in ran(files / "a.png", files / "b.json")[2]


def test_a_run_of_several_systems_needs_a_name(files: Path) -> None:
    error = ran(files / "run", files / "b.json")[2]
    assert "it has several systems" in error
    assert f"{files / 'run'}:ollama:qwen3-vl" in error
    assert "it has no system gpt" in ran(f"{files / 'run'}:gpt", files / "b.json")[2]
    assert "it holds figures of one system" in ran(f"{files / 'a.json'}:gpt", files / "b.json")[2]


def test_the_exit_code_says_that_the_input_is_at_fault(files: Path, run: "Run") -> None:
    done = run("bench", "compare", files / "a.json", files / "missing.json")
    assert done.code == 4
    assert "missing.json" in done.err
    assert "Traceback" not in done.err
