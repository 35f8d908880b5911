"""`photocast bench metrics`."""

from dataclasses import asdict

import click

from photocast.cli import options

_NEEDS = {
    "script": "a transcript",
    "reference": "a human reference",
    "target": "--words or --labels",
    "set": "several transcripts",
    "facts": "--album with photos",
    "captions": "--album with captions or human stories, two albums or more",
    "encoder": "--album with photos, two albums or more, and --encoder",
}


@click.command(epilog=options.examples("photocast bench metrics", "photocast bench metrics mtld round_robin"))
@click.argument("names", nargs=-1, metavar="[METRIC]...")
@options.common
def metrics(names: tuple[str, ...], as_json: bool) -> None:
    """Say what every figure means: definition, unit, direction, source, and what is weak about it.

    Without a METRIC a line each; with one, all that there is to say about it.
    """
    from rich.table import Table

    from photocast.cli.screen import Screen
    from photocast.metrics import METRICS
    from photocast.schema import UsageError

    for name in names:
        if name not in METRICS:
            raise UsageError(f"There is no metric {name!r}", "it is not in the list", "See photocast bench metrics")
    screen = Screen(as_json=as_json)
    if names:
        for metric in (METRICS[name] for name in names):
            screen.say(metric.name, f"  {metric.title}. {metric.definition}".rstrip())
            screen.say(f"  Unit: {metric.unit}   Better: {metric.direction}   Needs: {_NEEDS[metric.needs]}")
            screen.say(f"  Source: {metric.source}.", f"  Weakness: {metric.weakness}.", "")
    else:
        table = Table(box=None, pad_edge=False)
        for column in ("metric", "family", "better", "what it is"):
            table.add_column(column, overflow="fold")
        for metric in METRICS.values():
            table.add_row(metric.name, metric.family, metric.direction, metric.title)
        screen.say(table)
    chosen = [METRICS[name] for name in names] or list(METRICS.values())
    screen.document({"metrics": [_without_function(asdict(metric)) for metric in chosen]})


def _without_function(metric: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in metric.items() if name != "function"}
