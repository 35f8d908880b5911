"""From the reader's numbers to lines of text: where text is in a picture, and which letters it is made of."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

PIXEL = 0.3
"""A pixel this likely belongs to the core of a line of text."""
CORE = 0.5
"""A core whose pixels are on average this likely is kept."""
GROWTH = 1.6
"""The network marks lines shrunk by area / perimeter times this factor, and they are grown by it again.
Differentiable binarisation, arXiv:1911.08947, sections 3.4 and 3.5 (which uses 1.5; PP-OCR uses 1.6)."""
THINNEST = 3
"""Pixels of the shorter side below which a core is a speck."""
BLANK = 0
"""The column that means: no letter here, or the end of one."""
FOREIGN = "\N{REPLACEMENT CHARACTER}"
"""Stands for a letter of a script the reader does not know."""


@dataclass(frozen=True, slots=True)
class Strip:
    """A line of text as a rectangle that may be tilted, in the pixels of the map it was found on."""

    x: float
    y: float
    """The centre."""
    width: float
    """Along the line."""
    height: float
    angle: float
    """Radians that the line falls to the right; between -pi/4 and pi/4."""

    def corners(self) -> Floats:
        """(4, 2): upper left, upper right, lower right, lower left, as x and y."""
        along = np.array([math.cos(self.angle), math.sin(self.angle)]) * self.width / 2
        down = np.array([-math.sin(self.angle), math.cos(self.angle)]) * self.height / 2
        middle = np.array([self.x, self.y])
        return np.stack(
            [middle - along - down, middle + along - down, middle + along + down, middle - along + down]
        ).astype(np.float32)


def find_strips(text: Floats) -> list[Strip]:
    """The lines of text on a map (height, width) of how likely every pixel belongs to one, from top to bottom."""
    strips = []
    for y, x in components(text > PIXEL):
        if text[y, x].mean() < CORE:
            continue
        core = strip_around(y, x)
        if min(core.width, core.height) >= THINNEST:
            strips.append(grow(core))
    return sorted(strips, key=lambda strip: (strip.y, strip.x))


def components(mask: NDArray[np.bool_]) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """The pixels (rows, columns) of every connected region; corners touching is connected.

    Works on runs, the unbroken stretches of a row: a page of text has some thousands of them and half a million pixels.
    """
    rows, starts, ends = _runs(mask)
    parent = list(range(len(rows)))

    def root(run: int) -> int:
        while parent[run] != run:
            parent[run] = parent[parent[run]]
            run = parent[run]
        return run

    above = 0
    for run in range(len(rows)):
        while rows[above] < rows[run] - 1 or (rows[above] == rows[run] - 1 and ends[above] < starts[run]):
            above += 1
        other = above
        while rows[other] == rows[run] - 1 and starts[other] <= ends[run]:
            parent[root(other)] = root(run)
            other += 1
    regions: dict[int, list[int]] = {}
    for run in range(len(rows)):
        regions.setdefault(root(run), []).append(run)
    for runs in regions.values():
        y = np.concatenate([np.full(ends[run] - starts[run], rows[run]) for run in runs])
        x = np.concatenate([np.arange(starts[run], ends[run]) for run in runs])
        yield y, x


def _runs(mask: NDArray[np.bool_]) -> tuple[list[int], list[int], list[int]]:
    """Row, first column and column after the last of every run, in reading order."""
    framed = np.pad(mask, ((0, 0), (1, 1))).astype(np.int8)
    change = np.diff(framed, axis=1)
    rows, starts = np.nonzero(change == 1)
    ends = np.nonzero(change == -1)[1]
    return rows.tolist(), starts.tolist(), ends.tolist()


def strip_around(y: NDArray[np.intp], x: NDArray[np.intp]) -> Strip:
    """The rectangle along the main axis of some pixels that holds them all.

    The axis is that of the larger second moment. Regions about as high as wide have no clear axis, and those that stand
    upright are not lines that can be read from left to right: both get an upright rectangle.
    """
    spread = np.cov(np.stack([x, y]).astype(np.float64), bias=True)
    angle = 0.5 * math.atan2(2 * spread[0, 1], spread[0, 0] - spread[1, 1])
    small, large = np.linalg.eigvalsh(spread)
    if abs(angle) > math.pi / 4 or large < 4 * small:
        angle = 0.0
    along = x * math.cos(angle) + y * math.sin(angle)
    down = y * math.cos(angle) - x * math.sin(angle)
    a, d = (along.min() + along.max()) / 2, (down.min() + down.max()) / 2
    return Strip(
        x=a * math.cos(angle) - d * math.sin(angle) + 0.5,  # pixels are counted from their upper left corner
        y=a * math.sin(angle) + d * math.cos(angle) + 0.5,
        width=float(np.ptp(along)) + 1,
        height=float(np.ptp(down)) + 1,
        angle=angle,
    )


def grow(core: Strip) -> Strip:
    """The whole line around a core."""
    more = GROWTH * core.width * core.height / (2 * (core.width + core.height))
    return Strip(core.x, core.y, core.width + 2 * more, core.height + 2 * more, core.angle)


def spell(steps: Floats, letters: str) -> tuple[str, float]:
    """Text and confidence (0 to 1) from the probabilities of every letter at every step along a line.

    Greedy decoding of connectionist temporal classification: the best column of each step, repetitions as one, blanks
    left out. The confidence is the mean probability of the letters times that of the least certain gap: a letter the
    reader does not know well (ü, é) leaves only a gap that is not quite blank, and so does half of what is no text.

    Args:
        steps: (n, letters + 2), columns: blank, the letters, all letters of other scripts together.
        letters: what the columns between the first and the last stand for.
    """
    best = steps.argmax(axis=1)
    fresh = np.concatenate([[True], best[1:] != best[:-1]]) & (best != BLANK)
    if not fresh.any():
        return "", 0.0
    alphabet = ("", *letters, FOREIGN)
    text = "".join(alphabet[column] for column in best[fresh])
    return text, float(steps[fresh, best[fresh]].mean()) * least_certain_gap(steps, best)


def least_certain_gap(steps: Floats, best: NDArray[np.intp]) -> float:
    """How certainly nothing is missing: least probability, of all blank steps, of a blank or a neighbouring letter.

    1 without a blank step. Neighbours count as well: the end of a letter and the blank after it share a step.
    """
    written = np.flatnonzero(best != BLANK)
    least = 1.0
    for step in np.flatnonzero(best == BLANK):
        after = int(np.searchsorted(written, step))
        neighbours = {int(best[at]) for at in written[max(after - 1, 0) : after + 1]}
        least = min(least, float(steps[step, [BLANK, *neighbours]].sum()))
    return least
