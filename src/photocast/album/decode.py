"""From the bytes of a file to an upright sRGB picture, safely: nothing is decoded before its size is known.

Pillow's readers are called by name, for the format the first bytes announce: no other reader is ever reached, and
neither the list of readers nor the limit on pixels that the caller's process has set in Pillow is touched.
"""

import io
import re
from collections.abc import Callable
from typing import BinaryIO

import pi_heif
from PIL import (
    AvifImagePlugin,
    GifImagePlugin,
    Image,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from photocast.album.colour import flat, to_srgb
from photocast.album.kinds import HEAD, Kind, describe, kind_of
from photocast.schema import Reason

MAX_BYTES = 200 * 1024**2
MAX_PIXELS = 120_000_000
MIN_SIDE = 32
_MAX_SCANS = 200
"""Progressive JPEGs have about ten scans; thousands of them keep a processor busy for minutes."""

_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class Refused(Exception):
    """A file that is not used, with what `SetAside` says about it."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail


def read_bytes(open_file: Callable[[], BinaryIO]) -> tuple[Kind, bytes]:
    """Read a file whole, if it is of a format that albums read and not too large.

    Raises:
        Refused: it is not; of such a file at most the limit has been read.
    """
    with open_file() as file:
        head = file.read(HEAD)
        if not head:
            raise Refused(Reason.UNREADABLE, "The file is empty.")
        kind = kind_of(head)
        if kind is None:
            raise Refused(Reason.UNSUPPORTED, f"It is {describe(head)}.")
        return kind, head + _rest(file, MAX_BYTES - len(head))


def _rest(file: BinaryIO, limit: int) -> bytes:
    """Read to the end, piece by piece: asking for the limit at once would make room for all of it."""
    pieces: list[bytes] = []
    length = 0
    while piece := file.read(1 << 20):
        length += len(piece)
        if length > limit:
            raise Refused(Reason.TOO_LARGE, f"The file has more than {MAX_BYTES >> 20} MB.")
        pieces.append(piece)
    return b"".join(pieces)


def open_picture(kind: Kind, data: bytes) -> Image.Image:
    """Read the header of a picture; its pixels wait for `load`.

    Raises:
        Refused: the header is broken, or promises more pixels than the limit, or too few to show anything.
    """
    if kind is Kind.WEBP:
        _check_size(*_webp_size(data))  # the reader makes room for the pixels as soon as it is called
    if kind is Kind.JPEG and data.count(b"\xff\xda") > _MAX_SCANS:
        raise Refused(Reason.UNREADABLE, f"It has more than {_MAX_SCANS} scans, as only files made to stall have.")
    if kind in (Kind.HEIF, Kind.AVIF) and _is_cut_short(kind, data):
        raise _truncated(kind, data)  # the reader would fill what is missing with grey and say nothing
    try:
        picture = _READERS[kind](io.BytesIO(data))
    except Exception as error:  # the readers raise a dozen kinds of errors on broken files
        raise _refusal(error, kind, data) from error
    _check_size(*picture.size)
    if isinstance(picture, TiffImagePlugin.TiffImageFile):
        _check_not_raw(picture)
    return picture


def load(picture: Image.Image, kind: Kind, data: bytes, longest: int) -> None:
    """Decode the pixels, a JPEG no larger than a longest side of `longest` needs.

    Metadata is to be read afterwards: asking a PNG for its EXIF decodes it, and hides that it is broken.

    Raises:
        Refused: it is cut off or broken.
    """
    try:
        if kind is Kind.JPEG:
            # The decoder itself can halve a JPEG, far quicker. Neither side may come out under what is asked for.
            scale = min(1.0, longest / max(picture.size))
            picture.draft(None, (max(1, int(picture.width * scale)), max(1, int(picture.height * scale))))
        picture.load()
    except Exception as error:  # see open_picture
        raise _refusal(error, kind, data) from error


def lies_on_its_side(picture: Image.Image) -> bool:
    """Whether width and height change places when the loaded picture is turned upright."""
    return orientation_of(picture) >= 5


def upright(picture: Image.Image, longest: int) -> Image.Image:
    """The loaded picture upright, in sRGB, on white, its longest side at most `longest`, without metadata.

    Raises:
        Refused: it is too narrow a strip.
    """
    colours = to_srgb(shrunk(flat(picture), longest), picture.info.get("icc_profile"))
    turn = _TURNS.get(orientation_of(picture))
    return without_metadata(colours.transpose(turn) if turn is not None else colours)


def without_metadata(picture: Image.Image) -> Image.Image:
    """The same picture with nothing that Pillow would write along: comments, profiles, EXIF."""
    picture.info.clear()
    return picture


def shrunk(picture: Image.Image, longest: int) -> Image.Image:
    """The picture with a longest side of at most `longest`; the same one if it is no larger.

    Raises:
        Refused: it is too narrow a strip.
    """
    width, height = picture.size
    scale = longest / max(width, height)
    if scale >= 1:
        return picture
    size = max(1, round(width * scale)), max(1, round(height * scale))
    if min(size) < MIN_SIDE // 2:
        raise Refused(Reason.TOO_SMALL, f"It is {width} x {height} pixels: a strip too narrow to show anything.")
    # As sharp as the bicubic filter when a picture gets smaller, in half the time.
    return picture.resize(size, Image.Resampling.HAMMING, reducing_gap=2.0)


def orientation_of(picture: Image.Image) -> int:
    """EXIF orientation, 1 to 8; 1 when it is not told."""
    try:
        orientation = picture.getexif().get(_ORIENTATION, 1)
    except Exception:  # a broken EXIF block must not cost the photo
        return 1
    return orientation if isinstance(orientation, int) else 1


_READERS: dict[Kind, Callable[[io.BytesIO], Image.Image]] = {
    # An MPO, and a JPEG with a gain map, start with a plain JPEG: the picture that is meant.
    Kind.JPEG: JpegImagePlugin.JpegImageFile,
    Kind.PNG: PngImagePlugin.PngImageFile,
    Kind.GIF: GifImagePlugin.GifImageFile,
    Kind.WEBP: WebPImagePlugin.WebPImageFile,
    Kind.TIFF: TiffImagePlugin.TiffImageFile,
    Kind.AVIF: AvifImagePlugin.AvifImageFile,
    Kind.HEIF: pi_heif.HeifImageFile,  # turns the picture itself, and takes the orientation out of the EXIF
}


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise Refused(
            Reason.TOO_LARGE,
            f"It claims {width} x {height} pixels, {width * height / 1e6:,.0f} million; "
            f"the limit is {MAX_PIXELS // 1_000_000} million.",
        )
    if min(width, height) < MIN_SIDE:
        raise Refused(Reason.TOO_SMALL, f"It is {width} x {height} pixels; a side needs at least {MIN_SIDE}.")


def _check_not_raw(picture: TiffImagePlugin.TiffImageFile) -> None:
    dng_version, subfile_type, reduced = 50706, 254, 1
    tags = picture.tag_v2
    if dng_version in tags or tags.get(subfile_type, 0) == reduced:
        # Its first picture is a preview of stamp size, which must not pass for the photo.
        raise Refused(Reason.UNSUPPORTED, "It is a camera's raw file.")


def _webp_size(data: bytes) -> tuple[int, int]:
    """Size of the canvas out of the first chunk: RFC 9649, sections 2.5 to 2.7."""
    chunk, body = data[12:16], data[20:30].ljust(10, b"\0")
    if chunk == b"VP8X":
        return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
    if chunk == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF


def _refusal(error: Exception, kind: Kind, data: bytes) -> Refused:
    if isinstance(error, Refused):
        return error
    if isinstance(error, (MemoryError, Image.DecompressionBombError)):
        return Refused(Reason.TOO_LARGE, f"This {kind} claims more pixels than can be decoded.")
    if re.search(r"truncat|end of file|incomplete|premature", str(error), re.IGNORECASE) or _is_cut_short(kind, data):
        return _truncated(kind, data)
    return Refused(Reason.UNREADABLE, f"It begins as a {kind} and cannot be decoded.")


def _truncated(kind: Kind, data: bytes) -> Refused:
    return Refused(Reason.TRUNCATED, f"The {kind} ends before the picture does ({len(data):,} bytes).")


def _is_cut_short(kind: Kind, data: bytes) -> bool:
    """Whether a file lacks its end, so that copying it again may help."""
    if kind is Kind.WEBP:
        return len(data) < int.from_bytes(data[4:8], "little") + 8
    if kind is Kind.PNG:
        return b"IEND" not in data[-64:]
    if kind is Kind.JPEG:
        return b"\xff\xd9" not in data[-64:]
    if kind in (Kind.HEIF, Kind.AVIF):
        return _boxes_end(data) > len(data)
    return False


def _boxes_end(data: bytes) -> int:
    """Where the last outermost box of a HEIF or AVIF says it ends: ISO/IEC 14496-12, section 4.2."""
    position = 0
    while position + 16 <= len(data):
        length = int.from_bytes(data[position : position + 4], "big")
        if length == 1:
            length = int.from_bytes(data[position + 8 : position + 16], "big")
        if length < 8:  # 0: to the end of the file
            return len(data)
        position += length
    return position if position > len(data) else len(data)
