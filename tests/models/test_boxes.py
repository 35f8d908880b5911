"""What is found in the parts of a picture becomes one list of boxes."""

import numpy as np
import pytest

from photocast.models import Box
from photocast.models.anchors import anchors
from photocast.models.boxes import Region, candidates, regions, settle

NAMES = ("person", "car")
CENTRE = 1911
"""The anchor in the middle of the picture, .95 on either side."""


def seen(anchor: int, label: int, score: float) -> tuple[np.ndarray, np.ndarray]:
    """The detector's numbers for one thing exactly where an anchor lies."""
    scores = np.zeros((len(anchors()), len(NAMES)), np.float32)
    scores[anchor, label] = score
    return scores, np.zeros((len(anchors()), 4), np.float32)


def test_a_long_picture_is_also_looked_at_from_both_ends() -> None:
    assert regions(1024, 1000) == [Region(0, 0, 1, 1, 1)]
    assert regions(800, 400)[1:] == [Region(0, 0, 0.5, 1, 0.8), Region(0.5, 0, 1, 1, 0.8)]
    assert regions(400, 800)[1:] == [Region(0, 0, 1, 0.5, 0.8), Region(0, 0.5, 1, 1, 0.8)]


def test_a_box_in_a_part_lies_where_it_is_in_the_picture() -> None:
    first_cell = 0  # centre .5 / 19, size .1, so it leaves the part at its upper left
    whole = settle([candidates(*seen(first_cell, 1, 0.9), Region(0, 0, 1, 1, 1))], NAMES)
    edge = 0.5 / 19 + 0.05
    assert whole == [Box("car", pytest.approx(0.9), 0, 0, pytest.approx(edge), pytest.approx(edge))]
    left_half = settle([candidates(*seen(first_cell, 1, 0.9), Region(0, 0, 0.5, 1, 0.8))], NAMES)
    assert left_half == [Box("car", pytest.approx(0.72), 0, 0, pytest.approx(edge / 2), pytest.approx(edge))]


def test_what_an_inner_edge_cuts_is_left_to_the_whole() -> None:
    right_half = Region(0.5, 0, 1, 1, 0.8)
    assert settle([candidates(*seen(0, 1, 0.9), right_half)], NAMES) == []


def test_weak_finds_are_not_mentioned_and_parts_count_less() -> None:
    assert settle([candidates(*seen(CENTRE, 0, 0.29), Region(0, 0, 1, 1, 1))], NAMES) == []
    assert settle([candidates(*seen(CENTRE, 0, 0.36), Region(0, 0, 1, 1, 0.8))], NAMES) == []  # .36 * .8 < .3


def test_one_thing_found_twice_is_one_box() -> None:
    here = candidates(*seen(CENTRE, 0, 0.9), Region(0, 0, 1, 1, 1))
    again = candidates(*seen(CENTRE, 0, 0.6), Region(0, 0, 1, 1, 1))
    other = candidates(*seen(CENTRE, 1, 0.7), Region(0, 0, 1, 1, 1))
    assert [(box.label, round(box.score, 2)) for box in settle([again, here, other], NAMES)] == [
        ("person", 0.9),
        ("car", 0.7),
    ]
