"""How sharp a photo is. How the thresholds were set: `docs/album.md`."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

MIN_EDGES = 20.0
"""Below it a photo may be blurred: not even its second-sharpest part has edges."""
MIN_CRISPNESS = 0.007
"""At or above it a photo is only low in contrast, as in fog, and not blurred."""

_SIDE = 512
_TILES = 5


@dataclass(frozen=True, slots=True)
class Sharpness:
    """Measured on a grey picture whose longest side is 512."""

    edges: float
    """Variance of the Laplacian in the second-sharpest of 5 x 5 tiles: a portrait before a soft background is sharp
    somewhere, a shaken photo nowhere."""
    crispness: float
    """Variance of the Laplacian over that of the brightness, in the whole picture: contrast does not matter."""

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
    edges = 4 * centre - values[:-2, 1:-1] - values[2:, 1:-1] - values[1:-1, :-2] - values[1:-1, 2:]
    tiles = sorted(tile.var() for row in np.array_split(edges, _TILES) for tile in np.array_split(row, _TILES, axis=1))
    variance = float(centre.var())
    # A picture of one tone has nothing that could be sharp or blurred.
    return Sharpness(float(tiles[-2]), float(edges.var()) / variance if variance > 1 else float("inf"))
