"""Which parts of a model are trained: the language model's projections, and nothing of the vision encoder.

Names of projections alone do not tell: `q_proj` is also what the vision towers of Qwen2.5-VL, SmolVLM, Idefics3,
InternVL and Gemma 3 call theirs. So the language model is looked up first, and names count within it.
"""

import re
from typing import Any

from photocast._optional import require
from photocast.schema import ConfigError
from photocast.training.recipe import LoraTable


def language_model(model: Any) -> tuple[str, Any]:
    """The decoder that writes, and its name within the model.

    Raises:
        ConfigError: the model has none that can be told from the rest.
    """
    decoder = model.get_decoder()
    found = [name for name, module in model.named_modules() if module is decoder]
    if not found or not found[0]:
        why = f"{type(model).__name__} does not tell its language model from its vision encoder"
        raise ConfigError("this model cannot be trained", why, "Take one of the families that docs/training.md names")
    return found[0], decoder


def target_pattern(model: Any, names: tuple[str, ...]) -> str:
    """The regular expression that matches exactly the projections of these names in the language model.

    Raises:
        ConfigError: there is none of a name.
    """
    import torch

    prefix, decoder = language_model(model)
    linear = [name for name, module in decoder.named_modules() if isinstance(module, torch.nn.Linear)]
    there = {name.rpartition(".")[2] for name in linear}
    if missing := [name for name in names if name not in there]:
        why = f"its language model has no {', '.join(missing)}; it has {', '.join(sorted(there))}"
        raise ConfigError("LoRA cannot be put on this model", why, "Change lora.targets")
    return rf"{re.escape(prefix)}\.(?:.*\.)?(?:{'|'.join(map(re.escape, names))})"


def lora_config(model: Any, table: LoraTable) -> Any:
    """The adapter of a recipe for a model, as PEFT takes it.

    Raises:
        ConfigError: see `target_pattern`.
    """
    peft = require("peft", extra="train", purpose="LoRA")
    return peft.LoraConfig(
        r=table.rank,
        lora_alpha=table.alpha,
        lora_dropout=table.dropout,
        target_modules=target_pattern(model, table.targets),
        bias="none",
        task_type="CAUSAL_LM",
    )


def train_language_only(model: Any) -> None:
    """Without an adapter: let the layers of the language model learn, and nothing else.

    Embeddings and the head stay as they are, as with LoRA: a small corpus has nothing to say about most words.
    """
    _, decoder = language_model(model)
    model.requires_grad_(False)
    decoder.requires_grad_(True)
    model.get_input_embeddings().requires_grad_(False)
    model.get_output_embeddings().requires_grad_(False)


def trainable(model: Any) -> int:
    """Weights that learn. Under ZeRO-3 a weight may lie elsewhere, and its size is known by another name."""
    return sum(int(getattr(one, "ds_numel", one.numel())) for one in model.parameters() if one.requires_grad)
