"""Raw lines of SPoRC by the URL of their episode, found without parsing them."""

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from hashlib import md5
from typing import NamedTuple

import msgspec

# A quote inside of a string of JSON has a backslash before it, so this can only be a key.
_URL = re.compile(rb'"mp3url"\s*:\s*("(?:[^"\\]|\\.)*")')
_LINE_END = ord("\n")
_MAIN_SPEAKERS = re.compile(rb'"numMainSpeakers"\s*:\s*"?(\d{1,6})(?:\.0+)?"?\s*[,}]')


def main_speakers_in(line: bytes) -> int | None:
    """The number of main speakers that the line of an episode states; None if it states none."""
    at = line.rfind(b'"numMainSpeakers"')  # it stands near the end, behind the transcript
    match = _MAIN_SPEAKERS.match(line, at) if at >= 0 else None
    return int(match[1]) if match else None


def key_of_url(url: str) -> int:
    """64 bits for a URL: the same that the id of its episode shows in hexadecimal."""
    return int.from_bytes(md5(url.encode("utf-8", "surrogatepass"), usedforsecurity=False).digest()[:8], "big")


class Run(NamedTuple):
    """Lines that lie together and have the same URL."""

    key: int | None
    """Of the URL; None of a line that has none which can be read."""
    number: int
    """Of lines."""
    block: bytes
    start: int
    behind: int

    @property
    def data(self) -> bytes:
        """The lines with their ends."""
        return self.block[self.start : self.behind]


def keyed(blocks: Iterable[bytes]) -> Iterator[Run]:
    """Whole lines to runs, without the blank ones among them.

    Turns of an episode mostly lie together, and the URL stands at the same place in all of them: so one comparison is
    enough for each, and lines that nobody wants are never copied.
    """
    import numpy as np

    field, at, key = b"\0", 0, 0
    for block in blocks:
        ends: list[int] = np.flatnonzero(np.frombuffer(block, np.uint8) == _LINE_END).tolist()
        starts = [0, *[end + 1 for end in ends]]
        first, number = 0, len(ends)
        while first < number:
            start, end = starts[first], ends[first]
            if not block.startswith(field, start + at, end):
                match = _URL.search(block, start, end)
                url = _string(match[1]) if match else None
                if match is None or url is None:
                    if end - start > 1:
                        yield Run(None, 1, block, start, end + 1)
                    first += 1
                    continue
                field, at, key = match[0], match.start() - start, key_of_url(url)
            behind = number
            for line in range(first + 1, number):
                if not block.startswith(field, starts[line] + at, ends[line]):
                    behind = line
                    break
            yield Run(key, behind - first, block, start, starts[behind])
            first = behind


def _string(quoted: bytes) -> str | None:
    try:
        return str(msgspec.json.decode(quoted, type=str))
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


class Keys:
    """A set of keys that takes eight bytes for each: first all are added, then they are asked for."""

    def __init__(self) -> None:
        self._keys = array("Q")
        self._sorted = True

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, key: int) -> None:
        """Add a key."""
        self._keys.append(key)
        self._sorted = False

    def __contains__(self, key: int) -> bool:
        if not self._sorted:
            import numpy as np

            np.frombuffer(self._keys, dtype=np.uint64).sort()
            self._sorted = True
        at = bisect_left(self._keys, key)
        return at < len(self._keys) and self._keys[at] == key


def bucket_of(key: int, buckets: int) -> int:
    """The bucket of a key: ranges of ids, all about as large."""
    return key * buckets >> 64
