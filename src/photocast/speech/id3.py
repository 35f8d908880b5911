"""A picture for each chapter of an MP3: FFmpeg writes the chapters, and has no way to give them pictures.

ID3v2.4 structure (id3.org, 1 November 2000), sections 3 and 4; ID3v2 Chapter Frame Addendum 1.0 (2005), section 3.1.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from photocast.runs import write_atomically
from photocast.schema import InputError

_HEADER = 10
"""Bytes of the header of a tag, and of a frame in it."""
_PLAIN = (3, 4)
"""Versions whose frames have four letters; FFmpeg writes 4 unless told otherwise."""
_LARGEST = 1 << 28
"""Bytes that a tag can have: its size is written in 28 bits."""
_AS_COVER = 3
"""Kind of a picture. Players look for it, and more of them know this one than the one that only says `other`."""


@dataclass(frozen=True, slots=True)
class _Frame:
    name: bytes
    flags: bytes
    body: bytes


def picture_chapters(path: Path, pictures: Sequence[bytes | None]) -> None:
    """Put pictures into the chapters of an MP3. Everything else in it, above all the sound, stays byte for byte.

    Args:
        path: an MP3 with chapters.
        pictures: a JPEG for each chapter, in their order; None leaves one without.

    Raises:
        InputError: the file has no tag, or one that is not understood, or not as many chapters; nothing is changed.
        OSError: it cannot be read or written.
    """
    data = path.read_bytes()
    try:
        end, version = _tag(data)
        frames, padding = _frames(data[_HEADER:end], version)
        new = b"".join(_packed(frame, version) for frame in _pictured(frames, pictures, version)) + padding
        header = data[:6] + _safe(len(new))
    except ValueError as error:
        raise InputError(f"{path} gets no pictures for its chapters", str(error), "Make the audio again") from error
    write_atomically(path, header + new + data[end:])


def _tag(data: bytes) -> tuple[int, int]:
    """Where the tag at the beginning ends, and its version."""
    if data[:3] != b"ID3" or len(data) < _HEADER:
        raise ValueError("there is no ID3v2 tag at its beginning")
    version, flags = data[3], data[5]
    if version not in _PLAIN or flags:
        raise ValueError(f"its tag is ID3v2.{version} with the flags {flags:#04x}, which is not read here")
    end = _HEADER + _number(data[6:10], safe=True)
    if end > len(data):
        raise ValueError("its tag is longer than the file")
    return end, version


def _frames(tag: bytes, version: int) -> tuple[list[_Frame], bytes]:
    """The frames of a tag, and the zeros after them."""
    frames, at = [], 0
    while at + _HEADER <= len(tag) and tag[at]:
        body = at + _HEADER
        end = body + _number(tag[at + 4 : at + 8], safe=version == 4)
        if end > len(tag):
            raise ValueError(f"a frame of its tag, at byte {_HEADER + at}, is longer than the tag")
        frames.append(_Frame(tag[at : at + 4], tag[at + 8 : body], tag[body:end]))
        at = end
    if any(tag[at:]):
        raise ValueError(f"its tag has something other than frames at byte {_HEADER + at}")
    return frames, tag[at:]


def _pictured(frames: Sequence[_Frame], pictures: Sequence[bytes | None], version: int) -> Iterator[_Frame]:
    """The same frames, with a picture as the last thing in each chapter, and room after it."""
    chapters = sum(frame.name == b"CHAP" for frame in frames)
    if chapters != len(pictures):
        raise ValueError(f"it has {chapters} chapters, and there are pictures for {len(pictures)}")
    following = iter(pictures)
    for frame in frames:
        picture = next(following) if frame.name == b"CHAP" else None
        if picture:
            inner = _Frame(b"APIC", bytes(2), b"\0image/jpeg\0" + bytes([_AS_COVER]) + b"\0" + picture)
            frame = _Frame(frame.name, frame.flags, frame.body + _packed(inner, version) + _room(inner, version))
        yield frame


def _room(picture: _Frame, version: int) -> bytes:
    """Zeros after a picture, in a frame that means nothing to anybody; without them FFmpeg would lose the chapter.

    Inside of a chapter FFmpeg (to version 8 at least, `read_chapter` in libavformat/id3v2.c) takes the size of a frame
    for a plain number, also in ID3v2.4, where it is a safe one. So it jumps too far, and drops a chapter that it jumps
    out of. Signing makes every tag one of version 2.4.
    """
    size = len(picture.body)
    too_far = int.from_bytes(_safe(size), "big") - size
    return _packed(_Frame(b"PRIV", bytes(2), b"photocast\0" + bytes(too_far)), version) if too_far else b""


def _packed(frame: _Frame, version: int) -> bytes:
    size = _safe(len(frame.body)) if version == 4 else len(frame.body).to_bytes(4, "big")
    return frame.name + size + frame.flags + frame.body


def _number(size: bytes, *, safe: bool) -> int:
    """A size; a safe one has seven bits a byte, so that no part of it looks like the beginning of sound."""
    if not safe:
        return int.from_bytes(size, "big")
    if any(byte & 0x80 for byte in size):
        raise ValueError("a size in its tag is no size")
    return sum(byte << shift for byte, shift in zip(size, (21, 14, 7, 0), strict=True))


def _safe(number: int) -> bytes:
    if number >= _LARGEST:
        raise ValueError("the pictures are larger than a tag can be")
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))
