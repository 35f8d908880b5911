"""Sound as others hand it over, WAV or bare samples, brought to the form in which engines give it."""

import io
import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from photocast._optional import require
from photocast.models.speech.voice import Samples

_QUIET = 0.004
"""Of full scale: what lies below at either end of a line is silence and not speech."""
_MARGIN_S = 0.03
_FAINTEST = 1e-3
_NOT_KNOWN_YET = 0x7FFF0000
"""Sizes from here on stand in headers that were written before the sound was made."""


def read_wav(data: bytes, rate: int) -> Samples:
    """The sound of a WAV file, whatever its rate, width and channels.

    Args:
        data: the file.
        rate: samples a second of what is returned.

    Raises:
        ValueError: it is no WAV, it was cut, or there is nothing to be heard in it.
        ModelError: the extra `speech` is not installed.
    """
    if not (data[:4] == b"RIFF" and data[8:12] == b"WAVE"):
        raise ValueError("what came is no WAV")
    if _promised(data) > len(data):
        raise ValueError("the sound ended before it was whole")
    av = require("av", extra="speech", purpose="reading sound")
    try:
        with av.open(io.BytesIO(data), format="wav") as file:
            return _gathered(file.decode(file.streams.audio[0]), rate)
    except (av.FFmpegError, IndexError) as error:
        raise ValueError("the WAV that came is damaged") from error


def read_pcm(data: bytes, its_rate: int, rate: int) -> Samples:
    """Bare samples, mono, 16 bits, the lower byte first; arguments and errors are those of `read_wav`.

    Args:
        data: the samples.
        its_rate: how many of them are a second.
        rate: samples a second of what is returned.
    """
    if len(data) % 2:
        raise ValueError("the sound ended in the middle of a sample")
    av = require("av", extra="speech", purpose="reading sound")
    frame = av.AudioFrame.from_ndarray(np.frombuffer(data, "<i2").reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate = its_rate
    return _gathered([frame] if data else [], rate)


def rate_named(kind: str, otherwise: int) -> int:
    """Samples a second out of a content type such as `audio/L16;codec=pcm;rate=24000` (RFC 2586)."""
    found = re.search(r"rate=(\d+)", kind)
    return int(found[1]) if found else otherwise


def trimmed(sound: Samples, rate: int) -> Samples:
    """Without the silence at both ends, except for a breath of it."""
    loud = np.flatnonzero(np.abs(sound) > _QUIET)
    if not len(loud):
        return sound
    margin = round(_MARGIN_S * rate)
    return sound[max(loud[0] - margin, 0) : loud[-1] + margin]


def _gathered(frames: Iterable[Any], rate: int) -> Samples:
    av = require("av", extra="speech", purpose="reading sound")
    resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
    parts: list[Samples] = []
    for frame in [*frames, None]:  # the last one brings out what is left
        if frame is not None or parts:
            parts += [part.to_ndarray().reshape(-1) for part in resampler.resample(frame)]
    sound = np.concatenate(parts).astype(np.float32) if parts else np.zeros(0, np.float32)
    if not np.isfinite(sound).all():
        raise ValueError("the sound has values that are no numbers")
    if not len(sound) or np.abs(sound).max() < _FAINTEST:
        raise ValueError("there is nothing to be heard in what came")
    return sound


def _promised(data: bytes) -> int:
    """Bytes that the file has by its own header; 0 where it was written before anybody knew."""
    at = 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        if data[at : at + 4] == b"data":
            return 0 if size >= _NOT_KNOWN_YET else at + 8 + size
        at += 8 + size + size % 2
    raise ValueError("there is no sound in the WAV that came")
