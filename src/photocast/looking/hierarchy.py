"""What the classes of the two models stand for in the vocabulary of the house, and how far they are believed."""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from photocast.schema import concepts

_FAINTEST = 0.008
"""Below this a class is the noise that the classifier spreads over all its classes, 400 of them animals."""


@cache
def _entries() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files("photocast.looking").joinpath("hierarchy.toml").read_text("utf-8"))


@cache
def classes() -> dict[str, str]:
    """Concept of each class of the classifier that stands for one."""
    return {name: concept for concept, entry in _entries().items() for name in entry.get("seen", ())}


@cache
def labels() -> dict[str, str]:
    """Concept of each label of the detector that stands for one; `person` is not among them."""
    return {name: concept for concept, entry in _entries().items() for name in entry.get("found", ())}


def trust(concept: str) -> float:
    """How far the eyes are believed about a concept, from 0 to 1."""
    return float(_entries().get(concept, {}).get("trust", 1.0))


@cache
def wider(concept: str) -> tuple[str, ...]:
    """The concepts that `concept` is a kind of and that say something by themselves, nearest first."""
    known = concepts()
    return tuple(kind for kind in known[concept].kinds if kind in known and kind != "thing")


def masses(probabilities: Mapping[str, float]) -> dict[str, float]:
    """Probability of each concept: that of all its classes, and of the classes of all its kinds."""
    total: dict[str, float] = {}
    for name, probability in probabilities.items():
        concept = classes().get(name)
        if concept is None or probability < _FAINTEST:
            continue
        for holder in (concept, *wider(concept)):
            total[holder] = total.get(holder, 0.0) + probability
    return total


def mass_of(names: Iterable[str], probabilities: Mapping[str, float]) -> float:
    """Probability of some classes together."""
    return sum(probabilities.get(name, 0.0) for name in names if probabilities.get(name, 0.0) >= _FAINTEST)
