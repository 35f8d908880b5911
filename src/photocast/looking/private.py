"""What in a photo its owner may not want to show to others: pages of text, screens, number plates, long numbers.

It is noticed so that it can be said before a photo is sent anywhere. It is never a topic, and it is far from complete:
small print, handwriting, cards held up, and who is a child cannot be told by these eyes.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from photocast.looking.naming import identify
from photocast.models import Box, Line
from photocast.schema import Kind, Known, Observation

_READ = 0.8
"""Confidence of a line from which its letters count."""
_PAGE_LINES, _PAGE_LETTERS = 8, 120
"""More than a sign or a shop front has."""
_SCREENS = frozenset({"tv", "laptop", "cell phone"})
_SCREEN_CLASSES = ("screen", "monitor", "web site", "notebook", "laptop")
_SEEN = 0.5
_VEHICLES = frozenset({"car", "truck", "bus", "motorcycle"})
_VEHICLE = 0.4
_PLATE = re.compile(r"(?=.*\d)(?=.*[A-Z])[A-Z0-9][A-Z0-9 ·•.-]{3,9}[A-Z0-9]")
_LONG_NUMBER = re.compile(r"(?:\d[ -]?){9,}|<<")


def private(
    photo: str, probabilities: Mapping[str, float], boxes: Sequence[Box], lines: Sequence[Line]
) -> Iterator[Observation]:
    """What may be private in one photo, each once.

    Args:
        photo: its id.
        probabilities: of the classes of the classifier.
        boxes: what the detector found.
        lines: what the reader read.
    """
    read = [line for line in lines if line.confidence >= _READ]
    letters = sum(len(re.sub(r"\W", "", line.text)) for line in read)
    if len(read) >= _PAGE_LINES and letters >= _PAGE_LETTERS:
        yield _concern(photo, "a page full of text", "ocr")
    if any(_LONG_NUMBER.search(line.text) for line in read):
        yield _concern(photo, "a long number, as on a card or a document", "ocr")
    if any(_is_plate(line, boxes) for line in read):
        yield _concern(photo, "what may be a number plate", "ocr")
    shown = max((box.score for box in boxes if box.label in _SCREENS), default=0.0)
    classified = sum(probabilities.get(name, 0.0) for name in _SCREEN_CLASSES)
    if shown >= _SEEN or classified >= _SEEN:
        yield _concern(photo, "a screen", "detector" if shown >= _SEEN else "classifier")


def _is_plate(line: Line, boxes: Sequence[Box]) -> bool:
    """Whether a line of letters and digits lies on a vehicle."""
    if not _PLATE.fullmatch(line.text.strip().upper()):
        return False
    x, y = (line.x0 + line.x1) / 2, (line.y0 + line.y1) / 2
    vehicles = (box for box in boxes if box.label in _VEHICLES and box.score >= _VEHICLE)
    return any(box.x0 <= x <= box.x1 and box.y0 <= y <= box.y1 for box in vehicles)


def _concern(photo: str, what: str, source: str) -> Observation:
    return Observation(
        id=identify(photo, Kind.PRIVATE, what),
        photos=(photo,),
        kind=Kind.PRIVATE,
        what=what,
        known=Known.SEEN,
        sources=(source,),
        confidence=0.8,
    )
