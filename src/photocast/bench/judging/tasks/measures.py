"""How well answers out of a closed list fit what is right."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from photocast.bench.statistics import RESAMPLES, resampled_means, tails
from photocast.schema import UndefinedMetric


@dataclass(frozen=True, slots=True)
class Case:
    """One answer beside what is right."""

    item: str
    right: str
    said: str


@dataclass(frozen=True, slots=True)
class Label:
    """One word of the list."""

    precision: float | None
    """Share of the answers with this word that are right; None where nobody said it."""
    recall: float | None
    """Share of its cases that were found; None where it is never right."""
    f1: float
    """2 TP / (2 TP + FP + FN)."""
    right: int
    """Cases for which this word is right."""
    said: int


def accuracy(cases: Sequence[Case]) -> float:
    """Share of the answers that are right.

    Unit: ratio

    Raises:
        UndefinedMetric: there is no answer.
    """
    return sum(one.said == one.right for one in _some(cases)) / len(cases)


def accuracy_interval(
    cases: Sequence[Case], *, resamples: int = RESAMPLES, seed: int = 0
) -> tuple[float, float] | None:
    """95 % interval of the accuracy over items, whose cases are drawn together; None for fewer than two items.

    Percentile bootstrap of Σ right / Σ cases.
    """
    items = list(dict.fromkeys(one.item for one in cases))
    if len(items) < 2:
        return None
    counts = np.zeros((len(items), 2))
    for one in cases:
        counts[items.index(one.item)] += (one.said == one.right, 1)
    drawn = resampled_means(counts, resamples=resamples, seed=seed)
    low, high = tails((drawn[:, 0] / drawn[:, 1])[:, None])[0]
    return float(low), float(high)


def labels(cases: Sequence[Case]) -> dict[str, Label]:
    """Precision, recall and F1 of every word that is right or was said somewhere."""
    found = {}
    for name in sorted({word for one in cases for word in (one.right, one.said)}):
        right, said = sum(one.right == name for one in cases), sum(one.said == name for one in cases)
        both = sum(one.right == one.said == name for one in cases)
        found[name] = Label(
            precision=both / said if said else None,
            recall=both / right if right else None,
            f1=2 * both / (right + said),
            right=right,
            said=said,
        )
    return found


def macro_f1(cases: Sequence[Case]) -> float:
    """Mean F1 of the words that are right somewhere, each counting the same.

    A word that is said and never right has no F1 of its own; it costs the words in whose place it was said.

    Unit: ratio

    Raises:
        UndefinedMetric: there is no answer.
    """
    scores = [one.f1 for one in labels(_some(cases)).values() if one.right]
    return sum(scores) / len(scores)


def majority(cases: Sequence[Case]) -> float:
    """Accuracy of whoever always says the word that is right most often: what any judge must beat.

    Unit: ratio

    Raises:
        UndefinedMetric: there is no answer.
    """
    return max(one.right for one in labels(_some(cases)).values()) / len(cases)


def confusion(cases: Sequence[Case]) -> dict[str, dict[str, int]]:
    """How often each word was said, by the word that is right."""
    found: dict[str, dict[str, int]] = {}
    for one in sorted(cases, key=lambda case: (case.right, case.said)):
        row = found.setdefault(one.right, {})
        row[one.said] = row.get(one.said, 0) + 1
    return found


def _some(cases: Sequence[Case]) -> Sequence[Case]:
    if not cases:
        raise UndefinedMetric("There is no accuracy", "no question was answered", "Ask about one at least")
    return cases
