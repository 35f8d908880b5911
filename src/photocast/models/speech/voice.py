"""What every engine of speech offers, and what it is asked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
"""Mono sound, (n,), full scale at 1."""


@dataclass(frozen=True, slots=True)
class Voice:
    """Somebody an engine can sound like."""

    id: str
    """As a user names it, `kokoro:heart`."""
    about: str
    """A few words: `American woman, warm`."""
    language: str = "en-US"


@dataclass(frozen=True, slots=True)
class Line:
    """What is to be said, and how."""

    text: str
    voice: str
    """Id of a voice of the engine."""
    speed: float = 1.0
    """1 is the voice's own; 1.2 is a fifth faster."""
    manner: str | None = None
    """How it is said: a name in `schema.delivery.MANNERS`; other words only for an engine that takes any."""
    events: tuple[str, ...] = ()
    """Sounds before the words, by their names in `schema.delivery.SOUNDS`: `laugh`, `sigh`."""
    emphasis: tuple[tuple[int, int], ...] = ()
    """Stretches of the text that are stressed, from the first character to one past the last."""


@dataclass(frozen=True, slots=True)
class Abilities:
    """What an engine does beyond saying the words. What it cannot do is left out of the sound, never faked."""

    speed: bool = False
    streams: bool = False
    """Whether the first sentence can be heard before the last is made."""
    manners: frozenset[str] = frozenset()
    """Those it has, by name; `*` for any in words."""
    events: frozenset[str] = frozenset()
    """Sounds it can make that are not words, by name; `*` for any in words."""
    emphasis: bool = False
    """Whether it stresses what is to be stressed."""
    unlisted: bool = False
    """Whether it takes voices that it does not list."""


class SpeechEngine(Protocol):
    """Says lines."""

    @property
    def name(self) -> str:
        """Engine and version, down to its weights: part of the key under which clips are kept."""
        ...

    @property
    def rate(self) -> int:
        """Samples a second."""
        ...

    @property
    def voices(self) -> Sequence[Voice]:
        """Those it has, as different from one another as the first few can be."""
        ...

    @property
    def abilities(self) -> Abilities:
        """What it can do."""
        ...

    @property
    def host(self) -> str | None:
        """Where the words are sent to be spoken; None when they stay on this machine."""
        ...

    def speak(self, line: Line) -> Iterator[Samples]:
        """Yield the sound piece by piece, in order.

        Raises:
            ModelError: the engine cannot be had, ends, or has nothing to say for these words.
            UsageError: it has no such voice.
        """
        ...
