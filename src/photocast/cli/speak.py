"""`photocast speak`."""

from pathlib import Path

import click

from photocast.cli import options


@click.command(
    epilog=options.examples(
        "photocast speak photocast-out/lisbon",
        "photocast speak photocast-out/lisbon --voice Maya=kokoro:emma --speed 1.1",
        "photocast speak photocast-out/lisbon --engine server --base-url http://127.0.0.1:8880/v1",
    )
)
@options.episode
@options.engine
@click.option("--preview", is_flag=True, help="At once, with one and the same voice for all: --engine hibari.")
@click.option(
    "--voice", "voices", multiple=True, metavar="SPEAKER=VOICE", help="Who has which voice; see photocast voices."
)
@click.option("--speed", type=click.FloatRange(0.5, 2), default=1.0, metavar="X", help="1.2 is a fifth faster.")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["mp3", "m4a", "opus", "wav"]),
    default="mp3",
    help="Of the audio.  [default: mp3]",
)
@options.local
@options.yes
@options.common
def speak(
    episode: Path,
    engine: str | None,
    base_url: str | None,
    preview: bool,
    voices: tuple[str, ...],
    speed: float,
    kind: str,
    local: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Speak an episode, as it was edited.

    Beside the audio lie captions, a transcript, chapters and the times of all turns. After an edit, only the turns that
    changed are spoken again.
    """
    from photocast.cli.leaving import approval
    from photocast.cli.running import guarded
    from photocast.cli.screen import Screen
    from photocast.pipeline.speech import speak_episode

    screen = Screen(as_json=as_json)
    with guarded(local), screen.stages() as stages:
        done = speak_episode(
            episode,
            engine="hibari" if preview else engine,
            base_url=base_url,
            local=local,
            voices=_pairs(voices),
            speed=speed,
            kind=kind,  # type: ignore[arg-type]  # click has checked it
            stages=stages,
            approve=approval(screen, yes=yes),
        )
    if done is None:
        raise click.Abort
    if len(done.voices) > 1 and len(set(done.voices.values())) == 1:
        screen.note("  note: everybody has the same voice; name others with --voice or --engine")
    cast = ", ".join(f"{name} is {voice}" for name, voice in done.voices.items())
    minutes, seconds = divmod(round(done.heard.seconds), 60)
    screen.say(
        f"{minutes}:{seconds:02} of audio, {done.turns} turns, {done.made} spoken now, {done.chapters} chapters",
        f"  {cast}",
        f"  {done.heard.lufs:.1f} LUFS, true peak {done.heard.true_peak:.1f} dBTP, as measured in the file",
        str(done.audio),
    )
    screen.document(
        {
            "audio": str(done.audio),
            "seconds": round(done.heard.seconds, 3),
            "lufs": round(done.heard.lufs, 2),
            "true_peak": round(done.heard.true_peak, 2),
            "engine": done.engine,
            "voices": dict(done.voices),
            "turns": done.turns,
            "made": done.made,
            "chapters": done.chapters,
        }
    )


def _pairs(given: tuple[str, ...]) -> dict[str, str]:
    from photocast.schema import UsageError

    pairs = [one.partition("=") for one in given]
    for name, equals, voice in pairs:
        if not (name and equals and voice):
            raise UsageError(f"--voice {name} names no voice", "it is SPEAKER=VOICE", "Write --voice Maya=kokoro:emma")
    return {name.strip(): voice.strip() for name, _, voice in pairs}
