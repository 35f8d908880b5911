"""How much of what is said could be photographed, told by single words: cheap enough for all that is ever said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import repeat
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from photocast.corpus.parts import key_of
from photocast.corpus.spoken import Spoken, spoken_letters
from photocast.corpus.visual_words import read_lexicon, visual_words


class Seen(NamedTuple):
    """What a stretch of talk holds."""

    weight: float
    """Of all its words together."""
    words: int
    """Runs of letters."""


@dataclass(frozen=True)
class Lexicon:
    """How well words can be seen.

    Attributes:
        weights: of words in lower case, 0 to 1; a word that is not there has none.
        key: of the words and their weights.
    """

    weights: Mapping[str, float] = field(repr=False)
    key: str

    def seen(self, text: str) -> Seen:
        """What a text holds."""
        words = spoken_letters(text)
        known = self.weights
        return Seen(sum(map(known.__getitem__, filter(known.__contains__, words))), len(words))

    def seen_before(self, said: Spoken) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What is seen before each turn, and in all turns: weights and words, (turns + 1,) each."""
        weights = np.fromiter(map(self.weights.get, said.words, repeat(0.0)), np.float64)
        words = np.ones(len(weights))
        for at, word in enumerate(said.words):
            if not word.isalpha():  # an apostrophe in it, or digits
                weights[at], words[at] = self.seen(word)
        return _sums_before(said.ends, weights[said.ids]), _sums_before(said.ends, words[said.ids])


def _sums_before(ends: NDArray[np.int64], numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums before each turn, and of all. Turns are added up one by one: the order of sums decides in a tie."""
    turns = len(ends) - 1
    by_turn = np.bincount(np.repeat(np.arange(turns), np.diff(ends)), numbers, turns)
    return np.concatenate(([0.0], np.cumsum(by_turn)))


def richness(parts: Sequence[Seen]) -> float:
    """How much of a stretch of talk could be photographed: the mean weight of its words.

    Words are runs of letters in lower case; one that is not in the lexicon weighs 0. Range [0, 1], higher is more; talk
    has .01 to .08, for most of its words cannot be seen. Rounded to six places, so that sums in another
    order cannot change what is chosen.

    Weakness: words, not scenes: a list of brands of cars is richer than somebody who gets into one. Said once or ten
    times, in earnest or as an image, a word weighs the same, and a word with several meanings has one weight. English,
    as the lexicon is. `embedded.py` reads sentences.
    """
    return mean_weight(sum(part.weight for part in parts), sum(part.words for part in parts))


def mean_weight(weight: float, words: int) -> float:
    """Richness of a stretch of talk by the weight of all its words and their number."""
    return round(weight / words, 6) if words else 0.0


@cache
def lexicon(path: str = "") -> Lexicon:
    """The lexicon of a file, or photocast's own; read once a process.

    Raises:
        InputError: the file is not there, or no lexicon.
    """
    weights = dict(read_lexicon(Path(path)) if path else visual_words())  # a plain one is looked up fastest
    return Lexicon(weights, key_of(sorted(weights.items())))
