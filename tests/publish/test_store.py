"""A folder is exchanged as a whole, and nothing a person put there is lost."""

import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from photocast.publish.store import MANIFEST, Kept, Store
from photocast.runs import Lock
from photocast.schema import InputError

OLD = {"script.md": b"old script", "facts.json": b"old facts", "photos/p01.jpg": b"old 1", "photos/p02.jpg": b"old 2"}
NEW = {"script.md": b"new script", "facts.json": b"new facts", "photos/p01.jpg": b"new 1", "index.html": b"new page"}


def contents(folder: Path) -> dict[str, bytes]:
    """Everything in the folder but our own corner of it."""
    return {
        name: path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not (name := path.relative_to(folder).as_posix()).startswith(".photocast/")
    }


def test_a_new_folder_holds_what_was_written_and_nothing_lies_beside_it(tmp_path: Path) -> None:
    assert Store(tmp_path / "deep" / "trip").replace(OLD) == ()
    assert contents(tmp_path / "deep" / "trip") == OLD
    assert os.listdir(tmp_path / "deep") == ["trip"]


def test_a_file_can_be_copied_in(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"picture")
    Store(tmp_path / "trip").replace({"photos/p01.jpg": tmp_path / "a.jpg"})
    assert contents(tmp_path / "trip") == {"photos/p01.jpg": b"picture"}


@pytest.mark.parametrize("litter", [[], [".DS_Store"], ["Thumbs.db", "desktop.ini"]])
def test_an_empty_folder_is_used(tmp_path: Path, litter: list[str]) -> None:
    for name in litter:
        (tmp_path / name).write_bytes(b"")
    Store(tmp_path).replace(OLD)
    assert {name: data for name, data in contents(tmp_path).items() if name not in litter} == OLD


def test_writing_again_exchanges_the_files_and_leaves_strangers_alone(tmp_path: Path) -> None:
    Store(tmp_path).replace(OLD)
    (tmp_path / "my notes.txt").write_text("mine")
    assert Store(tmp_path).replace(NEW) == ()
    assert contents(tmp_path) == {**NEW, "my notes.txt": b"mine"}


def test_files_changed_by_hand_make_room_under_another_name(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.replace(OLD)
    (tmp_path / "script.md").write_bytes(b"first edit")
    assert store.edited() == {"script.md"}
    assert store.replace(NEW) == (Kept("script.md", "script.before-1.md"),)
    (tmp_path / "script.md").write_bytes(b"second edit")
    (tmp_path / "photos/p01.jpg").write_bytes(b"retouched")
    assert store.replace(OLD) == (
        Kept("photos/p01.jpg", "photos/p01.before-1.jpg"),
        Kept("script.md", "script.before-2.md"),
    )
    assert contents(tmp_path) == {
        **OLD,
        "script.before-1.md": b"first edit",
        "script.before-2.md": b"second edit",
        "photos/p01.before-1.jpg": b"retouched",
    }
    assert store.edited() == frozenset()


def test_a_file_no_longer_written_goes_unless_it_was_changed(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.replace(OLD)
    (tmp_path / "photos/p02.jpg").write_bytes(b"retouched")
    store.replace({"script.md": b"short"})
    assert contents(tmp_path) == {"script.md": b"short", "photos/p02.jpg": b"retouched"}


def test_writing_what_the_user_wrote_keeps_no_copy(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.replace(OLD)
    (tmp_path / "script.md").write_bytes(b"edit")
    assert store.replace({**OLD, "script.md": b"edit"}) == ()


def test_a_folder_of_something_else_is_refused_and_untouched(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    (tmp_path / "index.html").write_text("my own page")
    with pytest.raises(InputError) as refused:
        Store(tmp_path).replace(OLD)
    assert "index.html, thesis.tex" in refused.value.why
    assert sorted(os.listdir(tmp_path)) == ["index.html", "thesis.tex"]
    assert (tmp_path / "index.html").read_text() == "my own page"


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "trip").write_text("a file")
    with pytest.raises(InputError) as refused:
        Store(tmp_path / "trip").replace(OLD)
    assert refused.value.why == "it is a file"
    assert (tmp_path / "trip").read_text() == "a file"


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"files": 3}', b"\xff", b"[" * 100_000])
def test_with_a_damaged_manifest_every_file_counts_as_changed(tmp_path: Path, damage: bytes) -> None:
    store = Store(tmp_path)
    store.replace(OLD)
    (tmp_path / MANIFEST).write_bytes(damage)
    assert store.edited() == set(OLD)
    assert {kept.name for kept in store.replace(NEW)} == {"script.md", "facts.json", "photos/p01.jpg"}
    assert set(OLD.values()) | set(NEW.values()) == set(contents(tmp_path).values())


def test_a_manifest_from_elsewhere_cannot_name_files_outside(tmp_path: Path) -> None:
    outside = tmp_path / "precious.txt"
    outside.write_bytes(b"precious")
    hashed = "1b1f24ea4eaaa9ee2a1b0d58f0a0f4b4b2c9f1bd4c0ff0d8a0a3a8b5a6b4a000"
    store = Store(tmp_path / "trip")
    store.replace(OLD)
    manifest = tmp_path / "trip" / MANIFEST
    manifest.write_text(f'{{"files": {{"../precious.txt": "{hashed}", "{outside}": "{hashed}", "ok": "{hashed}"}}}}')
    assert list(store.manifest()) == ["ok"]


def test_a_link_that_leads_out_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "p01.jpg").write_bytes(b"precious")
    store = Store(tmp_path / "trip")
    store.replace(OLD)
    shutil.rmtree(tmp_path / "trip" / "photos")
    (tmp_path / "trip" / "photos").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError) as refused:
        store.replace(NEW)
    assert "a link leads out" in refused.value.why
    assert contents(tmp_path / "elsewhere") == {"p01.jpg": b"precious"}
    assert (tmp_path / "trip" / "script.md").read_bytes() == OLD["script.md"]


def test_a_folder_that_another_run_writes_is_refused(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.replace(OLD)
    other = Lock(tmp_path / ".photocast" / "lock")
    assert other.take()
    with pytest.raises(InputError) as refused:
        store.replace(NEW)
    other.let_go()
    assert "another run" in refused.value.why
    assert contents(tmp_path) == OLD


KILLED = """
import os, signal, sys
from pathlib import Path
from photocast.publish.store import Store
from tests_publish_test_store import NEW
def die(done, total):
    if done == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
Store(Path(sys.argv[1])).replace(NEW, die)
"""


def run_until_killed(folder: Path, step: int, modules: Path) -> int:
    shutil.copyfile(__file__, modules / "tests_publish_test_store.py")
    return subprocess.run(
        [sys.executable, "-c", KILLED, str(folder), str(step)], env={**os.environ, "PYTHONPATH": str(modules)}
    ).returncode


@pytest.mark.parametrize("step", range(1, 2 * len(NEW) + 2))
def test_killed_anywhere_it_is_the_old_episode_or_the_new_one(tmp_path: Path, step: int) -> None:
    """Steps: each file built, all made ready, each file moved into place. Ready is the line between old and new."""
    folder = tmp_path / "trip"
    Store(folder).replace(OLD)
    (folder / "facts.json").write_bytes(b"struck by hand")
    assert run_until_killed(folder, step, tmp_path) == -signal.SIGKILL
    assert set(contents(folder).values()) <= {*OLD.values(), *NEW.values(), b"struck by hand"}  # no half files

    Store(folder).settle()

    if step <= len(NEW):
        assert contents(folder) == {**OLD, "facts.json": b"struck by hand"}
    else:
        assert contents(folder) == {**NEW, "facts.before-1.json": b"struck by hand"}
    assert sorted(os.listdir(folder / ".photocast")) == ["lock", "manifest.json"]


def test_killed_before_there_is_a_folder_it_leaves_none_and_the_next_run_clears_up(tmp_path: Path) -> None:
    home = tmp_path / "out"
    assert run_until_killed(home / "trip", 3, tmp_path) == -signal.SIGKILL
    assert not (home / "trip").exists()
    assert len(os.listdir(home)) == 1
    Store(home / "trip").replace(OLD)
    assert os.listdir(home) == ["trip"]
    assert contents(home / "trip") == OLD


def test_an_edit_made_after_a_kill_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "trip"
    Store(folder).replace(OLD)
    assert run_until_killed(folder, len(NEW) + 1, tmp_path) == -signal.SIGKILL
    (folder / "script.md").write_bytes(b"edited while half moved")
    Store(folder).settle()
    assert contents(folder) == {**NEW, "script.before-1.md": b"edited while half moved"}


@pytest.mark.parametrize("there", [False, True])
def test_a_disk_that_refuses_in_the_middle_changes_nothing(tmp_path: Path, there: bool) -> None:
    """The limit on the size of files stands in for a full disk."""
    folder = tmp_path / "out" / "trip"
    if there:
        Store(folder).replace(OLD)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        with pytest.raises(InputError) as refused:
            Store(folder).replace({**NEW, "photos/p09.jpg": b"x" * 50_000})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert refused.value.what == f"cannot write {folder}"
    assert os.listdir(tmp_path / "out") == (["trip"] if there else [])
    if there:
        assert contents(folder) == OLD
        assert sorted(os.listdir(folder / ".photocast")) == ["lock", "manifest.json"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 256 kB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("only root in its own mount space can make a small disk to fill")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_is_said_and_changes_nothing(small_disk: Path) -> None:
    Store(small_disk / "trip").replace(OLD)
    with pytest.raises(InputError) as refused:
        Store(small_disk / "trip").replace({**NEW, "photos/p09.jpg": b"x" * 1_000_000})
    assert refused.value.why == "the disk is full"
    assert contents(small_disk / "trip") == OLD
    assert os.listdir(small_disk) == ["trip"]


@pytest.fixture
def as_nobody() -> Iterator[Path]:
    """A folder whose files belong to root, seen by a user who is not; or our own with the right to write taken away."""
    folder = Path(tempfile.mkdtemp(prefix="photocast-test-"))
    Store(folder / "trip").replace(OLD)
    for path in [folder / "trip" / ".photocast", folder / "trip" / "photos", folder / "trip", folder]:
        path.chmod(0o555)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield folder
    finally:
        if root:
            os.seteuid(0)
        for path in [folder, folder / "trip", folder / "trip" / "photos", folder / "trip" / ".photocast"]:
            path.chmod(0o755)
        shutil.rmtree(folder)


@pytest.mark.parametrize("name", ["trip", "new"])
def test_a_folder_that_may_not_be_written_is_said(as_nobody: Path, name: str) -> None:

    with pytest.raises(InputError) as refused:
        Store(as_nobody / name).replace(NEW)
    assert refused.value.why == "you may not write there"
    assert contents(as_nobody / "trip") == OLD
    assert os.listdir(as_nobody) == ["trip"]
