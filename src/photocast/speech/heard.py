"""An audio file as a listener's player would have it, and whether that is what was meant."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from photocast._optional import require
from photocast.schema import InputError, UsageError
from photocast.speech.loudness import Sound, measure

HIGHEST_PEAK = -1.0
"""In dBTP, of a file: what podcast directories ask for."""
_SECONDS_OFF, _LOUDNESS_OFF = 0.1, 1.0
AGAIN = "Make the audio again: photocast speak"
"""What to do about a file that is not as it should be."""
# named, or a file that calls itself a playlist would have other files and addresses opened
_FORMATS = {".wav": "wav", ".mp3": "mp3", ".m4a": "mov", ".opus": "ogg"}
SUFFIXES = tuple(_FORMATS)


@dataclass(frozen=True, slots=True)
class Heard:
    """What a file turned out to be when it was decoded."""

    seconds: float
    lufs: float
    true_peak: float
    """In dBTP."""


def check_audio(path: Path, *, seconds: float, lufs: float | None = None) -> Heard:
    """Decode a file and compare it with what was meant.

    Args:
        path: the file.
        seconds: how long it is meant to be; it may be 0.1 s off, which is what the frames of an encoder come to.
        lufs: how loud it is meant to be; it may be 1 LU off.

    Raises:
        InputError: it cannot be decoded, is shorter or longer, softer or louder, or peaks above -1 dBTP.
        ModelError: the extra `speech` is not installed.
        UsageError: its suffix is none that is written here.
    """
    heard = hear(path)
    if wrong := what_is_wrong(heard, seconds, lufs):
        raise InputError(f"{path} is not the audio that was meant", wrong, AGAIN)
    return heard


def hear(path: Path) -> Heard:
    """Decode a file and measure it; raises as `check_audio`."""
    samples, rate = decode(path)
    return Heard(len(samples) / rate, *measure(samples, rate))


def what_is_wrong(heard: Heard, seconds: float, lufs: float | None) -> str | None:
    """In which way a file is not what was meant, or None."""
    if abs(heard.seconds - seconds) > _SECONDS_OFF:
        return f"it lasts {heard.seconds:.2f} s instead of {seconds:.2f} s"
    if lufs is not None and abs(heard.lufs - lufs) > _LOUDNESS_OFF:
        return f"it is at {heard.lufs:.1f} LUFS instead of {lufs:.1f} LUFS"
    if heard.true_peak > HIGHEST_PEAK:
        return f"it peaks at {heard.true_peak:.2f} dBTP, and {HIGHEST_PEAK:.0f} dBTP is the most that plays cleanly"
    return None


def decode(path: Path) -> tuple[Sound, int]:
    """The samples of a .wav, .mp3, .m4a or .opus file, (n,) in mono or (n, 2) in stereo, and how many a second.

    What an encoder adds before the first sample is left out, as players do.

    Raises:
        InputError: the file cannot be read, or is damaged.
        ModelError: the extra `speech` is not installed.
        UsageError: it has another suffix.
    """
    av = require("av", extra="speech", purpose="reading audio")
    demuxer = _FORMATS.get(path.suffix.lower())
    if demuxer is None:
        raise unknown_suffix(path)
    try:
        with av.open(str(path.absolute()), format=demuxer) as container:
            if not container.streams.audio:
                raise InputError(f"{path} cannot be heard", "there is no sound in it", AGAIN)
            stream, resampler, pcm = container.streams.audio[0], av.AudioResampler(format="flt"), bytearray()
            for frame in container.decode(stream):
                for part in resampler.resample(frame):
                    pcm += part.to_ndarray().tobytes()  # grows in place: an hour is not held twice
            samples = np.frombuffer(pcm, np.float32)
            return (samples if stream.channels == 1 else samples.reshape(-1, stream.channels)), stream.rate
    except OSError as error:
        raise InputError(f"cannot read {path}", (error.strerror or "the system refused").lower(), AGAIN) from error
    except av.FFmpegError as error:
        raise InputError(f"{path} cannot be heard", "it is damaged, or not what its name says", AGAIN) from error


def unknown_suffix(path: Path) -> UsageError:
    """A file name that says no kind of audio known here."""
    return UsageError(
        f"{path} is no audio that photocast writes",
        f"its name ends in {path.suffix}" if path.suffix else "its name has no ending",
        f"Give it one of these: {', '.join(SUFFIXES)}",
    )
