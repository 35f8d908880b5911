"""Where a corpus lies: a folder, or a place that fsspec reaches (s3://…, gs://…, memory://…)."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from photocast._optional import require
from photocast.runs import alone_in, cannot_write, write_atomically
from photocast.schema import InputError

LOCK = ".run.lock"


class Store(Protocol):
    """Files by name, such as `windows/00012.jsonl.gz`, each whole or absent. It can be sent to other processes."""

    @property
    def where(self) -> str:
        """The folder or URL."""
        ...

    def has(self, name: str) -> bool:
        """Whether there is such a file."""
        ...

    def read(self, name: str) -> bytes:
        """All of a file.

        Raises:
            InputError: it is not there, or cannot be read.
        """
        ...

    def open(self, name: str) -> BinaryIO:
        """A file to be read in pieces.

        Raises:
            InputError: it is not there, or cannot be read.
        """
        ...

    def write(self, name: str, data: bytes) -> None:
        """Put a file there: afterwards it is the old one or the new one, never a part.

        Raises:
            InputError: the disk is full, or the place may not be written to; nothing is left behind.
        """
        ...

    def delete(self, name: str) -> None:
        """Take a file away; nothing happens if there is none."""
        ...

    def names(self, folder: str) -> list[str]:
        """Names of all files in a folder and below, sorted; none if there is no such folder."""
        ...


def open_store(where: str | Path) -> Store:
    """The store at a path or URL; nothing is created yet."""
    if "://" in str(where):
        return RemoteStore(str(where))
    return LocalStore(Path(where))


@contextmanager
def alone(store: Store) -> Iterator[None]:
    """Keep other runs out of a store while this one writes.

    Object stores know no locks. Two runs on one write the same bytes twice, which harms nobody; and paid calls are
    guarded by the journal of each machine.

    Raises:
        InputError: another run is in it.
    """
    if isinstance(store, LocalStore):
        with alone_in(store.folder, LOCK):
            store.sweep()
            yield
    else:
        yield


class LocalStore:
    """A folder on this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def where(self) -> str:
        """The folder."""
        return str(self.folder)

    def has(self, name: str) -> bool:
        """Whether there is such a file."""
        return (self.folder / name).is_file()

    def read(self, name: str) -> bytes:
        """All of a file."""
        with self.open(name) as file:
            return file.read()

    def open(self, name: str) -> BinaryIO:
        """A file to be read in pieces."""
        try:
            return (self.folder / name).open("rb")
        except OSError as error:
            raise _unreadable(self.folder / name, error) from error

    def write(self, name: str, data: bytes) -> None:
        """Put a file there."""
        write_atomically(self.folder / name, data)

    def delete(self, name: str) -> None:
        """Take a file away."""
        try:
            (self.folder / name).unlink(missing_ok=True)
        except OSError as error:
            raise cannot_write(self.folder / name, error) from error

    def sweep(self) -> None:
        """Take away what was being written when a run was killed. Only for whoever is alone in the folder."""
        for path in self.folder.rglob(".*.partial"):
            path.unlink(missing_ok=True)

    def names(self, folder: str) -> list[str]:
        """Names of all files in a folder and below; what is not whole yet is none."""
        found = (
            Path(at, name).relative_to(self.folder).as_posix()
            for at, _, names in os.walk(self.folder / folder)
            for name in names
            if not name.startswith(".")
        )
        return sorted(found)


class RemoteStore:
    """A place that fsspec reaches. Its stores put whole objects, so that nothing half-written is ever seen."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        scheme = url.partition("://")[0]
        fsspec = require("fsspec", extra="corpus", purpose=f"{scheme}://")
        try:
            self._files, self._root = fsspec.core.url_to_fs(self._url)
        except (ImportError, ValueError) as error:
            raise InputError(f"cannot use {url}", str(error), f"Install what fsspec needs for {scheme}://") from error

    @property
    def where(self) -> str:
        """The URL."""
        return self._url

    def has(self, name: str) -> bool:
        """Whether there is such a file."""
        return bool(self._files.isfile(self._path(name)))

    def read(self, name: str) -> bytes:
        """All of a file."""
        with self._reading(name):
            return cast(bytes, self._files.cat_file(self._path(name)))

    def open(self, name: str) -> BinaryIO:
        """A file to be read in pieces."""
        with self._reading(name):
            return cast(BinaryIO, self._files.open(self._path(name), "rb"))

    def write(self, name: str, data: bytes) -> None:
        """Put a file there."""
        try:
            self._files.makedirs(self._path(name).rpartition("/")[0], exist_ok=True)
            self._files.pipe_file(self._path(name), data)
        except OSError as error:
            raise cannot_write(Path(f"{self._url}/{name}"), error) from error

    def delete(self, name: str) -> None:
        """Take a file away."""
        if self.has(name):
            self._files.rm_file(self._path(name))

    def names(self, folder: str) -> list[str]:
        """Names of all files in a folder and below."""
        base = f"{self._root}/{folder}".rstrip("/")
        if not self._files.isdir(base):
            return []
        self._files.invalidate_cache()
        root = self._root.strip("/")
        return sorted(one.lstrip("/").removeprefix(root).lstrip("/") for one in self._files.find(base))

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    @contextmanager
    def _reading(self, name: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise _unreadable(Path(f"{self._url}/{name}"), error) from error


def _unreadable(path: Path, error: OSError) -> InputError:
    why = "it is not there" if isinstance(error, FileNotFoundError) else (error.strerror or str(error)).lower()
    return InputError(f"cannot read {path}", why, "Run the stages before this one, or check who may read it")
