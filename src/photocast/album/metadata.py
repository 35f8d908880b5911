"""What a file says about its photo: time, coordinates, caption, keywords, out of EXIF, IPTC and XMP.

All of it is data from strangers. Whatever cannot be read counts as not there: a broken block never costs the photo.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from PIL import Image, IptcImagePlugin, JpegImagePlugin, TiffImagePlugin

from photocast.album.text import decoded, plain
from photocast.album.times import parse_stamp
from photocast.album.xmp import Xmp, read_xmp

MAX_KEYWORDS = 50

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Said:
    """What a file says, each list with the best source first; texts are plain already."""

    taken: tuple[datetime | None, ...] = ()
    """When it was taken, not when it was edited."""
    edited: datetime | None = None
    captions: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    coordinates: tuple[float, float] | None = None
    """Latitude and longitude; looked up and then forgotten."""


def read_metadata(picture: Image.Image) -> Said:
    """Read what the opened file says; its pixels are not needed."""
    exif = _safely(lambda: _Exif(picture.getexif()), _Exif(Image.Exif()))
    iptc = _safely(lambda: _iptc(picture), dict[tuple[int, int], list[str]]())
    xmp = _safely(lambda: read_xmp(picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp")), Xmp())
    texts = [
        *xmp.descriptions,
        *iptc.get(_IPTC_CAPTION, ()),
        exif.text(_DESCRIPTION),
        exif.comment(),
        exif.utf16(_XP_COMMENT),
        *(str(picture.info.get(key, "")) for key in ("Description", "Title")),  # PNG
        *xmp.titles,
        *iptc.get(_IPTC_HEADLINE, ()),
        *iptc.get(_IPTC_TITLE, ()),
        exif.utf16(_XP_TITLE),
    ]
    keywords = [*xmp.keywords, *iptc.get(_IPTC_KEYWORD, ()), *exif.utf16(_XP_KEYWORDS).split(";")]
    return Said(
        taken=(
            parse_stamp(exif.get(_ORIGINAL), exif.get(_OFFSET_ORIGINAL)),
            parse_stamp(exif.get(_DIGITISED), exif.get(_OFFSET_DIGITISED)),
            *(parse_stamp(text) for text in xmp.created),
        ),
        edited=parse_stamp(exif.get(_MODIFIED), exif.get(_OFFSET)),
        captions=tuple(caption for text in texts if (caption := caption_of(text))),
        keywords=clean_keywords(keywords),
        coordinates=_safely(exif.coordinates, None),
    )


def caption_of(text: str) -> str:
    """The text as a caption; empty when a camera or program and not a person wrote it."""
    line = plain(text)
    return "" if _BY_MACHINE.fullmatch(line) or not re.search(r"[^\W_]", line) else line


def clean_keywords(words: Iterable[str]) -> tuple[str, ...]:
    """Each keyword once, plain, whatever its capitals; at most 50."""
    kept: dict[str, str] = {}
    for word in words:
        if line := plain(word, limit=60):
            kept.setdefault(line.casefold(), line)
    return tuple(kept.values())[:MAX_KEYWORDS]


_BY_MACHINE = re.compile(
    r"[\w<>.,\s-]*\bdigital camera\b[\w<>.,\s-]*|sony dsc|dsc|dcim|samsung( csc)?|exif[ _]jpeg(_picture| picture)?"
    r"|(konica )?minolta|<?digimax[^>]*>?|kodak\b.*|cof|sof|hdr|hdrpl|rhdr|vhdr|sdr|edf|ptr|[of]znor\w*|dav|mde|nor"
    r"|created (with|by) .*|processed with .*|lead technologies.*|applemark|screenshot|untitled|default|none|n/?a"
    r"|ascii|unicode|jpeg|image|photo|picture|file:.*|https?://\S*|\w+\.(jpe?g|png|heic|tiff?)|charset=.*|[\W\d_]*",
    re.IGNORECASE,
)

_DESCRIPTION, _MODIFIED, _EXIF_IFD, _GPS_IFD = 0x010E, 0x0132, 0x8769, 0x8825
_ORIGINAL, _DIGITISED, _OFFSET, _OFFSET_ORIGINAL, _OFFSET_DIGITISED = 0x9003, 0x9004, 0x9010, 0x9011, 0x9012
_USER_COMMENT, _XP_TITLE, _XP_COMMENT, _XP_KEYWORDS = 0x9286, 0x9C9B, 0x9C9C, 0x9C9E
_IPTC_TITLE, _IPTC_KEYWORD, _IPTC_HEADLINE, _IPTC_CAPTION = (2, 5), (2, 25), (2, 105), (2, 120)


class _Exif:
    """The tags of a photo, from the blocks in which cameras spread them."""

    def __init__(self, exif: Image.Exif) -> None:
        nothing: dict[int, object] = {}
        self._tags = _safely(lambda: dict[int, object](exif.items()), nothing)
        self._tags |= _safely(lambda: dict[int, object](exif.get_ifd(_EXIF_IFD)), nothing)
        self._gps = _safely(lambda: dict[int, object](exif.get_ifd(_GPS_IFD)), nothing)

    def get(self, tag: int) -> object:
        return self._tags.get(tag)

    def text(self, tag: int) -> str:
        value = self._tags.get(tag)
        if isinstance(value, str):
            # Pillow reads these tags as Latin-1; most programs write UTF-8.
            value = value.encode("latin-1", "replace") if all(ord(c) < 256 for c in value) else value.encode("utf-8")
        return decoded(value) if isinstance(value, bytes) else ""

    def utf16(self, tag: int) -> str:
        """Windows' own tags."""
        value = self._tags.get(tag)
        if isinstance(value, tuple):
            value = bytes(one for one in value if isinstance(one, int) and 0 <= one < 256)
        return value.decode("utf-16-le", "ignore").strip("\0") if isinstance(value, bytes) else ""

    def comment(self) -> str:
        """The user comment, whose first eight bytes name its encoding."""
        value = self._tags.get(_USER_COMMENT)
        if not isinstance(value, bytes):
            return ""
        label, body = value[:8], value[8:]
        if label.startswith(b"UNICODE"):
            return body.decode("utf-16-le" if body[1:2] == b"\0" else "utf-16-be", "ignore").strip("\0")
        return decoded(body).strip("\0") if label.startswith((b"ASCII", b"\0\0\0\0")) else ""

    def coordinates(self) -> tuple[float, float] | None:
        latitude = _degrees(self._gps.get(2), self._gps.get(1), "S")
        longitude = _degrees(self._gps.get(4), self._gps.get(3), "W")
        return None if latitude is None or longitude is None else (latitude, longitude)


def _degrees(parts: object, reference: object, negative: str) -> float | None:
    if not isinstance(parts, tuple) or len(parts) != 3:
        return None
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    letter = reference.decode("ascii", "ignore") if isinstance(reference, bytes) else str(reference)
    return -value if letter.strip().upper() == negative else value


def _iptc(picture: Image.Image) -> dict[tuple[int, int], list[str]]:
    if not isinstance(picture, (JpegImagePlugin.JpegImageFile, TiffImagePlugin.TiffImageFile)):
        return {}
    found = IptcImagePlugin.getiptcinfo(picture) or {}
    return {
        key: [decoded(value) for value in (values if isinstance(values, list) else [values])]
        for key, values in found.items()
    }


def _safely(read: Callable[[], T], otherwise: T) -> T:
    """The value read, or `otherwise`: metadata can be broken in more ways than have names."""
    try:
        return read()
    except Exception:
        return otherwise
