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
@options.writer
@options.reading
@options.local
@options.yes
@options.common
def look(
    album: tuple[Path, ...],
    out: Path | None,
    brief_file: Path | None,
    local: bool,
    yes: bool,
    as_json: bool,
    **flags: Any,
) -> None:
    """Show what is known about each photo, and how.

    With --way facts and a model, the model looks as well.
    """
    from photocast.cli.running import front_of, guarded
    from photocast.cli.screen import Screen
    from photocast.cli.shown import fact_table
    from photocast.pipeline import gather, look_at

    screen = Screen(as_json=as_json)
    with guarded(local) as guard, screen.stages() as stages:
        settings = gather(flags, brief_file=brief_file, sources=album)
        looked = look_at(album, settings, out=out, front=front_of(screen, stages=stages, guard=guard, yes=yes))
    if looked is None:
        raise click.Abort
    screen.say(fact_table(looked.facts), *(f"  note: {note}" for note in looked.notes), *([str(out)] if out else []))
    screen.document(looked.facts.model_dump(mode="json"))
