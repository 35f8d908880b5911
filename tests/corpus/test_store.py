"""Stores: files are whole or absent, wherever they lie."""

import pickle
import resource
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from photocast.corpus.store import LocalStore, RemoteStore, Store, alone, open_store
from photocast.schema import InputError


@pytest.fixture(params=["folder", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "folder":
        yield open_store(tmp_path / "corpus")
        return
    found = open_store(f"memory://{tmp_path.name}/corpus")
    yield found
    for name in found.names(""):
        found.delete(name)


def test_what_is_written_is_read(store: Store) -> None:
    store.write("windows/00001.jsonl.gz", b"one")
    store.write("windows/00000.jsonl.gz", b"nought")
    store.write("other/x", b"")
    assert store.read("windows/00001.jsonl.gz") == b"one"
    with store.open("windows/00000.jsonl.gz") as file:
        assert file.read(3) == b"nou"
    assert store.names("windows") == ["windows/00000.jsonl.gz", "windows/00001.jsonl.gz"]
    assert store.has("other/x")
    assert not store.has("windows")
    assert store.names("nowhere") == []


def test_the_new_file_takes_the_place_of_the_old(store: Store) -> None:
    store.write("a/b", b"old and long")
    store.write("a/b", b"new")
    assert store.read("a/b") == b"new"
    store.delete("a/b")
    store.delete("a/b")
    assert not store.has("a/b")


def test_what_is_not_there_is_said_to_be(store: Store) -> None:
    with pytest.raises(InputError, match="not there"):
        store.read("a/b")
    with pytest.raises(InputError, match="not there"):
        store.open("a/b")


def test_a_store_goes_to_other_processes(store: Store) -> None:
    store.write("a/b", b"x")
    assert pickle.loads(pickle.dumps(store)).read("a/b") == b"x"


def test_what_is_half_written_is_no_file(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    store.write("a/b", b"x")
    (tmp_path / "a" / ".b.1234.partial").write_bytes(b"half")
    assert store.names("a") == ["a/b"]


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    store.write("a/b", b"old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(InputError, match="cannot write"):
            store.write("a/b", b"x" * 2000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert store.read("a/b") == b"old"
    assert store.names("") == ["a/b"]


def test_two_runs_cannot_have_one_folder(tmp_path: Path) -> None:
    store = open_store(tmp_path / "corpus")
    with alone(store):
        with pytest.raises(InputError, match="another run"), alone(store):
            pass
        assert store.names("") == []
    with alone(store):
        pass


def test_a_place_that_fsspec_does_not_know(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="carrier-pigeon"):
        RemoteStore("carrier-pigeon://loft")


def test_what_a_killed_run_left_half_written_is_swept_away(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    store.write("a/b", b"x")
    (tmp_path / "a" / ".b.1234.partial").write_bytes(b"half")
    with alone(store):
        assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [".run.lock", "b"]
