"""An episode is spoken: its master, and what is written from its times."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from photocast.models.speech import SpeechEngine, open_engine
from photocast.pipeline.film import FILM, cover_of
from photocast.pipeline.leaving import Approve, leaving_of
from photocast.pipeline.marking import Marking
from photocast.provenance.watermark import Sound, embed
from photocast.publish import EpisodeFiles, EpisodeFolder
from photocast.publish.captions import captions, sub_rip, web_vtt
from photocast.publish.chapters import ChapterMark, chapters, chapters_json
from photocast.publish.pictures import thumbnail
from photocast.publish.transcript_json import transcript_json
from photocast.runs import alone_in, write_atomically
from photocast.schema import InputError, Script, Timeline, fingerprint
from photocast.speech import Clips, Spoken, cast, speak, to_be_made
from photocast.speech.disclosure import announced, says_so
from photocast.speech.encode import Chapter, Heard, encode
from photocast.speech.master import mastered

Format = Literal["mp3", "m4a", "opus", "wav"]
SPEAKING, MASTERING = "Speaking", "Mastering"
"""Stages that are told."""
HIDDEN = ".cache"
CLIPS = f"{HIDDEN}/clips"
_AT_ONCE, _AT_ONCE_ELSEWHERE = 2, 4
_LOCK = "speaking.lock"
_TIMELINE = "timeline.json"


@dataclass(frozen=True)
class SpeechWishes:
    """How an episode is to be spoken."""

    engine: str | None = None
    """Name of an engine; None is the best that is there."""
    base_url: str | None = None
    """Of a server that speaks the interface of the engine's provider."""
    local: bool = False
    """Whether words are to stay on this machine."""
    voices: Mapping[str, str] = field(default_factory=dict)
    """By the name of the speaker; the others are cast."""
    speed: float = 1.0
    """1 is the voices' own."""
    kind: Format = "mp3"
    """Of the file."""
    disclosure: bool | None = None
    """Whether listeners are told first that machines speak; None: unless the hosts say so, or were asked not to."""
    marks: bool = True
    """Whether the audio gets a watermark and a C2PA mark."""


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
    announced: str
    """What is said before the first turn; empty when nothing is."""
    watermarked: bool
    signer: str | None
    """Whose C2PA mark the audio carries; None when it carries none."""
    unheard: Mapping[str, int]
    """How often what the script asks for is not heard, because the engine cannot do it: `{"laugh": 3}`."""
    notes: tuple[str, ...] = ()
    """What the user should know, a sentence each."""


def speak_episode(
    path: Path,
    wishes: SpeechWishes | None = None,
    *,
    approve: Approve = lambda leaving: True,
    stages: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> SpokenEpisode | None:
    """Speak an episode, with everything that was edited by hand in it.

    Clips are kept in the folder: after an edit, only the turns that changed are made. The audio is measured once it is
    written, and signed, and is under its name only if it is as long and as loud as it should be. Audio of another kind,
    made before, stays as long as its times are the same.

    Args:
        path: the episode folder.
        wishes: the voices and what is written.
        approve: asked before words leave this machine, and not asked where all clips are there.
        stages: hears of progress.

    Returns:
        What was written; None when it was not agreed to.

    Raises:
        InputError: it is no episode, or it cannot be written to.
        UsageError: there is no such engine, speaker or voice, or the engine is elsewhere and words are to stay here.
        ConfigError: the certificate to sign with, or the file of keys, cannot be used.
        ModelError: a turn cannot be spoken; clips that are finished are kept.
    """
    wishes = wishes or SpeechWishes()
    files, marking = EpisodeFolder(path).read(), Marking(wanted=wishes.marks)
    engine = open_engine(wishes.engine, base_url=wishes.base_url, local=wishes.local)
    voices = cast(files.script, engine.voices, wishes.voices, unlisted=engine.abilities.unlisted)
    script, speed = _as_heard(files, wishes.disclosure), wishes.speed if engine.abilities.speed else 1.0
    with alone_in(path / HIDDEN, _LOCK):
        spoken = _spoken(script, engine, voices, Clips(path / CLIPS), speed, approve, stages)
        if spoken is None:
            return None
        said = "" if script is files.script else script.turns[0].text
        timeline = spoken.timeline.model_copy(update={"script": fingerprint(files.script), "announced": said})
        marks = chapters(script, timeline)
        new = path / HIDDEN / f"episode.{wishes.kind}"
        art = cover_of(path, files).read_bytes()
        mix = embed(spoken.mix, spoken.rate) if wishes.marks else spoken.mix
        heard = _mastered(new, mix, spoken.rate, files, marks, art, stages)
        signed = marking.audio(new, files.script, engine.name)
        audio, gone = _exchange(path, new, timeline)
        _write_times(path, files, script, timeline, marks)
        unhurried = () if speed == wishes.speed else (f"{engine.name} has one speed: {wishes.speed:g} was left out",)
        notes = (*unhurried, *marking.notes, *gone, *_page_renewed(path))
    return SpokenEpisode(
        audio=audio,
        heard=heard,
        voices=voices,
        engine=engine.name,
        made=spoken.made,
        turns=len(files.script.turns),
        chapters=len(marks),
        announced=said,
        watermarked=wishes.marks,
        signer=marking.signer if signed else None,
        unheard=spoken.unheard,
        notes=notes,
    )


def _spoken(
    script: Script,
    engine: SpeechEngine,
    voices: Mapping[str, str],
    clips: Clips,
    speed: float,
    approve: Approve,
    stages: Callable[[str, int, int], None],
) -> Spoken | None:
    """All turns in one mix; None when words may not leave."""
    leaving = leaving_of(engine, to_be_made(script, engine, voices, clips, speed=speed))
    if leaving and not approve(leaving):
        return None
    return speak(
        script,
        engine,
        voices,
        clips,
        speed=speed,
        at_once=_AT_ONCE_ELSEWHERE if engine.host else _AT_ONCE,
        heard=lambda number, sound: stages(SPEAKING, number + 1, len(script.turns)),
    )


def _mastered(
    path: Path,
    mix: Sound,
    rate: int,
    files: EpisodeFiles,
    marks: Sequence[ChapterMark],
    art: bytes,
    stages: Callable[[str, int, int], None],
) -> Heard:
    """Make the mix as loud as podcasts are, and write it with title, chapters, tags and pictures."""
    stages(MASTERING, 0, 2)
    master = mastered(mix, rate)
    stages(MASTERING, 1, 2)
    heard = encode(
        path,
        master.samples,
        rate,
        title=files.script.title,
        chapters=[Chapter(mark.start, mark.end, mark.title, _picture(mark, files)) for mark in marks],
        tags=_tags(files.script),
        cover=art,
    )
    stages(MASTERING, 2, 2)
    return heard


def _picture(mark: ChapterMark, files: EpisodeFiles) -> bytes | None:
    """The photo that a chapter begins with, small."""
    image = files.images.get(mark.photo) if mark.photo else None
    return thumbnail(image) if image else None


def _as_heard(files: EpisodeFiles, disclosure: bool | None) -> Script:
    """The script, with an announcement where it is wanted and the hosts do not say themselves what they are."""
    if disclosure is None:
        disclosure = files.plan.brief.disclosure and not says_so(files.script)
    return announced(files.script) if disclosure else files.script


def _exchange(path: Path, new: Path, timeline: Timeline) -> tuple[Path, tuple[str, ...]]:
    """Put the new audio in the place of the old, and say what else had to go.

    The old times go first: whoever reads the folder after a power cut finds audio without times, and not with wrong
    ones. Audio of other kinds goes with them if its times are others, and so does the film.
    """
    try:
        same = Timeline.model_validate_json((path / _TIMELINE).read_bytes()).cues == timeline.cues
    except (OSError, ValueError):
        same = False
    (path / _TIMELINE).unlink(missing_ok=True)
    stale = [] if same else [path / f"episode.{kind}" for kind in get_args(Format) if f".{kind}" != new.suffix]
    for other in stale:
        other.unlink(missing_ok=True)
    notes: tuple[str, ...] = ()
    if not same and (film := path / FILM).is_file():
        film.unlink()
        notes = (f"{FILM} was of the audio before, and is gone; photocast video makes it again",)
    return new.replace(path / new.name), notes


def _write_times(
    path: Path, files: EpisodeFiles, script: Script, timeline: Timeline, marks: tuple[ChapterMark, ...]
) -> None:
    """Captions, transcript, chapters and, when these are there, the timeline: all from one and the same times."""
    lines = captions(script, timeline)
    images = {photo: image.relative_to(path).as_posix() for photo, image in files.images.items()}
    written = {
        "captions.vtt": web_vtt(lines),
        "captions.srt": sub_rip(lines),
        "transcript.json": transcript_json(script, timeline),
        "chapters.json": chapters_json(marks, images),
        _TIMELINE: timeline.model_dump_json(indent=2) + "\n",
    }
    for name, text in written.items():
        write_atomically(path / name, text)


def _page_renewed(path: Path) -> tuple[str, ...]:
    """Give the page its player, and say what should be known about it. Without it there is still the audio."""
    try:
        written = EpisodeFolder(path).refresh_page()
    except InputError as error:
        return (f"the page has no player: {error.what}, for {error.why}",)
    return tuple(f"{one.name} was edited by hand; your version is now {one.now}" for one in written.kept)


def _tags(script: Script) -> Mapping[str, str]:
    """Tags of the file; that a machine made it is one of them."""
    said = script.provenance.disclosure if script.provenance else ""
    speakers = ", ".join(speaker.name for speaker in script.speakers)
    spoken = "Spoken by synthetic voices, made with photocast."
    return {"artist": speakers, "comment": f"{said} {spoken}".strip()}
