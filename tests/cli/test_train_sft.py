"""`photocast train sft` as a user runs it: from a dataset to a folder, through a kill, with errors that help."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from photocast.models.tiny import build_tiny
from photocast.testing import torchvision_shim
from photocast.testing.pairs import make_pairs, write_dataset

QUICK = ("--set", "optimisation.max_steps=6", "--set", "watch.save_every=2", "--set", "watch.samples=0")


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixteen pairs with short talk, as the corpus packs them."""
    folder = tmp_path_factory.mktemp("packed")
    write_dataset(folder, make_pairs(16, podcasts=8, exchanges=1))
    return folder


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torchvision_shim.install()
    return build_tiny("qwen3_vl", tmp_path_factory.mktemp("base") / "tiny")


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    shim = torchvision_shim.folder_for_subprocesses(tmp_path_factory.mktemp("shim"))
    paths = os.pathsep.join(filter(None, (str(shim), os.environ.get("PYTHONPATH"))))
    return os.environ | {"PYTHONPATH": paths, "OMP_NUM_THREADS": "1"}


def command(*args: object) -> list[str]:
    return [sys.executable, "-m", "photocast", "train", "sft", *map(str, args)]


def run(env: dict[str, str], *args: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*args),
        env=env,
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
        stdin=subprocess.DEVNULL,
    )


def adapter(folder: Path) -> dict[str, Any]:
    from safetensors.torch import load_file

    return load_file(folder / "final" / "adapter_model.safetensors")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_killed_and_begun_again_it_ends_as_if_it_had_not_been(
    dataset: Path, base: Path, env: dict[str, str], tmp_path: Path
) -> None:
    given = (dataset, "--recipe", "tiny-cpu", "--base", base, *QUICK)
    whole = run(env, *given, "-o", tmp_path / "whole", "--json")
    assert whole.returncode == 0, whole.stderr
    said = json.loads(whole.stdout)
    assert (said["steps"], said["coverage"]["rows"], said["device"]) == (6, 12, "cpu")

    begun = subprocess.Popen(
        command(*given, "-o", tmp_path / "killed"), env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    log = tmp_path / "killed" / "log.jsonl"
    while begun.poll() is None and not (log.is_file() and '"step": 3' in log.read_text()):
        os.sched_yield()
    begun.send_signal(signal.SIGKILL)
    begun.wait()
    assert not (tmp_path / "killed" / "final").exists()

    again = run(env, *given, "-o", tmp_path / "killed")
    assert again.returncode == 0, again.stderr
    assert "going on from step" in again.stderr
    first, second = adapter(tmp_path / "whole"), adapter(tmp_path / "killed")
    assert all(bool((first[name] == second[name]).all()) for name in first)

    once_more = run(env, *given, "-o", tmp_path / "killed")
    assert once_more.returncode == 0
    assert once_more.stdout == again.stdout


def test_mistakes_are_told_before_anything_begins(dataset: Path, env: dict[str, str], tmp_path: Path) -> None:
    unknown = run(env, dataset, "--recipe", "tiny-gpu", cwd=tmp_path)
    assert unknown.returncode == 2
    assert "there is no recipe 'tiny-gpu'" in unknown.stderr
    assert "tiny-cpu" in unknown.stderr
    long = run(env, dataset, "--recipe", "tiny-cpu", "--set", "data.max_length=500", cwd=tmp_path)
    assert long.returncode == 2
    assert "12 of 12 samples of train are longer than 500 tokens" in long.stderr
    assert "Traceback" not in unknown.stderr + long.stderr
    assert not (tmp_path / "tiny-cpu" / "final").exists()
