"""The episode's audio, as packets for a film."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any

from photocast._optional import require
from photocast.schema import UsageError

# named, or a file that calls itself a playlist would have other files and addresses opened
_DEMUXERS = {".m4a": "mov", ".mp3": "mp3", ".opus": "ogg", ".wav": "wav"}
_KBPS = 128
_FRAME = 1024


def sound_into(film: Any, path: Path) -> Iterator[tuple[float, Any]]:
    """Add a stream to a film that is being written, and give its packets with when each is decoded, in seconds.

    AAC is copied as it is. Anything else becomes AAC, which every phone plays in MP4: MP3 there it often does not.

    Raises:
        av.FFmpegError: the audio is damaged, or not what its name says; an OSError as well, where it cannot be read.
        UsageError: it is of no kind that photocast writes.
    """
    av = require("av", extra="speech", purpose="making a film")
    demuxer = _DEMUXERS.get(path.suffix.lower())
    if demuxer is None:
        do = f"Give it one of these: {', '.join(_DEMUXERS)}"
        raise UsageError(f"no film can be made with {path}", "it is no audio that photocast writes", do)
    source = av.open(str(path.absolute()), format=demuxer)
    try:
        spoken = next(iter(source.streams.audio), None)
        if spoken is None:
            raise av.InvalidDataError(0, "there is no sound in it", str(path))
        copied = spoken.codec_context.name == "aac"
        into = film.add_stream_from_template(spoken) if copied else _aac(film, spoken)
    except BaseException:
        source.close()
        raise
    return _packets(source, spoken, into, copied=copied)


def _aac(film: Any, spoken: Any) -> Any:
    return film.add_stream("aac", rate=spoken.rate, layout=_layout(spoken), bit_rate=_KBPS * 1000)


def _layout(spoken: Any) -> str:
    """By name, which a WAV does not give."""
    return "mono" if spoken.channels == 1 else "stereo"


def _packets(source: Any, spoken: Any, into: Any, *, copied: bool) -> Iterator[tuple[float, Any]]:
    with source:
        for packet in _copied(source, spoken, into) if copied else _encoded(source, spoken, into):
            when = packet.dts if packet.dts is not None else 0
            yield float(when * packet.time_base), packet


def _copied(source: Any, spoken: Any, into: Any) -> Iterator[Any]:
    for packet in source.demux(spoken):
        if packet.dts is not None:  # the last one is empty
            packet.stream = into
            yield packet


def _encoded(source: Any, spoken: Any, into: Any) -> Iterator[Any]:
    av = require("av", extra="speech", purpose="making a film")
    even = av.AudioResampler(format="fltp", layout=_layout(spoken), rate=spoken.rate, frame_size=_FRAME)
    at = 0
    for decoded in chain(source.decode(spoken), (None,)):
        for frame in even.resample(decoded):
            frame.pts, frame.time_base = at, Fraction(1, spoken.rate)  # what an encoder put before it is not counted
            at += frame.samples
            yield from into.encode(frame)
    yield from into.encode(None)
