"""The rewards of a recipe, as its stages and its rollouts call them."""

from collections.abc import Iterable

from photocast.training.grpo.prompts import Prompts
from photocast.training.grpo.scoring import Rewards
from photocast.training.recipe import GrpoTable
from photocast.training.rewards import Asked, as_trl, check_rewards
from photocast.training.rewards.rubric import Judge

_OTHERS = 24
"""Captions of other pictures that a talk's own are compared with."""


def reward_names(table: GrpoTable) -> tuple[str, ...]:
    """All rewards that any stage weighs, in the order in which they come up.

    Raises:
        ConfigError: one is not a reward of ours.
    """
    names = tuple(dict.fromkeys(name for stage in table.stages for name in stage.rewards))
    check_rewards(names)
    return names


def rewards_of_recipe(table: GrpoTable, prompts: Prompts, judge: Judge | None) -> Rewards:
    """The rewards by name.

    Args:
        table: with the stages that weigh them.
        prompts: of which some captions are what other talks are about.
        judge: of the reward `rubric`.

    Raises:
        ConfigError: one is not a reward of ours.
        UsageError: it is `rubric`, and there is no judge.
    """
    given = Asked(reference=table.reference, limit=table.limit, others=tuple(_captions(prompts)))
    return {name: as_trl(name, given, judge=judge) for name in reward_names(table)}


def _captions(prompts: Prompts) -> Iterable[str]:
    """One of each of some prompts, taken evenly out of all of them."""
    step = max(1, len(prompts.ids) // _OTHERS)
    for scenes in prompts.columns(range(0, len(prompts.ids), step)).get("scenes", ())[:_OTHERS]:
        shown = [scene["prompt"] for scene in scenes or () if scene.get("image") is not None]
        yield from shown[:1]
