"""What the player of a page shows, worked out before any HTML is written."""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from markupsafe import Markup

from photocast.publish.chapters import chapters
from photocast.publish.feed import TYPES
from photocast.publish.sound import Sound
from photocast.publish.words import clean
from photocast.schema import Cue, InputError, Script

MOST_INSIDE = 24_000_000
"""Bytes of audio that a page holds: as text a third more, and Firefox takes no `data:` address of over 32 MB."""
_PIECE = 3 << 16
"""Bytes that are turned into text at a time; a multiple of three, so that the pieces join without a seam."""


@dataclass(frozen=True, slots=True)
class PlayerView:
    """The audio of a page and its times."""

    audio: Path
    inside: bool
    """Whether the page holds it, or it lies beside the page."""
    seconds: float
    clock: str
    """The length as `3:55`."""
    cues: Mapping[str, Cue]
    """When each turn is said, by its id."""
    announced: str
    """What is said before the first turn; empty when nothing is."""
    announcement: Cue | None
    chapters: tuple[str, ...]
    """Where each chapter but the first begins, in percent of the length."""

    def src(self) -> Iterator[Markup]:
        """The address of the audio in pieces: it may be of many megabytes.

        Raises:
            InputError: the audio cannot be read.
        """
        if not self.inside:
            yield Markup(quote(self.audio.name))
            return
        yield Markup(f"data:{TYPES[self.audio.suffix.removeprefix('.')]};base64,")
        try:
            with self.audio.open("rb") as file:
                while piece := file.read(_PIECE):
                    yield Markup(base64.b64encode(piece).decode("ascii"))
        except OSError as error:
            raise InputError(
                f"cannot read {self.audio}", error.strerror or "the system refused", "Make it readable"
            ) from error


def player_view(sound: Sound, script: Script) -> PlayerView:
    """Work out the player of a script that is heard."""
    timeline, turns = sound.timeline, {turn.id for turn in script.turns}
    announcement = next((cue for cue in timeline.cues if cue.turn not in turns), None)
    said = timeline.model_copy(update={"cues": tuple(cue for cue in timeline.cues if cue.turn in turns)})
    return PlayerView(
        audio=sound.audio,
        inside=sound.audio.stat().st_size <= MOST_INSIDE,
        seconds=timeline.seconds,
        clock=clock(timeline.seconds),
        cues={cue.turn: cue for cue in said.cues},
        announced=clean(timeline.announced) if announcement else "",
        announcement=announcement,
        chapters=tuple(f"{100 * mark.start / timeline.seconds:.2f}%" for mark in chapters(script, said)[1:]),
    )


def clock(seconds: float) -> str:
    """Seconds as people read them: `3:55`, `1:02:09`."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"
