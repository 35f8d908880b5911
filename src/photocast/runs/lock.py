"""A lock that a dead process cannot keep."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from photocast.runs.files import cannot_write
from photocast.schema import InputError


class Lock:
    """Held by one process at a time, and let go by the system when that process dies, however it dies.

    The file stays when the lock is let go: taking it away would let two processes hold two files of one name.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def take(self) -> bool:
        """Take the lock if it is free; whether it was."""
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            _lock(file)
        except OSError:
            os.close(file)
            return False
        self._file = file
        return True

    def let_go(self) -> None:
        """Give the lock back; nothing happens when it is not held."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


@contextmanager
def alone_in(folder: Path, name: str) -> Iterator[None]:
    """Keep other runs out of a folder, which is made if need be.

    Args:
        folder: where only one run may write.
        name: of the lock file in it.

    Raises:
        InputError: another run is in it, or it cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = Lock(folder / name)
        free = lock.take()
    except OSError as error:
        raise cannot_write(folder, error) from error
    if not free:
        do = "Wait for it, or choose another folder with -o"
        raise InputError(f"cannot use {folder}", "another run is writing into it", do)
    try:
        yield
    finally:
        lock.let_go()


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
