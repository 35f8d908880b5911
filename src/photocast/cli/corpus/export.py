"""`photocast corpus export`."""

from typing import Any

import click

from photocast.cli import options


@click.command(
    epilog=options.examples(
        "photocast corpus export corpus/ llama-factory -o for-llama-factory/",
        "photocast corpus export corpus/dataset recipe -o recipe/",
    )
)
@click.argument("dataset", metavar="DIR")
@click.argument("format_", metavar="FORMAT")
@click.option("-o", "--out", required=True, metavar="DIR", help="An empty folder.")
@options.common
def export(dataset: str, format_: str, out: str, as_json: bool) -> None:
    """Write a dataset in the form that another tool reads.

    DIR is a dataset, or the corpus that it lies in. FORMAT is qwen, llama-factory, ms-swift, webdataset, recipe or
    recipe-with-pictures. A recipe has ids, places, hashes, prompts and seeds but none of the talk: whoever has the
    source makes the dataset again with photocast corpus rebuild.
    """
    from photocast.cli.corpus.shown import dataset_of
    from photocast.cli.screen import Screen
    from photocast.corpus import open_store
    from photocast.corpus.exports import export as exported

    screen = Screen(as_json=as_json)
    written = exported(dataset_of(dataset), format_, open_store(out))
    screen.say(f"{written.samples} samples in {len(written.files)} files", *_counted("left out", written.left_out))
    screen.say(*_counted("changed", written.noted), out)
    screen.document(_document(written, out))


def _counted(what: str, counts: dict[str, int]) -> list[str]:
    return [f"  {what}: {number} {reason.replace('_', ' ')}" for reason, number in counts.items()]


def _document(written: Any, out: str) -> dict[str, Any]:
    return {
        "folder": out,
        "samples": written.samples,
        "files": written.files,
        "left_out": written.left_out,
        "noted": written.noted,
    }
