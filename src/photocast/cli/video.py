"""`photocast video`."""

from pathlib import Path

import click

from photocast.cli import options


@click.command(
    epilog=options.examples(
        "photocast video photocast-out/lisbon",
        "photocast video photocast-out/lisbon --size portrait",
    )
)
@options.episode
@click.option(
    "--size",
    type=click.Choice(["720p", "1080p", "square", "portrait"]),
    default="720p",
    help="Of the picture; square is 1080 x 1080, portrait 1080 x 1920.  [default: 720p]",
)
@click.option(
    "--font",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Font for captions and cover.  [default: one with Latin, Greek and Cyrillic letters]",
)
@options.common
def video(episode: Path, size: str, font: Path | None, as_json: bool) -> None:
    """Make a film of a spoken episode.

    The photos move slowly while they are talked about, over captions, with chapters and a cover. The cover is written
    to cover.jpg; put one of your own there and it is used.
    """
    from photocast.cli.screen import Screen
    from photocast.pipeline.film import film_episode

    screen = Screen(as_json=as_json)
    with screen.stages() as stages:
        done = film_episode(episode, size=size, font=font, stages=stages)  # type: ignore[arg-type]  # click checked it
    filmed = done.filmed
    minutes, seconds = divmod(round(filmed.seconds), 60)
    width, height = filmed.size
    sound = "copied" if filmed.copied else "encoded as AAC"
    screen.say(
        f"{minutes}:{seconds:02} of film, {width} x {height}, {filmed.photos} photos; {done.audio.name} {sound}",
        str(done.video),
    )
    if filmed.undrawn:
        screen.note(
            f"{filmed.undrawn} captions are only in the subtitle track: the font lacks their letters. Give --font FILE."
        )
    screen.document(
        {
            "video": str(done.video),
            "cover": str(done.cover),
            "audio": str(done.audio),
            "audio_copied": filmed.copied,
            "seconds": round(filmed.seconds, 3),
            "frames": filmed.frames,
            "width": width,
            "height": height,
            "photos": filmed.photos,
            "captions_not_drawn": filmed.undrawn,
        }
    )
