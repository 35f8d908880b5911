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


def test_the_example_of_the_python_page_runs(tmp_path: Path) -> None:
    (tmp_path / "examples" / "sourdough_loaf").mkdir(parents=True)
    for photo in sorted((ROOT / "examples" / "sourdough_loaf").glob("*.jpg"))[::4]:
        shutil.copy(photo, tmp_path / "examples" / "sourdough_loaf")
    code = "\n".join(_blocks("docs/python.md", "python"))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "loaf" / "index.html").is_file()
    assert done.stdout.count("\nAda: ") + done.stdout.count("\nLeo: ") > 5
    assert f"{Path('out', 'loaf', 'index.html')} 0" in done.stdout


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


def test_the_command_reference_is_fresh() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "cli_reference.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/index.md", "docs/python.md"])
def test_links_lead_somewhere(page: str) -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", (ROOT / page).read_text("utf-8")):
        if not link.startswith("http"):
            assert ((ROOT / page).parent / link).exists(), link


@pytest.mark.parametrize("page", ["README.md", "docs/brief.md", "CONTRIBUTING.md"])
def test_commands_in_the_documents_exist(page: str) -> None:
    from photocast.cli.commands import COMMANDS

    lines = [line for block in _blocks(page, "bash") for line in block.splitlines()]
    called = [words[1] for line in lines if (words := shlex.split(line, comments=True)) and words[0] == "photocast"]
    assert set(called) <= set(COMMANDS)
