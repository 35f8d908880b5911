"""`photocast look`."""

from pathlib import Path
from typing import Any

import click

from photocast.cli import options


@click.command(
    epilog=options.examples("photocast look ~/Pictures/lisbon", "photocast look ~/Pictures/lisbon -o facts.json")
)
@options.albums
@click.option("-o", "--out", type=click.Path(path_type=Path), metavar="FILE", help="Write the facts into this file.")
@options.told
@options.reading
@options.local
@options.common
def look(
    album: tuple[Path, ...], out: Path | None, brief_file: Path | None, local: bool, as_json: bool, **flags: Any
) -> None:
    """Show what is known about each photo, and how."""
    from photocast.cli.running import guarded
    from photocast.cli.screen import Screen
    from photocast.cli.shown import fact_table
    from photocast.pipeline import gather, look_at

    screen = Screen(as_json=as_json)
    with guarded(local) as guard, screen.stages() as stages:
        settings = gather(flags, brief_file=brief_file, sources=album)
        facts = look_at(album, settings, out=out, stages=stages, guard=guard)
    screen.say(fact_table(facts), *([str(out)] if out else []))
    screen.document(facts.model_dump(mode="json"))
