"""How sharp a photo is, and how alike two are. How the thresholds were set: `docs/album.md`."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

MAX_BITS = 9
"""Of the 128 bits of the shape, how many may differ between near-duplicates."""
MAX_COLOUR = 25.0
"""Mean difference of colour, of 255, that near-duplicates may have: a step of exposure."""
MIN_SHARPNESS = 20.0
"""Below it a photo may be blurred: not even its second-sharpest part has edges."""
MIN_CRISPNESS = 0.007
"""At or above it a photo is only low in contrast, as in fog, and not blurred."""

_SIDE = 512
_TILES = 5


@dataclass(frozen=True, slots=True)
class Likeness:
    """What is remembered of a photo's pixels to compare it with others."""

    shape: NDArray[np.uint8]
    """128 bits: whether the grey rises to the right, and downwards, on a grid of 8 x 8."""
    colour: NDArray[np.float32]
    """Mean colour of 4 x 4 fields."""
    sharpness: float
    """Variance of the Laplacian in the second-sharpest of 5 x 5 tiles, on a grey picture of 512 pixels: a portrait
    before a soft background is sharp somewhere, a shaken photo nowhere."""
    crispness: float
    """Variance of the Laplacian over that of the grey itself, in the whole picture: independent of contrast."""

    @property
    def blurred(self) -> bool:
        """Whether the photo is out of focus or shaken beyond doubt."""
        return self.sharpness < MIN_SHARPNESS and self.crispness < MIN_CRISPNESS


def likeness_of(picture: Image.Image) -> Likeness:
    """Measure an upright RGB picture."""
    grey = picture.convert("L")
    across = np.asarray(grey.resize((9, 8), Image.Resampling.BOX), dtype=np.int16)
    down = np.asarray(grey.resize((8, 9), Image.Resampling.BOX), dtype=np.int16)
    bits = np.concatenate([(np.diff(across, axis=1) > 0).ravel(), (np.diff(down, axis=0) > 0).ravel()])
    colour = np.asarray(picture.resize((4, 4), Image.Resampling.BOX), dtype=np.float32)
    return Likeness(bits.astype(np.uint8), colour, *_sharpness(grey))


def differences(one: Likeness, other: Likeness) -> tuple[int, float]:
    """Differing bits of shape, and the mean difference of colour."""
    return int(np.count_nonzero(one.shape != other.shape)), float(np.abs(one.colour - other.colour).mean())


def _sharpness(grey: Image.Image) -> tuple[float, float]:
    scale = _SIDE / max(grey.size)
    if scale < 1:
        size = max(1, round(grey.width * scale)), max(1, round(grey.height * scale))
        grey = grey.resize(size, Image.Resampling.BICUBIC)
    values = np.asarray(grey, dtype=np.float32)
    if min(values.shape) < 3:
        return float("inf"), float("inf")
    centre = values[1:-1, 1:-1]
    edges = 4 * centre - values[:-2, 1:-1] - values[2:, 1:-1] - values[1:-1, :-2] - values[1:-1, 2:]
    tiles = [
        tile.var() for row in np.array_split(edges, _TILES) for tile in np.array_split(row, _TILES, axis=1) if tile.size
    ]
    variance = float(centre.var())
    # A picture of one tone has nothing that could be sharp or blurred.
    crispness = float(edges.var()) / variance if variance > 1 else float("inf")
    return float(sorted(tiles)[-2]), crispness
