"""Pictures as the networks want to see them."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from photocast.models.text import Strip

Pixels = NDArray[np.uint8]

CROP = 260 / 292
"""Share of the shorter side that the classifier was tested on."""
STEP = 32
"""The text finder wants sides that are multiples of this."""
LETTERS_HIGH = 48
"""Pixels that a line is high for the reader."""
WIDEST = 40
"""Longest line for the reader, in heights; the rest of a longer one is squeezed into it."""


def open_picture(path: Path) -> Image.Image:
    """An upright picture in RGB.

    Photos come here as the album prepared them; the orientation tag is honoured for pictures that did not.
    """
    from PIL import ImageOps

    with Image.open(path) as picture:
        return ImageOps.exif_transpose(picture).convert("RGB")


def views(picture: Image.Image, side: int) -> Pixels:
    """(3, side, side, 3): the middle as the classifier was tested, the largest square, all of it squeezed."""
    width, height = picture.size
    square = min(width, height)
    return np.stack(
        [
            np.asarray(picture.resize((side, side), Image.Resampling.BICUBIC, box=box))
            for box in (_middle(width, height, square * CROP), _middle(width, height, square), (0, 0, width, height))
        ]
    )


def _middle(width: int, height: int, side: float) -> tuple[float, float, float, float]:
    return (width - side) / 2, (height - side) / 2, (width + side) / 2, (height + side) / 2


def part_of(picture: Image.Image, corners: tuple[float, float, float, float], side: int) -> Pixels:
    """(1, side, side, 3): the part between corners given in shares of the picture, squeezed whatever its shape."""
    x0, y0, x1, y1 = corners
    box = (x0 * picture.width, y0 * picture.height, x1 * picture.width, y1 * picture.height)
    return np.asarray(picture.resize((side, side), Image.Resampling.BILINEAR, box=box))[None]


def for_text(picture: Image.Image, longest: int) -> Pixels:
    """(1, h, w, 3): the picture at most `longest` on its longer side, both sides rounded to what the finder wants."""
    scale = min(1.0, longest / max(picture.size))
    width, height = (max(STEP, round(side * scale / STEP) * STEP) for side in picture.size)
    return np.asarray(picture.resize((width, height), Image.Resampling.BILINEAR))[None]


def straighten(picture: Image.Image, strip: Strip, scale: tuple[float, float]) -> Pixels:
    """(1, 48, w, 3): a line of text, turned level and brought to the reader's height.

    `scale` is how much larger the picture is than the map that the strip lies on, across and down.
    """
    corners = strip.corners() * np.array(scale, dtype=np.float32)
    width = max(1, round(float(np.linalg.norm(corners[1] - corners[0]))))
    height = max(1, round(float(np.linalg.norm(corners[3] - corners[0]))))
    quad = tuple(float(value) for corner in corners[[0, 3, 2, 1]] for value in corner)
    level = picture.transform((width, height), Image.Transform.QUAD, quad, Image.Resampling.BICUBIC)
    wide = min(max(round(LETTERS_HIGH * width / height), LETTERS_HIGH // 2), LETTERS_HIGH * WIDEST)
    return np.asarray(level.resize((wide, LETTERS_HIGH), Image.Resampling.BICUBIC))[None]
