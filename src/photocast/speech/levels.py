"""Voices brought to one level: those of an engine differ by some decibels, and nobody should have to turn the knob."""

from collections.abc import Mapping, Sequence

import numpy as np

from photocast.models.speech import Samples
from photocast.schema import InputError
from photocast.speech.loudness import integrated

_MOST_DB = 6.0
"""What lies further apart is meant, or is no voice."""
_LEAST_S = 3.0
"""Of sound from which a level can be told."""


def levelled(clips: Sequence[Samples], who: Sequence[str], rate: int) -> list[Samples]:
    """The clips, each speaker as loud over all their turns as the speakers are on average.

    What one turn is softer or louder than others of the same speaker stays. A speaker who says less than three seconds
    is left as they are.

    Args:
        clips: of the turns, mono, (n,) each.
        who: says each.
        rate: samples a second.
    """
    levels = _levels(clips, who, rate)
    if len(levels) < 2:
        return list(clips)
    aim = float(np.mean(list(levels.values())))
    gains = {name: 10 ** (np.clip(aim - level, -_MOST_DB, _MOST_DB) / 20) for name, level in levels.items()}
    return [clip * np.float32(gains.get(name, 1.0)) for clip, name in zip(clips, who, strict=True)]


def _levels(clips: Sequence[Samples], who: Sequence[str], rate: int) -> Mapping[str, float]:
    """Loudness of each speaker in LUFS, where it can be told."""
    levels: dict[str, float] = {}
    for name in dict.fromkeys(who):
        said = np.concatenate([clip for clip, speaker in zip(clips, who, strict=True) if speaker == name])
        if len(said) >= _LEAST_S * rate:
            try:
                levels[name] = integrated(said, rate)
            except InputError:  # silence has no level
                continue
    return levels
