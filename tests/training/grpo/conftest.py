"""Datasets with pictures on disk, tiny models that can be taught, and rewards that a policy can find out."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Picture

from photocast.models.tiny import build_tiny
from photocast.testing import torchvision_shim
from photocast.training import Prepared, Recipe, RunFolder, Told, prepare, read_recipe
from photocast.training.grpo import Prompts, open_prompts
from photocast.training.rewards import TrlReward, text_of

torchvision_shim.install()  # before the modules of tests are imported: what watches a trainer is made by transformers

Dataset = Callable[..., Path]
Teachable = Callable[..., Path]
Ready = Callable[..., "Setup"]


@dataclass(frozen=True)
class Setup:
    """A recipe, its data, and its prompts."""

    prepared: Prepared
    prompts: Mapping[str, Prompts]

    @property
    def recipe(self) -> Recipe:
        return self.prepared.recipe


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """A dataset in the layout of the hub: `dataset(train=8, validation=2)`, with one to three pictures a prompt."""

    @cache
    def write(train: int = 8, validation: int = 2) -> Path:
        from datasets import Dataset as Rows
        from datasets import Features, Image, List, Value, disable_progress_bars

        disable_progress_bars()
        chat = List({"role": Value("string"), "content": List({"type": Value("string"), "text": Value("string")})})
        fixed = {"id": Value("string"), "images": List(Image(decode=False)), "prompt": chat, "completion": chat}
        fixed |= {"speakers": Value("int32"), "words": Value("int32")}
        folder = tmp_path_factory.mktemp("dataset")
        (folder / "data").mkdir()
        for split, count in (("train", train), ("validation", validation)):
            rows = [row(f"{split}-{number}", number) for number in range(count)]
            Rows.from_list(rows, features=Features(fixed)).to_parquet(folder / "data" / f"{split}-00000.parquet")
        return folder

    return write


def row(name: str, number: int) -> dict[str, Any]:
    shown = 1 + number % 3
    asked = {"type": "text", "text": f"Talk about the {number} of these."}
    said = {"type": "text", "text": "Speaker 1: Look!\nSpeaker 2: Oh."}
    return {
        "id": name,
        "images": [{"bytes": picture(64 + 16 * at, 10 * number + at), "path": None} for at in range(shown)],
        "prompt": [{"role": "user", "content": [{"type": "image", "text": None}] * shown + [asked]}],
        "completion": [{"role": "assistant", "content": [said]}],
        "speakers": 2 + number % 2,
        "words": 400 * (1 + number % 3),
    }


def picture(width: int, seed: int) -> bytes:
    """Noise, so that no two are alike for a model that has learned nothing."""
    out = BytesIO()
    Picture.frombytes("RGB", (width, 48), random.Random(seed).randbytes(width * 48 * 3)).save(out, "PNG")
    return out.getvalue()


@pytest.fixture(scope="session")
def teachable(tmp_path_factory: pytest.TempPathFactory) -> Teachable:
    """The folder of a tiny model whose choice of words a small change of its layers can change much.

    In a model that was just made, all words are about equally likely whatever its layers say; and Gemma 3's looks at
    pictures through a matrix of zeros.
    """
    shelf = tmp_path_factory.mktemp("models")

    @cache
    def built(family: str = "qwen3_vl") -> Path:
        import torch
        from transformers import AutoModelForImageTextToText

        from photocast.models.local.quiet import quiet

        folder = build_tiny(family, shelf / family)
        with quiet():
            model = AutoModelForImageTextToText.from_pretrained(folder, local_files_only=True)
            model.get_output_embeddings().weight.data.mul_(10)
            for name, weight in model.named_parameters():
                if name.endswith("mm_input_projection_weight"):
                    weight.data.normal_(std=0.3, generator=torch.Generator().manual_seed(0))
            model.save_pretrained(folder)
        return folder

    return built


@pytest.fixture
def ready(dataset: Dataset, teachable: Teachable, tmp_path: Path) -> Ready:
    """A run of the recipe tiny-cpu-grpo with changes, ready to begin."""

    def made(*changes: str, family: str = "qwen3_vl", name: str = "run", train: int = 8) -> Setup:
        recipe = read_recipe("tiny-cpu-grpo", (f"model.base={teachable(family)}", *changes))
        assert recipe.grpo is not None
        prepared = prepare(recipe, dataset(train), RunFolder(tmp_path / name), Told())
        return Setup(prepared, open_prompts(prepared.data, prepared.lengths, recipe, recipe.grpo))

    return made


def letters(prompts: Any, completions: Sequence[Any], **columns: Any) -> list[float | None]:
    """The planted reward: the share of an answer's letters that are an e."""
    texts = [text_of(one) for one in completions]
    return [text.count("e") / len(text) if text else 0.0 for text in texts]


def brevity(prompts: Any, completions: Sequence[Any], **columns: Any) -> list[float | None]:
    """Another: how short the answer is; does not apply to prompts for three speakers."""
    texts = [text_of(one) for one in completions]
    return [1 / (1 + len(text)) if count == 2 else None for text, count in zip(texts, columns["speakers"], strict=True)]


REWARDS: dict[str, TrlReward] = {"letters": letters, "brevity": brevity}  # type: ignore[dict-item]
