"""`photocast train serve` as people run it, and `photocast make` that asks it."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from photocast.cli.main import run as run_here
from photocast.models.tiny import Size, build_tiny
from photocast.testing import torchvision_shim

TALK = """\
Ada: Is he in the water again? [p01]
Leo: He lives there now.
Ada: He has a basket at home, and it was not cheap.
Leo: You can tell him that. I would wait until he has put the stick down, though. [p02]
Ada: He never puts it down.
Leo: Then you have a moment to choose your words.
"""
HOSTS = ("--hosts", "Ada: impatient; Leo: patient", "--length", "60w")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torchvision_shim.install()
    return build_tiny(
        "qwen3_vl", tmp_path_factory.mktemp("tiny") / "ada-and-leo", recites=TALK, size=Size(context=8192)
    )


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    shim = torchvision_shim.folder_for_subprocesses(tmp_path_factory.mktemp("shim"))
    path = os.pathsep.join([str(shim), os.environ.get("PYTHONPATH", "")])
    return dict(os.environ) | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1"}


@contextmanager
def serving(args: Sequence[object], env: dict[str, str]) -> Iterator[tuple["subprocess.Popen[str]", Any]]:
    command = [sys.executable, "-m", "photocast", "train", "serve", *map(str, args), "--port", "0", "--json"]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = ""
        while not told.endswith("}\n"):
            line = process.stdout.readline()
            assert line, process.stderr and process.stderr.read()
            told += line
        try:
            yield process, json.loads(told)
        finally:
            process.kill()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_an_episode_is_the_same_through_a_server(model: Path, env: dict[str, str], tmp_path: Path) -> None:
    album = tmp_path / "album"
    album.mkdir()
    for name in ("dog_01.jpg", "dog_02.jpg"):
        shutil.copy(str(files("photocast.demo").joinpath("dog_at_the_beach", name)), album)
    with serving([model], env) as (process, told):
        writers = {"here": ["--model", f"hf:{model}"], "there": ["--model", told["asked_as"]]}
        writers["there"] += ["--base-url", told["url"]]
        for name, flags in writers.items():
            command = [sys.executable, "-m", "photocast", "make", str(album), "-o", str(tmp_path / name)]
            made = subprocess.run(
                [*command, *HOSTS, *flags, "--seed", "3", "--local", "--yes", "--json"],
                env=env,
                capture_output=True,
                text=True,
                check=False,
                timeout=100,
            )
            assert made.returncode == 0, made.stderr
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "Traceback" not in err
    here, there = (json.loads((tmp_path / name / "script.json").read_text()) for name in writers)
    assert [turn["text"] for turn in here["turns"]] == [turn["text"] for turn in there["turns"]]
    assert here["turns"][0]["text"] == "Is he in the water again?"


@pytest.mark.parametrize(
    ("flags", "code", "said"),
    [
        (["--host", "0.0.0.0"], 2, "--allow-others"),
        (["--host", "0.0.0.0", "--allow-others"], 3, "without a key"),
        (["--api-key-env", "NO_SUCH_KEY"], 3, "NO_SUCH_KEY is not set"),
        (["--print-command"], 2, "--engine vllm"),
        (["--engine", "vllm", "--host", "0.0.0.0", "--allow-others"], 3, "without a key"),
    ],
)
def test_what_is_refused_before_anything_is_loaded(
    flags: list[str], code: int, said: str, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_here(["train", "serve", str(model), *flags]) == code
    assert said in capsys.readouterr().err


def test_a_folder_that_holds_no_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_here(["train", "serve", str(tmp_path), "--port", "0"]) == 3
    assert "no config.json" in capsys.readouterr().err
