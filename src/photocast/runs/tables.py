"""The file of the journal: its tables, how it is opened, and why it may be refused."""

import errno
import os
import time
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from photocast.runs.files import cannot_write
from photocast.schema import InputError

if TYPE_CHECKING:
    import sqlite3

VERSION = 1
"""Of the tables; raised when they change."""

_BUSY_SECONDS = 60.0
"""How long to wait for another process that is writing."""

_CHECKED_BYTES = 2**28
"""A larger file is not checked as a whole when it is opened, which takes a second a gigabyte or more."""

_TABLES = """
CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    started TEXT NOT NULL,
    what TEXT NOT NULL,
    pid INTEGER NOT NULL,
    replayed INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE attempts (
    id TEXT PRIMARY KEY,
    key TEXT NOT NULL,
    run TEXT NOT NULL REFERENCES runs (id),
    model TEXT NOT NULL,
    purpose TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('sent', 'answered', 'failed', 'lost')),
    fault TEXT NOT NULL,
    job TEXT,
    sent TEXT NOT NULL,
    ended TEXT,
    prices TEXT NOT NULL,
    reserved REAL,
    paid REAL,
    possibly_paid REAL NOT NULL,
    input_tokens INTEGER,
    output_tokens INTEGER,
    cached_tokens INTEGER NOT NULL,
    bytes_sent INTEGER NOT NULL,
    answer TEXT NOT NULL,
    ending TEXT NOT NULL
);
CREATE INDEX attempts_by_key ON attempts (key);
CREATE INDEX attempts_by_run ON attempts (run);
CREATE INDEX attempts_by_job ON attempts (job) WHERE job IS NOT NULL;
CREATE INDEX attempts_under_way ON attempts (run) WHERE state = 'sent' AND job IS NULL;
"""


def state_folder() -> Path:
    """Where photocast keeps what outlives a run: `PHOTOCAST_STATE`, or the place this system has for it."""
    if chosen := os.environ.get("PHOTOCAST_STATE"):
        return Path(chosen).expanduser()
    from platformdirs import user_state_path

    return user_state_path("photocast", appauthor=False)


def connect(path: Path) -> "sqlite3.Connection":
    """Open the journal's file, making it if there is none. What is not a whole journal is left as it is.

    Raises:
        InputError: it is damaged, of another version, or may not be written to; or the disk is full.
    """
    import sqlite3

    try:
        _make(path)
        connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            _prepare(connection, path)
        except BaseException:
            connection.close()
            raise
    except (OSError, sqlite3.Error) as error:
        raise refusal(path, error) from error
    return connection


def refusal(path: Path, error: Exception) -> InputError:
    """An error of the system or of SQLite, as what, why and do."""
    if isinstance(error, OSError):
        refused = cannot_write(path, error)
        return InputError(refused.what, refused.why, _ELSEWHERE)
    code = getattr(error, "sqlite_errorname", "")
    if code.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return _damaged(path, str(error))
    if code.startswith("SQLITE_BUSY"):
        why = f"another photocast has been writing into it for {_BUSY_SECONDS:.0f} s"
        return InputError(f"cannot write {path}", why, "Wait until that one is done, then run this again")
    for start, why in _WHY.items():
        if code.startswith(start):
            told = why if code == start else f"{why} ({code})"
            return InputError(f"cannot write {path}", told, _ELSEWHERE)
    return InputError(f"cannot use the journal {path}", f"SQLite says: {error}", _ELSEWHERE)


_ELSEWHERE = "Free some space or change who may write there, or set PHOTOCAST_STATE to another folder"
_WHY = {
    "SQLITE_FULL": "the disk is full",
    "SQLITE_READONLY": "it may only be read",
    "SQLITE_CANTOPEN": "the system refused to open it",
    "SQLITE_IOERR": "the disk would not take it; it may be full, or your share of it used up",
}


_making = Lock()
"""Of the threads of this process, one makes a file at a time."""


def _make(path: Path) -> None:
    """An empty file that nobody else may read: answers tell about private photos. SQLite's other files follow it.

    One that is there is not opened, not even to try it: closing a file gives up all locks of this process on it, also
    those of a journal that is open, and then another process takes its log away from under it.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _making:
        if not path.exists():
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    if path.is_dir():
        raise OSError(errno.EEXIST, "it is a folder")
    if not os.access(path, os.W_OK):  # SQLite would open it all the same, and refuse the first write
        raise OSError(errno.EACCES, "it may only be read")


def _prepare(connection: "sqlite3.Connection", path: Path) -> None:
    """Make the tables, or make sure that they are ours; set how writing is done."""
    import sqlite3

    for _ in range(200):
        try:
            if _version(connection) == 0:
                _create(connection)
            if (found := _version(connection)) != VERSION:
                raise _of_another_version(path, found)
            _check(connection, path)
            # Where processes cannot share memory, as on network disks, SQLite stays with its slower journal.
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA fullfsync = ON")  # macOS alone has it, and needs it
        except sqlite3.OperationalError as error:
            if not error.sqlite_errorname.startswith("SQLITE_BUSY"):
                raise
            time.sleep(0.02)  # turning WAL on does not wait for other processes by itself
        else:
            return
    raise InputError(f"cannot use the journal {path}", "other processes keep it to themselves", "Run this again")


def _create(connection: "sqlite3.Connection") -> None:
    """Make the tables in an empty file, unless another process was quicker."""
    connection.execute("BEGIN EXCLUSIVE")
    try:
        if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            for statement in filter(str.strip, _TABLES.split(";")):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _check(connection: "sqlite3.Connection", path: Path) -> None:
    """Look for damage before anything is paid for that could not be written down."""
    if path.stat().st_size <= _CHECKED_BYTES:
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise _damaged(path, " ".join(found.split()))


def _damaged(path: Path, how: str) -> InputError:
    do = "Move it away to go on with an empty one, or bring it back from a backup. It was left as it is"
    return InputError(f"the journal {path} is damaged", f"SQLite says: {how}", do)


def _version(connection: "sqlite3.Connection") -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _of_another_version(path: Path, found: int) -> InputError:
    why = f"it is of version {found}, and this photocast reads version {VERSION}" if found else "it is something else"
    do = "Use the photocast that wrote it, or set PHOTOCAST_STATE to another folder. It was left as it is"
    return InputError(f"{path} is no journal of this photocast", why, do)
