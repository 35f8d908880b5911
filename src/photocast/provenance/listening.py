"""The watermark looked for in a file of sound or film."""

from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from itertools import chain, groupby
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from photocast.provenance.tags import KINDS, NEEDS_AV
from photocast.provenance.watermark import Detection, Sound, judge, levels

if TYPE_CHECKING:
    from av import AudioFrame
    from av.container import InputContainer

_RATE = 16_000  # holds all bands of the mark
_PART = 10 * _RATE


def detect_in(path: Path) -> Detection:
    """Look for the mark in the first sound of a file, all of it. Where that is not possible, the answer says why."""
    if find_spec("av") is None:
        return Detection("not_looked", why=NEEDS_AV)
    import av

    allowed = {"format_whitelist": KINDS, "protocol_whitelist": "file"}
    try:
        with av.open(str(path.absolute()), options=allowed, metadata_errors="replace") as container:
            if not container.streams.audio:
                return Detection("not_looked", why="there is no sound in it")
            return judge(levels(_parts(container), _RATE))
    except (av.error.FFmpegError, OSError):
        return Detection("not_looked", why="it is no sound or film that can be read")


def _parts(container: "InputContainer") -> Iterator[Sound]:
    """The sound in mono, some seconds at a time: an hour is not held at once."""
    held, count = [np.zeros(0, np.float32)], 0
    for part in _in_mono(container):
        held.append(part)
        count += len(part)
        if count >= _PART:
            yield np.concatenate(held)
            held, count = [], 0
    if held:
        yield np.concatenate(held)


def _in_mono(container: "InputContainer") -> Iterator[Sound]:
    """Each frame. Files that were joined may go on with other channels or another rate, and so with a new resampler."""
    import av

    for _, alike in groupby(_frames(container), key=lambda frame: (frame.rate, frame.format.name, frame.layout.name)):
        resampler = av.AudioResampler(format="flt", layout="mono", rate=_RATE)
        for frame in chain(alike, [None]):
            yield from (part.to_ndarray()[0] for part in resampler.resample(frame))


def _frames(container: "InputContainer") -> Iterator["AudioFrame"]:
    """Those that can be decoded: what is damaged is passed over, as players do."""
    import av

    for packet in container.demux(audio=0):
        with suppress(av.error.InvalidDataError):
            yield from packet.decode()
