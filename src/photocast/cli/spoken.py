"""How an episode is to be spoken, by the options of a command; and what came of it, for people and for programs."""

from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from photocast.cli.filmed import filmed_document, filmed_lines
from photocast.schema import UsageError

if TYPE_CHECKING:
    from photocast.pipeline import Front
    from photocast.pipeline.production import Produced, SpeechPlan
    from photocast.pipeline.speech import SpeechWishes, SpokenEpisode
    from photocast.writing import Event


def wishes_of(
    flags: MutableMapping[str, Any], *, disclosure: bool | None = None, local: bool = False
) -> "SpeechWishes":
    """The wishes in the options `options.speech`, which are taken out of `flags`."""
    from photocast.pipeline.speech import SpeechWishes

    return SpeechWishes(
        engine=flags.pop("engine"),
        base_url=flags.pop("speech_url"),
        local=local,
        voices=_pairs(flags.pop("voices")),
        speed=flags.pop("speed"),
        kind=flags.pop("kind"),
        disclosure=disclosure,
        marks=not flags.pop("no_marks"),
    )


@contextmanager
def spoken_ahead(
    front: "Front", folder: Path, speech: "SpeechPlan", *, agreed: bool
) -> "Iterator[tuple[Front, SpeechPlan]]":
    """While an episode is written, its turns are spoken already; and heard, if the plan is to play them.

    Args:
        front: listens to the writer too.
        folder: of the episode.
        speech: how it is spoken.
        agreed: whether words may leave this machine unasked.

    Yields:
        What tells the turns to both, and the plan that goes on from there.
    """
    from photocast.pipeline.aloud import speaking_ahead
    from photocast.speech.playing import played

    if speech.wishes is None:
        yield front, speech
        return
    heard = (lambda sound, rate: played([sound], rate)) if speech.aloud else None
    with speaking_ahead(folder, speech.wishes, agreed=agreed, heard=heard) as aloud:
        told = [listener for listener in (front.tell, aloud and aloud.tell) if listener]

        def tell(event: "Event") -> None:
            for listener in told:
                listener(event)

        yield replace(front, tell=tell), replace(speech, begun=aloud)


def _pairs(given: tuple[str, ...]) -> dict[str, str]:
    """Voices by the name of the speaker, from `SPEAKER=VOICE`."""
    parted = [one.partition("=") for one in given]
    for name, equals, voice in parted:
        if not (name and equals and voice):
            raise UsageError(f"--voice {name} names no voice", "it is SPEAKER=VOICE", "Write --voice Maya=kokoro:emma")
    return {name.strip(): voice.strip() for name, _, voice in parted}


def told(done: "SpokenEpisode") -> Iterator[str]:
    """A line each."""
    minutes, seconds = divmod(round(done.heard.seconds), 60)
    made = f"{done.turns} turns, {done.made} spoken now, " if done.made < done.turns else ""
    yield f"{minutes}:{seconds:02} of audio, {made}{done.chapters} chapters"
    yield f"  {', '.join(f'{name} is {voice}' for name, voice in done.voices.items())}"
    yield f"  {done.heard.lufs:.1f} LUFS, true peak {done.heard.true_peak:.1f} dBTP, as measured in the file"
    if done.announced:
        yield f"  said first: {done.announced}"
    if done.unheard:
        missing = ", ".join(f"{times} {name}" for name, times in done.unheard.items())
        yield f"  not heard, for {done.engine.partition('@')[0]} cannot: {missing}"
    signed = f"signed by {done.signer}" if done.signer else "not signed"
    yield f"  {signed}, {'with' if done.watermarked else 'without'} a watermark"
    if len(done.voices) > 1 and len(set(done.voices.values())) == 1:
        yield "  note: everybody has the same voice; name others with --voice or --engine"
    yield from (f"  note: {note}" for note in done.notes)


def document(done: "SpokenEpisode") -> dict[str, Any]:
    """The same for programs."""
    return {
        "audio": str(done.audio),
        "seconds": round(done.heard.seconds, 3),
        "lufs": round(done.heard.lufs, 2),
        "true_peak": round(done.heard.true_peak, 2),
        "engine": done.engine,
        "voices": dict(done.voices),
        "turns": done.turns,
        "made": done.made,
        "chapters": done.chapters,
        "announced": done.announced,
        "watermarked": done.watermarked,
        "signer": done.signer,
        "unheard": dict(done.unheard),
        "notes": list(done.notes),
    }


def produced_lines(done: "Produced") -> Iterator[str]:
    """What was made beyond script and page, a line each."""
    if done.spoken:
        yield from (f"  {line.strip()}" for line in told(done.spoken))
        yield f"  {done.spoken.audio}"
    if done.filmed:
        yield from (f"  {line.strip()}" for line in filmed_lines(done.filmed))
        yield f"  {done.filmed.video}"
    if done.feed:
        yield f"  {done.feed.path}, for {done.feed.url}"
    if done.site:
        yield f"  {done.site.path}, the page of all episodes"
    yield from (f"  note: {note}" for note in done.notes)


def produced_document(done: "Produced") -> dict[str, Any]:
    """The same for programs."""
    return {
        "spoken": document(done.spoken) if done.spoken else None,
        "filmed": filmed_document(done.filmed) if done.filmed else None,
        "feed": str(done.feed.path) if done.feed else None,
        "site": str(done.site.path) if done.site else None,
        "left_out": list(done.notes),
    }
