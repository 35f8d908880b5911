"""`photocast write`."""

from pathlib import Path
from typing import Any

import click

from photocast.cli import options


@click.command(
    epilog=options.examples(
        "photocast write photocast-out/lisbon", "photocast write photocast-out/lisbon --seed 2 --style story"
    )
)
@options.episode
@options.talk
@options.local
@options.common
def write(episode: Path, local: bool, as_json: bool, **flags: Any) -> None:
    """Write a new script from the edited facts.

    Looks at no photo again. What was asked for when the episode was made still holds, save for what is given here.
    Locked turns stay. A script.md that you edited is kept under another name.
    """
    from photocast.cli.running import guarded, made
    from photocast.cli.screen import Screen
    from photocast.pipeline import gather, write_again

    screen = Screen(as_json=as_json)
    with guarded(local) as guard:
        result = write_again(episode, lambda brief: gather(flags, base=brief).brief, guard=guard)
    made(screen, result)
