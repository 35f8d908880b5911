"""`photocast voices`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from photocast.cli import options

if TYPE_CHECKING:
    from rich.table import Table

    from photocast.cli.screen import Screen
    from photocast.models.speech import Abilities, Samples, SpeechEngine
    from photocast.models.speech.offers import Offer

SAMPLE = "Hold on, which one is that? No, the other one. I would have remembered a door like that."


@click.command(
    epilog=options.examples(
        "photocast voices",
        "photocast voices kokoro --play",
        "photocast voices server --speech-url http://127.0.0.1:8880/v1 --save previews",
    )
)
@click.argument("engine", required=False)
@click.option("--speech-url", metavar="URL", help="Server that speaks the interface of the engine's provider.")
@click.option("--play", is_flag=True, help="Let each voice say a sentence.")
@click.option("--save", type=click.Path(path_type=Path), metavar="DIR", help="Write that sentence as a WAV a voice.")
@options.yes
@options.common
def voices(engine: str | None, speech_url: str | None, play: bool, save: Path | None, yes: bool, as_json: bool) -> None:
    """List the engines and what each can do, and the voices of one.

    ENGINE is one of them; by default the one that speaks when none is named.
    """
    from photocast.cli.screen import Screen
    from photocast.models.speech import default_engine, open_engine
    from photocast.models.speech.offers import offers

    screen = Screen(as_json=as_json)
    listed = [] if engine else offers()
    if listed:
        screen.say(_table(listed), "")
    if engine is None and default_engine() is None:
        screen.say("None of them speaks by default: name one.")
        screen.document({"engines": [_offer(one) for one in listed]})
        return
    speaking = open_engine(engine, base_url=speech_url)
    found = speaking.voices
    screen.say(f"{speaking.name}  ({_can(speaking.abilities)})")
    screen.say(*(f"  {one.id:<22} {one.language:<6} {one.about}" for one in found))
    if not found:
        screen.say("  It does not list its voices: name one with photocast speak --voice SPEAKER=server:NAME")
    saved = _heard(screen, speaking, play=play, save=save, yes=yes) if play or save else []
    screen.document(
        {
            "engines": [_offer(one) for one in listed],
            "engine": speaking.name,
            "host": speaking.host,
            "abilities": _abilities(speaking.abilities),
            "voices": [{"id": one.id, "language": one.language, "about": one.about} for one in found],
            "saved": saved,
        }
    )


def _heard(screen: "Screen", engine: "SpeechEngine", *, play: bool, save: Path | None, yes: bool) -> list[str]:
    """Have every voice say the sentence; the paths of what was written."""
    import numpy as np

    from photocast.cli.leaving import approval
    from photocast.models.speech import Line
    from photocast.pipeline.leaving import leaving_of
    from photocast.speech.playing import played

    lines = [Line(SAMPLE, one.id) for one in engine.voices]
    leaving = leaving_of(engine, lines)
    if leaving and not approval(screen, yes=yes)(leaving):
        raise click.Abort
    written = []
    for line in lines:
        sound = np.concatenate([*engine.speak(line)])
        if save:
            written.append(str(_written(save, line.voice, sound, engine.rate)))
            screen.say(written[-1])
        if play:
            screen.note(f"  {line.voice}")
            played([sound], engine.rate)
    return written


def _written(folder: Path, voice: str, sound: "Samples", rate: int) -> Path:
    import io
    import re

    from photocast.runs import write_atomically
    from photocast.speech.container import write_wav

    out = io.BytesIO()
    write_wav(out, sound, rate)
    path = folder / f"{re.sub(r'[^A-Za-z0-9._-]+', '-', voice)}.wav"
    write_atomically(path, out.getvalue())
    return path


def _table(listed: "list[Offer]") -> "Table":
    from rich.table import Table
    from rich.text import Text

    table = Table("", "engine", "what", "words go to", "can", box=None, pad_edge=False)
    for one in listed:
        where = one.host or "nobody"
        can = one.need or (_can(one.abilities) if one.abilities else "depends on the server")
        cells = ("-" if one.need else "ok", one.name, one.about, where, can)
        table.add_row(*(Text(cell) for cell in cells), style="dim" if one.need else None)
    return table


def _can(abilities: "Abilities") -> str:
    """What an engine does beyond saying the words."""
    events = "any sound" if "*" in abilities.events else ", ".join(sorted(abilities.events))
    manners = "any manner" if "*" in abilities.manners else ", ".join(sorted(abilities.manners))
    parts = [
        "speed" if abilities.speed else "",
        "streams" if abilities.streams else "",
        manners,
        events,
        "emphasis" if abilities.emphasis else "",
    ]
    return ", ".join(filter(None, parts)) or "words alone"


def _offer(one: "Offer") -> dict[str, Any]:
    can = _abilities(one.abilities) if one.abilities else None
    return {"name": one.name, "about": one.about, "host": one.host, "need": one.need, "abilities": can}


def _abilities(abilities: "Abilities") -> dict[str, Any]:
    return {
        "speed": abilities.speed,
        "streams": abilities.streams,
        "manners": sorted(abilities.manners),
        "events": sorted(abilities.events),
        "emphasis": abilities.emphasis,
    }
