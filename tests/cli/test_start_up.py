"""Starting is quick, and brings nothing heavy along."""

import resource
import subprocess
import sys

import pytest
from click.testing import CliRunner

from photocast.cli.commands import COMMANDS, photocast

HEAVY = {"numpy", "PIL", "onnxruntime", "jinja2", "pydantic", "rich", "pi_heif", "asyncio", "importlib.metadata"}


@pytest.mark.parametrize("args", [["--help"], ["--version"], ["make", "--help"], ["doctor", "--help"]])
def test_help_loads_nothing_heavy(args: list[str]) -> None:
    code = f"import sys; from photocast.cli.main import run; run({args!r}); print(*sys.modules, file=sys.stderr)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stderr.split()
    assert "photocast.cli.commands" in loaded
    assert not HEAVY & set(loaded)


def test_help_takes_under_two_fifths_of_a_second() -> None:
    def cpu_seconds() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-m", "photocast", "--help"], capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    assert min(cpu_seconds() for _ in range(3)) < 0.4


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = "import sys, photocast; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not HEAVY & set(loaded)


def test_without_a_command_there_is_help() -> None:
    done = subprocess.run([sys.executable, "-m", "photocast"], capture_output=True, text=True, check=True)
    assert "Exit codes" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize("name", [None, *COMMANDS])
def test_every_help_has_examples_and_fits_the_screen(name: str | None) -> None:
    text = CliRunner().invoke(photocast, [*([name] if name else []), "--help"], terminal_width=100).output
    assert "Example" in text
    assert f"photocast {name}" in text if name else "Exit codes" in text
    assert all(len(line.rstrip()) <= 100 for line in text.splitlines())
    assert not name or ("--json" in text and "--debug" in text)
