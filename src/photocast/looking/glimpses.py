"""Four questions the classifier was never asked, answered by a linear model each on what it noticed.

`scripts/train_glimpses.py` fits them on the labelled photos of the group `set`.
"""

import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

NAMES = ("outdoors", "people", "greenery", "trees")


@dataclass(frozen=True, slots=True)
class Glimpse:
    """Log-odds that the photo was taken in the open, that it has people in it, anything that grows, and trees."""

    outdoors: float
    people: float
    greenery: float
    trees: float


def glimpse(features: NDArray[np.float32]) -> Glimpse:
    """Ask all four of the features of one photo, (1280,) of length 1."""
    weights, biases = _models()
    return Glimpse(*(weights @ features + biases).tolist())


def probability(odds: float) -> float:
    """Probability out of log-odds."""
    return 1 / (1 + math.exp(-odds))


@cache
def _models() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(4, 1280) and (4,), in the order of `NAMES`."""
    with np.load(BytesIO(files("photocast.looking").joinpath("data/glimpses.npz").read_bytes())) as stored:
        return stored["weights"].astype(np.float32), stored["biases"].astype(np.float32)
