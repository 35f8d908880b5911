"""A few votes of people and many of models, joined into one figure about people."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from photocast.bench.judging.clusters import t_quantile
from photocast.bench.judging.votes import Vote
from photocast.bench.judging.winning import Inconsistent, one_contest, scores_of_items
from photocast.bench.statistics import Values
from photocast.schema import InputError, UndefinedMetric


@dataclass(frozen=True, slots=True)
class PredictionPowered:
    """What people would say on average, from some of them and a model that stands in for the rest."""

    value: float
    ci95: tuple[float, float]
    weight: float
    """λ, how far the model is trusted: 0 is people alone, 1 takes its mean and corrects it."""
    people_alone: float
    people_ci95: tuple[float, float]
    """What the votes of people give by themselves, for comparison."""
    labelled: int
    """Items with votes of people and models."""
    unlabelled: int
    """Items with votes of models alone."""
    bias: float
    """Mean of the model less that of people on the labelled items; it is corrected."""


def prediction_powered_mean(
    people: Sequence[float], judged: Sequence[float], unlabelled: Sequence[float], *, tuned: bool = True
) -> PredictionPowered:
    """Mean of what people say, with a valid interval however wrong the model is.

    θ = λ · mean(Ŷ of the unlabelled) + mean(Y - λ Ŷ of the labelled); variance λ² var(Ŷ) / N + var(Y - λ Ŷ) / n.
    Tuned: λ = cov(Y, Ŷ) / ((1 + n / N) var(Ŷ)), within [0, 1], var(Ŷ) over all items, which makes the variance least.
    t interval with n - 1 degrees of freedom. Valid where the labelled items are a random sample of all.

    Source: Angelopoulos et al., Prediction-powered inference, Science 382:669 (2023), algorithm 1; Angelopoulos, Duchi
    & Zrnic, PPI++ (arXiv 2311.01453), section 6, for λ.

    Args:
        people: Y, a value of each labelled item.
        judged: Ŷ, of the same items in the same order.
        unlabelled: Ŷ of the other items.
        tuned: PPI++; otherwise λ = 1.

    Raises:
        InputError: people and model differ in the number of labelled items, or a value is not finite.
        UndefinedMetric: fewer than two items are labelled or unlabelled.
    """
    y, f, rest = (np.array(values, dtype=np.float64) for values in (people, judged, unlabelled))
    if y.shape != f.shape or not all(np.isfinite(values).all() for values in (y, f, rest)):
        raise InputError("Cannot join people and models", "the labelled items do not match", "Give finite pairs")
    n, others = len(y), len(rest)
    if n < 2 or others < 2:
        raise UndefinedMetric(
            "There is nothing to join", f"{n} items are labelled, {others} are not", "Give two or more of each"
        )
    weight = _weight(y, f, rest) if tuned else 1.0
    value = weight * float(rest.mean()) + float((y - weight * f).mean())
    error = math.sqrt(weight**2 * float(rest.var(ddof=1)) / others + float((y - weight * f).var(ddof=1)) / n)
    return PredictionPowered(
        value=value,
        ci95=_ends(value, error, n),
        weight=weight,
        people_alone=float(y.mean()),
        people_ci95=_ends(float(y.mean()), math.sqrt(float(y.var(ddof=1)) / n), n),
        labelled=n,
        unlabelled=others,
        bias=float((f - y).mean()),
    )


def joined_win_rate(
    votes: Iterable[Vote], *, rule: Inconsistent = Inconsistent.HALF, tuned: bool = True
) -> PredictionPowered:
    """How often people would prefer the first system, from votes of people on some items and of models on all.

    An item's value is its mean score, as in `win_rate`, of people and of models apart. Items with people alone do not
    count. The items for people must have been drawn at random. The ends may lie a little outside 0 and 1.

    Unit: ratio
    Source: as `prediction_powered_mean`.

    Raises:
        InputError: the votes are on several pairs or criteria.
        UndefinedMetric: no verdict of either kind, or fewer than two items are labelled or unlabelled.
    """
    votes = list(votes)
    if not votes:
        raise UndefinedMetric("There is nothing to join", "there are no votes", "Give votes of people and models")
    systems = votes[0].systems
    people, models = (_scores([vote for vote in votes if vote.kind == kind], rule, systems) for kind in _KINDS)
    both = [item for item in people if item in models]
    return prediction_powered_mean(
        [people[item] for item in both],
        [models[item] for item in both],
        [score for item, score in models.items() if item not in people],
        tuned=tuned,
    )


_KINDS = ("human", "model")


def _scores(votes: list[Vote], rule: Inconsistent, systems: tuple[str, str]) -> dict[str, float]:
    """By item, always of the same system."""
    played = one_contest(votes)
    if set(played[0].systems) != set(systems):
        raise InputError("Cannot join people and models", "they judged different systems", "Give those on one pair")
    turned = played[0].systems != systems
    return {item: 1 - score if turned else score for item, score in scores_of_items(played, rule).items()}


def _weight(y: Values, f: Values, rest: Values) -> float:
    spread = float(np.concatenate([f, rest]).var(ddof=1))
    if not spread:
        return 0.0
    shared = float(np.cov(y, f, ddof=1)[0, 1])
    return min(1.0, max(0.0, shared / ((1 + len(y) / len(rest)) * spread)))


def _ends(value: float, error: float, n: int) -> tuple[float, float]:
    reach = t_quantile(n - 1) * error
    return value - reach, value + reach
