"""Parts of a corpus are the same to the byte, whoever makes them and however often they are killed."""

import os
import random
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from photocast.corpus.engines import Ray
from photocast.testing.podcast_talk import NONE
from photocast.testing.sporc import write_legacy

KILLS = 12
WORKER = """
import sys
from photocast.corpus.engines import engine_of
from photocast.corpus.line import Line
from photocast.corpus.recipe import ChooseTable, Recipe, SourceTable
from photocast.corpus.sources import sporc_legacy
from photocast.corpus.store import open_store

class Front:
    waiting = repeat = None
    def stages(self, stage, done, total):
        print(stage, done, total, flush=True)

source, where, engine = sys.argv[1:]
sporc_legacy.BUCKET_BYTES = 1 << 18  # many small parts
recipe = Recipe(source=SourceTable(path=source), choose=ChooseTable(windows=20, part_size=4))
Line(recipe, open_store(where), engine=engine_of(engine), front=Front()).bring_to("choose")
"""
ENGINES = """
from photocast.corpus.engines import Ray
from photocast.schema import InputError

def halved(number):
    if number % 2:
        raise InputError(f"part {number}", "it is odd", "Take another one")
    return number // 2

assert list(Ray().map(halved, [])) == []
halves = []
try:
    for half in Ray().map(halved, [*range(0, 40, 2), 41]):
        halves.append(half)
except InputError as error:
    assert error.what == "part 41"
assert halves == list(range(20))
"""
with_ray = pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed: pip install 'photocast[ray]'")


@pytest.fixture(scope="module")
def sporc(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Hundred and twenty episodes, of which a third is kept."""
    folder = tmp_path_factory.mktemp("sporc")
    write_legacy(folder, episodes=120, seed=5, diarized=1.0, flaws=NONE)
    return folder


@pytest.fixture(scope="module")
def calm(sporc: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corpus as one process makes it."""
    return finished(sporc, tmp_path_factory.mktemp("calm"))


def started(sporc: Path, where: Path, engine: str = "here") -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, str(sporc), str(where), engine],
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(sporc: Path, where: Path, engine: str = "here") -> Path:
    process = started(sporc, where, engine)
    said, errors = process.communicate(timeout=110)
    assert process.returncode == 0, errors
    assert not errors
    assert said.endswith("choose 1 1\n")
    return where


def killed_in(sporc: Path, where: Path, lines: int) -> str:
    """The stage that a run was in when it had said so many lines and was killed; empty if it was done by then."""
    with started(sporc, where) as process:
        assert process.stdout
        told = [process.stdout.readline() for _ in range(lines)]
        if told[-1]:
            process.kill()
            return told[-1].split()[0]
        errors = process.communicate()[1]
        assert process.returncode == 0, errors
        return ""


def content(where: Path) -> dict[str, bytes]:
    files = (path for path in where.rglob("*") if path.is_file() and path.name != ".run.lock")
    return {path.relative_to(where).as_posix(): path.read_bytes() for path in files}


def test_there_is_something_to_compare(calm: Path) -> None:
    names = content(calm)
    assert sum(name.startswith("window/") and name.endswith(".done.json") for name in names) > 8
    assert sum(name.startswith("choose/") and name.endswith(".done.json") for name in names) == 5
    assert sum(map(len, names.values())) > 500_000


def test_a_pool_makes_the_same(sporc: Path, calm: Path, tmp_path: Path) -> None:
    assert content(finished(sporc, tmp_path, "pool:2")) == content(calm)


@pytest.mark.slow
@with_ray
def test_ray_makes_the_same(sporc: Path, calm: Path, tmp_path: Path) -> None:
    assert content(finished(sporc, tmp_path, "ray")) == content(calm)


@pytest.mark.slow
@with_ray
def test_ray_keeps_the_order_and_passes_errors_on() -> None:
    """In a process of its own: what Ray warns of would be an error here."""
    told = subprocess.run([sys.executable, "-c", ENGINES], capture_output=True, text=True, timeout=110)
    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")


def test_ray_that_is_not_there_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    from photocast.schema import PhotocastError

    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(PhotocastError, match=r"photocast\[ray\]"):
        list(Ray().map(str, [1]))


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_killed_at_random_moments_it_makes_the_same(sporc: Path, calm: Path, tmp_path: Path) -> None:
    chance = random.Random(11)
    kills: list[str] = []
    storms = 0
    while len(kills) < KILLS or set(kills) != {"split", "window", "choose"}:
        storm = tmp_path / str(storms)
        while stage := killed_in(sporc, storm, chance.randint(1, 20)):
            kills.append(stage)
        assert content(finished(sporc, storm)) == content(calm)
        storms += 1
