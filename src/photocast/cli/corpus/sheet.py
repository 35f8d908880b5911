"""`photocast corpus sheet`."""

import click

from photocast.cli import options


@click.command(
    epilog=options.examples(
        "photocast corpus sheet corpus/ -o sheet/",
        "photocast corpus sheet corpus/dataset -o sheet/ --split test --most 100",
        "photocast corpus sheet corpus/ -o gaps/ --gaps",
    )
)
@click.argument("dataset", metavar="DIR")
@click.option("-o", "--out", required=True, metavar="DIR", help="Folder of the pages.")
@click.option("--split", "splits", multiple=True, metavar="NAME", help="train, validation or test.  [default: all]")
@click.option("--gaps", is_flag=True, help="Only pairs with scenes that have no picture.")
@click.option("--most", type=click.IntRange(min=1), metavar="N", help="At most so many pairs, evenly out of all.")
@options.common
def sheet(dataset: str, out: str, splits: tuple[str, ...], gaps: bool, most: int | None, as_json: bool) -> None:
    """Draw a dataset to look at: pages with the pictures beside the talk, and an overview of many pairs.

    DIR is a dataset, or the corpus that it lies in. Each page is one file that loads nothing.
    """
    from pathlib import Path

    from photocast.cli.corpus.shown import dataset_of
    from photocast.cli.screen import Screen
    from photocast.corpus import open_store
    from photocast.corpus.sheets import write_sheets

    screen = Screen(as_json=as_json)
    with screen.stages() as stages:
        sheets = write_sheets(
            dataset_of(dataset), open_store(out), splits=splits, only_gaps=gaps, most=most, told=stages
        )
    screen.say(f"{sheets.pairs} pairs on {len(sheets.pages)} pages", str(Path(out) / sheets.overview))
    screen.say(str(Path(out) / sheets.pages[0]))
    screen.document({"folder": out, "pages": sheets.pages, "overview": sheets.overview, "pairs": sheets.pairs})
