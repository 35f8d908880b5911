"""`photocast plan`."""

from pathlib import Path
from typing import Any

import click

from photocast.cli import options


@click.command(epilog=options.examples("photocast plan ~/Pictures/lisbon", "photocast plan ~/Pictures/lisbon --json"))
@options.albums
@options.talk
@options.told
@options.writer
@options.reading
@options.local
@options.common
def plan(album: tuple[Path, ...], brief_file: Path | None, local: bool, as_json: bool, **flags: Any) -> None:
    """Show what would be used, and what not and why.

    With a model also what it would be sent, what in the photos may be private, and what it may cost. Changes nothing
    and sends nothing.
    """
    from photocast.cli.running import guarded
    from photocast.cli.screen import Screen
    from photocast.cli.shown import plan_document, plan_lines
    from photocast.pipeline import Front, gather, plan_for

    screen = Screen(as_json=as_json)
    with guarded(local), screen.stages() as stages:
        settings = gather(flags, brief_file=brief_file, sources=album)
        result = plan_for(album, settings, Front(stages=stages))
    screen.say(*plan_lines(result, with_files=True))
    screen.document(plan_document(result))
