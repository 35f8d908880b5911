"""Whether a recipe can be followed, found before anything is read or loaded."""

from importlib.util import find_spec
from pathlib import Path

from photocast.models.local.adapter import check_adapter
from photocast.models.local.trained import read_trained
from photocast.schema import ConfigError, UsageError
from photocast.training.arguments import processes
from photocast.training.grpo.rewarding import reward_names
from photocast.training.grpo.strata import check_strata
from photocast.training.machines.machine import Machine
from photocast.training.recipe import GrpoTable, Recipe


def check_grpo(recipe: Recipe) -> GrpoTable:
    """See to it that a recipe can be followed, before anything is read.

    Raises:
        UsageError: it cannot.
        ConfigError: it weighs a reward that is none of ours.
        ModelError: what it starts from is no adapter.
    """
    table = grpo_of(recipe)
    prompts_per_step(recipe)
    reward_names(table)
    check_strata(table.partition.hard_strata)
    if recipe.lora is None:
        why = "GRPO keeps the policy that a stage began with beside the one that learns, which is small for an adapter"
        raise UsageError("GRPO cannot train all weights", why, "Give the recipe a table lora")
    if recipe.optimisation.neftune_alpha:
        why = "noise on the words would be learned from as if the policy had said something else"
        raise UsageError("GRPO cannot be trained with NEFTune", why, "Leave out optimisation.neftune_alpha")
    if processes() > 1:
        why = "answers are drawn, dealt out and reported by one process"
        raise UsageError(f"GRPO cannot be run by {processes()} processes", why, "Start it without torchrun")
    if table.start:
        check_pictures(Path(table.start), recipe)
    return table


def check_vllm(machine: Machine) -> None:
    """See to it that vLLM can draw the answers.

    Raises:
        ConfigError: it is not installed, or there is no GPU for it.
    """
    do = "Leave out --vllm; docs/grpo.md says which versions go together"
    if not machine.gpus:
        raise ConfigError("--vllm cannot be used on this machine", "it has no GPU that torch can use", do)
    if find_spec("vllm") is None:
        raise ConfigError("--vllm cannot be used here", "vllm is not installed beside photocast", do)


def grpo_of(recipe: Recipe) -> GrpoTable:
    """The table of GRPO.

    Raises:
        UsageError: the recipe is of supervised training.
    """
    if recipe.grpo is None:
        why = f"its method is {recipe.method}, and it has no table grpo"
        raise UsageError(
            f"the recipe {recipe.name} is not one of GRPO", why, "Use photocast train sft, or another recipe"
        )
    return recipe.grpo


def prompts_per_step(recipe: Recipe) -> int:
    """Prompts of a step of the optimiser: answers in a batch, by answers to a prompt.

    Raises:
        UsageError: a batch is no whole number of groups.
    """
    group = grpo_of(recipe).group
    prompts, left = divmod(recipe.batch.size, group)
    if left or not prompts:
        raise UsageError(
            f"a batch of {recipe.batch.size} answers cannot be made of groups of {group}",
            f"{recipe.batch.size} is no multiple of {group}, and what counts is how answers of one group compare",
            "Change batch.accumulation, batch.per_device or grpo.group",
        )
    return prompts


def check_pictures(adapter: Path, recipe: Recipe) -> None:
    """See to it that an adapter goes on with pictures of the size that it was trained with.

    Raises:
        UsageError: the recipe has another.
        ModelError: it is no adapter.
    """
    check_adapter(adapter, str(adapter))
    before = read_trained(adapter)
    if before is not None and before.image_tokens != recipe.images.tokens:
        raise UsageError(
            f"{adapter} cannot be gone on with",
            f"its pictures cost {before.image_tokens} tokens at most, and those of the recipe {recipe.images.tokens}",
            f"Use --set images.tokens={before.image_tokens}",
        )
