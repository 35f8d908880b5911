"""`photocast make`."""

from pathlib import Path
from typing import Any

import click

from photocast.cli import options


@click.command(
    epilog=options.examples(
        "photocast make ~/Pictures/lisbon",
        "photocast make ~/Pictures/lisbon --stream",
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
@click.option("--no-audio", is_flag=True, help="Write only; photocast speak speaks it later.")
@click.option("--no-video", is_flag=True, help="Make no film; photocast video makes it later.")
@click.option("--stream", is_flag=True, help="Hear the turns while the next ones are still being written.")
@options.speech
@options.local
@options.yes
@options.common
def make(
    album: tuple[Path, ...],
    out: Path | None,
    brief_file: Path | None,
    interview: bool,
    no_audio: bool,
    no_video: bool,
    stream: bool,
    local: bool,
    yes: bool,
    as_json: bool,
    **flags: Any,
) -> None:
    """Make an episode of your photos.

    It is a folder with the script, a page to read it on, and what there is to hear. Where there are voices it is
    spoken: pip install 'photocast[speech]' brings four.

    ALBUM is a folder, a zip or a glob; or several files. On a terminal the plan is shown first, and you are asked.
    Made again in the same folder, the episode keeps what you locked, struck, added or edited.
    """
    from photocast.cli.leaving import approval
    from photocast.cli.running import document, front_of, guarded, told
    from photocast.cli.screen import Screen
    from photocast.cli.spoken import produced_document, produced_lines, spoken_ahead, wishes_of
    from photocast.pipeline import default_folder, gather, make_episode
    from photocast.pipeline.production import plan_speech, produce
    from photocast.schema import UsageError

    screen = Screen(as_json=as_json)
    if interview and not screen.asks:
        raise UsageError("cannot ask three questions", "there is no terminal to answer at", "Leave out --interview")
    folder, wishes = out or default_folder(album), wishes_of(flags, local=local)
    speech = plan_speech(wishes, audio=not no_audio, aloud=stream, film=not no_video)
    with guarded(local) as guard, screen.stages() as stages:
        settings = gather(flags, brief_file=brief_file, sources=album)
        front = front_of(screen, stages=stages, guard=guard, yes=yes, always=True, interview=interview)
        with spoken_ahead(front, folder, speech, agreed=yes) as (front, speech):
            result = make_episode(album, folder, settings, front, sign=wishes.marks)
            if result is None:
                raise click.Abort
            screen.say(*told(result))
            series = folder.parent if out is None else None
            produced = produce(folder, speech, series=series, approve=approval(screen, yes=yes), stages=stages)
    screen.say(*produced_lines(produced), str(result.page))
    screen.document(document(result) | produced_document(produced))
