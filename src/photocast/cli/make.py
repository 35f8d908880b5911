"""`photocast make`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from photocast.cli import options

if TYPE_CHECKING:
    from photocast.schema import Plan


@click.command(
    epilog=options.examples(
        "photocast make ~/Pictures/lisbon",
        """photocast make ~/Pictures/lisbon --about "Mum's 70th" --hosts "Ada: curious, dry; Leo: warm" """,
        "photocast make day1.zip -o day1 --length 800w --style bedtime --playful 0 --local --yes",
        "photocast make IMG_1.jpg IMG_2.heic --order given --json",
    )
)
@options.albums
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder for the episode.  [default: photocast-out/ALBUM]",
)
@options.talk
@options.told
@options.reading
@options.local
@click.option("--yes", is_flag=True, help="Do not ask before starting.")
@options.common
def make(
    album: tuple[Path, ...],
    out: Path | None,
    brief_file: Path | None,
    local: bool,
    yes: bool,
    as_json: bool,
    **flags: Any,
) -> None:
    """Make an episode of your photos.

    It is a folder with the script, and a page to read it on.

    ALBUM is a folder, a zip or a glob; or several files. On a terminal the plan is shown first, and you are asked.
    Made again in the same folder, the episode keeps what you locked, struck, added or edited.
    """
    from photocast.cli.running import guarded, made
    from photocast.cli.screen import Screen
    from photocast.cli.shown import plan_lines
    from photocast.pipeline import default_folder, gather, make_episode

    screen = Screen(as_json=as_json)

    def approve(plan: "Plan") -> bool:
        screen.note(*plan_lines(plan, with_files=False))
        return yes or not screen.asks or click.confirm("  Go?", default=True, err=True)

    with guarded(local) as guard:
        settings = gather(flags, brief_file=brief_file, sources=album)
        folder = out or default_folder(album)
        with screen.stages() as stages:
            result = make_episode(album, folder, settings, approve=approve, stages=stages, guard=guard)
    if result is None:
        raise click.Abort
    made(screen, result)
