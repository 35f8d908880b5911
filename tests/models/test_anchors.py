"""Boxes: the anchors, their decoding, and which of several boxes stays."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from photocast.models.anchors import anchors, decode, overlap, suppress


def test_anchors_by_hand() -> None:
    found = anchors()
    assert found.shape == (1917, 4)  # 3 * 19² + 6 * (10² + 5² + 3² + 2² + 1²)
    # first cell of 19: its centre is half a cell in; the first shape is a square of a tenth of the picture
    assert found[0] == pytest.approx([0.5 / 19, 0.5 / 19, 0.1, 0.1])
    # second shape: size .2, twice as wide as high: .2 / √2 by .2 * √2
    assert found[1] == pytest.approx([0.5 / 19, 0.5 / 19, 0.141421, 0.282843], abs=1e-6)
    # one cell to the right comes before one cell down
    assert found[3, :2] == pytest.approx([0.5 / 19, 1.5 / 19])
    # the single cell of the last map: size .95, and a square between .95 and 1
    assert found[1911] == pytest.approx([0.5, 0.5, 0.95, 0.95])
    assert found[1916] == pytest.approx([0.5, 0.5, 0.974679, 0.974679], abs=1e-6)  # √(.95 * 1)


def test_decode_by_hand() -> None:
    anchor = np.array([[0.5, 0.5, 0.2, 0.4]], dtype=np.float32)  # centre .5, .5; .2 high, .4 wide
    codes = np.array([[1.0, -2.0, 0.0, 5 * np.log(0.5)]], dtype=np.float32)
    # centre: y .5 + .1 * .2 = .52, x .5 - .2 * .4 = .42; height .2, width .4 * .5 = .2
    assert decode(codes, anchor)[0] == pytest.approx([0.32, 0.42, 0.52, 0.62])


def test_decoded_boxes_stay_inside_the_picture() -> None:
    anchor = np.array([[0.1, 0.9, 0.5, 0.5]], dtype=np.float32)
    assert decode(np.zeros((1, 4), np.float32), anchor)[0] == pytest.approx([0.65, 0.0, 1.0, 0.35])


def test_overlap_by_hand() -> None:
    box = np.array([0, 0, 0.4, 0.2], dtype=np.float32)
    others = np.array([[0.2, 0, 0.6, 0.2], [0.4, 0, 0.8, 0.2], [0, 0, 0.4, 0.2], [0.1, 0.1, 0.1, 0.1]], np.float32)
    # shared .2 * .2 of .08 + .08 - .04; touching only; the same; a point
    assert overlap(box, others) == pytest.approx([1 / 3, 0, 1, 0])


def test_of_two_boxes_on_one_thing_the_surer_stays() -> None:
    boxes = np.array([[0, 0, 0.5, 0.5], [0, 0, 0.5, 0.45], [0.6, 0.6, 1, 1]], dtype=np.float32)
    assert suppress(boxes, np.array([0.6, 0.9, 0.4], np.float32), most=0.5) == [1, 2]


@given(
    st.integers(0, 12).flatmap(
        lambda n: st.tuples(
            arrays.arrays(np.float32, (n, 4), elements=st.integers(0, 16).map(lambda v: v / 16)),
            arrays.arrays(np.float32, n, elements=st.integers(0, 8).map(lambda v: v / 8)),
        )
    )
)
def test_what_stays_is_apart_and_what_goes_repeats_something_better(drawn: tuple[np.ndarray, np.ndarray]) -> None:
    corners, scores = drawn
    boxes = np.concatenate([np.minimum(corners[:, :2], corners[:, 2:]), np.maximum(corners[:, :2], corners[:, 2:])], 1)
    stay = suppress(boxes, scores, most=0.5)
    assert list(scores[stay]) == sorted(scores[stay], reverse=True)
    for place, one in enumerate(stay):
        assert (overlap(boxes[one], boxes[stay[:place]]) <= 0.5).all()
    for gone in set(range(len(boxes))) - set(stay):
        better = [one for one in stay if scores[one] >= scores[gone]]
        assert (overlap(boxes[gone], boxes[better]) > 0.5).any()
