"""Lines dealt into buckets on this machine until all are there; then each bucket goes to the store, whole."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from photocast.corpus.parts import Count
from photocast.corpus.sources.lines import Lines
from photocast.corpus.store import LocalStore, Store
from photocast.runs import cannot_write

FOLDER = "split"
"""Of buckets in the store."""
MARKER = f"{FOLDER}/split.done.json"

_FORMAT = 1
_BUFFER = 16 << 20
"""Bytes of lines that are held before they are written."""
_LEVEL = 1
_SCRATCH = ".dealing"


class Bucket(msgspec.Struct, omit_defaults=True):
    """A part of a source that has been dealt."""

    name: str
    files: list[str]
    fingerprint: str
    size: int


class Split(msgspec.Struct, omit_defaults=True):
    """The marker of a source that has been dealt, written last: what was dealt, and what was left out."""

    key: str
    counts: list[Count]
    buckets: list[Bucket]
    format: int = _FORMAT

    def write(self, store: Store) -> None:
        """Say that the buckets are whole."""
        store.write(MARKER, msgspec.json.format(msgspec.json.encode(self, order="sorted"), indent=1))


def read_split(store: Store) -> Split | None:
    """What was dealt before, if it is still whole."""
    if not store.has(MARKER):
        return None
    try:
        found = msgspec.json.decode(store.read(MARKER), type=Split)
    except msgspec.MsgspecError:
        return None  # of another version: the source is dealt again
    there = set(store.names(FOLDER))
    whole = all(name in there for bucket in found.buckets for name in bucket.files)
    return found if whole and found.format == _FORMAT else None


def forget_split(store: Store) -> None:
    """Take away what was dealt, its marker first."""
    store.delete(MARKER)
    for name in store.names(FOLDER):
        store.delete(name)


@contextmanager
def scratch(store: Store) -> Iterator[Path]:
    """A folder on this machine for buckets that are not whole yet: that of the store, where it is one.

    What a killed run left in the store's is taken away first.
    """
    if not isinstance(store, LocalStore):
        with tempfile.TemporaryDirectory(prefix="photocast-") as folder:
            yield Path(folder)
        return
    folder_here = store.folder / FOLDER / _SCRATCH
    shutil.rmtree(folder_here, ignore_errors=True)
    try:
        folder_here.mkdir(parents=True)
    except OSError as error:
        raise cannot_write(folder_here, error) from error
    try:
        yield folder_here
    finally:
        shutil.rmtree(folder_here, ignore_errors=True)


class Dealer:
    """Deals lines into buckets. It holds at most some megabytes, whatever passes through it.

    Args:
        folder: on this machine.
        kind: of the lines; it becomes part of the names of the files.
        buckets: how many there are.
    """

    def __init__(self, folder: Path, kind: str, buckets: int) -> None:
        self._paths = [folder / f".{at:05d}.{kind}" for at in range(buckets)]  # a dot: never taken for a whole file
        self._kind = kind
        self._lines: list[list[bytes]] = [[] for _ in range(buckets)]
        self._hashes = [blake2b(digest_size=16) for _ in range(buckets)]
        self._sizes = [0] * buckets
        self._held = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for path in self._paths:
            path.unlink(missing_ok=True)

    @property
    def size(self) -> int:
        """Bytes of all lines so far."""
        return sum(self._sizes) + self._held

    def add(self, bucket: int, lines: bytes) -> None:
        """Put lines, with their ends, into a bucket."""
        self._lines[bucket].append(lines)
        self._held += len(lines)
        if self._held > _BUFFER:
            self._flush()

    def blocks(self, bucket: int) -> Iterator[bytes]:
        """What was dealt into a bucket, in the order in which it came, many lines together."""
        self._flush()
        if self._sizes[bucket]:
            yield from Lines(self._paths[bucket]).blocks()

    def hand_over(self, bucket: int, store: Store) -> tuple[str, str, int]:
        """Put a bucket into the store: the name of its file there, a hash of its lines, and their bytes."""
        self._flush()
        name = f"{FOLDER}/{bucket:05d}.{self._kind}.jsonl.gz"
        path = self._paths[bucket]
        data = path.read_bytes() if self._sizes[bucket] else _packed(b"")
        store.write(name, data)
        path.unlink(missing_ok=True)
        return name, self._hashes[bucket].hexdigest(), self._sizes[bucket]

    def _flush(self) -> None:
        for at, lines in enumerate(self._lines):
            if lines:
                self._append(at, lines)
                self._lines[at] = []
        self._held = 0

    def _append(self, bucket: int, lines: Sequence[bytes]) -> None:
        data = b"".join(lines)
        self._hashes[bucket].update(data)
        self._sizes[bucket] += len(data)
        try:
            with self._paths[bucket].open("ab") as file:  # not kept open: systems allow some hundred files
                file.write(_packed(data))
        except OSError as error:
            raise cannot_write(self._paths[bucket], error) from error


def _packed(data: bytes) -> bytes:
    from isal import igzip

    return igzip.compress(data, compresslevel=_LEVEL, mtime=0)
