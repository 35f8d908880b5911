"""How several devices share a training: configuration files of Accelerate, for GPUs and, changed, for cores."""

from collections.abc import Mapping, MutableMapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from photocast._optional import require
from photocast.runs import write_atomically
from photocast.schema import ConfigError, UsageError
from photocast.schema.record import Record
from photocast.training.recipe import Recipe

STRATEGIES = ("ddp", "fsdp2", "zero3")
_PRECISION = {"bfloat16": "bf16", "float16": "fp16", "float32": "no"}


class ShardTable(Record):
    """PyTorch's fully sharded data parallel, version 2. Keys as Accelerate names them."""

    fsdp_version: Literal[2]
    fsdp_auto_wrap_policy: Literal["TRANSFORMER_BASED_WRAP"]
    fsdp_reshard_after_forward: bool
    fsdp_state_dict_type: Literal["FULL_STATE_DICT"]
    fsdp_cpu_ram_efficient_loading: bool
    """The first process alone reads the weights, and hands the others their shards."""
    fsdp_offload_params: bool
    fsdp_activation_checkpointing: Literal[False]


class ZeroTable(Record):
    """DeepSpeed's ZeRO (arXiv:1910.02054). Keys as Accelerate names them."""

    zero_stage: Literal[3]
    zero3_init_flag: bool
    zero3_save_16bit_model: bool
    offload_optimizer_device: Literal["none", "cpu"]
    offload_param_device: Literal["none", "cpu"]


class Strategy(Record):
    """A configuration file of Accelerate."""

    compute_environment: Literal["LOCAL_MACHINE"]
    distributed_type: Literal["MULTI_GPU", "FSDP", "DEEPSPEED"]
    fsdp_config: ShardTable | None = None
    deepspeed_config: ZeroTable | None = None
    machine_rank: int = Field(ge=0)
    main_training_function: str
    mixed_precision: Literal["no", "fp16", "bf16"]
    num_machines: int = Field(ge=1)
    num_processes: int = Field(ge=1)
    rdzv_backend: str
    same_network: bool
    use_cpu: bool


def read_strategy(name: str) -> Strategy:
    """One of the `STRATEGIES`, as it is written for eight GPUs.

    Raises:
        UsageError: there is no such strategy.
        ConfigError: its file is damaged.
    """
    if name not in STRATEGIES:
        raise UsageError(f"there is no strategy {name!r}", f"these are: {', '.join(STRATEGIES)}", "Name one of them")
    yaml = require("yaml", extra="train", purpose="a strategy")
    text = files("photocast.training.machines").joinpath("strategies", f"{name}.yaml").read_text("utf-8")
    try:
        return Strategy.model_validate(yaml.safe_load(text))
    except (yaml.YAMLError, ValidationError) as error:
        raise ConfigError(f"the strategy {name} is damaged", str(error), "Reinstall photocast") from error


def strategy_for(recipe: Recipe, processes: int, *, on_gpus: bool) -> Strategy:
    """A recipe's strategy for so many processes on GPUs, or on the cores of this machine.

    On cores the same file is used with what only GPUs can do turned off: numbers of 16 bits, and loading in shards.

    Raises:
        UsageError: the recipe asks for what its strategy cannot do.
    """
    if recipe.model.quantize is not None and recipe.strategy != "ddp":
        why = "weights in 4 bits cannot be dealt out in shards that are trained around"
        raise UsageError(f"{recipe.strategy} cannot share a quantised model", why, "Use --set strategy=ddp")
    there = read_strategy(recipe.strategy)
    if on_gpus:
        precision = _PRECISION[recipe.model.dtype]
        return there.model_copy(update={"num_processes": processes, "mixed_precision": precision})
    shard, zero = there.fsdp_config, there.deepspeed_config
    return there.model_copy(
        update={
            "num_processes": processes,
            "use_cpu": True,
            "mixed_precision": "no",
            "fsdp_config": shard and shard.model_copy(update={"fsdp_cpu_ram_efficient_loading": False}),
            "deepspeed_config": zero and zero.model_copy(update={"zero3_init_flag": False}),
        }
    )


def write_strategy(strategy: Strategy, file: Path) -> None:
    """Write it where `accelerate launch --config_file` can read it."""
    yaml = require("yaml", extra="train", purpose="a strategy")
    write_atomically(file, yaml.safe_dump(strategy.model_dump(exclude_none=True)))


def environment_of(strategy: Strategy) -> dict[str, str]:
    """The variables by which a process learns of its strategy; `accelerate launch` sets the same from the same file."""
    said: dict[str, str] = {"ACCELERATE_MIXED_PRECISION": strategy.mixed_precision}
    if strategy.fsdp_config is not None:
        said["ACCELERATE_USE_FSDP"] = "true"
        said |= {key.upper(): _word(value) for key, value in strategy.fsdp_config}
    if strategy.deepspeed_config is not None:
        said |= {"ACCELERATE_USE_DEEPSPEED": "true", "ACCELERATE_CONFIG_DS_FIELDS": _ds_fields(strategy)}
        for key, value in strategy.deepspeed_config:
            said[f"ACCELERATE_DEEPSPEED_{key.removesuffix('_flag').upper()}"] = _word(value)
    return said


def layers_to_wrap(model: Any) -> tuple[str, ...]:
    """Classes of the layers that FSDP keeps whole one at a time: of what sees and of what writes.

    A model names more of them than it has (`_no_split_modules`): Gemma 3 names those of SigLIP's text side, and
    Accelerate refuses a name it does not find.
    """
    there = {type(module).__name__ for module in model.modules()}
    return tuple(sorted(there & set(model._no_split_modules or ())))


def wrap_by_layers(model: Any, environment: MutableMapping[str, str]) -> None:
    """Tell Accelerate about the layers of a model, in the way that `accelerate launch` does, if FSDP is in use."""
    if environment.get("ACCELERATE_USE_FSDP") == "true":
        environment["FSDP_TRANSFORMER_CLS_TO_WRAP"] = ",".join(layers_to_wrap(model))


def _ds_fields(strategy: Strategy) -> str:
    zero: Mapping[str, Any] = strategy.deepspeed_config.model_dump() if strategy.deepspeed_config else {}
    return ",".join([*sorted(zero), "mixed_precision"])


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
