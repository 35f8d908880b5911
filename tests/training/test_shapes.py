"""Weights of models and adapters, counted by formula and in the models themselves."""

import json
from pathlib import Path
from typing import Any

import pytest

from photocast.models.local.quiet import quiet
from photocast.models.tiny import FAMILIES, build_tiny
from photocast.schema import UsageError
from photocast.testing import torchvision_shim
from photocast.training.machines.memory import trained
from photocast.training.machines.shapes import KNOWN, Shape, find_shape, read_shape
from photocast.training.modules import train_language_only, trainable
from photocast.training.recipe import LoraTable, read_recipe

SEVEN = LoraTable().targets
IN_THE_DECODER = rf"^(?!.*(?:visual|vision|connector|projector|merger)).*\.(?:{'|'.join(SEVEN)})$"


@pytest.fixture(scope="module", autouse=True)
def usable_torchvision() -> None:
    torchvision_shim.install()


def without_memory(config: Any) -> Any:
    """The whole model, of which no weight is held."""
    import torch
    import transformers

    with torch.device("meta"):
        model = transformers.AutoModelForImageTextToText.from_config(config)
    model.tie_weights()
    return model


def weights_of(model: Any) -> int:
    return sum(weight.numel() for weight in model.parameters())


def config_like(shape: Shape) -> Any:
    """A configuration of Qwen3-VL with the numbers of a shape."""
    from transformers import Qwen3VLConfig

    words, eyes = shape.decoder, shape.encoder
    deep = [8, 16, 24] if eyes.layers == 27 else [5, 11, 17]
    rope = {"rope_type": "default", "rope_theta": 5e6, "mrope_section": [24, 20, 20], "mrope_interleaved": True}
    return Qwen3VLConfig(
        text_config={
            **{"vocab_size": words.vocabulary, "hidden_size": words.hidden, "intermediate_size": words.inner},
            **{"num_hidden_layers": words.layers, "num_attention_heads": words.heads, "head_dim": words.head},
            **{"num_key_value_heads": words.groups, "tie_word_embeddings": words.tied, "rope_parameters": rope},
        },
        vision_config={
            **{"depth": eyes.layers, "hidden_size": eyes.hidden, "intermediate_size": eyes.inner, "num_heads": 16},
            **{"out_hidden_size": words.hidden, "deepstack_visual_indexes": deep, "num_position_embeddings": 2304},
        },
        tie_word_embeddings=words.tied,
    )


@pytest.mark.parametrize("name", KNOWN)
def test_a_base_of_true_size_has_as_many_weights_as_the_formula_says(name: str) -> None:
    assert KNOWN[name].parameters == weights_of(without_memory(config_like(KNOWN[name])))


def test_the_papers_adapter_has_134_million_weights() -> None:
    recipe = read_recipe("sporc-vist-32b")
    shape = find_shape(recipe.model.base)
    assert shape is not None
    # a layer of 64: q 16 (5120 + 8192), k and v 16 (5120 + 1024) each, o 16 (8192 + 5120), three of 16 (5120 + 25600)
    a_layer = 16 * (13_312 + 2 * 6_144 + 13_312 + 3 * 30_720)
    assert recipe.lora is not None
    assert shape.decoder.adapter(recipe.lora.rank, recipe.lora.targets) == 64 * a_layer == 134_217_728


def test_a_tiny_model_is_counted_to_the_last_weight(tmp_path: Path) -> None:
    from transformers import AutoModelForImageTextToText

    folder = build_tiny("qwen3_vl", tmp_path / "model")
    shape = find_shape(str(folder))
    assert shape is not None
    assert shape.parameters == weights_of(AutoModelForImageTextToText.from_pretrained(folder))


def test_without_an_adapter_the_layers_of_the_decoder_are_what_learns(tmp_path: Path) -> None:
    from transformers import AutoModelForImageTextToText

    folder = build_tiny("qwen3_vl", tmp_path / "model")
    shape, model = find_shape(str(folder)), AutoModelForImageTextToText.from_pretrained(folder)
    train_language_only(model)
    assert shape is not None
    assert trained(read_recipe("tiny-cpu", ["lora=null"]), shape) == trainable(model)


@pytest.mark.parametrize("family", sorted(set(FAMILIES) - {"qwen3_5", "gemma4"}))
def test_an_adapter_is_counted_to_the_last_weight_in_every_family(family: str, tmp_path: Path) -> None:
    import peft
    from transformers import AutoConfig

    folder = build_tiny(family, tmp_path / "model")
    shape = read_shape(json.loads((folder / "config.json").read_text()))
    assert shape is not None
    settings = peft.LoraConfig(r=3, target_modules=IN_THE_DECODER)
    with quiet():
        adapted = peft.get_peft_model(without_memory(AutoConfig.from_pretrained(folder)), settings)
    assert shape.decoder.adapter(3, SEVEN) == adapted.get_nb_trainable_parameters()[0]


@pytest.mark.parametrize("family", ["Qwen2_5_VL", "SmolVLM", "Idefics3", "InternVL", "Gemma3"])
def test_other_families_of_true_size_are_counted_within_a_hundredth(family: str) -> None:
    import transformers

    config = getattr(transformers, f"{family}Config")()
    shape = read_shape(config.to_dict())
    assert shape is not None
    assert shape.parameters == pytest.approx(weights_of(without_memory(config)), rel=0.01)


def test_of_other_kinds_of_layers_nothing_is_said(tmp_path: Path) -> None:
    folder = build_tiny("qwen3_5", tmp_path / "model")  # half of its layers have no attention
    assert find_shape(str(folder)) is None
    config = json.loads((build_tiny("qwen3_vl", tmp_path / "plain") / "config.json").read_text())
    assert read_shape(config | {"text_config": config["text_config"] | {"num_experts": 8}}) is None
    assert read_shape({"model_type": "llama"}) is None


def test_what_is_not_here_has_no_shape(tmp_path: Path) -> None:
    assert find_shape("nobody/has-this-model") is None
    assert find_shape("tiny:qwen3_vl") is None
    assert find_shape(str(tmp_path)) is None


def test_a_projection_that_no_decoder_has_is_refused() -> None:
    with pytest.raises(UsageError, match=r"nothing is known of fc1: .*down_proj.*lora\.targets"):
        KNOWN["Qwen/Qwen3-VL-2B-Instruct"].decoder.adapter(16, ["q_proj", "fc1"])
