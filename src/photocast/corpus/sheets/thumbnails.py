"""Small pictures."""

import base64
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from photocast.schema import InputError

if TYPE_CHECKING:
    from PIL import Image

_SIDE = 420
_QUALITY = 74


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A picture that is a part of the page."""

    src: str
    width: int
    height: int


def thumbnail(file: bytes) -> Thumbnail:
    """A picture as a `data:` address, small enough to have a hundred of them on a page.

    Raises:
        InputError: it is none.
    """
    picture = small(file, (_SIDE, _SIDE))
    out = BytesIO()
    picture.save(out, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return Thumbnail(f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}", *picture.size)


def small(file: bytes, box: tuple[int, int]) -> "Image.Image":
    """A picture that fits into a box.

    Raises:
        InputError: it is none.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(BytesIO(file)) as opened:
            opened.draft("RGB", box)
            picture = opened.convert("RGB")
        picture.thumbnail(box, Image.Resampling.LANCZOS, reducing_gap=2.0)
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise InputError("cannot show a picture of the dataset", str(error), "Pack the dataset again") from error
    picture.info.clear()
    return picture
