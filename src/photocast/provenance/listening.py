"""The watermark looked for in a file of sound or film."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from photocast.provenance.tags import KINDS, NEEDS_AV
from photocast.provenance.watermark import Detection, Sound, judge, levels

if TYPE_CHECKING:
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
        with av.open(str(path.absolute()), options=allowed) as container:
            if not container.streams.audio:
                return Detection("not_looked", why="there is no sound in it")
            return judge(levels(_parts(container), _RATE))
    except (av.error.FFmpegError, OSError):
        return Detection("not_looked", why="it is no sound or film that can be read")


def _parts(container: "InputContainer") -> Iterator[Sound]:
    """The sound in mono, some seconds at a time: an hour is not held at once."""
    import av

    resampler = av.AudioResampler(format="flt", layout="mono", rate=_RATE)
    held, count = [np.zeros(0, np.float32)], 0
    for frame in container.decode(audio=0):
        for part in resampler.resample(frame):
            held.append(part.to_ndarray()[0])
            count += part.samples
        if count >= _PART:
            yield np.concatenate(held)
            held, count = [], 0
    held += [part.to_ndarray()[0] for part in resampler.resample(None)]
    if held:
        yield np.concatenate(held)
