"""The audio that lies beside a script, when it says what the script says."""

from dataclasses import dataclass
from pathlib import Path

from photocast.publish.feed import TYPES
from photocast.publish.reading import read_record
from photocast.schema import InputError, Script, Timeline
from photocast.schema.timeline import fingerprint

_TIMELINE = "timeline.json"


@dataclass(frozen=True, slots=True)
class Sound:
    """Audio that says a script, and when it says which turn."""

    audio: Path
    timeline: Timeline


@dataclass(frozen=True, slots=True)
class OlderSound:
    """Audio that is not known to say what its script says now: it was spoken before an edit."""

    audio: Path


def sound_of(folder: Path, script: Script) -> Sound | OlderSound | None:
    """The newest audio of an episode, beside what is said in it; None when there is none.

    It is older when its timeline is of another script, was written by a version that did not note of which, or cannot
    be read: nothing may be lit by its times.
    """
    there = [file for kind in TYPES if (file := folder / f"episode.{kind}").is_file() and file.stat().st_size]
    if not there:
        return None
    audio = max(there, key=lambda file: file.stat().st_mtime_ns)
    try:
        timeline = read_record(folder / _TIMELINE, Timeline)
    except InputError:
        return OlderSound(audio)
    return Sound(audio, timeline) if timeline.script == fingerprint(script) else OlderSound(audio)
