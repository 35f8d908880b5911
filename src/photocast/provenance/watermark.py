"""A watermark in sound: a known pattern of bands a little louder and a little softer, found again by counting.

Time is cut into slots and the spectrum into bands. In each slot a band is turned up or down by 0.8 dB, as a key says.
Who knows the key adds up how much louder the bands are that should be, against those that should not; the voice itself
cancels out, for it knows nothing of the key. It is a patchwork (Bender et al., Techniques for data hiding, IBM Systems
Journal 35, 1996; for sound Arnold, Audio watermarking: features, applications and algorithms, ICME 2000).

It holds no message. The key is public: anybody can look for the mark, put it in, and take it out.
"""

import hashlib
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

KEY = "photocast: a machine said this"
"""Whose pattern is put in and looked for."""
DEPTH_DB = 0.8
"""How far a band is turned up or down."""
ENOUGH_SECONDS = 10.0
"""Of sound: with less, that no mark is found tells nothing."""
MOST_CHANCE = 1e-6
"""A mark counts as found when chance alone would do as much in fewer than one file of a million."""

Sound = NDArray[np.float32]
Levels = NDArray[np.float32]
State = Literal["found", "none", "too_short", "not_looked"]

_SLOT_S = 0.04
_PERIOD = 128  # slots until the pattern begins again: 5.12 s, so that a cut of any place holds it
_EDGES_HZ = np.arange(1000, 7001, 150)  # below, a band holds one harmonic or none; above, encoders save
_BANDS = len(_EDGES_HZ) - 1
_LOOKS = 4  # in a slot: a cut may fall anywhere in it
_FLOOR, _SOUND = (
    1e-7,
    1e-4,
)  # of the loud parts: below the one a level is not told apart, above the other there is sound
_FRAMES = 3000  # at once, so that an hour needs no more memory than a minute


def _pattern(key: str) -> NDArray[np.float32]:
    """+1 where a band is turned up and -1 where it is turned down: (slots, bands), each as by a toss of a coin."""
    data = hashlib.shake_256(key.encode()).digest(_PERIOD * _BANDS // 8)
    return np.unpackbits(np.frombuffer(data, np.uint8)).reshape(_PERIOD, _BANDS).astype(np.float32) * 2 - 1


@dataclass(frozen=True, slots=True)
class Detection:
    """What was found of the watermark."""

    state: State
    z: float = 0.0
    """How well the sound fits the pattern at the place where it fits best, in standard deviations of chance."""
    chance: float = 1.0
    """At most this often a pattern drawn at random would fit this very sound as well."""
    seconds: float = 0.0
    """Of sound: silence holds no mark."""
    why: str = ""
    """Why it was not looked for."""


def embed(samples: Sound, rate: int, *, key: str = KEY, depth_db: float = DEPTH_DB) -> Sound:
    """The sound with the mark in it, in all channels alike. Silence stays silence, and gain stays gain.

    Put it in before loudness and peaks are corrected: it moves peaks, seldom by more than `depth_db`.

    Args:
        samples: (n,) in mono or (n, 2) in stereo.
        rate: samples a second, from 16,000 on; below, the upper bands of the mark have no place.
        key: whose pattern.
        depth_db: how far each band is turned up or down.
    """
    hop = round(rate * _SLOT_S / 2)
    gains = _gains(_pattern(key) * depth_db, hop, rate)
    channels = samples[:, None] if samples.ndim == 1 else samples
    marked = np.stack([_turned(channel, gains, hop, rate) for channel in channels.T], axis=1)
    return marked.reshape(samples.shape)


def detect(samples: Sound, rate: int, *, key: str = KEY) -> Detection:
    """Look for the mark in sound, (n,) or (n, channels)."""
    size = 10 * rate
    parts = (samples[start : start + size] for start in range(0, len(samples), size))
    return judge(levels((part if part.ndim == 1 else part.mean(axis=1) for part in parts), rate), key=key)


def levels(parts: Iterable[Sound], rate: int) -> Levels:
    """Energy in each band, a hundred times a second: (times, bands). The parts are those of one channel, in order."""
    size = round(rate * _SLOT_S)
    window = _hann(size)
    edges = np.minimum(np.ceil(_EDGES_HZ * size / rate).astype(int), size // 2 + 1)
    found = [np.zeros((0, _BANDS), np.float32)]
    for frames in _frames(parts, size, rate * _SLOT_S / _LOOKS):
        power = np.abs(np.fft.rfft(frames * window)) ** 2
        below = np.pad(np.cumsum(power, axis=1, dtype=np.float64), ((0, 0), (1, 0)))
        found.append(np.diff(below[:, edges], axis=1).astype(np.float32))
    return np.concatenate(found)


def judge(energy: Levels, *, key: str = KEY) -> Detection:
    """Whether levels hold the mark.

    Were the pattern drawn at random, the sum of levels with its signs would exceed z times the root of the sum of their
    squares with a chance of at most exp(-z^2 / 2), whatever the sound is (Hoeffding 1963, theorem 2). It is looked for
    in every place, and so the chance is as many times that.
    """
    loud = float(np.percentile(energy.mean(axis=1), 95)) if len(energy) else 0.0
    seconds = float((energy.mean(axis=1) > _SOUND * loud).sum()) * _SLOT_S / _LOOKS
    if not loud:
        return Detection("too_short")
    z = max(_fits(_departures(energy, loud), _pattern(key)))
    chance = min(1.0, _PERIOD * _LOOKS * math.exp(-(z**2) / 2))
    if chance < MOST_CHANCE:
        return Detection("found", z, chance, seconds)
    return Detection("none" if seconds >= ENOUGH_SECONDS else "too_short", z, chance, seconds)


def _gains(pattern_db: NDArray[np.float32], hop: int, rate: int) -> NDArray[np.float32]:
    """Of each slot at each frequency of a frame of two hops."""
    band = np.searchsorted(_EDGES_HZ, np.fft.rfftfreq(2 * hop, 1 / rate), side="right") - 1
    inside = (band >= 0) & (band < _BANDS)
    gains = np.ones((len(pattern_db), hop + 1), np.float32)
    gains[:, inside] = 10 ** (pattern_db[:, band[inside]] / 20)
    return gains


def _turned(channel: Sound, gains: NDArray[np.float32], hop: int, rate: int) -> Sound:
    """Frames that overlap by half, each turned up and down in its bands, and added up again."""
    window = np.sqrt(_hann(2 * hop))
    count = -(-len(channel) // hop) + 1
    padded = np.zeros((count + 1) * hop, np.float32)
    padded[hop : hop + len(channel)] = channel
    frames = np.lib.stride_tricks.sliding_window_view(padded, 2 * hop)[::hop]
    slots = (np.arange(count) * hop / rate / _SLOT_S + 0.25).astype(int) % len(gains)
    marked = np.zeros((count + 1, hop), np.float32)
    for start in range(0, count, _FRAMES):
        stop = min(start + _FRAMES, count)
        spectrum = np.fft.rfft(frames[start:stop] * window) * gains[slots[start:stop]]
        parts = np.fft.irfft(spectrum, 2 * hop).astype(np.float32) * window
        marked[start:stop] += parts[:, :hop]
        marked[start + 1 : stop + 1] += parts[:, hop:]
    return marked.reshape(-1)[hop : hop + len(channel)].copy()


def _frames(parts: Iterable[Sound], size: int, hop: float) -> Iterator[Sound]:
    """Frames at every hop, which may be no whole number of samples, across the borders of parts."""
    rest, gone, done = np.zeros(0, np.float32), 0, 0
    for part in parts:
        rest = np.concatenate([rest, part])
        count = math.floor((gone + len(rest) - size) / hop) + 1 - done
        for start in range(done, done + count, _FRAMES):
            at = np.round(np.arange(start, min(start + _FRAMES, done + count)) * hop).astype(int) - gone
            yield np.lib.stride_tricks.sliding_window_view(rest, size)[at[at <= len(rest) - size]]
        done += max(count, 0)
        keep = min(max(round(done * hop) - gone, 0), len(rest))
        rest, gone = rest[keep:], gone + keep


def _departures(energy: Levels, loud: float) -> NDArray[np.float32]:
    """By how much each band is louder than its two neighbours, within bounds: one loud click is one vote."""
    level = np.log10(energy + _FLOOR * loud)
    padded = np.pad(level, ((0, 0), (1, 1)), mode="edge")
    departure = level - (padded[:, :-2] + padded[:, 2:]) / 2
    usual = float(np.sqrt(np.mean(departure**2))) or 1.0
    votes: NDArray[np.float32] = np.clip(departure / usual, -1, 1)
    return votes


def _fits(departures: NDArray[np.float32], pattern: NDArray[np.float32]) -> Iterator[float]:
    """The best fit of the pattern at any place, for each of the ways in which slots may begin."""
    wanted = np.fft.rfft(pattern, axis=0)
    for first in range(_LOOKS):
        slots = departures[first::_LOOKS]
        whole = np.pad(slots, ((0, -len(slots) % _PERIOD), (0, 0)))
        folded = whole.reshape(-1, _PERIOD, _BANDS).sum(axis=0, dtype=np.float64)
        sums = np.fft.irfft((wanted * np.fft.rfft(folded, axis=0).conj()).sum(axis=1), _PERIOD)
        yield float(sums.max() / (np.sqrt((folded**2).sum()) or 1.0))


def _hann(size: int) -> NDArray[np.float32]:
    """Whose copies half of it apart add up to one."""
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)).astype(np.float32)
