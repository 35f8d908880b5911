"""Pictures as text inside the page."""

import base64
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from photocast.schema import InputError

_SIZES = ((12, 1200, 80), (40, 960, 78), (120, 720, 75))
"""Up to how many photos, the longest side in pixels, the JPEG quality: the page stays light enough to send."""
_SMALLEST = (560, 70)


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


def _inlined(path: Path, side: int, quality: int) -> Picture:
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
    out = BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return Picture(f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}", picture.width, picture.height)
