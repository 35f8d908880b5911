"""`photocast speak`."""

from pathlib import Path
from typing import Any

import click

from photocast.cli import options


@click.command(
    epilog=options.examples(
        "photocast speak photocast-out/lisbon",
        "photocast speak photocast-out/lisbon --voice Maya=kokoro:emma --speed 1.1",
        "photocast speak photocast-out/lisbon --engine server --speech-url http://127.0.0.1:8880/v1",
    )
)
@options.episode
@options.speech
@click.option("--preview", is_flag=True, help="At once, with one and the same voice for all: --engine hibari.")
@click.option(
    "--disclosure/--no-disclosure",
    default=None,
    help="Whether listeners are told first that machines speak.  [default: unless the hosts say so]",
)
@options.local
@options.yes
@options.common
def speak(
    episode: Path, preview: bool, disclosure: bool | None, local: bool, yes: bool, as_json: bool, **flags: Any
) -> None:
    """Speak an episode, as it was edited.

    Beside the audio lie captions, a transcript, chapters and the times of all turns. After an edit, only the turns that
    changed are spoken again.
    """
    from photocast.cli.leaving import approval
    from photocast.cli.running import guarded
    from photocast.cli.screen import Screen
    from photocast.cli.spoken import document, told, wishes_of
    from photocast.pipeline.speech import speak_episode

    screen = Screen(as_json=as_json)
    if preview:
        flags["engine"] = "hibari"
    wishes = wishes_of(flags, disclosure=disclosure, local=local)
    with guarded(local), screen.stages() as stages:
        done = speak_episode(episode, wishes, approve=approval(screen, yes=yes), stages=stages)
    if done is None:
        raise click.Abort
    screen.say(*told(done), str(done.audio))
    screen.document(document(done))
