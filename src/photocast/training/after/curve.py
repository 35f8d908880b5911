"""How the figures of a training went, in a line each: first, last, and at its best."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal

FIGURES: Mapping[str, tuple[str, Literal["low", "high", ""]]] = {
    "loss": ("training loss", "low"),
    "eval_loss": ("validation loss", "low"),
    "mean_token_accuracy": ("training accuracy of tokens", "high"),
    "eval_mean_token_accuracy": ("validation accuracy of tokens", "high"),
    "reward": ("mean reward", "high"),
    "kl": ("divergence from the policy before", ""),
    "completions/mean_length": ("tokens of an answer", ""),
    "grad_norm": ("norm of the gradient", ""),
    "learning_rate": ("learning rate", ""),
}
"""What a card shows of a log: a title, and which way is better."""


@dataclass(frozen=True, slots=True)
class Point:
    """A figure at a step."""

    step: int
    value: float


@dataclass(frozen=True, slots=True)
class Curve:
    """One figure over a training.

    Attributes:
        title: what it is called.
        points: how often it was logged.
        first: where it began.
        last: where it ended.
        best: the lowest or the highest; None where neither is better.
    """

    title: str
    points: int
    first: Point
    last: Point
    best: Point | None


def curves(log: Iterable[Mapping[str, Any]]) -> tuple[Curve, ...]:
    """The figures that a log has, as `FIGURES` orders them; steps that were logged again count once, the last time.

    Args:
        log: lines of `log.jsonl`; values that are no numbers are passed over.
    """
    found: dict[str, dict[int, float]] = {name: {} for name in FIGURES}
    for line in log:
        for name in FIGURES:
            value, step = line.get(name), line.get("step")
            if isinstance(value, int | float) and isfinite(value) and isinstance(step, int):
                found[name][step] = float(value)
    return tuple(_curve(name, values) for name, values in found.items() if values)


def _curve(name: str, values: Mapping[int, float]) -> Curve:
    title, better = FIGURES[name]
    points = [Point(step, value) for step, value in sorted(values.items())]
    best = {"low": min, "high": max}.get(better)
    return Curve(title, len(points), points[0], points[-1], best(points, key=lambda one: one.value) if best else None)
