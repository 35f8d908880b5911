"""`photocast page`."""

from pathlib import Path

import click

from photocast.cli import options


@click.command(epilog=options.examples("photocast page photocast-out/lisbon"))
@options.episode
@options.common
def page(episode: Path, as_json: bool) -> None:
    """Make the page again from the edited script.md."""
    from photocast.cli.running import made
    from photocast.cli.screen import Screen
    from photocast.pipeline import page_again

    made(Screen(as_json=as_json), page_again(episode))
