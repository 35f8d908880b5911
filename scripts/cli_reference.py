"""Write docs/cli.md from the commands' own help.

With `--check`, write nothing and exit with 1 when it is stale; see `fresh.py`.
"""

import sys
from collections.abc import Iterator

import click
from click.testing import CliRunner
from fresh import write_or_check

from photocast.cli.commands import photocast

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


if __name__ == "__main__":
    sys.exit(write_or_check("cli.md", reference()))
