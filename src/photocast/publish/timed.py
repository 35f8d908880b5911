"""Turns beside their times, as everything that is written about the audio needs them."""

from photocast.publish.words import clean
from photocast.schema import Cue, InputError, Script, Timeline, Turn


def timed(script: Script, timeline: Timeline) -> tuple[tuple[Turn, Cue], ...]:
    """Every turn with when it is said, in the order of the script.

    Raises:
        InputError: the timeline is of other turns.
    """
    turns, cues = [turn.id for turn in script.turns], [cue.turn for cue in timeline.cues]
    if turns != cues:
        raise InputError(
            "the timeline does not fit the script",
            f"the script has the turns {turns[0]} to {turns[-1]} ({len(turns)}), and {cues[0]} to {cues[-1]} "
            f"({len(cues)}) were said",
            "Make the audio again: photocast speak",
        )
    return tuple(zip(script.turns, timeline.cues, strict=True))


def in_milliseconds(start: float, end: float) -> tuple[int, int]:
    """A stretch of seconds in whole milliseconds, and never an empty one, which no reader of files admits."""
    first = round(start * 1000)
    return first, max(round(end * 1000), first + 1)


def visible_words(text: str) -> list[str]:
    """The words between blanks, without what cannot be seen: a word of nothing else is left out."""
    return [seen for word in text.split() if (seen := clean(word))]


def one_line(text: str) -> str:
    """The same as one line."""
    return " ".join(visible_words(text))
