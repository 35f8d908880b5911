"""LoRA is put on the language model alone, whatever the vision encoder calls its parts."""

from collections.abc import Callable
from pathlib import Path

import pytest

from photocast.models.local.quiet import quiet
from photocast.models.tiny import FAMILIES
from photocast.schema import ConfigError
from photocast.training import read_recipe
from photocast.training.base import open_base
from photocast.training.modules import language_model, lora_config, train_language_only, trainable
from photocast.training.recipe import LoraTable

VISION = ("visual", "vision", "connector", "projector", "merger", "embed_vision")


def base_of(family: str, folder: Path) -> object:
    return open_base(read_recipe("tiny-cpu"), folder, dtype="float32", device="cpu").model


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_only_the_language_model_gets_an_adapter(family: str, bases: Callable[..., Path]) -> None:
    import peft

    model = base_of(family, bases(family))
    layers = len(language_model(model)[1].layers)
    with quiet():
        adapted = peft.get_peft_model(model, lora_config(model, LoraTable(rank=2)))
    learning = [name for name, weight in adapted.named_parameters() if weight.requires_grad]
    assert not [name for name in learning if any(part in name for part in VISION)]
    for projection in ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"):
        here = [name for name in learning if f".{projection}.lora_A" in name]
        attention = family == "qwen3_5" and projection in {"q_proj", "k_proj", "v_proj", "o_proj"}
        assert len(here) == (layers // 2 if attention else layers)  # every second layer of Qwen3.5 has linear attention


@pytest.mark.parametrize("family", ["qwen3_vl", "gemma3"])
def test_without_an_adapter_the_layers_learn_and_nothing_else(family: str, bases: Callable[..., Path]) -> None:
    model = base_of(family, bases(family))
    train_language_only(model)
    prefix, decoder = language_model(model)
    learning = {name for name, weight in model.named_parameters() if weight.requires_grad}
    inside = {f"{prefix}.{name}" for name, _ in decoder.named_parameters() if not name.startswith("embed_tokens")}
    assert learning == inside
    assert trainable(model) == sum(weight.numel() for name, weight in model.named_parameters() if name in inside)


def test_projections_that_are_not_there_are_named(bases: Callable[..., Path]) -> None:
    model = base_of("qwen3_vl", bases("qwen3_vl"))
    with pytest.raises(ConfigError, match=r"no c_attn; it has down_proj, gate_proj, k_proj"):
        lora_config(model, LoraTable(targets=("q_proj", "c_attn")))
    with pytest.raises(ConfigError, match="qkv"):  # what the vision encoder calls its own
        lora_config(model, LoraTable(targets=("qkv",)))
