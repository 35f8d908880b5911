"""Strata of prompts."""

import pytest

from photocast.schema import UsageError
from photocast.training.grpo.strata import check_strata, in_order, strata_of


def test_of_a_packed_sample() -> None:
    assert strata_of({"speakers": 2, "words": 499}, 1) == {"2 speakers", "under 500 words", "1 picture"}
    assert strata_of({"speakers": 5, "words": 1000}, 4) == {"3+ speakers", "1,000+ words", "4 pictures"}


def test_of_a_clip_of_diadem() -> None:
    clip = {"speaker_num": 0, "people_num_in_screen": 3, "is_single_shot": 0, "has_off_screen_speaker": 1}
    clip |= {"has_same_sex_speakers": 0, "only_opposite_sex_speakers": 0}
    assert strata_of(clip, 8) == {"overlap", "3+ people on screen", "multi-shot", "off-screen", "8 pictures"}


def test_of_a_row_that_says_nothing() -> None:
    assert strata_of({"id": "x", "speakers": None}, 0) == {"0 pictures"}


def test_a_misspelt_stratum_is_refused() -> None:
    check_strata(["3+ speakers", "12 pictures", "off-screen"])
    with pytest.raises(UsageError, match=r"Write 3\+ speakers"):
        check_strata(["3 speakers"])


def test_they_are_told_in_an_order_that_can_be_read() -> None:
    names = {"10 pictures", "2 pictures", "overlap", "3+ speakers", "2 speakers", "1,000+ words"}
    assert in_order(names) == ["2 speakers", "3+ speakers", "1,000+ words", "overlap", "2 pictures", "10 pictures"]
