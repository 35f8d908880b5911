"""`photocast redo`."""

from pathlib import Path

import click

from photocast.cli import options


@click.command(epilog=options.examples("photocast redo photocast-out/lisbon t009"))
@options.episode
@click.argument("turn")
@options.local
@options.common
def redo(episode: Path, turn: str, local: bool, as_json: bool) -> None:
    """Write one turn of an episode anew. TURN is its name in script.md, such as t009."""
    from photocast.cli.running import document, guarded
    from photocast.cli.screen import Screen
    from photocast.pipeline import redo_turn

    screen = Screen(as_json=as_json)
    with guarded(local) as guard:
        result, changed = redo_turn(episode, turn, guard=guard)
    screen.say(
        *(f"{new.id}  {new.speaker}: {new.text}" for new in changed),
        *(f"  note: {note}" for note in result.notes),
        str(result.page),
    )
    screen.document({"changed": [new.model_dump(mode="json") for new in changed], **document(result)})
