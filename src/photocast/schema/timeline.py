"""When each turn is said: what captions, chapters, page and video are made from."""

import hashlib
import json
from typing import Self

from pydantic import Field, model_validator

from photocast.schema.record import SCHEMA_VERSION, Record, SchemaVersion
from photocast.schema.script import Script, Turn


class Cue(Record):
    """A turn in time."""

    turn: str
    """Its id in the script."""
    start: float = Field(ge=0)
    """Seconds from the beginning of the audio."""
    end: float


class Timeline(Record):
    """All turns in time, in the order of the script. Turns may overlap; none begins before the one before it."""

    schema_version: SchemaVersion = SCHEMA_VERSION
    seconds: float = Field(gt=0)
    """Of the whole audio."""
    script: str = ""
    """The `fingerprint` of the script that is heard; empty in what an earlier version wrote."""
    announced: str = ""
    """What is said before the first turn, without being one: that machines made what follows. Empty: nothing is."""
    cues: tuple[Cue, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        before = 0.0
        for cue in self.cues:
            if not before <= cue.start < cue.end <= self.seconds:
                raise ValueError(
                    f"turn {cue.turn} is said from {cue.start:.3f} to {cue.end:.3f} s, after one that begins at "
                    f"{before:.3f} s, in {self.seconds:.3f} s of audio. Make the audio again: photocast speak."
                )
            before = cue.start
        return self


def as_heard(script: Script, timeline: Timeline) -> Script:
    """The script with what is announced before it as a first turn, which the timeline has a cue for."""
    if not timeline.announced:
        return script
    opening = Turn(id=timeline.cues[0].turn, speaker=script.turns[0].speaker, text=timeline.announced)
    return script.model_copy(update={"turns": (opening, *script.turns)})


def fingerprint(script: Script) -> str:
    """What tells whether a script sounds as it did: by who says what, and how, and not by what it rests on."""
    heard = [
        [turn.id, turn.speaker, turn.text, turn.delivery.model_dump(mode="json", exclude_defaults=True)]
        for turn in script.turns
    ]
    return hashlib.sha256(json.dumps(heard, sort_keys=True).encode()).hexdigest()[:32]
