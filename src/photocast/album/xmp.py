"""The few things an album wants to know from an XMP packet."""

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

MAX_BYTES = 1024**2

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_PHOTOSHOP = "{http://ns.adobe.com/photoshop/1.0/}"
_EXIF = "{http://ns.adobe.com/exif/1.0/}"
_XMP = "{http://ns.adobe.com/xap/1.0/}"


@dataclass(frozen=True, slots=True)
class Xmp:
    """Untrusted texts, as they stand in the packet."""

    descriptions: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    created: tuple[str, ...] = ()
    """Times the photo was taken, best source first."""


def read_xmp(packet: object) -> Xmp:
    """Read a packet; an empty one when there is none or it cannot be read.

    A packet that declares entities is refused: no program writes one, and they are how XML is made to explode.
    """
    if isinstance(packet, str):
        packet = packet.encode("utf-8", "replace")
    if not isinstance(packet, bytes) or len(packet) > MAX_BYTES:
        return Xmp()
    packet = packet.strip(b"\0 \r\n")
    if b"<!" in packet.replace(b"<!--", b"") or b"\0" in packet:  # a zero byte: UTF-16, which could hide the former
        return Xmp()
    try:
        root = ElementTree.fromstring(packet)
    except (ElementTree.ParseError, ValueError, LookupError):
        return Xmp()
    return Xmp(
        descriptions=tuple(_values(root, f"{_DC}description")),
        titles=(*_values(root, f"{_DC}title"), *_values(root, f"{_PHOTOSHOP}Headline")),
        keywords=tuple(_values(root, f"{_DC}subject")),
        created=(
            *_values(root, f"{_EXIF}DateTimeOriginal"),
            *_values(root, f"{_PHOTOSHOP}DateCreated"),
            *_values(root, f"{_XMP}CreateDate"),
        ),
    )


def _values(root: ElementTree.Element, name: str) -> Iterator[str]:
    """Values of a property: an attribute, a text, or the items of a list with the default language first."""
    for description in root.iter(f"{_RDF}Description"):
        if value := description.get(name):
            yield value
    for element in root.iter(name):
        items = list(element.iter(f"{_RDF}li"))
        items.sort(key=lambda item: item.get("{http://www.w3.org/XML/1998/namespace}lang") != "x-default")
        for item in items or [element]:
            if item.text:
                yield item.text
