"""A cover in a file of sound or film."""

from io import BytesIO
from typing import Any

from photocast._optional import require


def attach(file: Any, cover: bytes) -> None:
    """Put a JPEG into a file that is being written; FFmpeg takes cover art for a stream of one picture.

    Args:
        file: an output container of PyAV.
        cover: the picture.

    Raises:
        ModelError: the extra `speech` is not installed.
    """
    av = require("av", extra="speech", purpose="writing audio")
    with av.open(BytesIO(cover), format="jpeg_pipe") as picture:
        art = file.add_stream_from_template(picture.streams.video[0])
        art.disposition = av.stream.Disposition.attached_pic
        packet = next(picture.demux())
        packet.stream, packet.pts, packet.dts = art, 0, 0
        file.mux(packet)
