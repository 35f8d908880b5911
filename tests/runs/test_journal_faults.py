"""A journal that cannot be used is refused in words, and left as it is."""

import resource
import signal
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from photocast.runs import Attempt, Journal, State
from photocast.runs.tables import refusal
from photocast.schema import InputError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One with a journal in it, of 40 answered calls."""
    with Journal(tmp_path) as journal:
        run = journal.begin("lisbon")
        for number in range(40):
            attempt = Attempt(key=str(number), run=run, model="m", reserved=0.1)
            journal.reserve(attempt)
            journal.settle(replace(attempt, state=State.ANSWERED, answer=f"answer {number} " * 300)).result()
    return tmp_path


@contextmanager
def _no_file_over(size: int) -> Iterator[None]:
    """The limit on the size of files stands in for a full disk: the system refuses in the middle of the writing."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize(
    ("start", "damage"),
    [(0, b"not a database at all" * 300), (0, b"\0" * 100), (4096, b"\x55" * 8192), (60_000, b"\0" * 5000), (0, None)],
    ids=["other bytes", "no header", "runs", "answers", "cut"],
)
def test_a_damaged_file_is_refused_and_left_as_it_is(folder: Path, start: int, damage: bytes | None) -> None:
    file = folder / "journal.sqlite"
    whole = file.read_bytes()
    broken = whole[: len(whole) // 3] if damage is None else whole[:start] + damage + whole[start + len(damage) :]
    file.write_bytes(broken)
    with pytest.raises(InputError) as refused:
        Journal(folder)
    assert refused.value.what == f"the journal {file} is damaged"
    assert "Move it away" in refused.value.do
    assert file.read_bytes() == broken


def test_a_file_of_another_version_is_refused_and_left_as_it_is(folder: Path) -> None:
    file = folder / "journal.sqlite"
    with sqlite3.connect(file) as other:
        other.execute("PRAGMA user_version = 2")
    other.close()
    before = file.read_bytes()
    with pytest.raises(InputError) as refused:
        Journal(folder)
    assert refused.value.why == "it is of version 2, and this photocast reads version 1"
    assert str(file) in refused.value.what
    assert "PHOTOCAST_STATE" in refused.value.do
    assert file.read_bytes() == before


def test_a_database_of_somebody_else_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "journal.sqlite"
    with sqlite3.connect(file) as other:
        other.execute("CREATE TABLE recipes (bread TEXT)")
    other.close()
    before = file.read_bytes()
    with pytest.raises(InputError, match="it is something else"):
        Journal(tmp_path)
    assert file.read_bytes() == before


def test_a_full_disk_is_told_and_costs_no_answer(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        run = journal.begin("lisbon")
        attempt = Attempt(key="k", run=run, model="m", reserved=0.1)
        assert journal.reserve(attempt).result()
        with _no_file_over(journal.path.with_name("journal.sqlite-wal").stat().st_size + 5000):
            with pytest.raises(InputError) as refused:
                journal.settle(replace(attempt, state=State.ANSWERED, answer="word " * 10_000)).result()
            small = Attempt(key="small", run=run, model="m", reserved=0.1)
            assert [one.key for one in journal.find("k").result()] == ["k"]
        assert refused.value.what == f"cannot write {journal.path}"
        assert refused.value.why.startswith("the disk would not take it; ")
        assert refused.value.why.endswith(" (SQLITE_IOERR_WRITE)")
        assert "PHOTOCAST_STATE" in refused.value.do
        journal.settle(replace(attempt, state=State.ANSWERED, answer="word")).result()
        assert journal.reserve(small).result()
    with sqlite3.connect(tmp_path / "journal.sqlite") as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert file.execute("SELECT answer FROM attempts WHERE key = 'k'").fetchall() == [("word",)]
    file.close()


def test_a_full_disk_is_called_by_its_name(tmp_path: Path) -> None:
    full = sqlite3.connect(tmp_path / "full.sqlite")
    full.execute("PRAGMA max_page_count = 2")
    full.execute("CREATE TABLE t (x)")
    with pytest.raises(sqlite3.OperationalError) as error:
        full.execute("INSERT INTO t VALUES (zeroblob(100000))")
    full.close()
    assert refusal(tmp_path / "journal.sqlite", error.value).why == "the disk is full"


def test_a_database_that_may_only_be_read(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "a.sqlite").close()
    reading = sqlite3.connect(f"file:{tmp_path / 'a.sqlite'}?mode=ro", uri=True)
    with pytest.raises(sqlite3.OperationalError) as error:
        reading.execute("CREATE TABLE t (x)")
    reading.close()
    assert refusal(tmp_path / "journal.sqlite", error.value).why == "it may only be read"


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is a place where nobody may write")
def test_a_place_where_nobody_may_write() -> None:
    with pytest.raises(InputError) as refused:
        Journal(Path("/proc/self/photocast"))
    assert refused.value.what.startswith("cannot write /proc/self/photocast")
    assert "PHOTOCAST_STATE" in refused.value.do


def test_a_folder_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "journal.sqlite").mkdir()
    with pytest.raises(InputError, match="cannot write"):
        Journal(tmp_path)


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    with pytest.raises(InputError, match="is a file, not a folder"):
        Journal(tmp_path / "state")
