"""What a model needs is told before it is loaded, and is what it then takes."""

import json
from pathlib import Path
from typing import Any

import pytest

from photocast.models.local import Needs, needs
from photocast.models.local.load import load
from photocast.models.local.memory import context_of, size_in_words
from photocast.models.local.options import Options
from photocast.models.names import parse_name
from photocast.models.tiny import FAMILIES


def needed(model: object, **album: int) -> Needs:
    return needs(parse_name(f"hf:{model}"), **album)


def _bytes_of_tensors(file: Path) -> int:
    """All of a safetensors file but its header and the header's length."""
    return file.stat().st_size - int.from_bytes(file.read_bytes()[:8], "little") - 8


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_the_weights_take_what_was_told(family: str, dtype: str, tiny: Any) -> None:
    told = needed(f"{tiny(family)}?dtype={dtype}&device=cpu")
    model = load("it", tiny(family), None, Options(device="cpu", dtype=dtype)).model
    assert told.weights == sum(weight.numel() * weight.element_size() for weight in model.state_dict().values())


def test_a_folder_needs_no_download_and_its_files_are_its_weights(tiny: Any) -> None:
    told = needed(tiny())
    assert told.download == 0
    assert told.weights == _bytes_of_tensors(tiny() / "model.safetensors")
    assert told.fits is True
    assert told.unknown == ""


def test_an_adapter_adds_its_own(tiny: Any, adapter: Path) -> None:
    with_it, without = needed(f"{tiny()}+{adapter}"), needed(tiny())
    assert with_it.weights is not None
    assert without.weights is not None
    file = adapter / "adapter_model.safetensors"
    assert (
        with_it.weights - without.weights == file.stat().st_size - int.from_bytes(file.read_bytes()[:8], "little") - 8
    )


def test_more_photos_and_larger_ones_take_more_memory(tiny: Any) -> None:
    few, many = needed(tiny(), photos=1), needed(tiny(), photos=50)
    large = needed(f"{tiny()}?image_tokens=2000", photos=50)
    assert few.working is not None
    assert many.working is not None
    assert large.working is not None
    assert few.working < many.working < large.working


def test_quantising_takes_less(tiny: Any) -> None:
    four, eight, whole = (needed(f"{tiny()}{option}").weights for option in ("?quantize=4bit", "?quantize=8bit", ""))
    assert four is not None
    assert eight is not None
    assert whole is not None
    assert four < eight < whole


def test_it_can_be_told_in_a_sentence(tiny: Any) -> None:
    told = needed(tiny()).in_words()
    assert told.startswith("nothing to download; about ")
    assert "on cpu" in told or "on cuda" in told or "on mps" in told
    unknown = Needs("cpu", None, None, None, None, "the hub cannot be reached").in_words()
    assert unknown == "an unknown number of bytes to download; memory not known on cpu; the hub cannot be reached"
    assert Needs("cpu", None, None, None, None).fits is None


def test_sizes_as_people_say_them() -> None:
    assert [size_in_words(count) for count in (16_300_000_000, 250_400_000, 9_960_000, 300_000)] == [
        "16.3 GB",
        "250 MB",
        "10.0 MB",
        "0.3 MB",
    ]


def test_the_context_is_known_before_the_model_is_loaded(tiny: Any, opened: Any) -> None:
    assert opened(tiny()).context == 32_768
    assert context_of({"max_position_embeddings": 8192}) == 8192
    assert context_of({"text_config": {"hidden_size": 1}}) is None


def test_the_context_that_only_the_library_knows_is_known_after_loading(
    tiny: Any, copied: Any, opened: Any, ask: Any
) -> None:
    folder = copied(tiny("gemma3"))
    config = json.loads((folder / "config.json").read_text())
    del config["text_config"]["max_position_embeddings"]
    (folder / "config.json").write_text(json.dumps(config))
    model = opened(folder)
    assert model.context is None
    ask(model, "?")
    assert model.context == 131_072


def test_a_name_tells_a_models_content_and_not_its_place(tiny: Any, copied: Any, opened: Any) -> None:
    folder = tiny()
    same, moved = opened(folder).name, copied(folder)
    assert str(folder.parent) not in same
    assert opened(moved).name == same.replace(folder.name, moved.name)
    weights = moved / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    assert opened(moved).name != same.replace(folder.name, moved.name)


def test_options_that_change_the_answer_are_part_of_the_name(tiny: Any, opened: Any) -> None:
    bare = opened(tiny()).name
    assert opened(f"{tiny()}?device=cpu").name == bare
    assert opened(f"{tiny()}?quantize=4bit&image_tokens=64").name == f"{bare}?image_tokens=64&quantize=4bit"
    assert opened("Qwen/Qwen3-VL-8B-Instruct+someone/lora").name == "hf:Qwen/Qwen3-VL-8B-Instruct+someone/lora"


@pytest.mark.parametrize("bits", ["4bit", "8bit"])
def test_quantised_models_answer_and_take_what_was_told(
    bits: str, tiny: Any, opened: Any, ask: Any, photos: Any, script: str
) -> None:
    pytest.importorskip("bitsandbytes")
    folder = tiny(recites=script)
    assert ask(opened(f"{folder}?quantize={bits}"), *photos, "?", max_tokens=60).text == script
    model = load("it", folder, None, Options(quantize=bits)).model
    takes = sum(weight.numel() * weight.element_size() for weight in model.parameters())
    assert needed(f"{folder}?quantize={bits}").weights == pytest.approx(takes, rel=0.15)


def test_quantising_without_its_package(tiny: Any, opened: Any, ask: Any) -> None:
    from importlib.util import find_spec

    from photocast.schema import Fault, ModelError

    if find_spec("bitsandbytes"):
        pytest.skip("bitsandbytes is installed")
    with pytest.raises(ModelError, match="pip install bitsandbytes") as caught:
        ask(opened(f"{tiny()}?quantize=4bit"), "?")
    assert caught.value.fault is Fault.NOT_INSTALLED
