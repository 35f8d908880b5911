"""Samples put through an encoder into a file, with chapters and tags."""

import wave
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import numpy as np

from photocast._cover_art import attach
from photocast._optional import require
from photocast.schema import UsageError
from photocast.speech.loudness import Sound

_ENCODERS = {
    ".mp3": ("libmp3lame", "mp3", "fltp"),
    ".m4a": ("aac", "mp4", "fltp"),
    ".opus": ("libopus", "opus", "flt"),
}
_BRAND = {"mp4": {"brand": "M4A "}}
"""FFmpeg's own kind for .m4a, ipod, takes no JPEG as cover."""
_FULL_RATE = 48_000  # what Opus is decoded at, and what every encoder takes
_LAME_SCALE, _LAME_SCALES_TO_KBPS = 0.95, 160  # up to here LAME makes all it encodes softer, by 0.45 dB
_MILLISECOND = Fraction(1, 1000)


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of the audio that a player can go to."""

    start: float
    """Seconds from the beginning."""
    end: float
    title: str
    image: bytes | None = None
    """A small JPEG, which only an MP3 carries."""

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise UsageError(
                f"the chapter {self.title!r} cannot be",
                f"it begins at {self.start} s and ends at {self.end} s",
                "Give it a beginning of 0 s or later, and an end after that",
            )


@dataclass(frozen=True, slots=True)
class Labels:
    """What a file says about itself."""

    tags: Mapping[str, str]
    chapters: tuple[Chapter, ...]
    cover: bytes | None = None
    """A JPEG; Opus and WAV have no place for it."""


def write_wav(to: Path | BinaryIO, samples: Sound, rate: int) -> None:
    """Write 16 bits a sample, into a file that is named or open.

    Raises:
        OSError: the file cannot be written.
    """
    with wave.open(str(to) if isinstance(to, Path) else to, "wb") as file:
        file.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        for second in _seconds(samples, rate):
            file.writeframes(np.clip(np.rint(second * 32768), -32768, 32767).astype("<i2").tobytes())


def write_container(path: Path, samples: Sound, rate: int, labels: Labels, bitrate_kbps: int) -> None:
    """Write what the suffix says; at 48 kHz where the encoder does not take the rate, and always for Opus.

    Raises:
        av.FFmpegError: the encoder refuses; an OSError as well, where the file cannot be written.
    """
    av = require("av", extra="speech", purpose="writing audio")
    codec, container, kind = _ENCODERS[path.suffix]
    taken = rate if codec != "libopus" and rate in av.codec.Codec(codec, "w").audio_rates else _FULL_RATE
    layout = "mono" if samples.ndim == 1 else "stereo"
    lost = _LAME_SCALE if codec == "libmp3lame" and bitrate_kbps <= _LAME_SCALES_TO_KBPS else 1.0
    with av.open(str(path.absolute()), "w", format=container, options=_BRAND.get(container, {})) as file:
        file.metadata.update(labels.tags)
        if container == "opus":  # FFmpeg rounds the seconds of a start up and then writes its milliseconds as well
            file.metadata.update(_comments(labels.chapters))
        else:
            file.set_chapters([_entry(number, chapter) for number, chapter in enumerate(labels.chapters)])
        stream = file.add_stream(codec, rate=taken, layout=layout, format=kind, bit_rate=bitrate_kbps * 1000)
        if labels.cover and container != "opus":
            attach(file, labels.cover)
        for number, second in enumerate(_seconds(samples, rate)):
            packed = np.ascontiguousarray(second / np.float32(lost)).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(packed, format="flt", layout=layout)
            frame.sample_rate, frame.time_base, frame.pts = rate, Fraction(1, rate), number * rate
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))


def _seconds(samples: Sound, rate: int) -> Iterator[Sound]:
    for start in range(0, len(samples), rate):
        yield samples[start : start + rate]


def _comments(chapters: Sequence[Chapter]) -> dict[str, str]:
    """Chapters as comments of an Ogg file, where each ends as the next begins."""
    comments: dict[str, str] = {}
    for number, chapter in enumerate(chapters):
        seconds, thousandths = divmod(round(chapter.start * 1000), 1000)
        clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{thousandths:03}"
        comments |= {f"CHAPTER{number:03}": clock, f"CHAPTER{number:03}NAME": chapter.title}
    return comments


def _entry(number: int, chapter: Chapter) -> dict[str, object]:
    return {
        "id": number,
        "start": round(chapter.start * 1000),
        "end": round(chapter.end * 1000),
        "time_base": _MILLISECOND,
        "metadata": {"title": chapter.title},
    }
