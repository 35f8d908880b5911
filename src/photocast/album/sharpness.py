"""How sharp a photo is. How the thresholds were set: `docs/album.md`."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

MIN_EDGES = 8.0
"""Below it a photo may be blurred: not even its second-sharpest part has edges."""
MIN_CRISPNESS = 0.0013
"""At or above it a photo is only low in contrast, as in fog, and not blurred."""

_SIDE = 512
_TILES = 5


@dataclass(frozen=True, slots=True)
class Sharpness:
    """Measured on a grey picture whose longest side is 512."""

    edges: float
    """Variance of the second difference of brightness in the second-sharpest of 5 x 5 tiles, in the direction in which
    it is least: a portrait before a soft background is sharp somewhere, and a shaken photo is soft along the shake."""
    crispness: float
    """The same in the whole picture, over the variance of the brightness: contrast does not matter."""

    @property
    def blurred(self) -> bool:
        """Whether the photo is out of focus or shaken beyond doubt."""
        return self.edges < MIN_EDGES and self.crispness < MIN_CRISPNESS


def sharpness_of(picture: Image.Image) -> Sharpness:
    """Measure a picture; small ones are not enlarged, which would make them soft."""
    grey = picture.convert("L")
    grey.thumbnail((_SIDE, _SIDE), Image.Resampling.BICUBIC)
    values = np.asarray(grey, dtype=np.float32)
    if min(values.shape) < _TILES + 2:
        return Sharpness(float("inf"), float("inf"))
    centre = values[1:-1, 1:-1]
    neighbours = (
        (values[1:-1, :-2], values[1:-1, 2:]),
        (values[:-2, 1:-1], values[2:, 1:-1]),
        (values[:-2, :-2], values[2:, 2:]),
        (values[:-2, 2:], values[2:, :-2]),
    )
    bends = [2 * centre - before - after for before, after in neighbours]
    tiles = np.sort(np.min([_variances(bend) for bend in bends], axis=0))
    variance = float(centre.var())
    # A picture of one tone has nothing that could be sharp or blurred.
    crispness = min(float(bend.var()) for bend in bends) / variance if variance > 1 else float("inf")
    return Sharpness(float(tiles[-2]), crispness)


def _variances(bend: NDArray[np.float32]) -> list[float]:
    return [float(tile.var()) for row in np.array_split(bend, _TILES) for tile in np.array_split(row, _TILES, axis=1)]
