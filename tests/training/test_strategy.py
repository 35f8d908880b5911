"""Strategies: one file for GPUs and for cores, read by Accelerate as by us."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from photocast.models.tiny import FAMILIES, build_tiny
from photocast.schema import UsageError
from photocast.testing import torchvision_shim
from photocast.training.machines.strategy import (
    STRATEGIES,
    environment_of,
    layers_to_wrap,
    read_strategy,
    strategy_for,
    wrap_by_layers,
    write_strategy,
)
from photocast.training.recipe import Recipe, read_recipe

TELL = """
import json, os, pathlib, sys
if os.environ["RANK"] == "0":
    said = {key: value for key, value in os.environ.items() if key.startswith(("ACCELERATE_", "FSDP_"))}
    pathlib.Path(sys.argv[1]).write_text(json.dumps(said))
"""


def recipe_for(strategy: str) -> Recipe:
    return read_recipe("sporc-vist-8b-1gpu", [f"strategy={strategy}"])


@pytest.mark.parametrize("name", STRATEGIES)
def test_on_cores_only_what_gpus_alone_can_do_is_off(name: str) -> None:
    there = read_strategy(name).model_dump()
    here = strategy_for(recipe_for(name), 2, on_gpus=False).model_dump()
    changed = {key for key in there if there[key] != here[key]}
    assert changed <= {"use_cpu", "mixed_precision", "num_processes", "fsdp_config", "deepspeed_config"}
    assert (here["use_cpu"], here["mixed_precision"], here["num_processes"]) == (True, "no", 2)
    for table, off in (("fsdp_config", "fsdp_cpu_ram_efficient_loading"), ("deepspeed_config", "zero3_init_flag")):
        if there[table] is not None:
            assert here[table] == there[table] | {off: False}
            assert there[table][off] is True


@pytest.mark.parametrize(("dtype", "precision"), [("bfloat16", "bf16"), ("float16", "fp16"), ("float32", "no")])
def test_on_gpus_numbers_are_the_recipes(dtype: str, precision: str) -> None:
    recipe = read_recipe("sporc-vist-32b", [f"model.dtype={dtype}"])
    strategy = strategy_for(recipe, 4, on_gpus=True)
    assert (strategy.mixed_precision, strategy.num_processes, strategy.use_cpu) == (precision, 4, False)


def test_quantised_weights_are_not_dealt_out() -> None:
    recipe = read_recipe("sporc-vist-4b-qlora", ["strategy=zero3"])
    with pytest.raises(UsageError, match=r"zero3 cannot share a quantised model.*strategy=ddp"):
        strategy_for(recipe, 2, on_gpus=True)


def test_a_strategy_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError, match=r"no strategy 'zero2'.*ddp, fsdp2, zero3"):
        read_strategy("zero2")


@pytest.mark.slow
@pytest.mark.parametrize("name", STRATEGIES)
def test_accelerate_launch_tells_its_processes_the_same(name: str, tmp_path: Path) -> None:
    strategy = strategy_for(recipe_for(name), 2, on_gpus=False)
    write_strategy(strategy, tmp_path / "strategy.yaml")
    (tmp_path / "tell.py").write_text(TELL)
    shim = torchvision_shim.folder_for_subprocesses(tmp_path)
    command = ["accelerate.commands.launch", "--config_file", "strategy.yaml", "tell.py", "told.json"]
    subprocess.run(
        [sys.executable, "-m", *command],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(shim), *sys.path]), "OMP_NUM_THREADS": "1"},
        cwd=tmp_path,
        capture_output=True,
        check=True,
        timeout=100,
    )
    told, ours = json.loads((tmp_path / "told.json").read_text()), environment_of(strategy)
    assert ours == {key: told[key] for key in ours}
    old = {key for key in told.keys() - ours.keys() if "DYNAMO" not in key}
    first_version = {"SHARDING_STRATEGY", "MIN_NUM_PARAMS", "FORWARD_PREFETCH", "USE_ORIG_PARAMS"}
    assert old <= {f"FSDP_{key}" for key in first_version | {"SYNC_MODULE_STATES", "ACTIVATION_CHECKPOINTING_OFFLOAD"}}


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_what_writes_and_what_sees_are_wrapped_layer_by_layer(family: str, tmp_path: Path) -> None:
    from transformers import AutoModelForImageTextToText

    torchvision_shim.install()
    model = AutoModelForImageTextToText.from_pretrained(build_tiny(family, tmp_path / "model"))
    wrapped = layers_to_wrap(model)
    inside = [name for name, module in model.named_modules() if type(module).__name__ in wrapped]
    sees = [name for name in inside if any(part in name for part in ("visual", "vision"))]
    assert len(sees) >= 2  # tiny models have two layers of either kind
    assert len([name for name in inside if name not in sees]) == 2
    environment = {"ACCELERATE_USE_FSDP": "true"}
    wrap_by_layers(model, environment)
    assert environment["FSDP_TRANSFORMER_CLS_TO_WRAP"].split(",") == list(wrapped)


def test_without_fsdp_nobody_is_told_of_layers() -> None:
    environment: dict[str, str] = {}
    wrap_by_layers(object(), environment)
    assert environment == {}
