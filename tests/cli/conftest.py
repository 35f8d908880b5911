"""Runs of the command line as users have them: another process, real photos, real files."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from photocast.testing.scripts import script_of
from photocast.testing.spoken import spoken, written_episode

ROOT = Path(__file__).resolve().parents[2]
LOAF = ROOT / "examples" / "sourdough_loaf"


@dataclass(frozen=True)
class Ran:
    """What came of a command."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout; fails when there is anything else."""
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs `photocast` with these arguments in an empty folder, without a terminal."""
    empty = tmp_path_factory.mktemp("empty")

    def photocast(
        *args: str | Path, cwd: Path = empty, env: dict[str, str] | None = None, patience: float = 100
    ) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "photocast", *map(str, args)],
            cwd=cwd,
            env=os.environ | (env or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=patience,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    return photocast


@pytest.fixture
def inside(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `photocast` in this process: for many runs with models, whose libraries take seconds to load."""
    from photocast.cli.main import run as run_here

    def photocast(*args: str | Path, env: dict[str, str] | None = None) -> Ran:
        (tmp_path / "empty").mkdir(exist_ok=True)
        with monkeypatch.context() as patch:
            patch.chdir(tmp_path / "empty")
            for name, value in (env or {}).items():
                patch.setenv(name, value)
            capsys.readouterr()
            code = run_here([str(arg) for arg in args])
            out, err = capsys.readouterr()
        return Ran(code, out, err)

    return photocast


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three photos of the loaf: enough to talk about, quick to look at."""
    folder = tmp_path_factory.mktemp("photos") / "three_loaves"
    folder.mkdir()
    for name in sorted(path.name for path in LOAF.glob("*.jpg"))[::4]:
        shutil.copy(LOAF / name, folder)
    return folder


@pytest.fixture(scope="session")
def made(run: Run, few: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ran]:
    """An episode of three photos, and what making it said. Read only: copy it to change it."""
    out = tmp_path_factory.mktemp("made") / "loaf"
    result = run("make", few, "-o", out, "--local", "--yes", "--json", "--seed", "3")
    assert result.code == 0, result.err
    return out, result


@pytest.fixture
def episode(made: tuple[Path, Ran], tmp_path: Path) -> Path:
    """A copy of the episode, to be changed."""
    return Path(shutil.copytree(made[0], tmp_path / "episode"))


@pytest.fixture
def shows(tmp_path: Path) -> Path:
    """Two episodes, of which one has been spoken."""
    folder = tmp_path / "walks"
    spoken(written_episode(folder / "sea", script_of("Ada: look")))
    written_episode(folder / "hill", script_of("Ada: look"), seed=1)
    return folder
