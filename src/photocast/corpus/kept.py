"""The pictures of a corpus: in its store, under the SHA-256 of their bytes."""

from photocast.corpus.nouns import Illustration
from photocast.corpus.store import Store
from photocast.runs import sha256_of_bytes
from photocast.schema import InputError

FOLDER = "pictures"
FORMATS = ("png", "jpg", "webp")


class KeptPictures:
    """A `PictureStore` in the store of a corpus: `pictures/ab/abcdef….png`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, data: bytes, suffix: str) -> str:
        """Keep a file. One that is there already is written again, so that a damaged one is mended."""
        sha256 = sha256_of_bytes(data)
        self._store.write(_name(sha256, suffix), data)
        return sha256

    def get(self, sha256: str) -> bytes:
        """The file.

        Raises:
            InputError: it is not there, cannot be read, or has changed.
        """
        name = self._found(sha256)
        do = "Put a copy of it back, or have it drawn anew with another illustrate.seed"
        if name is None:
            raise InputError(f"there is no picture {sha256[:12]} in {self._store.where}", "no file has its name", do)
        data = self._store.read(name)
        if sha256_of_bytes(data) != sha256:
            raise InputError(f"{name} is damaged", "its bytes are not those it is named after", do)
        return data

    def has(self, sha256: str) -> bool:
        """Whether the file is there."""
        return self._found(sha256) is not None

    def of(self, illustration: Illustration) -> bytes:
        """The file of an illustration that is no gap."""
        return self.get(illustration.image or "")

    def _found(self, sha256: str) -> str | None:
        names = (_name(sha256, suffix) for suffix in FORMATS)
        return next((name for name in names if self._store.has(name)), None)


def _name(sha256: str, suffix: str) -> str:
    return f"{FOLDER}/{sha256[:2]}/{sha256}.{suffix}"
