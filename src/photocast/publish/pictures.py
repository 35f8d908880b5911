"""Pictures made small: as text inside the page, and for the chapters of an audio file."""

import base64
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from photocast.schema import InputError

_SIZES = ((12, 1200, 80), (40, 960, 78), (120, 720, 75))
"""Up to how many photos, the longest side in pixels, the JPEG quality: the page stays light enough to send."""
_SMALLEST = (560, 70)
_THUMBNAIL, _THUMBNAIL_BYTES = 400, 16_000
"""Pixels of the longest side, and bytes, of a picture that is one of many in an audio file."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture, inlined."""

    src: str
    width: int
    height: int


def inline(path: Path, number_of_photos: int) -> Picture:
    """The picture as a `data:` address, small enough for a page of so many photos, without any metadata.

    Raises:
        InputError: the file is not a picture.
    """
    return _inlined(path, *next((size[1:] for size in _SIZES if number_of_photos <= size[0]), _SMALLEST))


def small(path: Path, side: int) -> Picture:
    """The picture as a `data:` address, no larger than so many pixels a side, without any metadata.

    Raises:
        InputError: the file is not a picture.
    """
    return _inlined(path, side, _SMALLEST[1])


def thumbnail(path: Path) -> bytes:
    """The picture as a small JPEG, of at most 400 pixels and about 16 kB, without any metadata.

    Raises:
        InputError: the file is not a picture.
    """
    picture = _opened(path, _THUMBNAIL)
    for quality in (75, 60, 45, 30):
        data = _jpeg(picture, quality)
        if len(data) <= _THUMBNAIL_BYTES:
            break
    return data


def _inlined(path: Path, side: int, quality: int) -> Picture:
    picture = _opened(path, side)
    data = base64.b64encode(_jpeg(picture, quality, progressive=True)).decode()
    return Picture(f"data:image/jpeg;base64,{data}", picture.width, picture.height)


def _jpeg(picture: Image.Image, quality: int, *, progressive: bool = False) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True, progressive=progressive)
    return out.getvalue()


def _opened(path: Path, side: int) -> Image.Image:
    try:
        with Image.open(path) as opened:
            opened.draft("RGB", (side, side))
            picture = opened.convert("RGB")
        picture.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise InputError(
            f"cannot show {path}", "it cannot be read as a picture", "Put a JPEG there, or take the file away"
        ) from error
    picture.info.clear()  # a comment in the file would be written out again
    return picture
