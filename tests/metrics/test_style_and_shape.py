"""Style and shape: values worked by hand."""

import math

import pytest

from photocast.metrics import shape, style
from photocast.testing import script_of

TALK = script_of(
    "A: one two three four five six", "B: one two", "B: three four", "A: one", "B: one two three four five"
)
"""B's two turns in a row are one of 4 words, so the turns have 6, 4, 1 and 5 words."""


def test_lengths_by_hand() -> None:
    assert (style.words(TALK), style.turns(TALK), style.speakers(TALK)) == (16, 4, 2)
    assert style.turn_length(TALK) == 4  # (6 + 4 + 1 + 5) / 4
    assert shape.turn_length_median(TALK) == 4.5  # between 4 and 5
    # sorted 1 4 5 6; a tenth of the way through 3 steps is .3 of the first: 1 + .3 · 3; and .7 of the last: 5 + .7 · 1
    assert shape.turn_length_p10(TALK) == pytest.approx(1.9)
    assert shape.turn_length_p90(TALK) == pytest.approx(5.7)
    # deviations from 4: 2, 0, -3, 1; variance (4 + 0 + 9 + 1) / 4 = 3.5
    assert shape.turn_length_cv(TALK) == pytest.approx(math.sqrt(3.5) / 4)
    assert shape.short_turn_share(TALK) == 0.75  # 4, 1 and 5 words; 6 is long
    assert shape.long_turn_share(script_of("A: " + "la " * 101, "B: " + "la " * 100)) == 0.5


def test_switch_rate_by_hand() -> None:
    assert style.switch_rate(TALK) == 1000 * 3 / 16  # A to B, B to A, A to B in 16 words
    assert style.switch_rate(script_of("A: look at that", "B: oh")) == 250  # 1 in 4 words


def test_distinct_by_hand() -> None:
    goats = script_of("A: The goat saw", "B: the goat.")  # the goat saw the goat
    assert style.distinct_1(goats) == 0.6  # 3 of 5
    assert style.distinct_2(goats) == 0.75  # the goat, goat saw, saw the, the goat: 3 of 4
    assert style.distinct_3(goats) == 1


def test_speaker_share_entropy_by_hand() -> None:
    # A 3 of 4 words, B 1 of 4: -(.75 log2 .75 + .25 log2 .25) = .3113 + .5
    assert shape.speaker_share_entropy(script_of("A: one two three", "B: one")) == pytest.approx(0.8113, abs=1e-4)
    assert shape.speaker_share_entropy(script_of("A: one", "B: one", "C: one")) == pytest.approx(1)


@pytest.mark.parametrize(
    ("text", "cut_off"),
    [
        ("It was the—", True), ("It was the –", True), ("It was --", True), ("And then…", True), ("And then...", True),
        ('He said "wait—"', True), ("“And then…”", True),
        ("It was.", False), ("A well-known goat", False), ("Wait — what?", False), ("And… no.", False),
    ],
)  # fmt: skip
def test_cut_off(text: str, cut_off: bool) -> None:
    assert shape.cutoff_share(script_of(f"A: {text}", "B: Stop.")) == (0.5 if cut_off else 0)


def test_overlap_by_hand() -> None:
    talk = script_of("A: — no first turn can", "B: —wait", "A: a dash—inside", "B: “— yes")
    assert shape.overlap_share(talk) == pytest.approx(2 / 3)
    late = talk.turns[2]
    marked = late.model_copy(update={"delivery": late.delivery.model_copy(update={"overlap_ms": 200})})
    assert shape.overlap_share(talk.model_copy(update={"turns": (*talk.turns[:2], marked, talk.turns[3])})) == 1


def test_question_share_by_hand() -> None:
    assert shape.question_share(script_of("A: Is it? It is.", "B: No.", "A: What", "B: Where?")) == 0.5


def test_round_robin_by_hand() -> None:
    assert shape.round_robin(script_of("A: x", "B: x", "C: x", "A: x", "B: x")) == 1
    # cycle A B C; A-B yes, B-C yes, C-B no, B-A no
    assert shape.round_robin(script_of("A: x", "B: x", "C: x", "B: x", "A: x")) == 0.5
