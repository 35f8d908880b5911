"""How many people are in a photo: a count, and nothing else about them."""

from collections.abc import Sequence
from dataclasses import dataclass

from photocast.looking.naming import identify
from photocast.models import Box
from photocast.schema import Kind, Known, Observation

_SURE, _LIKELY, _FAINT = 0.75, 0.5, 0.33
_ABSENT = 0.04
_SMALL = 0.05
_SAID = 0.71
"""Below this a count was wrong more often than right."""
_TINY = 0.002
"""Share of the photo below which a box is as often a post as a person."""
_WORDS = {1: "one person", 2: "two people", 3: "three people"}
_GROUP = 8
"""From here a group is a crowd."""


@dataclass(frozen=True, slots=True)
class Count:
    """A number of people, and how sure it is."""

    people: int
    what: str
    confidence: float


def people(photo: str, boxes: Sequence[Box], present: float, outside: float) -> Observation | None:
    """The people of a photo.

    Args:
        photo: its id.
        boxes: what the detector found.
        present: probability of people by the glimpse, which knows hands and dolls from people.
        outside: probability that the photo was taken in the open, where people are small and the glimpse misses them.
    """
    count = count_people(boxes, present, outside)
    if count is None:
        return None
    return Observation(
        id=identify(photo, Kind.PEOPLE, count.what),
        photos=(photo,),
        kind=Kind.PEOPLE,
        what=count.what,
        known=Known.SEEN,
        sources=("detector",),
        confidence=count.confidence,
        quantity=count.people,
    )


def count_people(boxes: Sequence[Box], present: float, outside: float) -> Count | None:
    """Count the boxes that are people, and word the count no more exactly than they allow."""
    if present < _ABSENT or (present < _LIKELY and outside < _LIKELY):
        return None
    score = _LIKELY if present >= _LIKELY else _SURE
    found = [box for box in boxes if box.label == "person" and box.score >= score and box.area >= _TINY]
    if not found:
        return None
    faint = sum(box.label == "person" and box.score >= _FAINT for box in boxes) - len(found)
    if len(found) >= 3 and len(found) + faint >= 4:
        return _many(len(found) + faint // 2, 0.92)
    if len(found) + faint >= 5:
        return _many(len(found) + faint // 2, 0.8)
    confidence = _exactly(found, faint, present)
    return Count(len(found), _WORDS[len(found)], confidence) if confidence >= _SAID else None


def _many(count: int, confidence: float) -> Count:
    """Above three nobody counts: the detector misses who stands behind."""
    return Count(count, "a crowd" if count >= _GROUP else "a group", confidence)


def _exactly(found: Sequence[Box], faint: int, present: float) -> float:
    """Small people seldom come alone, and each doubtful box may be another one."""
    small = max(box.area for box in found) < _SMALL
    doubt = 0.12 * faint + 0.2 * small + 0.1 * (len(found) - 1) + 0.15 * (present < _LIKELY)
    return round(0.92 - doubt, 2)
