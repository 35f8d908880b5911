"""What the answers to prompts earn, kept beside them: other rewards need no new answers."""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from photocast.schema import ConfigError
from photocast.training.grpo.difficulty import Scored
from photocast.training.grpo.keyed import Keyed, KeyedLines
from photocast.training.grpo.prompts import Prompts
from photocast.training.grpo.rollouts import Rollout
from photocast.training.rewards import TrlReward

Rewards = Mapping[str, TrlReward]
"""By the name that recipes give them, as TRL calls them."""
_VERSION = 1
"""Raised when the rewards of photocast come to mean something else."""
_AT_ONCE = 16
"""Prompts whose answers are scored together: a judge is asked about several at a time."""


class Score(Keyed):
    """What the answers to one prompt earned."""

    scores: dict[str, tuple[float | None, ...]]
    """By reward, one value an answer; None where it does not apply."""


def key_of_scores(rollouts: str, rewards: Rewards) -> str:
    """What scores depend on: the answers, by their key, and which rewards there are."""
    return hashlib.sha256(json.dumps([_VERSION, rollouts, sorted(rewards)]).encode()).hexdigest()[:32]


def score(rollouts: Mapping[str, Rollout], prompts: Prompts, rewards: Rewards, lines: KeyedLines[Score]) -> None:
    """Work out the rewards that are not there yet.

    Args:
        rollouts: answers to every prompt.
        prompts: the split.
        rewards: all that any stage weighs.
        lines: where scores are kept.

    Raises:
        ConfigError: a reward gives something that is no number.
    """
    there = lines.read()
    left = [number for number, name in enumerate(prompts.ids) if name not in there]
    for group in (left[at : at + _AT_ONCE] for at in range(0, len(left), _AT_ONCE)):
        names = [prompts.ids[number] for number in group]
        owners = [number for number, name in zip(group, names, strict=True) for _ in rollouts[name].texts]
        texts = [text for name in names for text in rollouts[name].texts]
        columns: dict[str, Any] = prompts.columns(owners)
        given = {name: iter(checked(name, reward(None, texts, **columns))) for name, reward in rewards.items()}
        lines.add(
            Score(
                id=name,
                key=lines.key,
                scores={one: tuple(next(values) for _ in rollouts[name].texts) for one, values in given.items()},
            )
            for name in names
        )


def scored(scores: Mapping[str, Score], prompts: Prompts) -> list[Scored]:
    """Prompts with what their answers earned, as they are dealt to the stages."""
    return [Scored(name, scores[name].scores, at) for name, at in zip(prompts.ids, prompts.strata, strict=True)]


def checked(name: str, values: Sequence[float | None]) -> list[float | None]:
    """The values of a reward, which are numbers or None.

    Raises:
        ConfigError: one is not a finite number; a policy would be taught by it whatever it means.
    """
    wrong = next((one for one in values if one is not None and not math.isfinite(one)), None)
    if wrong is not None:
        why = f"for one answer it gives {wrong}, and a policy can only be taught by finite numbers"
        raise ConfigError(f"the reward {name} cannot be used", why, "Leave it out of grpo.stages, or correct it")
    return list(values)
