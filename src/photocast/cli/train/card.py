"""`photocast train card`."""

from pathlib import Path

import click

from photocast.cli import options

_FOLDER = click.Path(path_type=Path)


@click.command(
    epilog=options.examples("photocast train card runs/8b", "photocast train card runs/8b merged/ --license apache-2.0")
)
@click.argument("run", metavar="RUN", type=_FOLDER)
@click.argument("merged", nargs=-1, metavar="[MERGED]...", type=_FOLDER)
@click.option("--license", "licence", metavar="NAME", help="Of the model, as the Hugging Face Hub calls it.")
@click.option("--dataset", type=_FOLDER, metavar="DIR", help="What was trained on, if it was moved since.")
@options.common
def card(run: Path, merged: tuple[Path, ...], licence: str | None, dataset: Path | None, as_json: bool) -> None:
    """Write the card of a trained model, as the Hugging Face Hub shows it.

    RUN is the folder of a training, MERGED what photocast train merge has made of it. README.md goes into RUN/final and
    into each MERGED; while the training is under way, into RUN. What is recorded nowhere is said to be so. A card that
    somebody has changed is not written over.
    """
    from photocast.cli.screen import Screen
    from photocast.training.after.card import write_card
    from photocast.training.after.known import gather
    from photocast.training.folder import read_run

    screen = Screen(as_json=as_json)
    folder = read_run(run)
    known = gather(folder, licence=licence, dataset=dataset)
    first = folder.final if folder.is_done else folder.path
    written = [write_card(known, one) for one in (first, *merged)]
    screen.say(*map(str, written))
    screen.document({"cards": [str(path) for path in written], "done": folder.is_done})
