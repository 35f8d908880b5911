"""The paper's Table 3 (arXiv:2601.01062), read back from the trainer that its recipe builds."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from photocast.training import RunFolder, Told, prepare, read_recipe
from photocast.training.arguments import sft_arguments
from photocast.training.machines.machine import Machine
from photocast.training.sft import build_sft

SAMPLES = 4_004
"""The paper's table adds up to 4,000; its 126 steps are those of 4,004 (facts: 126 = ceil(4004 / 32))."""


@pytest.fixture(scope="module")
def built(talks: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The trainer of `sporc-vist-32b`, around a tiny model of the family and as many samples as the paper had."""
    recipe = read_recipe(
        "sporc-vist-32b", ["model.base=tiny:qwen3_vl", "model.attention=sdpa", "data.workers=0", "strategy=ddp"]
    )
    prepared = prepare(recipe, talks, RunFolder(tmp_path_factory.mktemp("table3") / "run"), Told())
    trainer = build_sft(prepared, Told(), Machine(gpus=0, gpu_memory=0, bfloat16=False))
    trainer.train_dataset = trainer.train_dataset.select([number % 7 for number in range(SAMPLES)])
    return trainer


def test_batch_and_steps(built: Any) -> None:
    args = built.args
    assert args.per_device_train_batch_size * args.gradient_accumulation_steps * args.world_size == 32
    passes = len(built.get_train_dataloader())
    assert math.ceil(passes / args.gradient_accumulation_steps) == 126
    assert (args.num_train_epochs, args.max_steps) == (1, -1)
    assert args.save_steps == 62


def test_on_eight_devices_it_accumulates_four(monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = read_recipe("sporc-vist-32b")
    assert recipe.batch.accumulation_on(8) == 4
    assert (recipe.needs.gpus, recipe.strategy, recipe.model.base) == (8, "zero3", "Qwen/Qwen3-VL-32B-Instruct")
    assert (recipe.model.dtype, recipe.model.attention) == ("bfloat16", "flash_attention_2")
    assert recipe.data.workers == 4


def test_optimiser(built: Any) -> None:
    built.create_optimizer_and_scheduler(126)
    optimiser = built.optimizer
    while hasattr(optimiser, "optimizer"):
        optimiser = optimiser.optimizer
    assert type(optimiser).__name__ == "AdamW"
    assert {group["weight_decay"] for group in optimiser.param_groups if group["params"]} == {0.1}
    assert {group["initial_lr"] for group in optimiser.param_groups} == {4e-6}
    assert built.args.max_grad_norm == 0.3


def test_schedule(built: Any) -> None:
    """Linear warm-up over ceil(0.1 * 126) = 13 steps, then half a cosine down to nothing."""
    built.lr_scheduler = None
    built.create_optimizer_and_scheduler(126)
    (rate,) = {rate for rate in built.lr_scheduler.lr_lambdas}
    for step in range(127):
        expected = step / 13 if step < 13 else 0.5 * (1 + math.cos(math.pi * (step - 13) / 113))
        assert rate(step) == pytest.approx(expected)


def test_adapter(built: Any) -> None:
    adapter = built.model.peft_config["default"]
    assert (adapter.r, adapter.lora_alpha, adapter.lora_dropout, adapter.bias) == (16, 32, 0.05, "none")
    learning = {name for name, weight in built.model.named_parameters() if weight.requires_grad}
    assert {name.split(".lora_")[0].rpartition(".")[2] for name in learning} == {
        "q_proj",
        "k_proj",
        "v_proj",
        "o_proj",
        "gate_proj",
        "up_proj",
        "down_proj",
    }
    assert not [name for name in learning if "visual" in name or "embed" in name or "lm_head" in name]


def test_data_and_noise(built: Any) -> None:
    assert built.args.neftune_noise_alpha == 5.0
    assert built.args.gradient_checkpointing
    sizes = built.processing_class.image_processor.size
    assert (sizes["shortest_edge"], sizes["longest_edge"]) == (12_544, 451_584)
    recipe = read_recipe("sporc-vist-32b")
    assert (recipe.data.max_length, recipe.images.tokens * 32 * 32) == (8192, 451_584)
    assert recipe.data.too_long == "stop"
    drawn = recipe.generation
    assert (drawn.temperature, drawn.top_p, drawn.max_tokens) == (0.7, 0.8, 2048)


@pytest.mark.parametrize(("bfloat16", "expected"), [(True, (True, False)), (False, (False, True))])
def test_numbers_are_those_that_the_gpu_is_good_at(
    bfloat16: bool, expected: tuple[bool, bool], tmp_path: Path, bases: Callable[..., Path]
) -> None:
    """A GPU before Ampere trains in float16; nothing trains in bfloat16 on a processor."""
    recipe = read_recipe("sporc-vist-32b")
    from photocast.training.machines.machine import dtype_here

    dtype = dtype_here(recipe.model.dtype, Machine(1, 80 * 10**9, bfloat16))
    assert (dtype == "bfloat16", dtype == "float16") == expected
    assert dtype_here(recipe.model.dtype, Machine(0, 0, False)) == "float32"
    args = sft_arguments(recipe, RunFolder(tmp_path), Machine(0, 0, False))
    assert (args.bf16, args.fp16, args.use_cpu) == (False, False, True)
