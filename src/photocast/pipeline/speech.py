"""An episode is spoken: its master, and what is written from its times."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from photocast.models.speech import Line, SpeechEngine, open_engine
from photocast.models.speech.prices import speech_price
from photocast.publish import EpisodeFiles, EpisodeFolder
from photocast.publish.captions import captions, sub_rip, web_vtt
from photocast.publish.chapters import ChapterMark, chapters, chapters_json
from photocast.publish.transcript_json import transcript_json
from photocast.runs import alone_in, write_atomically
from photocast.schema import Script, Timeline
from photocast.speech import Clips, cast, speak, to_be_made
from photocast.speech.encode import Chapter, Heard, encode
from photocast.speech.master import mastered

Format = Literal["mp3", "m4a", "opus", "wav"]
_HIDDEN = ".cache"
_LOCK = "speaking.lock"
_TIMELINE = "timeline.json"


_AT_ONCE_REMOTE = 4


@dataclass(frozen=True)
class Leaving:
    """Words that would leave this machine to be spoken."""

    host: str
    turns: int
    """Whose clips are not there yet."""
    characters: int
    usd: float | None
    """What they cost by estimate, before tax; None where nobody knows."""
    prices: str | None
    """Where the price comes from and how old it is."""


@dataclass(frozen=True)
class SpokenEpisode:
    """What was written beside the script."""

    audio: Path
    heard: Heard
    """As measured in the finished file."""
    voices: Mapping[str, str]
    """By the name of the speaker."""
    engine: str
    made: int
    """Clips that were made now."""
    turns: int
    chapters: int


def speak_episode(
    path: Path,
    *,
    engine: str | None = None,
    base_url: str | None = None,
    local: bool = False,
    voices: Mapping[str, str] | None = None,
    speed: float = 1.0,
    kind: Format = "mp3",
    stages: Callable[[str, int, int], None] = lambda stage, done, total: None,
    approve: Callable[[Leaving], bool] = lambda leaving: True,
) -> SpokenEpisode | None:
    """Speak an episode, with everything that was edited by hand in it.

    Clips are kept in the folder: after an edit, only the turns that changed are made. The audio is measured once it is
    written, and is under its name only if it is as long and as loud as it should be. Audio of another kind, made
    before, stays as long as its times are the same.

    Args:
        path: the episode folder.
        engine: name of an engine; the best that is there by default.
        base_url: of a server that speaks the interface of the engine's provider.
        local: whether words are to stay on this machine.
        voices: by the name of the speaker.
        speed: 1 is the voices' own.
        kind: of file.
        stages: hears of progress.
        approve: asked before words leave this machine, and not asked where all clips are there.

    Returns:
        What was written; None when it was not agreed to.

    Raises:
        InputError: it is no episode, or it cannot be written to.
        UsageError: there is no such engine, speaker or voice, or the engine is elsewhere and words are to stay here.
        ModelError: a turn cannot be spoken; clips that are finished are kept.
    """
    files = EpisodeFolder(path).read()
    speaking = open_engine(engine, base_url=base_url, local=local)
    given = cast(files.script, speaking.voices, voices, unlisted=speaking.abilities.unlisted)
    with alone_in(path / _HIDDEN, _LOCK):
        total = len(files.script.turns)
        clips = Clips(path / _HIDDEN / "clips")
        leaving = leaving_of(speaking, to_be_made(files.script, speaking, given, clips, speed=speed))
        if leaving and not approve(leaving):
            return None
        spoken = speak(
            files.script,
            speaking,
            given,
            clips,
            speed=speed,
            at_once=_AT_ONCE_REMOTE if speaking.host else 2,
            heard=lambda number, sound: stages("speaking", number + 1, total),
        )
        master = mastered(spoken.mix, spoken.rate)
        marks = chapters(files.script, spoken.timeline)
        audio = path / f"episode.{kind}"
        heard = encode(
            audio,
            master.samples,
            spoken.rate,
            title=files.script.title,
            chapters=[Chapter(mark.start, mark.end, mark.title) for mark in marks],
            tags=_tags(files.script),
        )
        _remove_stale(path, audio, spoken.timeline)
        _write_times(path, files, spoken.timeline, marks)
    return SpokenEpisode(audio, heard, given, speaking.name, spoken.made, total, len(marks))


def leaving_of(engine: SpeechEngine, lines: Sequence[Line]) -> Leaving | None:
    """What would be sent to have these lines spoken; None where nothing is."""
    if engine.host is None or not lines:
        return None
    characters, price = sum(len(line.text) for line in lines), speech_price(engine.name)
    usd = price.cost(characters) if price else None
    return Leaving(engine.host, len(lines), characters, usd, price.table if price else None)


def _remove_stale(path: Path, audio: Path, timeline: Timeline) -> None:
    """Take away audio of other kinds with other times: captions and chapters will be those of the new audio."""
    try:
        same = Timeline.model_validate_json((path / _TIMELINE).read_bytes()) == timeline
    except (OSError, ValueError):
        same = False
    for kind in get_args(Format):
        if not same and (other := path / f"episode.{kind}") != audio:
            other.unlink(missing_ok=True)


def _write_times(path: Path, files: EpisodeFiles, timeline: Timeline, marks: tuple[ChapterMark, ...]) -> None:
    """Captions, transcript, chapters and the timeline itself, from one and the same times."""
    lines = captions(files.script, timeline)
    images = {photo: image.relative_to(path).as_posix() for photo, image in files.images.items()}
    written = {
        "captions.vtt": web_vtt(lines),
        "captions.srt": sub_rip(lines),
        "transcript.json": transcript_json(files.script, timeline),
        "chapters.json": chapters_json(marks, images),
        _TIMELINE: timeline.model_dump_json(indent=2) + "\n",
    }
    for name, text in written.items():
        write_atomically(path / name, text)


def _tags(script: Script) -> Mapping[str, str]:
    """Tags of the file; that a machine made it is one of them."""
    said = script.provenance.disclosure if script.provenance else ""
    speakers = ", ".join(speaker.name for speaker in script.speakers)
    spoken = "Spoken by synthetic voices, made with photocast."
    return {"artist": speakers, "comment": f"{said} {spoken}".strip()}
