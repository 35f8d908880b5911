"""`photocast make`."""

from pathlib import Path
from typing import Any

import click

from photocast.cli import options


@click.command(
    epilog=options.examples(
        "photocast make ~/Pictures/lisbon",
        """photocast make ~/Pictures/lisbon --about "Mum's 70th" --hosts "Ada: curious, dry; Leo: warm" """,
        "photocast make day1.zip -o day1 --length 800w --style bedtime --playful 0 --local --yes",
        "photocast make ~/Pictures/lisbon --model openai:gpt-5-mini --max-cost 0.10",
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
@options.writer
@click.option("--interview", is_flag=True, help="Be asked three questions first; the answers are facts.")
@options.reading
@options.local
@options.yes
@options.common
def make(
    album: tuple[Path, ...],
    out: Path | None,
    brief_file: Path | None,
    interview: bool,
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
    from photocast.cli.running import front_of, guarded, made
    from photocast.cli.screen import Screen
    from photocast.pipeline import default_folder, gather, make_episode
    from photocast.schema import UsageError

    screen = Screen(as_json=as_json)
    if interview and not screen.asks:
        raise UsageError("cannot ask three questions", "there is no terminal to answer at", "Leave out --interview")
    with guarded(local) as guard, screen.stages() as stages:
        settings = gather(flags, brief_file=brief_file, sources=album)
        front = front_of(screen, stages=stages, guard=guard, yes=yes, always=True, interview=interview)
        result = make_episode(album, out or default_folder(album), settings, front)
    if result is None:
        raise click.Abort
    made(screen, result)
