"""Whole numbers and floats of scanners and telescopes, whose range is unknown, brought to 0..255."""

from collections.abc import Callable
from typing import Any, cast

from PIL import Image, ImageMath

_LARGEST = 3.4e38
"""About the largest that 32 bits hold."""


def stretched(picture: Image.Image) -> Image.Image:
    """A picture of mode I or F in grey: what is infinite black or white, and what is no number black."""
    if picture.mode == "I":
        return _to_grey(picture, *_ends(picture))
    low, high = _finite_ends(picture)
    # Only what is no number differs from itself.
    return _to_grey(_filled(picture, _where(picture, lambda value: value == value), low), low, high)


def _to_grey(picture: Image.Image, low: float, high: float) -> Image.Image:
    if low >= 0 and 255 < high <= 65535:
        low, high = 0.0, 65535.0
    scale = 255 / ((high - low) or 1.0)
    return picture.point(lambda value: value * scale - low * scale).convert("L")


def _finite_ends(picture: Image.Image) -> tuple[float, float]:
    # Only a finite value leaves nothing when it is taken from itself.
    finite = _where(picture, lambda value: value - value == 0)
    if finite.getbbox() is None:
        return 0.0, 0.0
    return _ends(_filled(picture, finite, _LARGEST))[0], _ends(_filled(picture, finite, -_LARGEST))[1]


def _ends(picture: Image.Image) -> tuple[float, float]:
    return cast(tuple[float, float], picture.getextrema())


def _where(picture: Image.Image, test: Callable[[Any], Any]) -> Image.Image:
    mask: Image.Image = ImageMath.lambda_eval(lambda names: test(names["picture"]) * 255, picture=picture)
    return mask.convert("L")


def _filled(picture: Image.Image, mask: Image.Image, instead: float) -> Image.Image:
    return Image.composite(picture, Image.new("F", picture.size, instead), mask)
