"""`photocast site`."""

from pathlib import Path

import click

from photocast.cli import options


@click.command(
    epilog=options.examples(
        "photocast site photocast-out",
        'photocast site photocast-out --link https://example.org/podcast --title "Our walks"',
    )
)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--link", metavar="URL", help="Where FOLDER will be served; with it the feed is written too.")
@click.option("--title", metavar="TEXT", help="Of the show.  [default: as in feed.xml, or the name of FOLDER]")
@click.option("--author", metavar="TEXT", help="Of the show.  [default: as in feed.xml, or photocast]")
@click.option("--description", metavar="TEXT", help="Of the show, in a sentence or two.")
@options.common
def site(
    folder: Path, link: str | None, title: str | None, author: str | None, description: str | None, as_json: bool
) -> None:
    """Make a web page of all the episodes in FOLDER.

    It writes index.html beside the episode folders: every episode to hear, see and read, newest first. The page works
    from the disk and from any web server. An index.html that photocast did not make is left alone. Nothing is sent
    anywhere.
    """
    from photocast.cli.screen import Screen
    from photocast.pipeline.site import make_site

    screen = Screen(as_json=as_json)
    made = make_site(folder, link=link, title=title, author=author, description=description)
    for note in made.notes:
        screen.note(f"note: {note}")
    count, heard = len(made.episodes), sum(1 for one in made.episodes if one.audio)
    screen.say(
        f"{count} episode{'s' if count > 1 else ''}, {heard} to hear",
        *([f"  {made.feed.path}, for {made.feed.url}"] if made.feed else []),
        str(made.path),
    )
    screen.document(
        {
            "site": str(made.path),
            "feed": str(made.feed.path) if made.feed else None,
            "url": made.feed.url if made.feed else None,
            "episodes": [
                {"folder": one.name, "title": one.title, "date": one.date.isoformat(), "audio": one.audio}
                for one in made.episodes
            ],
            "notes": list(made.notes),
        }
    )
