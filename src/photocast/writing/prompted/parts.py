"""A long conversation in parts: which photos come in which, and how many words each has."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

MOST_PHOTOS = 16
"""Photos in one question: beyond, models begin to mix them up, and providers to refuse."""
MOST_WORDS = 900
"""Words in one answer: about what the models of SPoRC-VIST write before they run out of breath."""


@dataclass(frozen=True, slots=True)
class Part:
    """One question to the model."""

    number: int
    of: int
    photos: tuple[str, ...]
    words: int
    gone_on: int = 0
    """How many answers to it broke off and were gone on from."""


def in_parts(photos: Sequence[str], words: int) -> tuple[Part, ...]:
    """As few parts as the limits allow, of about the same size; each photo is in one of them.

    More parts than photos leave some without a photo of their own: there the talk goes on about what was seen.
    """
    count = max(ceil(len(photos) / MOST_PHOTOS), ceil(words / MOST_WORDS), 1)
    edges = [ceil(at * len(photos) / count) for at in range(count + 1)]
    ends = [round(at * words / count) for at in range(count + 1)]
    return tuple(
        Part(at + 1, count, tuple(photos[edges[at] : edges[at + 1]]), ends[at + 1] - ends[at]) for at in range(count)
    )


def halved(part: Part) -> tuple[Part, Part]:
    """The part in two, when it was too much at once; it has two photos or more."""
    middle = len(part.photos) // 2
    left = round(part.words * middle / len(part.photos))
    return (
        Part(part.number, part.of + 1, part.photos[:middle], left),
        Part(part.number + 1, part.of + 1, part.photos[middle:], part.words - left),
    )
