"""A trained folder says how large pictures were, and is asked like that."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from photocast.models import Image
from photocast.models.local import needs
from photocast.models.local.trained import Trained, read_trained, write_trained
from photocast.models.names import parse_name
from photocast.schema import Fault, ModelError


def trained(tokens: int, base: str = "Qwen/Qwen3-VL-8B-Instruct") -> Trained:
    return Trained(image_tokens=tokens, base=base, recipe="sporc-vist-8b-1gpu", method="sft")


@pytest.fixture
def taught(tiny: Any, tmp_path: Path) -> Callable[[int], Path]:
    """A model that was trained with pictures of so many tokens."""

    def made(tokens: int) -> Path:
        folder = Path(shutil.copytree(tiny(), tmp_path / f"taught-{tokens}"))
        write_trained(folder, trained(tokens))
        return folder

    return made


@pytest.fixture
def taught_adapter(adapter: Path, tmp_path: Path) -> Callable[..., Path]:
    def made(tokens: int, **said: str) -> Path:
        folder = Path(shutil.copytree(adapter, tmp_path / f"adapter-{tokens}"))
        write_trained(folder, trained(tokens, **said))
        return folder

    return made


@pytest.fixture
def price(opened: Any, ask: Any, photos: list[Image]) -> Callable[[str], int]:
    """Tokens that a photo costs: the length of a question with it and without."""

    def of(model: str) -> int:
        there = opened(model)
        with_photo, without = (ask(there, *shown, "?", max_tokens=1).ending for shown in (photos[:1], []))
        return int(with_photo.usage.input_tokens - without.usage.input_tokens) - 2  # marks before and after it

    return of


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write_trained(tmp_path, trained(441))
    assert read_trained(tmp_path) == trained(441)
    assert json.loads((tmp_path / "photocast.json").read_text()) == {
        "format": 1,
        "image_tokens": 441,
        "base": "Qwen/Qwen3-VL-8B-Instruct",
        "recipe": "sporc-vist-8b-1gpu",
        "method": "sft",
    }


def test_a_folder_of_somebody_else_says_nothing(tmp_path: Path) -> None:
    assert read_trained(tmp_path) is None


def test_pictures_are_as_large_as_in_training(taught: Any, price: Any) -> None:
    assert price(taught(24)) == 24  # six by four cells, and a photo of 900 x 600 pixels
    assert price(taught(96)) == 96


def test_the_name_of_a_model_goes_before_its_training(taught: Any, price: Any) -> None:
    assert price(f"{taught(96)}?image_tokens=24") == 24


def test_an_adapter_goes_before_its_base(taught: Any, taught_adapter: Any, adapter: Path, price: Any) -> None:
    assert price(f"{taught(96)}+{taught_adapter(24)}") == 24
    assert price(f"{taught(54)}+{adapter}") == 54


def test_without_a_training_it_is_as_it_was(tiny: Any, adapter: Path, price: Any) -> None:
    assert price(tiny()) == price(f"{tiny()}+{adapter}") == 247  # 19 by 13 cells are the most below 256


def test_the_estimate_of_memory_follows(taught: Any) -> None:
    small, large = (needs(parse_name(f"hf:{taught(tokens)}"), photos=50).working for tokens in (24, 2000))
    assert small is not None
    assert large is not None
    assert large > small


def test_an_adapter_alone_brings_the_model_that_it_was_trained_on(
    tiny: Any, taught_adapter: Any, opened: Any, ask: Any
) -> None:
    folder = taught_adapter(64, base=str(tiny()))
    alone, pair = opened(folder), opened(f"{tiny()}+{folder}")
    assert alone.name == pair.name
    assert ask(alone, "?", temperature=0.0).text == ask(pair, "?", temperature=0.0).text


def test_an_adapter_whose_base_was_built_on_the_spot_still_wants_it_named(taught_adapter: Any, opened: Any) -> None:
    with pytest.raises(ModelError, match="it is an adapter"):
        opened(taught_adapter(64, base="tiny:qwen3_vl"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        '{"format": 2, "image_tokens": 441, "base": "", "recipe": "", "method": "sft"}',
        '{"image_tokens": "many"}',
    ],
)
def test_a_file_that_cannot_be_read_is_not_passed_over(text: str, taught: Any, opened: Any, ask: Any) -> None:
    folder = taught(24)
    (folder / "photocast.json").write_text(text)
    with pytest.raises(ModelError, match=r"photocast\.json in it cannot be read") as caught:
        ask(opened(folder), "?")
    assert caught.value.fault is Fault.BROKEN_FILES
