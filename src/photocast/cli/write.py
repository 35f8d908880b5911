"""`photocast write`."""

from pathlib import Path
from typing import Any

import click

from photocast.cli import options


@click.command(
    epilog=options.examples(
        "photocast write photocast-out/lisbon",
        "photocast write photocast-out/lisbon --seed 2 --style story",
        "photocast write photocast-out/lisbon --model ollama:qwen3-vl",
    )
)
@options.episode
@options.talk
@options.writer
@options.local
@options.yes
@options.common
def write(episode: Path, local: bool, yes: bool, as_json: bool, **flags: Any) -> None:
    """Write a new script from the edited facts.

    The embedded eyes look at no photo again. What was asked for when the episode was made still holds, save for what
    is given here. Locked turns stay. A script.md that you edited is kept under another name.
    """
    from photocast.cli.running import front_of, guarded, made
    from photocast.cli.screen import Screen
    from photocast.pipeline import gather, write_again

    screen = Screen(as_json=as_json)
    with guarded(local) as guard, screen.stages() as stages:
        front = front_of(screen, stages=stages, guard=guard, yes=yes)
        result = write_again(episode, lambda brief, writer: gather(flags, base=brief, writer=writer), front)
    if result is None:
        raise click.Abort
    made(screen, result)
