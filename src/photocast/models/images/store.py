"""Where pictures are kept: under the SHA-256 of their bytes, so that none is there twice and none changes."""

import re
from pathlib import Path
from typing import Protocol

from photocast.models.images.drawn import Drawn
from photocast.runs import sha256_of_bytes, write_atomically
from photocast.schema import InputError

_NAME = re.compile(r"[0-9a-f]{64}")


class PictureStore(Protocol):
    """Keeps files, each whole or absent, by the SHA-256 of their bytes."""

    def put(self, data: bytes, suffix: str) -> str:
        """Keep a file; afterwards it would survive a loss of power. Returns its SHA-256.

        Args:
            data: the whole file.
            suffix: of its name, such as `png`.

        Raises:
            InputError: the disk is full, or the place may not be written to.
        """
        ...

    def get(self, sha256: str) -> bytes:
        """The file.

        Raises:
            InputError: it is not there, cannot be read, or has changed.
        """
        ...

    def has(self, sha256: str) -> bool:
        """Whether the file is there."""
        ...


class PictureFolder:
    """A folder of pictures: `ab/abcdef….png`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, data: bytes, suffix: str) -> str:
        """Keep a file. One that is there already is written again, so that a damaged one is mended."""
        sha256 = sha256_of_bytes(data)
        write_atomically(self.folder / sha256[:2] / f"{sha256}.{suffix}", data)
        return sha256

    def get(self, sha256: str) -> bytes:
        """The file."""
        path = self.path(sha256)
        if path is None:
            raise _unusable(f"there is no picture {sha256[:12]} in {self.folder}", "no file has its name")
        try:
            data = path.read_bytes()
        except OSError as error:
            raise _unusable(f"cannot read {path}", (error.strerror or str(error)).lower()) from error
        if sha256_of_bytes(data) != sha256:
            raise _unusable(f"{path} is damaged", "its bytes are not those it is named after")
        return data

    def has(self, sha256: str) -> bool:
        """Whether the file is there."""
        return self.path(sha256) is not None

    def path(self, sha256: str) -> Path | None:
        """The path of a file; None if it is not there."""
        if not _NAME.fullmatch(sha256):
            return None
        return next((self.folder / sha256[:2]).glob(f"{sha256}.*"), None)


def missing(drawn: Drawn, store: PictureStore) -> InputError | None:
    """What is wrong when a model, or the journal in its place, names a picture that is not in the store.

    None when it is there. The error is not raised: whoever draws many pictures writes down a gap and goes on.
    """
    if store.has(drawn.image):
        return None
    what = f"the picture {drawn.image[:12]} is not where pictures are kept"
    why = "the journal says that it was drawn, and it is not drawn, or paid for, a second time"
    do = "Put the file back, or ask with another seed; photocast runs prune forgets all that was drawn"
    return InputError(what, why, do)


def _unusable(what: str, why: str) -> InputError:
    return InputError(what, why, "Put a copy of it back, or have it drawn anew with another seed")
