"""The pictures of an episode, made ready for a model once more: the album they came from need not be there."""

import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from photocast.album.prepare import MODEL_SIDE, model_path, write_picture
from photocast.runs import cannot_write_temporary
from photocast.schema import InputError

if TYPE_CHECKING:
    from PIL.Image import Image


@contextmanager
def for_models(pictures: Mapping[str, Path]) -> Iterator[dict[str, Path]]:
    """The pictures with their longest side at most 1024, in a temporary folder that goes at the end of the block.

    They are read as the photos of an album are: whoever puts a picture of their own in the place of one may leave a
    place or a comment in it, or have it lie on its side.

    Args:
        pictures: page pictures by photo id.

    Raises:
        InputError: a picture cannot be read, or there is no room for temporary files.
    """
    try:
        folder = tempfile.TemporaryDirectory(prefix="photocast-")
    except OSError as error:
        raise cannot_write_temporary(error) from error
    with folder as place:
        ready = {photo: model_path(Path(place), photo) for photo in pictures}
        for photo, path in pictures.items():
            write_picture(small(path), ready[photo])
        yield ready


def small(path: Path) -> "Image":
    """A picture as models see it: upright, in sRGB, the longest side at most 1024, without metadata.

    Raises:
        InputError: it cannot be read.
    """
    from photocast.album.decode import Refused, load, open_picture, read_bytes, upright

    try:
        with warnings.catch_warnings(action="ignore"):  # of oddities in a file, which matter to nobody here
            kind, data = read_bytes(lambda: path.open("rb"))
            picture = open_picture(kind, data)
            load(picture, kind, data, MODEL_SIDE)
            return upright(picture, MODEL_SIDE)
    except (OSError, Refused) as error:
        why = error.detail if isinstance(error, Refused) else error.strerror or str(error)
        do = "Put a readable JPEG there, or take the file away"
        raise InputError(f"cannot read {path}", f"{why[:1].lower()}{why[1:]}".rstrip("."), do) from error
