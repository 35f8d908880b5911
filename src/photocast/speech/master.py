"""The mix made as loud as a podcast is, with no peak that an encoder would break."""

from dataclasses import dataclass

from photocast.schema import InputError
from photocast.speech.limiter import limited
from photocast.speech.loudness import Sound, decibels, envelope, integrated, measure, peaks

__all__ = ["Mastered", "mastered", "measure"]

_STEREO_LUFS, _MONO_LUFS = -16.0, -19.0
_CEILING = -2.0  # dBTP; an encoder moves peaks, and -1 is promised of the file
_NEAR = 0.3  # LU
_ROUNDS = 8
_LEAST_GAINED = 0.2  # LU for a dB; a limiter that gives less back is nearly shut


@dataclass(frozen=True, slots=True, eq=False)
class Mastered:
    """Sound as it is published."""

    samples: Sound
    """(n,) in mono or (n, 2) in stereo."""
    lufs: float
    """Integrated loudness."""
    true_peak: float
    """In dBTP."""


def mastered(mix: Sound, rate: int, *, target: float | None = None) -> Mastered:
    """The mix at the loudness of podcasts, its peaks limited.

    Limiting takes some loudness away, so it is measured again and corrected until it is within 0.3 LU of the target.

    Args:
        mix: (n,) in mono or (n, 2) in stereo.
        rate: samples a second.
        target: in LUFS; -16 in stereo and -19 in mono, which sound alike, unless given.

    Raises:
        InputError: the mix has no loudness, or peaks so far above the rest of it that it cannot be made that loud.
        ModelError: the extra `speech` is not installed.
    """
    aim = target if target is not None else _STEREO_LUFS if mix.ndim == 2 else _MONO_LUFS
    gain, lufs = 0.0, integrated(mix, rate)
    highest = envelope(mix)
    step = aim - lufs
    for _ in range(_ROUNDS):
        gain, before = gain + step, lufs
        samples = limited(mix, highest, rate, gain=gain, ceiling=_CEILING)
        lufs = integrated(samples, rate)
        if abs(aim - lufs) <= _NEAR:
            return Mastered(samples, lufs, decibels(max(float(part.max()) for part in peaks(samples))))
        gained = min(max((lufs - before) / step, _LEAST_GAINED), 1.0) if step else 1.0
        step = (aim - lufs) / gained
    raise InputError(
        f"the audio cannot be made as loud as {aim:.1f} LUFS",
        f"with its peaks at {_CEILING:.0f} dBTP it is at {lufs:.1f} LUFS: they stand too far above the rest",
        "Listen for clicks in it, and make those turns again: photocast speak",
    )
