"""A policy: the base, and the adapter that a stage has got as far as."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from photocast._optional import require
from photocast.models.local.adapter import check_adapter
from photocast.models.local.installed import first_line
from photocast.models.local.load import settle_endings
from photocast.models.local.quiet import quiet
from photocast.models.local.weights import read_tensors, weight_files
from photocast.runs import sha256_of
from photocast.schema import Fault, ModelError
from photocast.training.base import Base, open_base
from photocast.training.machines.fitting import as_it_can_be
from photocast.training.machines.machine import Machine
from photocast.training.modules import lora_config
from photocast.training.recipe import Recipe

_ADAPTER = ("adapter_config.json", "adapter_model.safetensors")


@dataclass(frozen=True, eq=False)
class Policy:
    """A model that answers.

    Attributes:
        base: its processor, and how large pictures are.
        model: the base with an adapter on it, which can be trained.
        ends: tokens that end an answer.
        forbidden: tokens that stand for pictures, which an answer cannot hold.
    """

    base: Base
    model: Any
    ends: tuple[int, ...]
    forbidden: tuple[int, ...]


def open_policy(recipe: Recipe, folder: Path, adapter: Path | None, machine: Machine) -> Policy:
    """Load a base and put an adapter on it: the one of a folder, or a new one, which changes nothing yet.

    Args:
        recipe: with the shape of a new adapter.
        folder: of the base.
        adapter: folder of an adapter; None for a new one.
        machine: what there is to train on.

    Raises:
        ModelError: files are missing or broken, or the adapter was made for another model.
    """
    peft = require("peft", extra="train", purpose="LoRA")
    usable, _ = as_it_can_be(recipe, machine)
    base = open_base(usable, folder, dtype=usable.model.dtype, device=machine.device)
    with quiet():
        ends = settle_endings(base.model, base.processor)
        if adapter is None:
            assert recipe.lora is not None
            require("transformers", extra="train", purpose="training").set_seed(recipe.optimisation.seed)
            model = peft.get_peft_model(base.model, lora_config(base.model, recipe.lora))
        else:
            check_adapter(adapter, str(adapter))
            model = _adapted(base, adapter)
    return Policy(base, model, ends, picture_tokens(base))


def fingerprint_of(folder: Path, adapter: Path | None) -> str:
    """SHA-256 of all weights of a policy, and of what says how an adapter goes on."""
    digest = hashlib.sha256()
    files = [*weight_files(folder, folder.name), *(adapter / name for name in _ADAPTER if adapter)]
    for file in files:
        digest.update(f"{file.name} {sha256_of(file)}\n".encode())
    return digest.hexdigest()


def picture_tokens(base: Base) -> tuple[int, ...]:
    """Tokens that stand for pictures or films, or mark where they begin and end.

    An answer with one of them could not be read again: it would be a picture that is not there.
    """
    names = [f"{kind}_token_{what}" for kind in ("image", "video") for what in ("id", "index")]
    names += ["vision_start_token_id", "vision_end_token_id", "boi_token_index", "eoi_token_index"]
    found = {getattr(base.model.config, name, None) for name in names}
    return tuple(sorted(token for token in found if isinstance(token, int)))


def _adapted(base: Base, adapter: Path) -> Any:
    peft = require("peft", extra="train", purpose="LoRA")
    there = {tensor.name for tensor in read_tensors([adapter / _ADAPTER[1]], adapter.name)}
    try:
        model = peft.PeftModel.from_pretrained(base.model, str(adapter), is_trainable=True)
    except (ValueError, RuntimeError, KeyError, OSError) as error:
        raise _misfit(adapter, base.name, first_line(error)) from error
    wanted = set(peft.get_peft_model_state_dict(model))
    if there != wanted:  # the library only warns: what is missing would be random, what is left over forgotten
        why = f"{len(wanted - there)} of its parts are missing, and {len(there - wanted)} have no place in the model"
        raise _misfit(adapter, base.name, why)
    return model


def _misfit(adapter: Path, name: str, why: str) -> ModelError:
    do = "Name the base that it was made for with --base"
    return ModelError(Fault.WRONG_ADAPTER, f"the adapter {adapter.name} does not fit {name}", why, do)
