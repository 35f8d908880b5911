"""Write docs/cli.md from the commands' own help.

With `--check`, write nothing and exit with 1 when it is stale.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import click
from click.testing import CliRunner

from photocast.cli.commands import photocast

PAGE = Path(__file__).resolve().parents[1] / "docs" / "cli.md"
OPENING = """# The command line

This page is what `--help` says, written by `scripts/cli_reference.py`.
"""


def reference() -> str:
    """The whole page."""
    return "\n".join([OPENING, *(_section(command) for command in _commands(photocast, []))])


def _commands(group: click.Command, path: list[str]) -> Iterator[list[str]]:
    """Every command and its subcommands, as they are typed."""
    yield path
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            if command is not None:
                yield from _commands(command, [*path, name])


def _section(command: list[str]) -> str:
    name = " ".join(["photocast", *command])
    text = CliRunner().invoke(photocast, [*command, "--help"], prog_name="photocast", terminal_width=96).output
    lines = "\n".join(line.rstrip() for line in text.rstrip().splitlines())
    return f"## {name}\n\n```text\n{lines}\n```\n"


def main() -> int:
    """Write or check; the exit code."""
    fresh = reference()
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(fresh, "utf-8")
    elif not PAGE.is_file() or PAGE.read_text("utf-8") != fresh:
        print(f"{PAGE.name} is stale: run python scripts/{Path(__file__).name}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
