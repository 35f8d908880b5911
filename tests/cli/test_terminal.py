"""On a terminal: the plan is shown, a question is asked, and progress moves."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest


def _on_a_terminal(answer: str, *args: str | Path) -> tuple[int, str]:
    """Exit code, and all that the terminal showed; `answer` is typed ahead."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "photocast", *map(str, args)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=os.environ | {"COLUMNS": "120", "TERM": "xterm"},
    )
    os.close(theirs)
    os.write(ours, answer.encode())
    shown = b""
    try:
        while part := os.read(ours, 65536):
            shown += part
    except OSError:  # Linux says so when the other end is closed
        pass
    os.close(ours)
    return process.wait(), shown.decode("utf-8", "replace")


def test_no_means_that_nothing_is_done(few: Path, tmp_path: Path) -> None:
    code, shown = _on_a_terminal("n\n", "make", few, "-o", tmp_path / "out")
    assert code == 130
    assert "3 found, 3 used" in shown
    assert "Go?" in shown
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("answer", "flags"), [("\n", []), ("", ["--yes"])])
def test_yes_means_go(answer: str, flags: list[str], few: Path, tmp_path: Path) -> None:
    code, shown = _on_a_terminal(answer, "make", few, "-o", tmp_path / "out", *flags)
    assert code == 0, shown
    assert ("Go?" in shown) == (not flags)
    assert "Looking" in shown
    assert shown.rstrip().endswith(str(tmp_path / "out" / "index.html"))
