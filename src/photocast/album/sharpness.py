"""How sharp a photo is. How the thresholds were set: `docs/album.md`."""

from dataclasses import dataclass

from PIL import Image, ImageMath, ImageStat

from photocast.album.grids import variances

MIN_EDGES = 8.0
"""Below it a photo may be blurred: not even its second-sharpest part has edges."""
MIN_CRISPNESS = 0.0013
"""At or above it a photo is only low in contrast, as in fog, and not blurred."""

_SIDE = 512
_TILES = 5
_DIRECTIONS = ((1, 0), (0, 1), (1, 1), (-1, 1))


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
    if min(grey.size) < _TILES + 2:
        return Sharpness(float("inf"), float("inf"))
    bends = [_bend(grey, x, y) for x, y in _DIRECTIONS]
    tiles = sorted(map(min, *(variances(bend, _TILES) for bend in bends)))
    variance = ImageStat.Stat(_inner(grey)).var[0]
    # A picture of one tone has nothing that could be sharp or blurred.
    crispness = min(variances(bend)[0] for bend in bends) / variance if variance > 1 else float("inf")
    return Sharpness(tiles[-2], crispness)


def _bend(grey: Image.Image, x: int, y: int) -> Image.Image:
    """Second difference of brightness in one direction: twice a pixel less its two neighbours."""
    values = grey.convert("F")
    bend: Image.Image = ImageMath.lambda_eval(
        lambda names: names["centre"] * 2 - names["before"] - names["after"],
        centre=_inner(values),
        before=_inner(values, -x, -y),
        after=_inner(values, x, y),
    )
    return bend


def _inner(picture: Image.Image, x: int = 0, y: int = 0) -> Image.Image:
    """The picture without its rim of one pixel, or its neighbour that many steps away."""
    return picture.crop((1 + x, 1 + y, picture.width - 1 + x, picture.height - 1 + y))
