"""How hard a prompt is for a policy, and how prompts are dealt to the stages: a reconstruction.

DiaDem (arXiv:2601.19267) names difficulty-partitioned two-stage GRPO and publishes no rule. Ours: the difficulty of a
prompt is one minus the mean reward of some answers to it. Prompts whose answers all earn the same are dropped, for GRPO
learns from who of a group is better than its mean. Of the rest, the easier share is stage one.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Literal

from photocast.schema.record import Record
from photocast.training.recipe import PartitionTable

NOTE = "a reconstruction: DiaDem publishes neither its rule nor its thresholds"
Scores = Mapping[str, Sequence[float | None]]
"""By name of a reward, one value an answer; None where it does not apply."""
Reason = Literal["all_right", "all_wrong", "alike", "unscored"]
"""Why a prompt teaches nothing: every answer earns all there is, or nothing, or something in between but the same; or
fewer than two answers have a reward."""
REASONS: tuple[Reason, ...] = ("all_right", "all_wrong", "alike", "unscored")


@dataclass(frozen=True, slots=True)
class Scored:
    """A prompt, and what the answers to it earned."""

    id: str
    scores: Scores
    strata: frozenset[str] = frozenset()


class Standing(Record):
    """What the answers to a prompt say about it."""

    mean: float
    """Reward of its answers, from 0 to 1."""
    deviation: float
    """Standard deviation of the same over the answers, with n - 1."""

    @property
    def difficulty(self) -> float:
        """From 0, every answer earns all there is, to 1."""
        return 1 - self.mean


class Partition(Record):
    """Which prompts are easy, which are hard, and which were dropped; every prompt is in exactly one of these."""

    note: str = NOTE
    rollouts: str
    """The answers that it was made from, by the step that gave them."""
    weights: dict[str, float]
    """Of the rewards that difficulty was worked out from."""
    easy_share: float
    least_deviation: float
    hard_strata: tuple[str, ...]
    easy: tuple[str, ...]
    """Ids, the easiest first."""
    hard: tuple[str, ...]
    dropped: dict[Reason, tuple[str, ...]]
    standings: dict[str, Standing]
    """Of every prompt that has one, by id."""

    def prompts(self, which: Literal["easy", "hard", "all"]) -> tuple[str, ...]:
        """Ids of the prompts of a stage; all are those that were not dropped."""
        return {"easy": self.easy, "hard": self.hard, "all": self.easy + self.hard}[which]

    @property
    def counts(self) -> dict[str, int]:
        """Prompts that are easy, hard, and dropped for each reason."""
        return {"easy": len(self.easy), "hard": len(self.hard)} | {
            reason: len(self.dropped[reason]) for reason in REASONS
        }


def rewards_of(scores: Scores, weights: Mapping[str, float]) -> list[float | None]:
    """The reward of each answer to a prompt, from 0 to 1 where each single reward is.

    Σ w·r / Σ w over the rewards that apply to the prompt, which is to say, to one of its answers at least. An answer
    without a value for one of them gets 0 of it, as TRL adds up; so the deviation is that of the sums that TRL learns
    from, but for the scale. None for an answer to which no reward applies: TRL leaves it out of its group.

    Args:
        scores: of the answers.
        weights: of the rewards; at least one is not 0.
    """
    applying = [name for name, weight in weights.items() if weight and any(one is not None for one in scores[name])]
    whole = math.fsum(weights[name] for name in applying)
    answers = zip(*(scores[name] for name in applying), strict=True)
    if not applying:
        return [None] * max(map(len, scores.values()), default=0)
    return [
        None
        if all(one is None for one in values)
        else math.fsum(weights[name] * (one or 0) for name, one in zip(applying, values, strict=True)) / whole
        for values in answers
    ]


def standing_of(rewards: Iterable[float | None]) -> Standing | None:
    """Mean and deviation of the rewards of a prompt's answers; None where fewer than two have one."""
    there = [one for one in rewards if one is not None]
    return Standing(mean=fmean(there), deviation=stdev(there)) if len(there) > 1 else None


def partition(
    prompts: Iterable[Scored], weights: Mapping[str, float], table: PartitionTable, *, rollouts: str
) -> Partition:
    """Deal prompts to easy and hard, and drop those that teach nothing.

    Easy are the `easy_share` of those that are kept with the lowest difficulty, ties in the order of ids; but not those
    of a stratum that is hard anyway. Hard is the rest.

    Args:
        prompts: with the scores of their answers.
        weights: of the rewards.
        table: shares and thresholds of the recipe.
        rollouts: name of the step that the answers come from.
    """
    prompts = sorted(prompts, key=lambda prompt: prompt.id)
    standings = {prompt.id: standing_of(rewards_of(prompt.scores, weights)) for prompt in prompts}
    reasons = {name: why_dropped(standing, table.least_deviation) for name, standing in standings.items()}
    known = {name: standing for name, standing in standings.items() if standing is not None}
    kept = sorted((name for name in known if reasons[name] is None), key=lambda name: (known[name].difficulty, name))
    always = {prompt.id for prompt in prompts if not prompt.strata.isdisjoint(table.hard_strata)}
    easier = kept[: math.floor(table.easy_share * len(kept) + 0.5)]
    easy = tuple(name for name in easier if name not in always)
    return Partition(
        rollouts=rollouts,
        weights=dict(weights),
        easy_share=table.easy_share,
        least_deviation=table.least_deviation,
        hard_strata=table.hard_strata,
        easy=easy,
        hard=tuple(name for name in kept if name not in set(easy)),
        dropped={reason: tuple(name for name in standings if reasons[name] == reason) for reason in REASONS},
        standings=known,
    )


def why_dropped(standing: Standing | None, least_deviation: float) -> Reason | None:
    """Why a prompt teaches nothing; None where it does."""
    if standing is None:
        return "unscored"
    if standing.deviation >= least_deviation and standing.deviation > 0:
        return None
    if standing.mean >= 1 - least_deviation:
        return "all_right"
    return "all_wrong" if standing.mean <= least_deviation else "alike"
