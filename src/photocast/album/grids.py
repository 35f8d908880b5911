"""Arithmetic on grey pictures of decimal numbers (Pillow's mode F), which it does in C."""

from array import array
from itertools import pairwise

from PIL import Image, ImageMath


def difference(one: Image.Image, other: Image.Image) -> Image.Image:
    """`one` less `other`, pixel by pixel."""
    less: Image.Image = ImageMath.lambda_eval(lambda names: names["one"] - names["other"], one=one, other=other)
    return less


def squared(grid: Image.Image) -> Image.Image:
    """Each pixel times itself."""
    square: Image.Image = ImageMath.lambda_eval(lambda names: names["grid"] * names["grid"], grid=grid)
    return square


def values(grid: Image.Image) -> list[float]:
    """Its pixels, row by row."""
    return array("f", grid.tobytes()).tolist()


def means(grid: Image.Image, tiles: int = 1) -> list[float]:
    """Mean of each of `tiles` x `tiles` fields, row by row."""
    rows, columns = _cuts(grid.height, tiles), _cuts(grid.width, tiles)
    boxes = [(left, top, right, bottom) for top, bottom in pairwise(rows) for left, right in pairwise(columns)]
    return [values(grid.resize((1, 1), Image.Resampling.BOX, box))[0] for box in boxes]


def variances(grid: Image.Image, tiles: int = 1) -> list[float]:
    """Variance within each of `tiles` x `tiles` fields, row by row."""
    pairs = zip(means(squared(grid), tiles), means(grid, tiles), strict=True)
    return [square - mean * mean for square, mean in pairs]


def _cuts(length: int, parts: int) -> list[int]:
    """Where to cut so that no part is longer by more than one, the longer ones first."""
    shorter, longer = divmod(length, parts)
    return [part * shorter + min(part, longer) for part in range(parts + 1)]
