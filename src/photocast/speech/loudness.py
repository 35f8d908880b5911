"""How loud sound is, and how high it peaks between its samples."""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from photocast._optional import require
from photocast.schema import InputError

Sound = NDArray[np.float32]
"""Full scale at 1; (n,) in mono or (n, 2) in stereo."""

_PURPOSE = "measuring how loud speech is"
_WINDOW_S, _BEFORE_S, _AFTER_S = (
    60,
    1,
    0.3,
)  # a minute; its filters settle in the second before; its last block ends after
_BLOCKS_BEFORE = 10  # blocks of loudness begin every tenth of a second
_SHORTEST_S = 0.4
_QUIETEST = -70.0  # LUFS, the absolute gate of BS.1770
_OVERSAMPLED = 4
_REACH = 32  # samples on each side that a peak between two samples can depend on: more than the filter has


def measure(samples: Sound, rate: int) -> tuple[float, float]:
    """The integrated loudness (LUFS, ITU-R BS.1770-4) and the true peak (dBTP, fourfold oversampling) of a sound.

    A minute at a time, so that an hour takes no more memory than its samples and a few dozen megabytes.

    Args:
        samples: (n,) in mono or (n, 2) in stereo.
        rate: samples a second.

    Raises:
        InputError: it has no loudness: silence, less than 0.4 s, or samples that are not numbers.
        ModelError: the extra `speech` is not installed.
    """
    lufs = integrated(samples, rate)
    return lufs, decibels(max(float(part.max()) for part in peaks(samples)))


def integrated(samples: Sound, rate: int) -> float:
    """The integrated loudness alone, in LUFS; as `measure`."""
    if len(samples) < _SHORTEST_S * rate:
        raise _no_loudness(f"it lasts {len(samples) / rate:.2f} s, and loudness is measured over {_SHORTEST_S} s")
    if not np.isfinite(samples.sum(dtype=np.float64)):
        raise _no_loudness("some of its samples are not numbers")
    blocks = np.concatenate(list(_blocks(samples, rate)))
    heard = blocks[blocks >= _QUIETEST]
    if not heard.size:
        raise _no_loudness(f"all of it is below {_QUIETEST:.0f} LUFS, which is silence")
    return _mean(heard[heard > _mean(heard) - 10])


def peaks(samples: Sound) -> Iterator[NDArray[np.float32]]:
    """Yield, in parts, the highest magnitude from each sample up to the next, over the channels: (n,) in all."""
    signal = require("scipy.signal", extra="speech", purpose=_PURPOSE)
    step = 1 << 18
    for start in range(0, len(samples), step):
        first = max(0, start - _REACH)
        part = signal.resample_poly(samples[first : start + step + _REACH], _OVERSAMPLED, 1, axis=0)
        owned = part[(start - first) * _OVERSAMPLED :][: min(step, len(samples) - start) * _OVERSAMPLED]
        yield np.abs(owned).reshape(len(owned) // _OVERSAMPLED, -1).max(axis=1)


def envelope(samples: Sound) -> NDArray[np.float32]:
    """All that `peaks` yields in one array, (n,)."""
    whole = np.empty(len(samples), np.float32)
    filled = 0
    for part in peaks(samples):
        whole[filled : filled + len(part)] = part
        filled += len(part)
    return whole


def decibels(magnitude: float) -> float:
    """A magnitude in dB of full scale."""
    return 20 * math.log10(magnitude) if magnitude > 0 else -math.inf


def _blocks(samples: Sound, rate: int) -> Iterator[NDArray[np.float64]]:
    """The loudness of each 0.4 s, every 0.1 s, before gating."""
    meter = require("pyloudnorm", extra="speech", purpose=_PURPOSE).Meter(rate)
    for start in range(0, len(samples), _WINDOW_S * rate):
        first = max(0, start - _BEFORE_S * rate)
        window = samples[first : start + round((_WINDOW_S + _AFTER_S) * rate)]
        meter.integrated_loudness(window.astype(np.float64))
        yield np.asarray(meter.blockwise_loudness)[_BLOCKS_BEFORE if start else 0 :]


def _mean(loudness: NDArray[np.float64]) -> float:
    """The mean of loudnesses by their energy."""
    return float(10 * np.log10(np.mean(10 ** (loudness / 10))))


def _no_loudness(why: str) -> InputError:
    return InputError(
        "the audio has no loudness", why, "Make the audio again, and listen to a clip of it: photocast speak"
    )
