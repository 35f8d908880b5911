"""Captions as a track of their own, which a player can show or not."""

import struct
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from photocast._optional import require
from photocast.publish.film.captioned import Shown

_MILLISECOND = Fraction(1, 1000)


def subtitles_into(film: Any, stretches: Sequence[Shown], language: str) -> Iterator[tuple[float, Any]]:
    """Add a track of timed text (3GPP TS 26.245) to a film, and give its packets with when each begins, in seconds.

    FFmpeg has no way to encode text that is not from another file. A sample of this format is the number of its bytes
    and then the bytes, so they are made here.
    """
    track = film.add_mux_stream("mov_text")
    track.metadata["language"] = language
    return _packets(track, stretches)


def hide_subtitles(path: Path) -> None:
    """Have players leave the track out until somebody asks for it: the captions are in the picture already.

    FFmpeg marks the first track of each kind as enabled. The mark is the lowest bit of the flags in the header of the
    track (ISO/IEC 14496-12, 8.3.2), which is the last such header before the word for subtitles.
    """
    with path.open("r+b") as file:
        head = file.read(8)
        while head[4:] not in (b"moov", b""):
            file.seek(struct.unpack(">I", head[:4])[0] - 8, 1)
            head = file.read(8)
        begin, moov = file.tell(), file.read(struct.unpack(">I", head[:4])[0] - 8)
        header = moov.rfind(b"tkhd", 0, moov.find(b"sbtl"))
        flags = header + 7
        file.seek(begin + flags)
        file.write(bytes([moov[flags] & ~1]))


def _packets(track: Any, stretches: Sequence[Shown]) -> Iterator[tuple[float, Any]]:
    av = require("av", extra="speech", purpose="making a film")
    for one in stretches:
        start, end = round(one.start * 1000), round(one.end * 1000)
        if end <= start:
            continue
        text = "\n".join(f"{said.speaker}: {said.text}" for said in one.captions).encode()[:65_535]
        packet = av.Packet(struct.pack(">H", len(text)) + text)
        packet.stream, packet.time_base = track, _MILLISECOND
        packet.pts = packet.dts = start
        packet.duration = end - start
        yield start / 1000, packet
