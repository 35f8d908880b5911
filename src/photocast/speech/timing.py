"""When each turn is heard: pauses as people make them, and turns that begin before the one before them has ended."""

import re
from collections.abc import Sequence

from photocast.metrics.lexicons import BACK_CHANNELS
from photocast.schema import Script, Timeline, Turn
from photocast.schema.timeline import Cue

LEAD_S, TAIL_S = 0.4, 0.9
"""Silence before the first turn and after the last."""
_ANSWER_S, _AFTER_QUESTION_S, _LATCHED_S = 0.28, 0.2, 0.04
_SAME_SPEAKER_S, _NEW_PHOTO_S = 0.45, 0.6
_BEAT_S = 0.7
_INTERRUPTS_S, _BACK_CHANNEL_S = -0.18, -0.3
_MOST_OVERLAP = 0.5
"""Of the shorter of two clips: nobody is drowned."""
_CUT_OFF = ("—", "–", "-", "-'", "—'")


def timed(script: Script, seconds: Sequence[float]) -> Timeline:
    """Place the turns of a script one after the other.

    What the script says (`Delivery.pause_before_ms`, `overlap_ms`, a `beat` among the events) is done. Otherwise
    whoever cuts in on an unfinished sentence is heard before it ends, a "mm-hm" between two turns of another speaker
    lies over the end of the first, an answer to a question comes sooner than other turns, and talk about other photos
    later. The gaps are ours, of the size of those in conversation (about .2 s between turns: Stivers et al. 2009, PNAS
    106(26)).

    Args:
        script: whose turns are heard.
        seconds: how long the clip of each turn is.

    Returns:
        Cues that begin in the order of the turns.
    """
    cues: list[Cue] = []
    silent_from: dict[str, float] = {}
    for number, (turn, length) in enumerate(zip(script.turns, seconds, strict=True)):
        start = LEAD_S
        if cues:
            before = cues[-1]
            overlap = _MOST_OVERLAP * min(before.end - before.start, length)
            start = max(before.end + max(_gap(script.turns, number), -overlap), before.start)
        start = max(start, silent_from.get(turn.speaker, 0.0))
        cues.append(Cue(turn=turn.id, start=start, end=start + length))
        silent_from[turn.speaker] = start + length
    return Timeline(seconds=max(cue.end for cue in cues) + TAIL_S, cues=tuple(cues))


def _gap(turns: Sequence[Turn], number: int) -> float:
    """Seconds between a turn and the end of the one before; below zero where they overlap."""
    before, turn = turns[number - 1], turns[number]
    said = turn.delivery
    if said.overlap_ms is not None:
        return -said.overlap_ms / 1000
    if said.pause_before_ms is not None:
        return said.pause_before_ms / 1000
    if "beat" in said.events:
        return _BEAT_S
    if turn.speaker == before.speaker:
        return _SAME_SPEAKER_S
    if before.text.rstrip().rstrip("\"'”’").endswith(_CUT_OFF):
        return _INTERRUPTS_S
    if turn.text.startswith(("—", "–", "…")):
        return _LATCHED_S
    if _is_back_channel(turns, number):
        return _BACK_CHANNEL_S
    if turn.photos and before.photos and not set(turn.photos) & set(before.photos):
        return _NEW_PHOTO_S
    return _AFTER_QUESTION_S if before.text.rstrip().endswith("?") else _ANSWER_S


def _is_back_channel(turns: Sequence[Turn], number: int) -> bool:
    """Whether somebody only shows that they follow, while another goes on talking."""
    before, turn, after = turns[number - 1], turns[number], turns[number + 1 : number + 2]
    goes_on = bool(after) and after[0].speaker == before.speaker
    said = re.sub(r"[^\w' -]", "", turn.text.lower().replace("’", "'"))
    return goes_on and "?" not in before.text[-3:] and said.strip() in BACK_CHANNELS
