"""How many samples of each task, and which."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from photocast.training.story.nouns import TASKS, Draft, Task

Shares = Mapping[Task, Fraction]
Pools = Mapping[Task, Sequence[Draft]]
"""All that could be asked, by task."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A sample that is in the dataset, and how often it was already there."""

    draft: Draft
    time: int = 0


def shares_of(table: Mapping[str, float]) -> Shares:
    """The shares of a recipe as exact fractions of 1, without tasks that are not asked."""
    said = {task: Fraction(str(table[task])) for task in TASKS if table[task] > 0}
    total = sum(said.values(), Fraction(0))
    return {task: share / total for task, share in said.items()}


def most_without_repeating(pools: Pools, shares: Shares) -> int:
    """The largest dataset that meets the shares and has no sample twice: the scarcest task decides.

    The minimum over all tasks of ⌊available / share⌋.
    """
    return min(math.floor(len(pools[task]) / share) for task, share in shares.items())


def allot(total: int, shares: Shares) -> dict[Task, int]:
    """How many samples each task has, each within one of its share of the total; together the total.

    By largest remainders: everybody gets the whole part, and what is left goes to those with the largest rest.
    """
    exact = {task: total * share for task, share in shares.items()}
    counts = {task: math.floor(number) for task, number in exact.items()}
    by_rest = sorted(exact, key=lambda task: counts[task] - exact[task])
    for task in by_rest[: total - sum(counts.values())]:
        counts[task] += 1
    return counts


def draw(pool: Sequence[Draft], count: int, die: Random) -> Iterator[Chosen]:
    """So many samples, none a second time before all have come once."""
    order = list(pool)
    die.shuffle(order)
    for number in range(count):
        yield Chosen(order[number % len(order)], number // len(order))
