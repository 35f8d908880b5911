"""All clips in one room."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from photocast.models.speech import Samples
from photocast.schema import Timeline

_EDGE_S = 0.008
"""Fade at the ends of every clip, so that none clicks."""
_FADE_S = 0.5
_ROOM_DBFS = -66.0
_WIDTH = 0.22
"""How far from the middle the outermost speakers sit; 1 is hard left or right."""


def mixed(clips: Sequence[Samples], seats: Sequence[float], timeline: Timeline, rate: int) -> NDArray[np.float32]:
    """Lay clips over one another, each at its time and in its place, over the tone of a quiet room.

    Args:
        clips: of the turns, mono, (n,) each.
        seats: where each is heard, -1 is left and 1 right.
        timeline: a cue for each clip.
        rate: samples a second.

    Returns:
        (n, 2), not yet loud as it should be.
    """
    length = round(timeline.seconds * rate)
    out = _room(length)
    for clip, seat, cue in zip(clips, seats, timeline.cues, strict=True):
        at = round(cue.start * rate)
        angle = (seat + 1) * np.pi / 4  # of equal power
        sound = _edged(clip, rate)[: length - at, None]
        out[at : at + len(sound)] += sound * np.array([np.cos(angle), np.sin(angle)], np.float32) * np.float32(2**0.5)
    fade = np.linspace(0, 1, min(round(_FADE_S * rate), length), dtype=np.float32)[:, None]
    out[: len(fade)] *= fade**0.25
    out[length - len(fade) :] *= fade[::-1]
    return out


def seats_of(names: Sequence[str]) -> Mapping[str, float]:
    """A place for each speaker, from left to right; somebody alone sits in the middle."""
    places = np.linspace(-_WIDTH, _WIDTH, len(names)) if len(names) > 1 else [0.0]
    return {name: float(place) for name, place in zip(names, places, strict=True)}


def _edged(clip: Samples, rate: int) -> Samples:
    """A clip with soft ends."""
    size = min(round(_EDGE_S * rate), len(clip) // 2)
    ramp = np.linspace(0, 1, size, dtype=np.float32)
    out = clip.copy()
    out[:size] *= ramp
    out[len(out) - size :] *= ramp[::-1]
    return out


def _room(length: int) -> NDArray[np.float32]:
    """The tone of a quiet room, (n, 2): silence between turns would sound like a fault."""
    noise = np.random.default_rng(0).standard_normal((length, 2), np.float32)
    smooth = (noise + np.roll(noise, 1, 0) + np.roll(noise, 2, 0) + np.roll(noise, 3, 0)) / 2
    return (smooth * np.float32(10 ** (_ROOM_DBFS / 20))).astype(np.float32)
