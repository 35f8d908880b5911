"""How much memory a training takes on each device, by arithmetic alone."""

from photocast.models.local.weights import BYTES
from photocast.training.machines.load import Load
from photocast.training.machines.shapes import Shape
from photocast.training.recipe import Recipe

FIXED = 1.5e9
"""Assumed: bytes of the driver's context, the libraries' workspaces, and buffers for talking to other devices."""
LOOSE = 0.1
"""Assumed: share of the activations that lies in gaps between what was asked for."""
LIVE_PARAMETERS = 1e9
"""That ZeRO-3 keeps gathered at most; DeepSpeed's default of `stage3_max_live_parameters`."""
HEAD_TILE = 32_768
"""Words of the vocabulary that TRL's head scores at a time (`_CHUNKED_LOGPROB_CHUNK_SIZE`)."""


def trained(recipe: Recipe, shape: Shape) -> int:
    """Weights that a recipe changes: those of the adapter, or of the language model's layers."""
    if recipe.lora is None:
        return shape.decoder.blocks
    return shape.decoder.adapter(recipe.lora.rank, recipe.lora.targets)


def memory_on_each(recipe: Recipe, shape: Shape, load: Load, devices: int) -> dict[str, float]:
    """Bytes on each device while it learns from the longest samples, by what they hold."""
    number, sharded = BYTES[recipe.model.dtype], recipe.strategy != "ddp"
    shares = devices if sharded else 1
    fed = recipe.batch.per_device * load.longest
    kept, working = _activations(recipe, shape, fed, number)
    answers = recipe.batch.per_device * (load.longest - load.pictures - load.words)
    scoring = answers * HEAD_TILE * 8  # scores and their gradients in float32
    looking = recipe.batch.per_device * load.pictures * shape.encoder.patches * number
    looking *= 8 * shape.encoder.hidden + 2 * shape.encoder.inner  # a layer at a time: no gradient goes there
    activations = (kept + max(working, scoring, looking)) * (1 + LOOSE)
    cache = _cache(recipe, shape, load, number)  # GRPO writes and learns in turn: never both at once
    held = {
        "weights": _weights(recipe, shape, number) / shares,
        "what is trained": trained(recipe, shape) * _learning_bytes(recipe, number) / shares,
        "gathered": _gathered(recipe, shape, number) if sharded and devices > 1 else 0,
        "activations": activations if activations >= cache else 0,
        "answers being written": cache if cache > activations else 0,
        "fixed": FIXED,
    }
    return {part: size for part, size in held.items() if size}


def _weights(recipe: Recipe, shape: Shape, number: float) -> float:
    if recipe.model.quantize is None:
        return shape.parameters * number
    packed = shape.decoder.matrices
    return packed * BYTES[recipe.model.quantize] + (shape.parameters - packed) * number


def _learning_bytes(recipe: Recipe, number: float) -> float:
    """Bytes of a trained weight beside those of the model: the adapter's own weight, gradient, and two moments.

    Adapters are in float32 (4 + 4 + 8), or in bfloat16 with a copy in float32 beside it (2 + 2 + 4 + 8). Whole models
    keep their numbers under ddp; where they are sharded, a copy in float32 is kept.
    """
    moments = 2 if recipe.optimisation.optimiser == "paged_adamw_8bit" else 8
    if recipe.lora is not None:
        return 8 + moments
    return number + (moments if moments == 2 else 2 * number) if recipe.strategy == "ddp" else 8 + moments


def _gathered(recipe: Recipe, shape: Shape, number: float) -> float:
    """Whole weights in use while others lie in shards: ZeRO-3 up to its limit, FSDP2 two layers and what is in none."""
    decoder = shape.decoder
    if recipe.strategy == "zero3":
        return min(LIVE_PARAMETERS, shape.parameters) * number
    outside = decoder.embeddings * (1 if decoder.tied else 2) + shape.encoder.mergers
    return (2 * decoder.matrices / decoder.layers + outside) * number


def _activations(recipe: Recipe, shape: Shape, fed: float, number: float) -> tuple[float, float]:
    """Bytes that are kept until the backward pass, and those of the layer that it is at.

    With checkpointing only what goes into each layer is kept. A token's bytes in one layer were read off a layer of
    Qwen3-VL with `torch.autograd.graph.saved_tensors_hooks` under bfloat16 autocast, as tests/training/test_memory.py
    does; gradients of the widest part come on top.
    """
    decoder = shape.decoder
    widths = (decoder.hidden, decoder.inner, decoder.heads * decoder.head, decoder.groups * decoder.head)
    per_width = _WHOLE if recipe.lora is None else _DROPPED if recipe.lora.dropout else _ADAPTED
    layer = fed * sum(size * width for size, width in zip(per_width, widths, strict=True)) * number / 2
    gradients = fed * 8 * decoder.inner * number / 2
    if recipe.optimisation.checkpointing:
        return decoder.layers * fed * decoder.hidden * number, layer + gradients
    return decoder.layers * layer, gradients


_WHOLE, _DROPPED, _ADAPTED = (16, 8, 10, 10), (38, 12, 14, 8), (18, 8, 10, 8)
"""Bytes that a layer keeps of a token, for each of its hidden width, its net's, its queries' and its keys': all weights
trained; LoRA with dropout, whose masks and inputs are kept for every projection; LoRA without."""


def _cache(recipe: Recipe, shape: Shape, load: Load, number: float) -> float:
    """Keys and values of all answers that GRPO writes at once, at their full length."""
    if recipe.grpo is None:
        return 0
    decoder = shape.decoder
    a_token = 2 * decoder.layers * decoder.groups * decoder.head * number
    at_once = recipe.batch.per_device * recipe.batch.accumulation
    return at_once * a_token * (load.pictures + load.words + recipe.grpo.max_tokens)
