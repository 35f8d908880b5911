"""Captions: what is said, in two lines at a time, as WebVTT and as SubRip."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from operator import itemgetter

from photocast._optional import require
from photocast.publish.timed import in_milliseconds, one_line, timed, visible_words
from photocast.publish.two_lines import two_lines
from photocast.schema import Cue, Script, Timeline, Turn

_SHORTEST = 0.01
"""Seconds of a caption. A turn with less time for each, which nobody says, is one caption of more lines."""
_NO_MARKUP = str.maketrans("<>{}", "‹›()")
"""SubRip takes `<b>`, `{\\an8}` and `-->` for its own wherever they stand, and knows no way to say them."""


@dataclass(frozen=True, slots=True)
class Caption:
    """What is shown for a while."""

    start: float
    """Seconds from the beginning of the audio."""
    end: float
    speaker: str
    """Name, in one line."""
    text: str
    """One line, or two with a newline between them."""


def captions(script: Script, timeline: Timeline) -> tuple[Caption, ...]:
    """The captions of an episode, turn after turn in the order of the script.

    Every visible word is in exactly one of them. A turn is cut into captions of at most two lines of 42 characters (a
    longer word is a line of its own), at the end of a sentence or a clause where that can be. They share the time of
    the turn by their number of characters. Where turns overlap, so do captions.

    Raises:
        InputError: the timeline is of other turns.
    """
    return tuple(one for turn, cue in timed(script, timeline) for one in _of_turn(turn, cue))


def web_vtt(captions: Sequence[Caption]) -> str:
    """The captions as a WebVTT file with voices, in the order in which they begin.

    Raises:
        ModelError: webvtt-py is not installed.
    """
    webvtt = require("webvtt", extra="speech", purpose="writing captions")
    cues = [
        webvtt.Caption(_clock(start, "."), _clock(end, "."), f"{_voice(caption.speaker)}{_escaped(caption.text)}")
        for start, end, caption in _by_start(captions)
    ]
    return str(webvtt.WebVTT(captions=cues).content)


def sub_rip(captions: Sequence[Caption]) -> str:
    """The captions as a SubRip file, numbered in the order in which they begin, each with its speaker's name.

    What SubRip would take for markup is written with other signs: ‹b› for `<b>`, round brackets for braces.
    """
    return "\n".join(
        f"{number}\n{_clock(start, ',')} --> {_clock(end, ',')}\n{_labelled(caption).translate(_NO_MARKUP)}\n"
        for number, (start, end, caption) in enumerate(_by_start(captions), start=1)
    )


def _of_turn(turn: Turn, cue: Cue) -> Iterator[Caption]:
    texts = two_lines(visible_words(turn.text))
    if cue.end - cue.start < _SHORTEST * len(texts):
        texts = ["\n".join(texts)]
    spoken = [0, *accumulate(map(len, texts))]
    times = [cue.start + (cue.end - cue.start) * at / max(spoken[-1], 1) for at in spoken[:-1]]
    for (start, end), text in zip(pairwise([*times, cue.end]), texts, strict=True):
        yield Caption(start, end, one_line(turn.speaker), text)


def _by_start(captions: Sequence[Caption]) -> list[tuple[int, int, Caption]]:
    """With their times in milliseconds; WebVTT wants no cue to begin before the one above it."""
    return sorted(((*in_milliseconds(one.start, one.end), one) for one in captions), key=itemgetter(0))


def _clock(milliseconds: int, point: str) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{point}{rest:03d}"


def _voice(speaker: str) -> str:
    """The voice of the whole caption, which needs no end. Dashes that end a name make no arrow with the bracket."""
    return f"<v {_escaped(speaker).replace('--', '-&#45;')}>" if speaker else ""


def _escaped(text: str) -> str:
    """Text that is no markup, which webvtt-py leaves to its caller. It takes the arrow `-->` along."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _labelled(caption: Caption) -> str:
    return f"{caption.speaker}: {caption.text}" if caption.speaker else caption.text
