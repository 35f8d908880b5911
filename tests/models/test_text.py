"""Lines of text: regions of a map, the strips around them, and the letters along a strip."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from photocast.models.text import FOREIGN, Strip, components, find_strips, grow, spell, strip_around


def flooded(mask: np.ndarray) -> set[frozenset[tuple[int, int]]]:
    """The connected regions by the plainest method there is."""
    left = {(int(y), int(x)) for y, x in zip(*np.nonzero(mask), strict=True)}
    regions = set()
    while left:
        region, edge = set(), [left.pop()]
        while edge:
            y, x = edge.pop()
            region.add((y, x))
            near = {(y + dy, x + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)} & left
            left -= near
            edge.extend(near)
        regions.add(frozenset(region))
    return regions


@given(arrays.arrays(bool, st.tuples(st.integers(1, 9), st.integers(1, 9))))
def test_regions_are_those_of_a_flood(mask: np.ndarray) -> None:
    found = [frozenset(zip(y.tolist(), x.tolist(), strict=True)) for y, x in components(mask)]
    assert set(found) == flooded(mask)
    assert sum(map(len, found)) == mask.sum()


def test_a_level_strip_by_hand() -> None:
    y, x = np.nonzero(np.pad(np.ones((4, 20), bool), ((3, 5), (2, 7))))
    strip = strip_around(y, x)
    assert (strip.x, strip.y, strip.width, strip.height, strip.angle) == pytest.approx((12, 5, 20, 4, 0))
    assert strip.corners().tolist() == [[2, 3], [22, 3], [22, 7], [2, 7]]


@pytest.mark.parametrize("degrees", [-30, -8, 5, 20, 40])
def test_a_tilted_strip_is_followed(degrees: int) -> None:
    yy, xx = np.mgrid[:200, :200]
    tilt = math.radians(degrees)
    along = (xx - 100) * math.cos(tilt) + (yy - 100) * math.sin(tilt)
    down = (yy - 100) * math.cos(tilt) - (xx - 100) * math.sin(tilt)
    strip = strip_around(*np.nonzero((abs(along) < 60) & (abs(down) < 8)))
    assert math.degrees(strip.angle) == pytest.approx(degrees, abs=1)
    assert (strip.width, strip.height) == pytest.approx((120, 16), abs=3)


def test_growing_by_hand() -> None:
    # area 400, perimeter 100: 400 / 100 * 1.6 = 6.4 on every side
    assert grow(Strip(50, 50, 40, 10, 0.1)) == Strip(50, 50, 52.8, 22.8, 0.1)


def test_faint_and_tiny_marks_are_no_text() -> None:
    text = np.zeros((64, 64), np.float32)
    text[5:15, 5:60] = 0.4  # over the threshold of a pixel, under that of a line
    text[30:32, 30:32] = 1
    assert find_strips(text) == []
    text[40:50, 5:60] = 0.9
    assert [strip.y for strip in find_strips(text)] == [45]


def steps(*columns: int, chance: float = 0.8) -> np.ndarray:
    """Probabilities over blank, a, b, c and other scripts that are highest where told."""
    rows = np.full((len(columns), 5), (1 - chance) / 4, np.float32)
    rows[np.arange(len(columns)), columns] = chance
    return rows


def test_repeated_steps_are_one_letter_and_a_blank_parts_two() -> None:
    # letters .8; the last blank has .8 and .05 of the b before it, the one between two a's the same
    assert spell(steps(0, 1, 1, 0, 1, 2, 2, 0), "abc") == ("aab", pytest.approx(0.8 * 0.85))


def test_a_gap_that_may_hide_a_letter_makes_a_line_doubtful() -> None:
    line = steps(1, 0, 2, chance=0.96)
    line[1] = [0.6, 0.05, 0.05, 0.3, 0]  # blank, but it might be a c
    assert spell(line, "abc") == ("ab", pytest.approx(0.96 * 0.7))
    line[1] = [0.6, 0.35, 0.05, 0, 0]  # the end of the a
    assert spell(line, "abc") == ("ab", pytest.approx(0.96 * 1.0))


def test_nothing_but_blanks_is_no_text() -> None:
    assert spell(steps(0, 0, 0), "abc") == ("", 0.0)


def test_a_letter_of_another_script_is_marked() -> None:
    assert spell(steps(1, 4, 2), "abc")[0] == f"a{FOREIGN}b"
