"""`photocast demo`."""

from pathlib import Path

import click

from photocast.cli import options


@click.command(epilog=options.examples("photocast demo -o /tmp/dog"))
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    default=Path("photocast-demo"),
    metavar="DIR",
    help="Folder for the episode.  [default: photocast-demo]",
)
@click.option("--seed", type=int, metavar="N", help="Another number, another conversation.  [default: 0]")
@click.option("--local", is_flag=True, expose_value=False, help="As for make; the demo is always local.")
@options.common
def demo(out: Path, seed: int | None, as_json: bool) -> None:
    """Make an episode of six photos that come along.

    Needs no photos of yours and no network.
    """
    from photocast.cli.running import guarded, made
    from photocast.cli.screen import Screen
    from photocast.pipeline import Front, demo_episode

    screen = Screen(as_json=as_json)
    with guarded(True) as guard, screen.stages() as stages:
        result = demo_episode(out, seed=seed or 0, front=Front(stages=stages, guard=guard))
    made(screen, result)
