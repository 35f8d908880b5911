"""What the documents say is so: their examples run, their commands are the ones that CI runs."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from photocast.pipeline.settings import Wishes, gather, read_people

ROOT = Path(__file__).resolve().parents[1]


def _blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / page).read_text("utf-8"), re.DOTALL)


def _run_examples(page: str, folder: Path) -> str:
    """What the examples of a page print, run one after the other beside three photos."""
    (folder / "examples" / "sourdough_loaf").mkdir(parents=True)
    for photo in sorted((ROOT / "examples" / "sourdough_loaf").glob("*.jpg"))[::4]:
        shutil.copy(photo, folder / "examples" / "sourdough_loaf")
    code = "\n".join(_blocks(page, "python"))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=folder,
        env=os.environ | {"PHOTOCAST_STATE": str(folder / "state")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_examples_of_the_python_page_run(tmp_path: Path) -> None:
    out = _run_examples("docs/python.md", tmp_path)
    assert (tmp_path / "out" / "loaf" / "index.html").is_file()
    assert out.count("\nAda: ") + out.count("\nLeo: ") > 5
    assert f"{Path('out', 'loaf', 'index.html')} 0" in out
    assert "Heard(turn=Turn(id='t001', speaker='Ada', text='Is it ready?'" in out
    assert "now: It's flour." in out
    assert "model='scripted:test' host=None way='direct'" in out
    assert "It's flour." in (tmp_path / "out" / "with-a-model" / "script.md").read_text("utf-8")


def test_the_example_of_the_models_page_runs(tmp_path: Path) -> None:
    assert _run_examples("docs/models.md", tmp_path).splitlines()[-1] == "Is it ready? ('p01',)"


def test_the_briefs_in_the_documents_are_understood(tmp_path: Path) -> None:
    brief, people = _blocks("docs/brief.md", "toml")
    (tmp_path / "brief.toml").write_text(brief, "utf-8")
    (tmp_path / "people.toml").write_text(people, "utf-8")
    settings = gather({}, brief_file=tmp_path / "brief.toml")
    assert settings.writer.prompts == str(tmp_path / "my-prompts")
    assert [host.name for host in settings.brief.cast] == ["Ada", "Leo"]
    assert settings.brief.people == read_people(tmp_path / "people.toml")
    assert settings.brief.words == 750
    keys = set(tomllib.loads(brief)) | {"hosts", "person"}
    assert keys == set(Wishes.model_fields)  # every key is shown or named


def test_ci_runs_what_the_readme_says() -> None:
    first, second, *_ = (block.strip() for block in _blocks("README.md", "bash"))
    ci = (ROOT / ".ci" / "run").read_text("utf-8")
    assert ci.rstrip().splitlines()[-1] == second
    assert "photocast make examples/sourdough_loaf" in first
    assert "photocast make examples/sourdough_loaf" in ci
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


@pytest.mark.parametrize("script", ["cli_reference.py", "metrics_reference.py"])
def test_what_is_written_from_the_code_is_fresh(script: str) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / script, "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


PAGES = [str(page.relative_to(ROOT)) for page in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", (ROOT / page).read_text("utf-8")):
        if not link.startswith("http"):
            assert ((ROOT / page).parent / link).exists(), link


@pytest.mark.parametrize("page", PAGES)
def test_commands_in_the_documents_exist(page: str) -> None:
    from photocast.cli import bench, commands

    lines = [line for block in _blocks(page, "bash") for line in block.replace("\\\n", " ").splitlines()]
    called = [words for line in lines if (words := shlex.split(line, comments=True)) and words[0] == "photocast"]
    assert {words[1] for words in called} <= set(commands.COMMANDS)
    assert {words[2] for words in called if words[1] == "bench"} <= set(bench.COMMANDS)
