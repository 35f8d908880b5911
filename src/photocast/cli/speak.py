"""`photocast speak`."""

from pathlib import Path
from typing import Any

import click

from photocast.cli import options


@click.command(
    epilog=options.examples(
        "photocast speak photocast-out/lisbon",
        "photocast speak photocast-out/lisbon --voice Maya=kokoro:emma --speed 1.1",
    )
)
@options.episode
@options.speech
@click.option(
    "--disclosure/--no-disclosure",
    default=None,
    help="Whether listeners are told first that machines speak.  [default: unless the hosts say so]",
)
@options.common
def speak(episode: Path, disclosure: bool | None, as_json: bool, **flags: Any) -> None:
    """Speak an episode, as it was edited.

    Beside the audio lie captions, a transcript, chapters and the times of all turns. After an edit, only the turns that
    changed are spoken again.
    """
    from photocast.cli.screen import Screen
    from photocast.cli.spoken import document, told, wishes_of
    from photocast.pipeline.speech import speak_episode

    screen = Screen(as_json=as_json)
    with screen.stages() as stages:
        done = speak_episode(episode, wishes_of(flags, disclosure=disclosure), stages=stages)
    screen.say(*told(done), str(done.audio))
    screen.document(document(done))
