"""Small datasets and tiny models to train on them, in this process."""

import io
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from photocast.models.tiny import build_tiny
from photocast.testing import torchvision_shim
from photocast.training import RunFolder, Told, prepare, read_recipe

Row = dict[str, Any]
Train = Callable[..., RunFolder]

WORDS = (
    "Speaker 1: Look at the boat.\n\nSpeaker 2: Yes, the red one, out there on the water.",
    "Speaker 1: Was it cold?\n\nSpeaker 2: It was. I had two coats.\n\nSpeaker 1: Two!",
    "Speaker 1: That dog again.\n\nSpeaker 2: He followed us all the way down to the harbour, and back.",
)


@pytest.fixture(scope="session", autouse=True)
def _usable() -> None:
    torchvision_shim.install()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    import torch

    torch.set_num_threads(1)


def picture(brightness: int, size: tuple[int, int] = (64, 48)) -> dict[str, Any]:
    file = io.BytesIO()
    Image.new("RGB", size, (brightness % 256, 90, 200)).save(file, "PNG")
    return {"bytes": file.getvalue(), "path": f"{brightness}.png"}


def row(number: int, pictures: int | None = None) -> Row:
    """A sample with one, two or three pictures."""
    shown = 1 + number % 3 if pictures is None else pictures
    places = [{"type": "image", "text": None} for _ in range(shown)]
    asked = {"role": "user", "content": [*places, {"type": "text", "text": "Two people talk about these photos."}]}
    said = {"role": "assistant", "content": [{"type": "text", "text": WORDS[number % 3]}]}
    return {
        "id": f"talk-{number}",
        "images": [picture(17 * number + at) for at in range(shown)],
        "prompt": [asked],
        "completion": [said],
    }


def write_parquet(file: Path, rows: list[Row]) -> Path:
    import datasets

    features = datasets.Features(
        {
            "id": datasets.Value("string"),
            "images": datasets.List(datasets.Image(decode=False)),
            "prompt": [{"role": datasets.Value("string"), "content": [_part()]}],
            "completion": [{"role": datasets.Value("string"), "content": [_part()]}],
        }
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    datasets.disable_progress_bars()
    datasets.Dataset.from_list(rows, features=features).to_parquet(file)
    return file


def _part() -> dict[str, Any]:
    import datasets

    return {"type": datasets.Value("string"), "text": datasets.Value("string")}


@pytest.fixture(scope="session")
def talks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset of seven samples to train on and two to validate with."""
    folder = tmp_path_factory.mktemp("talks")
    write_parquet(folder / "data" / "train-00000-of-00001.parquet", [row(number) for number in range(7)])
    write_parquet(folder / "data" / "validation-00000-of-00001.parquet", [row(number) for number in (7, 8)])
    return folder


@pytest.fixture(scope="session")
def bases(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """The folder of a tiny model of a family. Not to be changed."""
    shelf = tmp_path_factory.mktemp("bases")

    @cache
    def built(family: str, recites: str = "") -> Path:
        return build_tiny(family, shelf / f"{family}-{len(list(shelf.iterdir()))}", recites=recites)

    return built


@pytest.fixture
def train(talks: Path, tmp_path: Path) -> Train:
    """Trains with the recipe tiny-cpu and changes to it; returns the run."""

    def trained(*changes: str, dataset: Path = talks, name: str = "run", told: Told | None = None) -> RunFolder:
        from photocast.training.sft import train_sft

        run, told = RunFolder(tmp_path / name), told or Told()
        train_sft(prepare(read_recipe("tiny-cpu", [*SMALL, *changes]), dataset, run, told), told)
        return run

    return trained


SMALL = (
    "optimisation.max_steps=4",
    "batch.accumulation=2",
    "watch.samples=0",
    "watch.validate_every=100",
    "watch.save_every=2",
    "generation.max_tokens=8",
)
"""Changes to tiny-cpu for tests that only look at one thing."""
