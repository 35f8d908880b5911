"""`photocast redo`."""

from pathlib import Path
from typing import Any

import click

from photocast.cli import options


@click.command(
    epilog=options.examples(
        "photocast redo photocast-out/lisbon t009",
        'photocast redo photocast-out/lisbon t009 "shorter, funnier" --model openai:gpt-5-mini --lock',
    )
)
@options.episode
@click.argument("turn")
@click.argument("wish", required=False)
@click.option("--lock", is_flag=True, help="Keep the turn as it is now when the episode is written again.")
@options.writer
@options.local
@options.yes
@options.common
def redo(
    episode: Path, turn: str, wish: str | None, lock: bool, local: bool, yes: bool, as_json: bool, **flags: Any
) -> None:
    """Write one turn of an episode anew.

    TURN is its name in script.md, such as t009. WISH says how it should be; only a model can follow it.
    """
    from photocast.cli.running import document, front_of, guarded
    from photocast.cli.screen import Screen
    from photocast.cli.shown import spent_line
    from photocast.pipeline import gather, redo_turn

    screen = Screen(as_json=as_json)
    with guarded(local) as guard, screen.stages() as stages:
        front = front_of(screen, stages=stages, guard=guard, yes=yes)
        done = redo_turn(
            episode,
            turn,
            wish,
            lock=lock,
            change=lambda brief, writer: gather(flags, base=brief, writer=writer),
            front=front,
        )
    if done is None:
        raise click.Abort
    result, changed = done
    use = result.episode.report.model
    screen.say(
        *(f"{new.id}  {new.speaker}: {new.text}" for new in changed),
        *([f"  {spent_line(use)}"] if use else []),
        *(f"  note: {note}" for note in result.notes),
        str(result.page),
    )
    screen.document({"changed": [new.model_dump(mode="json") for new in changed], **document(result)})
