"""`photocast bench`: the group of commands that measure."""

import click

from photocast.cli import options
from photocast.cli.lazy import LazyGroup

COMMANDS = {
    "run": "photocast.cli.bench.run:run",
    "compare": "photocast.cli.bench.compare:compare",
    "leaderboard": "photocast.cli.bench.leaderboard:leaderboard",
    "metrics": "photocast.cli.bench.metrics:metrics",
    "reference": "photocast.cli.bench.reference:reference",
    "diadem": "photocast.cli.bench.diadem:diadem",
    "vist": "photocast.cli.bench.vist:vist",
}


@click.group(
    cls=LazyGroup,
    table=COMMANDS,
    epilog=options.examples(
        "photocast bench metrics mtld",
        "photocast bench run pocket --albums albums/ -o runs/pocket",
        "photocast bench compare ours.json theirs.json",
    ),
)
def bench() -> None:
    """Measure podcast transcripts, and whoever writes them.

    What every figure means, and which of them need photos, weights or a reference: photocast bench metrics.
    """
