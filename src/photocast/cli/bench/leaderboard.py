"""`photocast bench leaderboard`."""

from pathlib import Path

import click

from photocast.cli import options


@click.command(
    epilog=options.examples(
        "photocast bench leaderboard runs/may runs/june -o board/",
        "photocast bench leaderboard runs/may judged/ -o board/ --metrics turn_length_cv,mtld",
    )
)
@click.argument("folders", nargs=-1, required=True, metavar="RUN...", type=click.Path(path_type=Path))
@click.option("-o", "--out", required=True, type=click.Path(path_type=Path), metavar="DIR", help="Folder of the page.")
@click.option("--metrics", metavar="NAMES", help="Columns, with commas.  [default: the dozen that tell most]")
@click.option("--title", default="Leaderboard", show_default=True, metavar="TEXT", help="Of the page.")
@options.common
def leaderboard(folders: tuple[Path, ...], out: Path, metrics: str | None, title: str, as_json: bool) -> None:
    """Put the systems of several runs side by side, out of their folders alone.

    RUN is a folder of photocast bench run, or of photocast judge. Writes leaderboard.html and leaderboard.md.
    """
    from photocast.bench.leaderboard import leaderboard as made_of
    from photocast.bench.leaderboard import read_board
    from photocast.bench.sheet import write_sheet
    from photocast.cli.screen import Screen

    screen = Screen(as_json=as_json)
    names = tuple(name.strip() for name in (metrics or "").split(",") if name.strip())
    sheet = made_of(read_board(folders), metrics=names, title=title)
    html, markdown = write_sheet(sheet, out, "leaderboard")
    screen.say(sheet.verdict, *(f"  note: {note}" for note in sheet.notes), str(html), str(markdown))
    screen.document(
        {"html": str(html), "markdown": str(markdown), "verdict": sheet.verdict, "notes": list(sheet.notes)}
    )
