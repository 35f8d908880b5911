"""Which runs still have a process behind them."""

from contextlib import suppress
from pathlib import Path

from photocast.runs.files import cannot_write
from photocast.runs.lock import Lock


class Living:
    """Locks of runs, a file each: whose lock can be taken is dead. A number of a process proves nothing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._mine: dict[str, Lock] = {}

    def hold(self, run: str) -> None:
        """Count a run of this process among the living, as long as the process lives or until `let_go`.

        Raises:
            InputError: its lock cannot be written.
        """
        lock = Lock(self._path(run))
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock.take()
        except OSError as error:
            raise cannot_write(self._path(run), error) from error
        self._mine[run] = lock

    def has(self, run: str) -> bool:
        """Whether the run's process is there."""
        if run in self._mine:
            return True
        if not self._path(run).exists():
            return False
        lock = Lock(self._path(run))
        if lock.take():
            lock.let_go()
            return False
        return True

    def forget(self, run: str) -> None:
        """Take away the lock of a dead run. Nobody will want it again: runs have names of their own."""
        with suppress(OSError):  # Windows refuses while another process looks at it; nothing depends on it
            self._path(run).unlink()

    def let_go(self) -> None:
        """Give back the locks of this process; they are of no use to anybody any more."""
        for run, lock in self._mine.items():
            lock.let_go()
            self.forget(run)
        self._mine.clear()

    def _path(self, run: str) -> Path:
        return self._folder / run
