"""`photocast judge report`."""

from pathlib import Path

import click

from photocast.cli import options


@click.command(
    epilog=options.examples("photocast judge report judged/", "photocast judge report judged/ -o site/ --json")
)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), metavar="DIR", help="Where the pages go.  [default: FOLDER]"
)
@click.option("--seed", type=int, default=0, show_default=True, metavar="N", help="Of the intervals that are drawn.")
@options.common
def report(folder: Path, out: Path | None, seed: int, as_json: bool) -> None:
    """Say who wins, how sure that is, how far judges agree, and what of it is bias.

    FOLDER holds the votes of models and people. Writes judging.html and judging.md.
    """
    from photocast.bench.judging.results import judged
    from photocast.cli.judge.judged import tell
    from photocast.cli.screen import Screen

    tell(Screen(as_json=as_json), judged(folder, seed=seed), folder, out or folder)
