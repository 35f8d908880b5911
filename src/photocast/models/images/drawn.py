"""A picture that was drawn: looked at, put into the store, and named in the answer of the model."""

import json
import warnings
from dataclasses import asdict, dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from photocast.schema import AnswerLost, InputError

if TYPE_CHECKING:
    from PIL import Image

    from photocast.models.images.store import PictureStore

_SUFFIXES = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is known of a picture without opening it."""

    image: str
    """SHA-256 of the file, under which the store has it."""
    format: str
    """`png`, `jpg` or `webp`; also the suffix of the file."""
    width: int
    height: int
    seed: int | None
    """It was drawn from; None where nobody tells."""

    @property
    def text(self) -> str:
        """The line of JSON that is the model's answer."""
        return json.dumps(asdict(self))


def read_drawn(text: str) -> Drawn | None:
    """The picture that an answer names; None if it names none."""
    try:
        drawn = Drawn(**json.loads(text))
    except (ValueError, TypeError):
        return None
    known = isinstance(drawn.image, str) and all(isinstance(side, int) for side in (drawn.width, drawn.height))
    return drawn if known else None


def keep(data: bytes, seed: int | None, store: "PictureStore") -> Drawn:
    """Make sure that a picture is whole, and put it into the store.

    Raises:
        ValueError: it cannot be decoded to its end, or is of another format than models send.
        AnswerLost: the store does not take it.
    """
    picture = decode(data)
    suffix = _SUFFIXES[str(picture.format)]
    try:
        return Drawn(store.put(data, suffix), suffix, *picture.size, seed)
    except InputError as error:
        raise AnswerLost(f"a picture was drawn and not kept: {error.what}", error.why, error.do) from error


def decode(data: bytes) -> "Image.Image":
    """A picture in a file of one of the formats that models send.

    Raises:
        ValueError: it is another file, is damaged, or ends too early.
    """
    from PIL import Image

    formats = list(_SUFFIXES)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(data), formats=formats) as picture:
                picture.verify()  # of PNG the sums of all chunks, to the last
            with Image.open(BytesIO(data), formats=formats) as picture:
                picture.load()
                return picture
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValueError("the picture is not whole") from error
