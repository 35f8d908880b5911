"""An adapter's change, added to the weights themselves; and how much of it survives the rounding."""

from dataclasses import dataclass
from math import sqrt
from typing import Any

from photocast._optional import require
from photocast.schema import Fault, ModelError
from photocast.schema.record import Record


class Change(Record):
    """What an adapter asked for and what became of it, over all matrices together (Frobenius norms).

    Weights have few digits in bfloat16: of W + D only the nearest number that there is can be kept, and where D is
    less than half the distance between two such numbers, that is W.
    """

    matrices: int
    asked: float
    """‖D‖, with D = scale * B A (LoRA, arXiv:2106.09685, section 4.1)."""
    got: float
    """‖W' - W‖, with W' the weights as they are stored afterwards. By itself it tells little: what is rounded up makes
    good for what is rounded away."""
    kept: float
    """⟨W' - W, D⟩ / ‖D‖²: the share of the change that is there afterwards; 1 is all of it, near 0 nothing."""
    error: float
    """‖W' - W - D‖ / ‖D‖: what rounding added, beside the change itself; 0 is nothing."""


def names_in_files(model: Any) -> Any:
    """How transformers turns the names of a model's parts into those of its files.

    To be asked before an adapter is put on, which puts the names of the adapter's files in their place.
    """
    return getattr(model, "_weight_conversions", None)


def fold_in(model: Any, names: Any) -> Change:
    """Add a LoRA adapter to the weights that it stands beside, and take it off. The model is changed in place.

    Sums are worked out in float32 and rounded once, to the dtype of the weights.

    Args:
        model: with the adapter on it.
        names: what `names_in_files` said before it was put on.

    Raises:
        ModelError: the adapter does more than add a product of two matrices to linear layers.
    """
    peft = require("peft", extra="train", purpose="an adapter")
    sums = _Sums()
    for name, layer in list(model.named_modules()):
        if not isinstance(layer, peft.tuners.tuners_utils.BaseTunerLayer):
            continue
        if type(layer) is not peft.tuners.lora.Linear or any(layer.lora_variant) or any(layer.lora_bias.values()):
            raise _unusual(name, type(layer).__name__)
        base = layer.get_base_layer()
        _add(base.weight, layer, sums)
        parent, _, own = name.rpartition(".")
        setattr(model.get_submodule(parent), own, base)
    model._hf_peft_config_loaded = False  # or it would save an adapter that is no longer there
    model._weight_conversions = names  # or its weights would be saved under names that no model has
    return sums.change()


@dataclass
class _Sums:
    """Squares of norms and a product, added up matrix by matrix, so that none but one is in memory twice."""

    matrices: int = 0
    asked: float = 0.0
    got: float = 0.0
    along: float = 0.0
    off: float = 0.0

    def change(self) -> Change:
        """The norms; an adapter that changes nothing has lost nothing."""
        asked, got = sqrt(self.asked), sqrt(self.got)
        kept, error = (self.along / self.asked, sqrt(self.off / self.asked)) if asked else (1.0, 0.0)
        return Change(matrices=self.matrices, asked=asked, got=got, kept=kept, error=error)


def _add(weight: Any, layer: Any, sums: _Sums) -> None:
    """Add the product of an adapter's matrices (out, rank) and (rank, in) to a weight (out, in)."""
    import torch

    with torch.no_grad():
        before = weight.detach().float().clone()
        asked = sum(
            layer.scaling[name] * (layer.lora_B[name].weight.float() @ layer.lora_A[name].weight.float())
            for name in layer.active_adapters
        )
        weight.copy_(before + asked)
        got = weight.detach().float() - before
        sums.matrices += 1
        sums.asked += float(asked.square().sum())
        sums.got += float(got.square().sum())
        sums.along += float((got * asked).sum())
        sums.off += float((got - asked).square().sum())


def _unusual(name: str, kind: str) -> ModelError:
    why = f"at {name} it does more than add a product of two matrices to a linear layer ({kind})"
    do = "Use it beside its model, as in hf:BASE+ADAPTER, or merge it with the tool that made it"
    return ModelError(Fault.WRONG_ADAPTER, "this adapter cannot be merged", why, do)
