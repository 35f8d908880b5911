"""Starting is quick, and brings nothing heavy along."""

import resource
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from photocast.cli.commands import photocast

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


def _all_commands(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner
            yield from _all_commands(inner, (*path, name))


@pytest.mark.parametrize("path", list(_all_commands(photocast)), ids=" ".join)
def test_every_help_has_examples_and_fits_the_screen(path: tuple[str, ...]) -> None:
    text = CliRunner().invoke(photocast, [*path, "--help"], terminal_width=100).output
    assert "Example" in text
    assert f"photocast {' '.join(path)}" in text if path else "Exit codes" in text
    assert all(len(line.rstrip()) <= 100 for line in text.splitlines())
    assert "Commands:" in text or ("--json" in text and "--debug" in text)
