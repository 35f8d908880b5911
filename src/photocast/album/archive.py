"""Find the files of an album in a zip; nothing is ever unpacked to disk."""

import io
import stat
import threading
import zipfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, BinaryIO

from photocast.album.find import Finds, Found, is_clutter, shown
from photocast.album.titles import title_of
from photocast.schema import InputError, Reason

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MAX_UNPACKED_BYTES = 16 * 1024**3
"""Of all entries together, counted while they are read: what the zip says of itself is not believed."""


def find_in_zip(path: Path, stack: ExitStack) -> Finds:
    """List the files of a zip in the order they were packed.

    Raises:
        InputError: the zip is damaged.
    """
    try:
        archive = stack.enter_context(zipfile.ZipFile(path))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise InputError(
            f"cannot open “{shown(path.name)}”", "the zip is damaged or not whole", "Make or download it again"
        ) from error
    finds = Finds(title=title_of(path.stem))
    budget = _Budget(MAX_UNPACKED_BYTES)
    for entry in archive.infolist():
        name = shown(entry.filename)
        parts = PurePosixPath(entry.filename.replace("\\", "/")).parts
        if entry.is_dir() or any(is_clutter(part) for part in parts if part != ".."):
            continue
        if _leads_out(parts):
            finds.refuse(name, Reason.OUTSIDE, "Its path leads out of the zip.")
        elif stat.S_ISLNK(entry.external_attr >> 16):
            finds.refuse(name, Reason.OUTSIDE, "It is a link, which a zip cannot keep inside.")
        elif entry.flag_bits & 0x1:
            finds.refuse(name, Reason.UNREADABLE, "It is locked with a password.")
        else:
            finds.add(Found(shown("/".join(parts)), _opener(archive, entry, budget)))
    return finds


def _leads_out(parts: tuple[str, ...]) -> bool:
    return not parts or parts[0].startswith("/") or ".." in parts or parts[0].endswith(":")


def _opener(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: "_Budget") -> Callable[[], BinaryIO]:
    return lambda: io.BufferedReader(_Metered(archive.open(entry), budget), 1 << 20)


class _Budget:
    """Bytes that may still be unpacked, shared by the threads."""

    def __init__(self, left: int) -> None:
        self._left = left
        self._lock = threading.Lock()

    def spend(self, count: int) -> None:
        with self._lock:
            self._left -= count
            if self._left < 0:
                raise OSError("the zip unpacks to more than 16 GB")


class _Metered(io.RawIOBase):
    """Reads an entry and counts what comes out."""

    def __init__(self, entry: IO[bytes], budget: _Budget) -> None:
        self._entry = entry
        self._budget = budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer)
        data = self._entry.read(len(view))
        self._budget.spend(len(data))
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._entry.close()
        super().close()
