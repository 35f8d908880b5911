"""`photocast feed`."""

from pathlib import Path

import click

from photocast.cli import options


@click.command(
    epilog=options.examples(
        "photocast feed photocast-out --link https://example.org/podcast",
        'photocast feed photocast-out --link https://example.org/podcast --title "Our walks"',
    )
)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--link", required=True, metavar="URL", help="Where FOLDER will be served.")
@click.option("--title", metavar="TEXT", help="Of the show.  [default: the name of FOLDER]")
@click.option("--author", metavar="TEXT", help="Of the show.  [default: photocast]")
@click.option("--description", metavar="TEXT", help="Of the show, in a sentence or two.")
@options.common
def feed(
    folder: Path, link: str, title: str | None, author: str | None, description: str | None, as_json: bool
) -> None:
    """Make a podcast of the episodes in FOLDER.

    It writes feed.xml, to which players subscribe, beside the episode folders. Episodes that have not been spoken are
    named and left out. Nothing is sent anywhere.
    """
    from photocast.cli.screen import Screen
    from photocast.pipeline.feed import make_feed

    screen = Screen(as_json=as_json)
    made = make_feed(folder, link=link, title=title, author=author, description=description)
    for note in made.notes:
        screen.note(f"note: {note}")
    count = len(made.episodes)
    screen.say(
        f"{count} episode{'s' if count > 1 else ''}: {', '.join(one.folder for one in made.episodes)}",
        f"  to be served as {made.url}",
        str(made.path),
    )
    screen.document(
        {
            "feed": str(made.path),
            "url": made.url,
            "guid": made.guid,
            "episodes": [one.model_dump(mode="json") for one in made.episodes],
            "notes": list(made.notes),
        }
    )
