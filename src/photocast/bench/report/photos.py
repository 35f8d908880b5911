"""Photos as small pictures inside the page."""

import base64
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

_SIDE, _QUALITY = 224, 68
"""Of the longest side, in pixels, and of the JPEG: 500 photos take about 4 MB."""


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """One picture as a `data:` address."""

    src: str
    width: int
    height: int


def thumbnail(path: Path) -> Thumbnail | None:
    """The picture upright and small, without its metadata; None where the file is no picture."""
    try:
        if not path.is_file():
            return None
        with Image.open(path) as opened:
            opened.draft("RGB", (2 * _SIDE, 2 * _SIDE))
            upright = ImageOps.exif_transpose(opened)
            picture = upright.convert("RGB")
        picture.thumbnail((_SIDE, _SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    except (OSError, SyntaxError, ValueError, UnidentifiedImageError, Image.DecompressionBombError):
        return None
    picture.info.clear()  # a comment in the file would be written out again
    out = BytesIO()
    picture.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return Thumbnail(
        f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}", picture.width, picture.height
    )
