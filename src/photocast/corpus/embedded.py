"""How much of what is said could be photographed, told by sentences: slower, for the richest windows only."""

from collections.abc import Sequence
from functools import cached_property
from typing import Protocol

import numpy as np

from photocast.metrics.grounding import chunks
from photocast.models.encoders.encoder import Vectors

SCENES = (
    "She stood at the stove, and steam rose from the big pot of soup.",
    "We drove along the coast with the windows down and saw the waves break on the rocks.",
    "There was snow on the roofs, and children were pulling a sledge up the hill.",
    "He opened the shed, and there were old bicycles and paint cans everywhere.",
    "The dog ran across the beach and jumped into the water after the ball.",
    "We sat around a camp fire under the stars with blankets over our shoulders.",
    "The market was full of people, with red tomatoes and fish on ice.",
    "They walked down the aisle, and everybody threw flowers.",
    "I was on stage with my guitar, and the lights were so bright.",
    "The house was yellow, with a wooden porch and a big oak tree in front of it.",
    "We climbed up to the ridge and looked down on the lake in the valley.",
    "My grandfather stood at his workbench in his blue apron, with a plane in his hand.",
)
"""What somebody says who tells of something that could have been photographed."""
ABSTRACT = (
    "I think it really comes down to mindset and consistency.",
    "That is a good question, and I would say it depends.",
    "The strategy has to align with the values of the organization.",
    "We believe that the policy will affect inflation and interest rates.",
    "It is about being authentic and setting boundaries for yourself.",
    "Their revenue grew by twenty per cent compared with last quarter.",
    "The algorithm is more efficient because it uses less memory.",
    "You have to trust the process and believe in yourself.",
    "I do not agree with that argument, for several reasons.",
    "Thanks for listening, and please subscribe to the podcast.",
    "What the theory says is that motivation comes from within.",
    "Honestly, I feel like that is just how it is sometimes.",
)
"""What somebody says of which there is nothing to see."""


class Scorer(Protocol):
    """Ranks windows by more than their single words."""

    @property
    def name(self) -> str:
        """What its scores depend on."""
        ...

    def score(self, text: str) -> float:
        """Of a window's text; higher is more to be seen."""
        ...


class TextEncoder(Protocol):
    """What of an encoder is needed: any of photocast.models.encoders has it."""

    name: str

    def fits(self, text: str) -> bool:
        """Whether the encoder reads all of a text."""
        ...

    def texts(self, texts: Sequence[str]) -> Vectors:
        """A row of length 1 for every text."""
        ...


class Embedded:
    """Scores texts by how much more like scenes than like abstract talk their sentences are.

    Mean over the sentences of a text of s·(mean of the scenes - mean of abstract talk), with vectors of length 1: how
    much more like the former a sentence is than like the latter, in cosines. Range [-2, 2], in practice within .3 of 0.

    Weakness: a few prompts of our own stand for all that can be seen; encoders of captions read speech worse than
    captions. Slow: a window has 60 to 100 sentences.
    """

    def __init__(self, encoder: TextEncoder) -> None:
        self._encoder = encoder

    @property
    def name(self) -> str:
        """The encoder's, and the number of our prompts' version."""
        return f"embedded-1:{self._encoder.name}"

    def score(self, text: str) -> float:
        """Of a window's text; 0 where it has no words."""
        sentences = [piece for line in text.splitlines() for piece in chunks(line, self._encoder.fits)]
        if not sentences:
            return 0.0
        return round(float((self._encoder.texts(sentences) @ self._direction).mean()), 6)

    @cached_property
    def _direction(self) -> Vectors:
        """From abstract talk to scenes, (d,)."""
        scenes, abstract = self._encoder.texts(SCENES), self._encoder.texts(ABSTRACT)
        return np.asarray(scenes.mean(axis=0) - abstract.mean(axis=0), np.float32)
