"""What a training takes, by arithmetic alone: operations, hours, and memory on every device.

Nothing here was measured on a GPU. The formulae are stated, what had to be assumed has a name and a reason, and
docs/performance.md holds the results against the one run that its authors published.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from photocast.training.machines.load import Load
from photocast.training.machines.memory import memory_on_each, trained
from photocast.training.machines.operations import operations_of_step
from photocast.training.machines.shapes import Shape
from photocast.training.recipe import Recipe

UTILISATION = 0.35
"""Assumed: the share of a GPU's peak that a training reaches, counting what checkpointing works out again. Plain
transformers on one GPU are commonly between 0.3 and 0.5; the paper's run comes to 0.03."""
LAYER_SECONDS = 1.1e-3
"""Assumed: time that transformers' `generate` spends on a layer for a token of every answer; 25 tokens a second with 36
layers."""


@dataclass(frozen=True)
class Gpu:
    """A kind of GPU, by its data sheet."""

    name: str
    peak: float
    """Operations a second: dense bfloat16 with sums in float32."""
    memory_gb: float


GPUS = {
    "a100": Gpu("A100 80 GB", 312e12, 80),
    "h100": Gpu("H100 SXM", 989e12, 80),
    "4090": Gpu("RTX 4090", 165e12, 24),
    "4080": Gpu("RTX 4080", 97e12, 16),
}


@dataclass(frozen=True)
class Estimate:
    """What a training takes."""

    parameters: int
    """Weights of the model."""
    trained: int
    """Weights that change."""
    steps: int
    operations: float
    """Of one step on all devices together, with what is worked out again."""
    devices: int
    memory: Mapping[str, float]
    """Bytes on each device, by what they hold."""
    waiting: float = 0
    """Seconds of the whole training in which answers are generated, not learnt from."""

    @property
    def peak(self) -> float:
        """Bytes that a device has to have."""
        return sum(self.memory.values())

    def hours(self, gpu: Gpu, utilisation: float = UTILISATION) -> float:
        """Of the whole training on GPUs of a kind; saving, validating and samples on the way come on top."""
        return (self.steps * self.operations / (self.devices * gpu.peak * utilisation) + self.waiting) / 3600


def estimate(recipe: Recipe, shape: Shape, load: Load, *, devices: int | None = None) -> Estimate:
    """What a recipe takes for a model of a shape on data of some length.

    Args:
        recipe: the training.
        shape: of its base.
        load: of the data.
        devices: GPUs; as the recipe says by default.

    Raises:
        UsageError: the recipe adapts projections that such a model does not have.
    """
    shared_by = devices or recipe.batch.devices
    return Estimate(
        parameters=shape.parameters,
        trained=trained(recipe, shape),
        steps=steps(recipe, load),
        operations=operations_of_step(recipe, shape, load),
        devices=shared_by,
        memory=memory_on_each(recipe, shape, load, shared_by),
        waiting=_generating(recipe, shape, load) / shared_by,
    )


def steps(recipe: Recipe, load: Load) -> int:
    """Steps of the optimiser. GRPO's batch holds groups of answers, and every prompt belongs to one stage."""
    each = recipe.batch.size / (recipe.grpo.group if recipe.grpo else 1)
    wanted = math.ceil(load.samples / each * recipe.optimisation.epochs)
    return min(wanted, recipe.optimisation.max_steps or wanted)


def _generating(recipe: Recipe, shape: Shape, load: Load) -> float:
    """Seconds in which GRPO writes: answers to every prompt, before and after each stage, and the groups of each step.

    As many answers as a step takes are written side by side, and the longest of them is as long as allowed.
    """
    if recipe.grpo is None:
        return 0
    a_round = recipe.grpo.max_tokens * shape.decoder.layers * LAYER_SECONDS
    answers = load.samples * recipe.grpo.partition.rollouts * (1 + len(recipe.grpo.stages))
    return (steps(recipe, load) + answers / recipe.batch.size) * a_round
