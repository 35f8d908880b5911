"""What the tags of a file say about a machine."""

import re
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

_MACHINE = re.compile(r"\b(?:AI|[Pp]hotocast|[Ss]ynthetic|[Ss]ynthesi[sz]ed|[Mm]achines?(?:-made)?)\b")
KINDS = "mp3,mov,wav,ogg,flac,aac,matroska"
"""Of FFmpeg's readers, those of sound and film: others, such as those of playlists, go on to open what a file names."""
NEEDS_AV = "the package av is not installed; run: pip install 'photocast[speech]'"


@dataclass(frozen=True)
class Tags:
    """What the comment in a file says."""

    looked: bool
    """Whether the tags were read at all."""
    comment: str = ""
    machine: bool = False
    """Whether the comment says that a machine made it."""
    why: str = ""
    """Why they were not read."""


def read_tags(path: Path) -> Tags:
    """The comment in a file of sound or film. Without the package `av`, it is not looked at, and that is said."""
    if find_spec("av") is None:
        return Tags(False, why=NEEDS_AV)
    import av

    allowed = {"format_whitelist": KINDS, "protocol_whitelist": "file"}
    try:
        with av.open(str(path.absolute()), options=allowed, metadata_errors="replace") as container:
            found = [container.metadata, *(stream.metadata for stream in container.streams)]
    except (av.error.FFmpegError, OSError):
        return Tags(False, why="it is no sound or film that can be read")
    comment = ""
    for metadata in found:
        with suppress(StopIteration):
            comment = comment or next(text for name, text in metadata.items() if name.casefold() == "comment")
    return Tags(True, comment, _MACHINE.search(comment) is not None)
