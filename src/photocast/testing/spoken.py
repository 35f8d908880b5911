"""Episode folders as `photocast speak` leaves them, for tests of what is made from them: without a voice."""

import wave
from collections.abc import Collection
from pathlib import Path

from photocast.publish import EpisodeFolder
from photocast.runs import PhotoCount, Report, write_atomically
from photocast.schema import AlbumRecord, Brief, Cue, FactSheet, Photo, Plan, Script, Timeline, fingerprint

BESIDE = ("captions.vtt", "captions.srt", "transcript.json", "chapters.json")


def written_episode(path: Path, script: Script, *, seed: int = 0) -> Path:
    """An episode of one photo that has not been spoken yet.

    Args:
        path: the folder to write.
        script: what is said.
        seed: what tells it from others of the same photo.
    """
    photo = Photo(id="p01", source="a.jpg", sha256="a" * 64, width=3, height=2)
    EpisodeFolder(path).write(
        script=script,
        facts=FactSheet(observations=()),
        plan=Plan(
            brief=Brief(seed=seed),
            album=AlbumRecord(title="an album", photos=(photo,)),
            words=script.words(),
            seconds=1,
        ),
        report=Report(
            photocast="0", python="3", platform="x", writer="pocket", photos=PhotoCount(found=1, used=1, set_aside=0)
        ),
        images={},
    )
    return path


def spoken(path: Path, *, audio: str = "episode.mp3", seconds: float = 61.6, beside: Collection[str] = BESIDE) -> Path:
    """Give an episode its times, captions and such, and audio that is a silent WAV whatever its name."""
    script = EpisodeFolder(path).read().script
    cue = Cue(turn=script.turns[0].id, start=0, end=seconds)
    timeline = Timeline(seconds=seconds, script=fingerprint(script), cues=(cue,))
    write_atomically(path / "timeline.json", timeline.model_dump_json())
    for name in beside:
        write_atomically(path / name, '{"chapters": []}')
    with wave.open(str(path / audio), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(1600))
    return path
