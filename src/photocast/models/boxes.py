"""Which parts of a picture the detector looks at, and how what it finds in them becomes one list of boxes."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from photocast.models.anchors import Floats, anchors, decode, suppress

FOUND = 0.3
"""Score from which a box is worth mentioning; above .5 they are mostly right."""
SAME = 0.5
"""Intersection over union from which two boxes of one label are one thing."""
OBLONG = 1.15
"""A picture this much longer than wide is also looked at in two squares: squeezed into the detector's own square,
small things in it are too small."""
TRUST_IN_SQUARES = 0.8
"""What is found in a square only counts this much: without its surroundings more is mistaken."""
RIM = 0.02
"""What comes this near to the inner edge of a square is cut off by it, and is found whole elsewhere."""


@dataclass(frozen=True, slots=True)
class Box:
    """A thing the detector found. Corners are shares of the picture: 0, 0 is its upper left, 1, 1 its lower right."""

    label: str
    score: float
    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def area(self) -> float:
        """Share of the picture that it covers."""
        return (self.x1 - self.x0) * (self.y1 - self.y0)


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the picture, in shares of it, and how much what is found in it counts."""

    x0: float
    y0: float
    x1: float
    y1: float
    trust: float


@dataclass(frozen=True, slots=True)
class Candidates:
    """Boxes before repetitions are taken out: (n,) labels, (n,) scores, (n, 4) corners in the picture."""

    labels: np.ndarray[tuple[int], np.dtype[np.intp]]
    scores: Floats
    corners: Floats


def regions(width: int, height: int) -> list[Region]:
    """The whole picture, and the square at either end of one that is not nearly square itself."""
    whole = Region(0, 0, 1, 1, 1)
    x, y = min(width, height) / width, min(width, height) / height
    if max(width, height) <= OBLONG * min(width, height):
        return [whole]
    return [whole, Region(0, 0, x, y, TRUST_IN_SQUARES), Region(1 - x, 1 - y, 1, 1, TRUST_IN_SQUARES)]


def candidates(scores: Floats, codes: Floats, region: Region) -> Candidates:
    """What the detector's numbers, (1917, 80) scores and (1917, 4) codes, say about a region."""
    trusted = scores * np.float32(region.trust)
    rows, labels = np.nonzero(trusted >= FOUND)
    corners = decode(codes[rows], anchors()[rows])
    whole = np.ones(len(rows), dtype=bool)
    for side, inner in enumerate((region.x0 > 0, region.y0 > 0, region.x1 < 1, region.y1 < 1)):
        if inner:
            whole &= corners[:, side] > RIM if side < 2 else corners[:, side] < 1 - RIM
    size = np.array([region.x1 - region.x0, region.y1 - region.y0] * 2, dtype=np.float32)
    shift = np.array([region.x0, region.y0] * 2, dtype=np.float32)
    return Candidates(labels[whole], trusted[rows, labels][whole], corners[whole] * size + shift)


def settle(found: Iterable[Candidates], names: tuple[str, ...]) -> list[Box]:
    """One box for every thing, the most certain first."""
    parts = list(found)
    labels = np.concatenate([part.labels for part in parts])
    scores = np.concatenate([part.scores for part in parts])
    corners = np.concatenate([part.corners for part in parts])
    boxes = []
    for label in np.unique(labels):
        (alike,) = np.nonzero(labels == label)
        for one in alike[suppress(corners[alike], scores[alike], most=SAME)]:
            boxes.append(Box(names[label], float(scores[one]), *corners[one].tolist()))
    return sorted(boxes, key=lambda box: -box.score)
