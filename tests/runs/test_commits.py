"""Writes share what they wait for, and nothing else."""

import sqlite3
import struct
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest

from photocast.runs.commits import Committer


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "numbers.sqlite"


@pytest.fixture
def committer(file: Path) -> Iterator[Committer]:
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE numbers (number INTEGER PRIMARY KEY)")
    made = Committer(connection, lambda error: error)
    yield made
    made.close()


def _commits(file: Path) -> int:
    """Transactions in the write-ahead log: a frame that ends one says how many pages the file then has."""
    log = file.with_name(f"{file.name}-wal").read_bytes()
    page = struct.unpack(">I", log[8:12])[0]
    frames = range(32, len(log), 24 + page)
    return sum(struct.unpack(">I", log[at + 4 : at + 8])[0] != 0 for at in frames)


def _insert(committer: Committer, number: int) -> "Future[sqlite3.Cursor]":
    return committer.write(lambda connection: connection.execute("INSERT INTO numbers VALUES (?)", (number,)))


@contextmanager
def _busy(committer: Committer) -> Iterator[None]:
    """What is asked inside queues up, as it does while a commit is being made safe."""
    begun, go = Event(), Event()

    def wait(connection: sqlite3.Connection) -> None:
        begun.set()
        go.wait()

    committer.read(wait)
    begun.wait()
    yield
    go.set()


def _numbers(committer: Committer) -> list[int]:
    rows = committer.read(lambda connection: connection.execute("SELECT number FROM numbers ORDER BY 1").fetchall())
    return [number for (number,) in rows.result()]


def test_what_queues_up_shares_one_transaction(committer: Committer, file: Path) -> None:
    before = _commits(file)
    with _busy(committer):
        results = [_insert(committer, number) for number in range(256)]
    for result in results:
        result.result()
    assert _commits(file) == before + 1


def test_a_write_that_fails_takes_no_other_along(committer: Committer) -> None:
    with _busy(committer):
        results = [_insert(committer, number) for number in (1, 2, 1, 3)]
    failed = [result.exception() for result in results]
    assert [error is None for error in failed] == [True, True, False, True]
    assert isinstance(failed[2], sqlite3.IntegrityError)
    assert _numbers(committer) == [1, 2, 3]


def test_half_a_write_is_none(committer: Committer) -> None:
    def half(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO numbers VALUES (7)")
        raise LookupError("and then")

    with pytest.raises(LookupError):
        committer.write(half).result()
    assert _numbers(committer) == []


def test_a_read_sees_what_was_waited_for(committer: Committer) -> None:
    for number in range(5):
        _insert(committer, number).result()
        assert _numbers(committer) == list(range(number + 1))


def test_what_nobody_waits_for_any_more_is_left_undone(committer: Committer) -> None:
    with _busy(committer):
        assert _insert(committer, 1).cancel()
    assert _numbers(committer) == []
