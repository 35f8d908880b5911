"""How vLLM is started: with pictures as large as in training, and from an environment of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from photocast.models.local.trained import Trained, write_trained
from photocast.models.tiny import Size, build_adapter, build_tiny
from photocast.schema import ConfigError
from photocast.testing import torchvision_shim
from photocast.training.serving.vllm import Command, find_vllm, vllm_command


@pytest.fixture(scope="module", autouse=True)
def usable_torchvision() -> None:
    torchvision_shim.install()


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = build_tiny("qwen3_vl", tmp_path_factory.mktemp("models") / "taught")
    write_trained(folder, Trained(image_tokens=441, base="", recipe="", method="sft"))
    return folder


@pytest.fixture(scope="module")
def adapter(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = build_adapter(base, tmp_path_factory.mktemp("adapters") / "lora")
    write_trained(folder, Trained(image_tokens=100, base=str(base), recipe="", method="sft"))
    return folder


def option(command: Command, name: str) -> str:
    return command.words[command.words.index(name) + 1]


def made(model: str, *more: str) -> Command:
    return vllm_command(model, name="mine", host="127.0.0.1", port=8000, program="/v/vllm", more=more)


def test_a_model(base: Path) -> None:
    command = made(str(base), "--tensor-parallel-size", "2")
    assert command.words[:3] == ("/v/vllm", "serve", str(base))
    assert command.words[-2:] == ("--tensor-parallel-size", "2")
    assert option(command, "--served-model-name") == "mine"
    assert json.loads(option(command, "--limit-mm-per-prompt")) == {"image": 16}
    size = json.loads(option(command, "--mm-processor-kwargs"))["size"]
    assert size["longest_edge"] == 441 * 32 * 32 == 451_584
    assert option(command, "--max-model-len") == str(16 * 441 + 1500 + 2048)
    assert option(command, "--generation-config") == "vllm"
    assert "--enable-lora" not in command.words


def test_the_context_of_a_model_is_never_exceeded(tmp_path: Path) -> None:
    short = build_tiny("qwen3_vl", tmp_path / "short", size=Size(context=4096))
    assert option(made(str(short)), "--max-model-len") == "4096"


@pytest.mark.parametrize("named", ["pair", "alone"])
def test_an_adapter_has_the_name_and_its_base_another(named: str, base: Path, adapter: Path) -> None:
    command = made(str(adapter) if named == "alone" else f"{base}+{adapter}")
    assert option(command, "--lora-modules") == f"mine={adapter}"
    assert option(command, "--served-model-name") == "mine-base"
    assert option(command, "--max-lora-rank") == "8"  # the least that vLLM takes above 4
    assert json.loads(option(command, "--mm-processor-kwargs"))["size"]["longest_edge"] == 100 * 32 * 32
    assert "by a pattern" in command.notes[0]


def test_without_vllm_it_is_said_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigError, match="no program `vllm` in the PATH"):
        find_vllm(None)
    with pytest.raises(ConfigError, match=r"there is no program .*nowhere"):
        find_vllm(str(tmp_path / "nowhere"))


Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def photocast(*args: object, **env: str) -> Any:
        shim = torchvision_shim.folder_for_subprocesses(tmp_path)
        return subprocess.run(
            [sys.executable, "-m", "photocast", *map(str, args)],
            env=os.environ | {"PYTHONPATH": os.pathsep.join([str(shim), os.environ.get("PYTHONPATH", "")])} | env,
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
        )

    return photocast


@pytest.mark.slow
def test_the_command_becomes_vllm(base: Path, tmp_path: Path, run: Run) -> None:
    """A program in vLLM's place tells how it was started."""
    program = tmp_path / "vllm"
    program.write_text('#!/bin/sh\necho "$VLLM_API_KEY|$PYTHONPATH|$*"\nexit 7\n')
    program.chmod(0o755)
    flags = ("--engine", "vllm", "--vllm", program, "--api-key-env", "SECRET")
    ran = run("train", "serve", base, *flags, "--", "--dtype", "auto", SECRET="a-long-secret")
    assert ran.returncode == 7
    key, path, words = ran.stdout.strip().split("|")
    assert (key, path) == ("a-long-secret", "")
    assert words.startswith(f"serve {base} --served-model-name taught")
    assert words.endswith("--dtype auto")
    assert "a-long-secret" not in ran.stderr


@pytest.mark.slow
def test_the_command_can_be_looked_at_where_there_is_no_vllm(base: Path, run: Run) -> None:
    ran = run("train", "serve", base, "--engine", "vllm", "--print-command", "--json")
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["command"][:2] == ["vllm", "serve"]
    ran = run("train", "serve", base, "--engine", "vllm", "--vllm", base / "vllm")
    assert ran.returncode == 3
    assert "in an environment of its own" in ran.stderr
