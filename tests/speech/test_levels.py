"""No voice is louder than another."""

import numpy as np
import pytest

from photocast.speech.levels import levelled
from photocast.speech.loudness import decibels, integrated
from speech.conftest import Talk

RATE = 24_000


def test_speakers_become_as_loud_as_they_are_on_average(talk: Talk) -> None:
    soft, loud = talk(5.0), talk(5.0) * np.float32(1.5)
    first, second = levelled([soft, loud], ["Ada", "Leo"], RATE)
    between = (integrated(soft, RATE) + integrated(loud, RATE)) / 2
    assert integrated(first, RATE) == pytest.approx(between, abs=0.05)
    assert integrated(second, RATE) == pytest.approx(between, abs=0.05)


def test_a_turn_that_is_softer_than_the_others_of_its_speaker_stays_so(talk: Talk) -> None:
    clips = [talk(4.0), talk(4.0) * np.float32(0.5), talk(4.0) * np.float32(2)]
    level = levelled(clips, ["Ada", "Ada", "Leo"], RATE)
    before, after = np.abs(clips[1]).max() / np.abs(clips[0]).max(), np.abs(level[1]).max() / np.abs(level[0]).max()
    assert after == pytest.approx(before, rel=1e-4)


def test_nobody_is_turned_by_more_than_six_decibels(talk: Talk) -> None:
    clips = [talk(4.0), talk(4.0) * np.float32(0.01)]
    level = levelled(clips, ["Ada", "Leo"], RATE)
    turned = [decibels(float(np.abs(new).max() / np.abs(old).max())) for new, old in zip(level, clips, strict=True)]
    assert turned == pytest.approx([-6, 6], abs=0.01)


@pytest.mark.parametrize("other", [0.5, 0.0])
def test_whoever_says_next_to_nothing_is_left_alone(talk: Talk, other: float) -> None:
    short = talk(1.0) * np.float32(other)
    level = levelled([talk(4.0), short, talk(5.0) * np.float32(2)], ["Ada", "Leo", "Eve"], RATE)
    assert np.array_equal(level[1], short)


def test_one_speaker_is_left_alone(talk: Talk) -> None:
    clip = talk(4.0)
    assert np.array_equal(levelled([clip], ["Ada"], RATE)[0], clip)
