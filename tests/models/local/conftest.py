"""Tiny models of every family, photos to show them, and ways to ask: in this process, and in one of their own."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from PIL import Image as Picture

from photocast.models import Ending, Image, Request, Sampling
from photocast.models.local import LocalVision, open_local
from photocast.models.names import parse_name
from photocast.models.tiny import Size, build_adapter, build_tiny
from photocast.testing import torchvision_shim

SCRIPT = "Mara: Look, it's the dog — à la plage, 海.\nJonas: Yes. Yes. Yes, and so on.\n"
"""What reciting models say: letters of several bytes, and words that come back."""


@dataclass(frozen=True)
class Answer:
    """What came out of a stream."""

    pieces: list[str]
    ending: Ending

    @property
    def text(self) -> str:
        return "".join(self.pieces)


Tiny = Callable[..., Path]
Open = Callable[..., LocalVision]
Ask = Callable[..., Answer]
RunPython = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session", autouse=True)
def usable_torchvision() -> None:
    torchvision_shim.install()


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    """The folder of a model: `tiny("qwen3_vl")` is random, `tiny("qwen3_vl", recites=...)` says that. Not to be
    changed; see `copied`."""
    shelf = tmp_path_factory.mktemp("models")

    @cache
    def built(family: str, recites: str, size: Size | None) -> Path:
        number = len(list(shelf.iterdir()))
        return build_tiny(family, shelf / f"{family}-{number}", recites=recites, size=size)

    def model(family: str = "qwen3_vl", recites: str = "", size: Size | None = None) -> Path:
        return built(family, recites, size)

    return model


@pytest.fixture(scope="session")
def script() -> str:
    return SCRIPT


@pytest.fixture
def copied(tmp_path: Path) -> Callable[[Path], Path]:
    """A copy of a model's folder, to be damaged."""
    return lambda folder: Path(shutil.copytree(folder, tmp_path / f"copy-of-{folder.name}"))


@pytest.fixture(scope="session")
def adapter(tiny: Tiny, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A LoRA adapter for `tiny("qwen3_vl")`."""
    return build_adapter(tiny("qwen3_vl"), tmp_path_factory.mktemp("adapters") / "lora")


@pytest.fixture(scope="session")
def photos(tmp_path_factory: pytest.TempPathFactory) -> list[Image]:
    """A white, a black and a grey photo of 900 x 600 pixels."""
    folder = tmp_path_factory.mktemp("photos")
    shown = []
    for name, brightness in (("white", 255), ("black", 0), ("grey", 128)):
        Picture.new("RGB", (900, 600), (brightness,) * 3).save(folder / f"{name}.jpg")
        shown.append(Image(name, folder / f"{name}.jpg"))
    return shown


@pytest.fixture(scope="session")
def opened() -> Open:
    """A model by what stands behind `hf:`."""
    return lambda model: open_local(parse_name(f"hf:{model}"))


@pytest.fixture(scope="session")
def ask() -> Ask:
    """Asks a model, and waits for the whole answer."""

    def asked(model: LocalVision, *parts: str | Image, system: str = "", **sampling: object) -> Answer:
        request = Request(parts or ("Tell.",), system, Sampling(**({"max_tokens": 24} | sampling)))  # type: ignore[arg-type]

        async def collect() -> Answer:
            *pieces, ending = [piece async for piece in model.stream(request)]
            assert isinstance(ending, Ending)
            assert all(isinstance(piece, str) for piece in pieces)
            return Answer(pieces, ending)  # type: ignore[arg-type]

        return asyncio.run(collect())

    return asked


@pytest.fixture(scope="session")
def run_python(tmp_path_factory: pytest.TempPathFactory) -> RunPython:
    """Runs Python code in a process of its own, with a torchvision that works; further folders go before all others."""
    shim = torchvision_shim.folder_for_subprocesses(tmp_path_factory.mktemp("shim"))
    elsewhere = tmp_path_factory.mktemp("elsewhere")

    def run(
        code: str, *args: object, path: Path = shim, env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", code, *map(str, args)],
            env=os.environ | {"PYTHONPATH": str(path), "HF_HOME": str(elsewhere / "hf")} | (env or {}),
            cwd=elsewhere,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=100,
        )

    return run
