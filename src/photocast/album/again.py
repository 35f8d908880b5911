"""The pictures of an episode, made ready for a model once more: the album they came from need not be there."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from photocast.album.prepare import MODEL_SIDE, model_path, write_picture
from photocast.runs import cannot_write_temporary
from photocast.schema import InputError


@contextmanager
def for_models(pictures: Mapping[str, Path]) -> Iterator[dict[str, Path]]:
    """The pictures with their longest side at most 1024, in a temporary folder that goes at the end of the block.

    Args:
        pictures: page pictures, which carry no metadata, by photo id.

    Raises:
        InputError: a picture cannot be read, or there is no room for temporary files.
    """
    from PIL import Image

    from photocast.album.decode import Refused, shrunk

    try:
        folder = tempfile.TemporaryDirectory(prefix="photocast-")
    except OSError as error:
        raise cannot_write_temporary(error) from error
    with folder as place:
        ready: dict[str, Path] = {}
        for photo, path in pictures.items():
            ready[photo] = model_path(Path(place), photo)
            try:
                with Image.open(path) as picture:
                    small = shrunk(picture.convert("RGB"), MODEL_SIDE)
            except (OSError, Refused) as error:
                do = "Put a readable JPEG there, or take the file away"
                raise InputError(f"cannot read {path}", "it is no picture that can be used", do) from error
            small.info.clear()  # whoever put another picture there may have left a comment or a place in it
            write_picture(small, ready[photo])
        yield ready
