"""`photocast voices`."""

import click

from photocast.cli import options

SAMPLE = "Hold on, which one is that? No, the other one. I would have remembered a door like that."


@click.command(epilog=options.examples("photocast voices", "photocast voices --play"))
@click.option(
    "--engine", metavar="NAME", help="kokoro or espeak.  [default: kokoro where it is installed, else espeak]"
)
@click.option("--play", is_flag=True, help="Let each voice say a sentence.")
@options.common
def voices(engine: str | None, play: bool, as_json: bool) -> None:
    """List the voices, and what their engine can do."""
    from photocast.cli.screen import Screen
    from photocast.models.speech import Line, open_engine
    from photocast.speech.playing import played

    screen = Screen(as_json=as_json)
    speaking = open_engine(engine)
    abilities = [name for name in ("speed", "streams") if getattr(speaking.abilities, name)]
    screen.say(f"{speaking.name}  ({', '.join(abilities)})")
    for voice in speaking.voices:
        screen.say(f"  {voice.id:<16} {voice.language}  {voice.about}")
        if play:
            played(speaking.speak(Line(SAMPLE, voice.id)), speaking.rate)
    screen.document(
        {
            "engine": speaking.name,
            "abilities": abilities,
            "voices": [{"id": one.id, "language": one.language, "about": one.about} for one in speaking.voices],
        }
    )
