"""Peaks brought under a ceiling by turning the sound down around them, never by cutting them off."""

from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from photocast._optional import require
from photocast.speech.loudness import Sound

_REACH_S = 0.0025  # the gain begins to move twice this long before a peak
_RELEASE_DB_S = 120.0  # and comes back at this pace
_STEP = 1 << 18


def limited(samples: Sound, peaks: NDArray[np.float32], rate: int, *, gain: float, ceiling: float) -> Sound:
    """The sound made louder, with its true peaks at the ceiling or, by a few hundredths of a dB, near it.

    Where nothing peaks above the ceiling the sound is only made louder. All channels get the same gain, so that voices
    stay in their places. It is worked through in parts, whose borders do not show.

    Args:
        samples: (n,) in mono or (n, 2) in stereo.
        peaks: the true peak at each sample, over the channels: (n,).
        rate: samples a second.
        gain: how much louder, in dB.
        ceiling: in dBTP.

    Raises:
        ModelError: the extra `speech` is not installed.
    """
    image = require("scipy.ndimage", extra="speech", purpose="limiting peaks")
    half = 2 * max(1, round(_REACH_S * rate / 2))  # even, so that the averages below are centred
    fall, held = _RELEASE_DB_S / rate, 0.0
    louder = np.empty_like(samples)
    for start in range(0, len(samples), _STEP):
        stop = min(start + _STEP, len(samples))
        first = max(0, start - 2 * half)
        over = _decibels(peaks[first : stop + 2 * half]) + (gain - ceiling)
        needed = _released(np.maximum(over, 0), held, fall)
        held = float(needed[max(0, stop - 2 * half - first) - 1]) if stop < len(samples) else 0.0
        down = _smoothed(image, needed, half)[start - first : stop - first]
        louder[start:stop] = (samples[start:stop].T * 10 ** ((gain - down) / 20)).T
    return louder


def _decibels(peaks: NDArray[np.float32]) -> NDArray[np.float64]:
    decibels: NDArray[np.float64] = 20 * np.log10(np.maximum(peaks.astype(np.float64), 1e-10))
    return decibels


def _released(needed: NDArray[np.float64], held: float, fall: float) -> NDArray[np.float64]:
    """A reduction that rises at once and falls by `fall` a sample, from `held` just before its first."""
    slope = fall * np.arange(1, len(needed) + 1)
    reduction: NDArray[np.float64] = np.maximum.accumulate(np.maximum(needed + slope, held)) - slope
    return np.maximum(reduction, 0)


def _smoothed(image: ModuleType, needed: NDArray[np.float64], half: int) -> NDArray[np.float64]:
    """The same without corners and nowhere less: each value averaged is a maximum that covers the sample itself."""
    highest = image.maximum_filter1d(needed, 2 * half + 1, mode="nearest")
    once = image.uniform_filter1d(highest, half + 1, mode="nearest")
    twice: NDArray[np.float64] = image.uniform_filter1d(once, half + 1, mode="nearest")
    return np.maximum(twice, 0)
