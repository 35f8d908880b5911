"""Transcripts as the page shows them, and the lengths of their turns."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from photocast.metrics.reading import read
from photocast.schema import PhotocastError, Script, parse_transcript

_LARGEST = 2_000_000
"""Bytes of a file that is read for the page."""
_SHOWN = 16_000
"""Characters of a transcript that are shown."""


@dataclass(frozen=True, slots=True)
class Line:
    """A turn, or a paragraph of a file in which no turns were found."""

    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """What the page shows of one file."""

    lines: tuple[Line, ...] = ()
    rest: int = 0
    """Words that are not shown."""
    problem: str = ""
    """Why there is nothing to show, or why the turns are not apart."""
    lengths: NDArray[np.int64] | None = None
    """Words of every turn, (turns,)."""


def transcript(path: Path) -> Transcript:
    """The transcript in a file, or why it cannot be shown."""
    try:
        if not path.is_file():
            return Transcript(problem="the file is not there")
        if path.stat().st_size > _LARGEST:
            return Transcript(problem=f"too large to show: {path.stat().st_size / 1e6:,.1f} MB")
        text = path.read_text("utf-8")
    except UnicodeDecodeError:
        return Transcript(problem="it is not text")
    except OSError as error:
        return Transcript(problem=error.strerror or "the file cannot be read")
    try:
        script = parse_transcript(text)
    except PhotocastError as error:
        lines = [Line("", part.strip()) for part in text.split("\n\n") if part.strip()]
        return _cut(lines, problem=f"no turns were found: {error.why}")
    return _cut([Line(turn.speaker, turn.text) for turn in script.turns], lengths=_lengths(script))


def _lengths(script: Script) -> NDArray[np.int64]:
    return np.asarray(read(script).lengths, dtype=np.int64)


def _cut(lines: list[Line], *, problem: str = "", lengths: NDArray[np.int64] | None = None) -> Transcript:
    """As many lines as are shown; a single line that is longer than that is cut too."""
    shown: list[Line] = []
    room = _SHOWN
    for line in lines:
        if room <= 0:
            break
        shown.append(Line(line.speaker, line.text[:room]))
        room -= len(line.text)
    total, kept = (sum(len(line.text.split()) for line in some) for some in (lines, shown))
    return Transcript(tuple(shown), total - kept, problem, lengths)
