"""How many people are in a photo: a count, and nothing else about them."""

from collections.abc import Sequence
from dataclasses import dataclass

from photocast.looking.naming import identify
from photocast.models import Box
from photocast.schema import Kind, Known, Observation

_SURE, _LIKELY = 0.75, 0.5
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


def people(photo: str, boxes: Sequence[Box], close_up: float) -> Observation | None:
    """The people of a photo; `close_up` is how likely it is a thing on a table, where a hand passes for a person."""
    count = count_people(boxes, close_up)
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


def count_people(boxes: Sequence[Box], close_up: float) -> Count | None:
    """Count the boxes that are people, and word the count no more exactly than they allow."""
    found = [box for box in boxes if box.label == "person" and box.score >= _LIKELY and box.area >= _TINY]
    if close_up >= 0.3:
        found = [box for box in found if not _may_be_hand(box)]
    sure = [box for box in found if box.score >= _SURE]
    if not sure:
        return None
    faint = sum(box.label == "person" and 0.35 <= box.score < _LIKELY for box in boxes)
    count, doubtful = len(found), len(found) - len(sure) + faint
    if count + faint >= 4 and len(found) >= 3:
        return _many(count + faint // 2, len(sure))
    best = max(box.score for box in sure)
    return Count(count, _WORDS[min(count, 3)], _exactly(count, doubtful, best))


def _may_be_hand(box: Box) -> bool:
    """Hands come in over an edge and end before the other side."""
    edges = sum((box.x0 < 0.03, box.y0 < 0.03, box.x1 > 0.97, box.y1 > 0.97))
    return edges >= 1 and box.y1 - box.y0 < 0.9


def _many(count: int, sure: int) -> Count:
    """Above three nobody counts: the detector misses who stands behind."""
    what = "a crowd" if count >= _GROUP else "a group"
    return Count(count, what, 0.9 if sure >= 3 else 0.75)


def _exactly(count: int, doubtful: int, best: float) -> float:
    base = {1: 0.85, 2: 0.85, 3: 0.75}[min(count, 3)]
    return round(max(0.5, base - 0.12 * doubtful + (0.08 if best > 0.95 else 0.0)), 2)
