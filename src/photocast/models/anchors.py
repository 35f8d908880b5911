"""From the detector's numbers to boxes: where its anchors lie, how it codes a box, and which boxes repeat another."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

GRIDS = (19, 10, 5, 3, 2, 1)
"""Cells along each side of the six feature maps, finest first."""
SMALLEST, LARGEST = 0.2, 0.95
"""Anchor sizes of the first and the last map, as a share of the picture; the others lie evenly between."""
RATIOS = (1.0, 2.0, 0.5, 3.0, 0.3333)
"""Width over height."""
CENTRE_STEP, SIZE_STEP = 10.0, 5.0
"""The box coder of Faster R-CNN: codes are in tenths of an anchor, sizes in fifths of a natural logarithm."""


@cache
def anchors() -> Floats:
    """The 1,917 anchors of SSD-MobileNet-v2 as centre y, centre x, height, width, in shares of the picture.

    Within a map they go row by row, and every cell holds its shapes in turn: three on the first map, six on the others
    (the five ratios, and a square whose size lies between this map and the next). SSD, arXiv:1512.02325, section 2.2.
    """
    sizes = [*np.linspace(SMALLEST, LARGEST, len(GRIDS)), 1.0]
    maps = []
    for level, cells in enumerate(GRIDS):
        size = sizes[level]
        if level == 0:
            shapes = [(0.1, 1.0), (size, 2.0), (size, 0.5)]
        else:
            shapes = [(size, ratio) for ratio in RATIOS] + [(float(np.sqrt(size * sizes[level + 1])), 1.0)]
        heights = [size / np.sqrt(ratio) for size, ratio in shapes]
        widths = [size * np.sqrt(ratio) for size, ratio in shapes]
        middle = (np.arange(cells) + 0.5) / cells
        y, x, shape = np.meshgrid(middle, middle, np.arange(len(shapes)), indexing="ij")
        maps.append(np.stack([y, x, np.take(heights, shape), np.take(widths, shape)], axis=-1).reshape(-1, 4))
    return np.concatenate(maps).astype(np.float32)


def decode(codes: Floats, anchor: Floats) -> Floats:
    """Corners x0, y0, x1, y1, clipped to the picture (0 to 1), of boxes coded relative to their anchors.

    Args:
        codes: (n, 4), shift of the centre in y and x and logarithm of the growth in height and width.
        anchor: (n, 4), as `anchors` gives them.
    """
    centre = codes[:, :2] / CENTRE_STEP * anchor[:, 2:] + anchor[:, :2]
    half = np.exp(codes[:, 2:] / SIZE_STEP) * anchor[:, 2:] / 2
    corners = np.concatenate([centre - half, centre + half], axis=1)[:, [1, 0, 3, 2]]
    inside: Floats = np.clip(corners, 0, 1).astype(np.float32)
    return inside


def overlap(box: Floats, others: Floats) -> Floats:
    """Intersection over union of one box (4,) with others (n, 4), corners x0, y0, x1, y1; 0 where both are empty."""
    low = np.maximum(box[:2], others[:, :2])
    high = np.minimum(box[2:], others[:, 2:])
    shared = np.prod(np.maximum(high - low, 0), axis=1)
    united = np.prod(box[2:] - box[:2]) + np.prod(others[:, 2:] - others[:, :2], axis=1) - shared
    share: Floats = np.divide(shared, united, out=np.zeros_like(shared), where=united > 0)
    return share


def suppress(boxes: Floats, scores: Floats, *, most: float) -> list[int]:
    """Indices of the boxes that stay, best score first: none overlaps a better one by more than `most`.

    Greedy non-maximum suppression; equal scores keep their order.
    """
    left = np.argsort(-scores, kind="stable")
    stay = []
    while left.size:
        best, left = left[0], left[1:]
        stay.append(int(best))
        left = left[overlap(boxes[best], boxes[left]) <= most]
    return stay
