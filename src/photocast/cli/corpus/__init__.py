"""`photocast corpus`: the group of commands that make a dataset out of podcasts."""

import click

from photocast.cli import options
from photocast.cli.lazy import LazyGroup

COMMANDS = {
    "run": "photocast.cli.corpus.run:run",
    "read": "photocast.cli.corpus.run:read",
    "select": "photocast.cli.corpus.run:select",
    "window": "photocast.cli.corpus.run:window",
    "choose": "photocast.cli.corpus.run:choose",
    "excerpt": "photocast.cli.corpus.run:excerpt",
    "scenes": "photocast.cli.corpus.run:scenes",
    "illustrate": "photocast.cli.corpus.run:illustrate",
    "pack": "photocast.cli.corpus.run:pack",
    "funnel": "photocast.cli.corpus.funnel:funnel",
    "sheet": "photocast.cli.corpus.sheet:sheet",
    "export": "photocast.cli.corpus.export:export",
    "rebuild": "photocast.cli.corpus.rebuild:rebuild",
    "rules": "photocast.cli.corpus.rules:rules",
}


@click.group(
    cls=LazyGroup,
    table=COMMANDS,
    epilog=options.examples(
        "photocast corpus run recipe.toml -o corpus/",
        "photocast corpus window recipe.toml -o corpus/ --engine pool",
        "photocast corpus funnel corpus/",
    ),
)
def corpus() -> None:
    """Turn podcast transcripts into a dataset of real dialogues with pictures.

    A recipe (TOML) says where the talk is, which of it is used, and which models mark excerpts, write scenes and make
    pictures. Whatever is done stays done: a run that was stopped goes on where it was. docs/corpus.md has it all.
    """
