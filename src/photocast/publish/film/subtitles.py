"""Captions as a track of their own, which a player can show or not."""

import struct
from collections.abc import Iterator, Sequence
from fractions import Fraction
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
    track.disposition = 0  # the captions are in the picture: shown twice they would be a nuisance
    return _packets(track, stretches)


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
