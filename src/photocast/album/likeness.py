"""How alike two photos are; `sharpness.py` says how sharp one is. How the thresholds were set: `docs/album.md`."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import sqrt
from operator import lt, mul

from PIL import Image, ImageFilter

from photocast.album import grids

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
_LEVELS = range(256)
_SQUARES = [level * level for level in _LEVELS]


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """What is remembered of a photo to compare it with others."""

    grey: Image.Image
    """Brightness on a grid of 48 x 48, softened so that a shift by half a step shows little."""
    shape: int
    """Its bits tell whether brightness rises to the right, and downwards, on a grid of 8 x 8."""
    colour: bytes
    """Mean red, green and blue of 4 x 4 fields."""
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
    across = grey.resize((9, 8), Image.Resampling.BOX).transpose(Image.Transpose.TRANSPOSE)
    down = grey.resize((8, 9), Image.Resampling.BOX)
    return Likeness(
        grey=grey.resize((_SIDE, _SIDE), Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(1.5)),
        shape=int.from_bytes(_rises(across) + _rises(down), "big"),
        colour=picture.resize((4, 4), Image.Resampling.BOX).tobytes(),
        aspect=picture.width / picture.height,
    )


def _rises(grid: Image.Image) -> bytes:
    """For each pixel of a grid eight wide whether the one below it is brighter: 1 or 0."""
    values = grid.tobytes()
    return bytes(map(lt, values, values[8:]))


def twin(photo: Likeness, others: Sequence[Likeness]) -> tuple[int, Difference] | None:
    """Position of the first of `others` that shows the same as `photo`, and how much the two differ."""
    for position, other in enumerate(others):
        if _close(photo, other) and (found := difference(photo, other)).negligible:
            return position, found
    return None


def _close(one: Likeness, other: Likeness) -> bool:
    """Whether two photos are worth comparing in full; the quickest test goes first."""
    return (
        (one.shape ^ other.shape).bit_count() <= _MAX_BITS
        and abs(one.aspect / other.aspect - 1) < 0.02
        and sum(abs(a - b) for a, b in zip(one.colour, other.colour, strict=True)) <= MAX_COLOUR * len(one.colour)
    )


def difference(one: Likeness, other: Likeness) -> Difference:
    """Compare the brightness of two photos, its level and contrast evened out, at the shift where they fit best."""
    shifts = product(range(-_REACH, _REACH + 1), repeat=2)
    overall, best = min((_shifted(one.grey, other.grey, x, y) for x, y in shifts), key=lambda pair: pair[0])
    width, height = (length // _PART * _PART for length in best.size)
    parts = best.crop((0, 0, width, height)).reduce(_PART)
    return Difference(overall, max(map(abs, grids.values(parts))))


def _shifted(one: Image.Image, other: Image.Image, x: int, y: int) -> tuple[float, Image.Image]:
    """What is left of one photo less another, shifted that many steps, and the mean of its square."""
    left = grids.difference(_even(_overlap(one, x, y)), _even(_overlap(other, -x, -y)))
    return grids.means(grids.squared(left))[0], left


def _overlap(grey: Image.Image, x: int, y: int) -> Image.Image:
    return grey.crop((max(0, x), max(0, y), _SIDE + min(0, x), _SIDE + min(0, y)))


def _even(grey: Image.Image) -> Image.Image:
    """Brightness in standard deviations from its mean."""
    counts, pixels = grey.histogram(), grey.width * grey.height
    mean = sum(map(mul, counts, _LEVELS)) / pixels
    variance = sum(map(mul, counts, _SQUARES)) / pixels - mean * mean
    # The 2 keeps the noise of a picture of one tone from being blown up to a pattern.
    unit = sqrt(variance) + 2
    return grey.convert("F").point(lambda value: value * (1 / unit) - mean / unit)
