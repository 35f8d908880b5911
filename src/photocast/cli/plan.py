"""`photocast plan`."""

from pathlib import Path
from typing import Any

import click

from photocast.cli import options


@click.command(epilog=options.examples("photocast plan ~/Pictures/lisbon", "photocast plan ~/Pictures/lisbon --json"))
@options.albums
@options.talk
@options.told
@options.reading
@options.local
@options.common
def plan(album: tuple[Path, ...], brief_file: Path | None, local: bool, as_json: bool, **flags: Any) -> None:
    """Show what would be used, and what not and why.

    Changes nothing.
    """
    from photocast.cli.running import guarded
    from photocast.cli.screen import Screen
    from photocast.cli.shown import plan_document, plan_lines
    from photocast.pipeline import gather, opened, plan_of

    screen = Screen(as_json=as_json)
    with guarded(local), screen.stages() as stages:
        settings = gather(flags, brief_file=brief_file, sources=album)
        with opened(album, settings, stages) as photos:
            result = plan_of(photos, settings.brief)
    screen.say(*plan_lines(result, with_files=True))
    screen.document(plan_document(result))
