"""A slow way over a still picture."""

import hashlib
import math
from dataclasses import dataclass

from photocast.publish.film.planes import Box

SPARE = 1.06
"""How much larger a still is kept than it is shown: in the middle of the way, a pixel is about a pixel."""
_REST, _MOST, _A_SECOND = 0.015, 0.08, 0.008
"""How much of a picture is out of sight at the one end of the way; at the other at most; how much for each second."""


@dataclass(frozen=True, slots=True)
class Motion:
    """From one part of a picture to another, nearer or further away."""

    inwards: bool
    angle: float
    """Where the nearer end lies, in radians around the middle."""
    nearest: float
    """How much of the width is out of sight there."""

    def box(self, part: float, size: tuple[int, int]) -> Box:
        """What is seen of a picture of this size, after a part of the way from 0 to 1."""
        near = part if self.inwards else 1 - part
        hidden = _REST + (self.nearest - _REST) * near
        shift = 0.5 * near
        width, height = size[0] * (1 - hidden), size[1] * (1 - hidden)
        left = (size[0] - width) / 2 * (1 + shift * math.cos(self.angle))
        upper = (size[1] - height) / 2 * (1 + shift * math.sin(self.angle))
        return left, upper, left + width, upper + height

    def pixels(self, size: tuple[int, int]) -> float:
        """How far the edge that moves most goes."""
        return max(abs(end - start) for start, end in zip(self.box(0, size), self.box(1, size), strict=True))


def eased(part: float) -> float:
    """How much of the way is done after a part of its time: slower at both ends."""
    return part * part * (3 - 2 * part)


def motion(name: str, number: int, seconds: float) -> Motion:
    """The way of a shot. It hangs on the photo and the number of the shot alone: the same film comes out again."""
    chance = hashlib.sha256(f"{name} {number}".encode()).digest()
    return Motion(
        inwards=(number + chance[0]) % 4 != 0,
        angle=2 * math.pi * chance[1] / 256,
        nearest=min(_MOST, _REST + _A_SECOND * seconds),
    )
