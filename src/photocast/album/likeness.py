"""How alike two photos are; `sharpness.py` says how sharp one is. How the thresholds were set: `docs/album.md`."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

MAX_OVERALL = 0.03
"""Mean squared difference of brightness that near-duplicates may have, in squared standard deviations."""
MAX_PART = 0.28
"""Mean difference that no part of near-duplicates, an eighth of a side, may exceed, in standard deviations."""
MAX_COLOUR = 25.0
"""Mean difference of colour, of 255, that near-duplicates may have: a step of exposure."""

_SIDE = 48
_PART = 6
_REACH = 2
"""Steps of the grid that a photo may be shifted against another: 4 % of a side."""
_MAX_BITS = 40
"""Of 128 bits of shape; photos farther apart are not worth comparing in full."""


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """What is remembered of a photo to compare it with others."""

    grey: NDArray[np.float32]
    """Brightness on a grid of 48 x 48, softened so that a shift by half a step shows little."""
    shape: NDArray[np.bool_]
    """128 bits: whether brightness rises to the right, and downwards, on a grid of 8 x 8."""
    colour: NDArray[np.float32]
    """Mean colour of 4 x 4 fields."""
    aspect: float


@dataclass(frozen=True, slots=True)
class Difference:
    """Between two photos laid upon each other as well as they fit."""

    overall: float
    part: float
    """In the part where they differ most."""

    @property
    def negligible(self) -> bool:
        """Whether the two show the same."""
        return self.overall <= MAX_OVERALL and self.part <= MAX_PART


def likeness_of(picture: Image.Image) -> Likeness:
    """Remember an upright RGB picture."""
    grey = picture.convert("L")
    soft = grey.resize((_SIDE, _SIDE), Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(1.5))
    across = np.asarray(grey.resize((9, 8), Image.Resampling.BOX), dtype=np.int16)
    down = np.asarray(grey.resize((8, 9), Image.Resampling.BOX), dtype=np.int16)
    return Likeness(
        grey=np.asarray(soft, dtype=np.float32),
        shape=np.concatenate([(np.diff(across, axis=1) > 0).ravel(), (np.diff(down, axis=0) > 0).ravel()]),
        colour=np.asarray(picture.resize((4, 4), Image.Resampling.BOX), dtype=np.float32),
        aspect=picture.width / picture.height,
    )


def twin(photo: Likeness, others: Sequence[Likeness]) -> tuple[int, Difference] | None:
    """Position of the first of `others` that shows the same as `photo`, and how much the two differ."""
    if not others:
        return None
    bits = np.count_nonzero(np.stack([other.shape for other in others]) != photo.shape, axis=1)
    colours = np.abs(np.stack([other.colour for other in others]) - photo.colour).mean(axis=(1, 2, 3))
    for position, other in enumerate(others):
        close = bits[position] <= _MAX_BITS and colours[position] <= MAX_COLOUR
        if close and abs(photo.aspect / other.aspect - 1) < 0.02 and (found := difference(photo, other)).negligible:
            return position, found
    return None


def difference(one: Likeness, other: Likeness) -> Difference:
    """Compare the brightness of two photos, its level and contrast evened out, at the shift where they fit best."""
    steps = range(-_REACH, _REACH + 1)
    best = min(
        (_shifted(one.grey, other.grey, x, y) for x in steps for y in steps), key=lambda d: float((d * d).mean())
    )
    height, width = (length // _PART * _PART for length in best.shape)
    parts = best[:height, :width].reshape(height // _PART, _PART, width // _PART, _PART).mean(axis=(1, 3))
    return Difference(float((best * best).mean()), float(np.abs(parts).max()))


def _shifted(one: NDArray[np.float32], other: NDArray[np.float32], x: int, y: int) -> NDArray[np.float32]:
    a = one[max(0, y) : _SIDE + min(0, y), max(0, x) : _SIDE + min(0, x)]
    b = other[max(0, -y) : _SIDE + min(0, -y), max(0, -x) : _SIDE + min(0, -x)]
    return _even(a) - _even(b)


def _even(values: NDArray[np.float32]) -> NDArray[np.float32]:
    # The 2 keeps the noise of a picture of one tone from being blown up to a pattern.
    evened: NDArray[np.float32] = (values - values.mean()) / (values.std() + 2)
    return evened
