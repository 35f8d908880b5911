"""Which prompts each step of a stage learns from."""

import math
import random
from collections.abc import Iterator
from itertools import chain, count, islice


def schedule(prompts: int, *, per_step: int, epochs: float, steps: int | None, seed: int) -> list[int]:
    """Numbers of prompts in the order in which a stage takes them, `per_step` a step.

    Every epoch is every prompt once, in a new order. The last step is filled up from the epoch that would come next, so
    that no prompt is left out for the sake of even numbers.

    Args:
        prompts: how many there are, at least one.
        per_step: of one step of the optimiser.
        epochs: how often each is taken.
        steps: in the place of `epochs`.
        seed: of the order.
    """
    steps = math.ceil(prompts * epochs / per_step) if steps is None else steps
    return list(islice(chain.from_iterable(_epochs(prompts, seed)), steps * per_step))


def _epochs(prompts: int, seed: int) -> Iterator[list[int]]:
    for epoch in count():
        order = list(range(prompts))
        random.Random(f"{seed} {epoch}").shuffle(order)
        yield order
