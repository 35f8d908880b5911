"""What a file is, by its first bytes; its extension is not believed."""

from enum import StrEnum

HEAD = 64
"""Bytes that are enough to tell."""


class Kind(StrEnum):
    """The formats an album reads."""

    JPEG = "JPEG"
    PNG = "PNG"
    GIF = "GIF"
    WEBP = "WebP"
    TIFF = "TIFF"
    HEIF = "HEIF"
    AVIF = "AVIF"


_STARTS = {
    b"\xff\xd8\xff": Kind.JPEG,
    b"\x89PNG\r\n\x1a\n": Kind.PNG,
    b"GIF87a": Kind.GIF,
    b"GIF89a": Kind.GIF,
    b"II*\x00": Kind.TIFF,
    b"MM\x00*": Kind.TIFF,
    b"II+\x00": Kind.TIFF,
    b"MM\x00+": Kind.TIFF,
}
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"mif2", b"msf1"}
_OTHERS = {
    b"8BPS": "a Photoshop document",
    b"\x00\x00\x01\x00": "an icon",
    b"BM": "a Windows bitmap",
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a zip; open it by itself",
    b"\x1aE\xdf\xa3": "a video",
    b"RIFF": "a sound or a video",
    b"FUJIFILMCCD-RAW": "a camera's raw file",
    b"\xff\x0a": "a JPEG XL picture",
    b"\x00\x00\x00\x0cJXL ": "a JPEG XL picture",
    b"\x00\x00\x00\x0cjP  ": "a JPEG 2000 picture",
    b"version https://git-lfs": "a git-lfs pointer, not the photo itself; run `git lfs pull`",
}


def kind_of(head: bytes) -> Kind | None:
    """The format that a file with these first bytes claims to be; none when an album does not read it."""
    if head[8:10] == b"CR" and head.startswith(b"II*\x00"):
        return None
    for start, kind in _STARTS.items():
        if head.startswith(start):
            return kind
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return Kind.WEBP
    if head[4:8] == b"ftyp":
        brands = {head[i : i + 4] for i in (8, *range(16, min(int.from_bytes(head[:4], "big"), HEAD), 4))}
        if brands & {b"avif", b"avis"}:
            return Kind.AVIF
        if brands & _HEIF_BRANDS:
            return Kind.HEIF
    return None


def describe(head: bytes) -> str:
    """What a file is that an album does not read, to complete `it is …`."""
    if head[8:10] == b"CR" or head[4:12] == b"ftypcrx ":
        return "a camera's raw file"
    if head[4:8] == b"ftyp":
        return "a video"
    for start, name in _OTHERS.items():
        if head.startswith(start):
            return name
    if head.lstrip()[:1] == b"<":
        return "a web page or other marked-up text"
    if all(byte >= 32 or byte in b"\t\r\n" for byte in head):
        return "text"
    return "of a kind an album does not read"
