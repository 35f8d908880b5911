"""Coverage of pictures by their captions, worked out by hand."""

from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocast.training.rewards import Asked, coverage

CAPTIONS = ("a red kite above the beach", "a dog asleep on the sofa")
TALK = "Speaker 1: The kite went over the whole beach.\nSpeaker 2: And the dog just lay there."


def test_the_mean_share_of_each_caption() -> None:
    # red, kite, beach: two are said; dog, asleep, sofa: one is. All are in one caption, so all weigh the same.
    assert coverage(TALK, Asked(captions=CAPTIONS)) == pytest.approx((2 / 3 + 1 / 3) / 2)
    assert coverage(TALK, Asked(captions=CAPTIONS[:1])) == pytest.approx(2 / 3)


def test_less_what_is_said_of_other_pictures() -> None:
    # three captions; kite is in two of them, all else in one
    common, rare = 1 + log(4 / 3), 1 + log(4 / 2)
    own = ((common + rare) / (common + 2 * rare) + 1 / 3) / 2
    null = common / (common + rare)
    asked = Asked(captions=CAPTIONS, others=("a kite in a tree", "the sofa with a dog asleep"))
    assert coverage(TALK, asked) == pytest.approx(own - null)  # the second of the others has the words of an own one
    assert coverage("Speaker 1: A kite, a tree.", asked) == 0.0


def test_where_it_does_not_apply() -> None:
    assert coverage(TALK, Asked()) is None
    assert coverage(TALK, Asked(captions=("of the", ""))) is None
    assert coverage(TALK, Asked(captions=CAPTIONS, language="ja")) is None


def test_labels_and_directions_are_not_said() -> None:
    assert coverage("Speaker 1: Oh.\nSpeaker 2: Oh?", Asked(captions=("the speaker on the wall",))) == 0.0
    assert coverage("a red kite above the beach, and nobody says so", Asked(captions=CAPTIONS)) == 0.0


def test_whoever_reads_the_captions_out_has_it_all() -> None:
    """The weakness that the documentation admits."""
    assert coverage("\n".join(f"Speaker 1: {one}" for one in CAPTIONS), Asked(captions=CAPTIONS)) == 1.0


@given(st.permutations(["the", "kite", "went", "over", "beach", "and", "dog", "lay", "there"]))
def test_the_order_of_words_does_not_count(words: list[str]) -> None:
    said = f"Speaker 1: {' '.join(words)}"
    assert coverage(said, Asked(captions=CAPTIONS)) == pytest.approx(0.5)
