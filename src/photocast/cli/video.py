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
@click.option("--no-marks", is_flag=True, help="Leave the film without a C2PA mark.")
@options.common
def video(episode: Path, size: str, font: Path | None, no_marks: bool, as_json: bool) -> None:
    """Make a film of a spoken episode.

    The photos move slowly while they are talked about, over captions, with chapters and a cover. The cover is written
    to cover.jpg; put one of your own there and it is used.
    """
    from photocast.cli.filmed import filmed_document, filmed_lines
    from photocast.cli.screen import Screen
    from photocast.pipeline.film import film_episode

    screen = Screen(as_json=as_json)
    with screen.stages() as stages:
        done = film_episode(episode, size=size, font=font, sign=not no_marks, stages=stages)  # type: ignore[arg-type]
    screen.say(*filmed_lines(done), str(done.video))
    screen.document(filmed_document(done))
