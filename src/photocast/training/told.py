"""Who is told how a training goes."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Told:
    """Who is told, and how.

    Attributes:
        stages: gets the name of a stage, how much of it is done, and how much there is.
        note: gets a sentence.
    """

    stages: Callable[[str, int, int], None] = lambda stage, done, total: None
    note: Callable[[str], None] = lambda sentence: None
