"""Files are whole or absent; a lock does not outlive its holder; a report survives being written down."""

import errno
import hashlib
import os
import resource
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from photocast.runs import Clock, Figure, Lock, PhotoCount, Report, cannot_write, sha256_of, write_atomically
from photocast.schema import InputError


def test_a_file_is_written_with_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "new" / "deep" / "note.txt"
    write_atomically(path, "café\n")
    assert path.read_bytes() == b"caf\xc3\xa9\n"
    assert os.listdir(path.parent) == ["note.txt"]


def test_a_written_file_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("")
    write_atomically(tmp_path / "ours", "x")
    assert stat.S_IMODE((tmp_path / "ours").stat().st_mode) == stat.S_IMODE((tmp_path / "plain").stat().st_mode)


def test_a_file_that_cannot_be_written_whole_leaves_the_old_one(tmp_path: Path) -> None:
    """The limit on the size of files stands in for a full disk: the system refuses in the middle of the writing."""
    path = tmp_path / "note.txt"
    path.write_text("old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        with pytest.raises(InputError) as refused:
            write_atomically(path, b"x" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert refused.value.what == f"cannot write {path}"
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["note.txt"]


def test_a_full_disk_is_called_by_its_name() -> None:
    error = cannot_write(Path("out/script.md"), OSError(errno.ENOSPC, "No space left on device"))
    assert str(error) == (
        "cannot write out/script.md: the disk is full. Free some space, or choose a folder on another disk."
    )


def test_a_path_through_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError) as refused:
        write_atomically(tmp_path / "file" / "note.txt", "y")
    assert "file" in refused.value.why


def test_sha256_of_a_file_by_another_route(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"photo" * 100_000)
    assert sha256_of(tmp_path / "a") == hashlib.sha256(b"photo" * 100_000).hexdigest()


def test_a_lock_is_held_once_and_freed_by_death(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    code = (
        "import sys; from pathlib import Path; from photocast.runs import Lock\n"
        "print(Lock(Path(sys.argv[1])).take(), flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        # the child drops its Lock object at once: the lock is the process's, not the object's
        assert other.stdout.readline() == "True\n"
        mine = Lock(path)
        assert not mine.take()
        other.kill()
        other.wait()
    assert mine.take()
    mine.let_go()


def test_the_clock_adds_up_a_step_entered_twice() -> None:
    clock = Clock()
    for _ in range(2):
        with clock.step("look"):
            sum(range(200_000))
    with clock.step("write"):
        pass
    assert list(clock.seconds) == ["look", "write"]
    assert clock.seconds["look"] > clock.seconds["write"] >= 0
    assert clock.cpu_seconds >= 0


def test_a_report_survives_being_written_down() -> None:
    report = Report.of_this_machine(
        writer="pocket",
        seed=0,
        photos=PhotoCount(found=9, used=6, set_aside=3),
        seconds={"look": 1.25},
        cpu_seconds=2.5,
        style=[Figure(name="turn-length CV", value=1.3, low=0.89, high=1.46, reference="Changelog, five shows")],
    )
    assert report.bytes_sent == 0
    assert Report.model_validate_json(report.model_dump_json()) == report


@pytest.mark.parametrize(("value", "inside"), [(0.5, False), (1.0, True), (2.0, False), (None, None)])
def test_a_figure_knows_whether_people_lie_there(value: float | None, inside: bool | None) -> None:
    assert Figure(name="turn-length CV", value=value, low=0.89, high=1.46).inside is inside
