"""Diversity, repetition and likeness: by hand, by counting each window, and by the slow way."""

import math
import zlib
from itertools import pairwise
from statistics import fmean

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photocast.metrics import across, diversity
from photocast.metrics.diversity import mean_distinct
from photocast.schema import UndefinedMetric
from photocast.testing import script_of

letters = st.lists(st.sampled_from("abcdefgh"), min_size=100, max_size=140)


@settings(deadline=None)
@given(st.lists(st.integers(0, 5), min_size=7, max_size=40))
def test_sliding_windows_agree_with_counting_each(numbers: list[int]) -> None:
    each = fmean(len(set(numbers[at : at + 7])) / 7 for at in range(len(numbers) - 6))
    assert mean_distinct(np.array(numbers), 7) == pytest.approx(each)


@settings(deadline=None)
@given(letters)
def test_runs_of_words_in_windows(words: list[str]) -> None:
    script = script_of("A: " + " ".join(words))
    windows = [words[at : at + 100] for at in range(len(words) - 99)]
    assert diversity.mattr(script) == pytest.approx(fmean(len(set(one)) / 100 for one in windows))
    pairs = fmean(len(set(pairwise(one))) / 99 for one in windows)
    assert diversity.distinct_2_window(script) == pytest.approx(pairs)


def test_repetition_by_hand() -> None:
    alike = script_of("A: " + "na " * 300)
    assert diversity.rep_4(alike) == pytest.approx(1 - 1 / 297)  # one run, 297 times
    assert diversity.rep_4_window(alike) == pytest.approx(1 - 1 / 297)
    # 300 different words said twice: whatever the window, no run is in it twice, but half of all runs were said before
    twice = script_of("A: " + " ".join(f"w{at % 300}" for at in range(600)))
    assert diversity.rep_4_window(twice) == 0
    assert diversity.rep_4(twice) == pytest.approx(1 - 300 / 597)  # 300 beginnings; the second round adds none


def test_mtld_by_hand() -> None:
    # Of "a a a …" each second word closes a factor: 1 different of 2 is .5. 100 words are 50 factors: 2 words each.
    assert diversity.mtld(script_of("A: " + "a " * 100)) == 2
    # 100 different words and the first again: 100 / 101 = .990 stays above, so both ways (1 - .990) / .28 factors
    words = " ".join(f"w{at}" for at in range(100))
    factors = (1 - 100 / 101) / 0.28
    assert diversity.mtld(script_of(f"A: {words} w0")) == pytest.approx(101 / factors)
    with pytest.raises(UndefinedMetric, match="no word comes twice"):
        diversity.mtld(script_of(f"A: {words}"))


@settings(deadline=None)
@given(letters)
def test_mtld_by_the_definition(words: list[str]) -> None:
    def factors(sequence: list[str]) -> float:
        count, start = 0.0, 0
        for end in range(1, len(sequence) + 1):
            ratio = len(set(sequence[start:end])) / (end - start)
            if ratio < 0.72:
                count, start = count + 1, end
        if start < len(sequence):
            count += (1 - len(set(sequence[start:])) / (len(sequence) - start)) / 0.28
        return count

    expected = (len(words) / factors(words) + len(words) / factors(words[::-1])) / 2
    assert diversity.mtld(script_of("A: " + " ".join(words))) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("words", "longest"),
    [("a", 0), ("a b c", 0), ("a b a", 1), ("a b c a b d", 2), ("na na na na", 3), ("x a b c d e y a b c d e", 5)],
)
def test_longest_repeat_by_hand(words: str, longest: int) -> None:
    assert diversity.longest_repeat(script_of(f"A: {words}")) == longest


@settings(deadline=None)
@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=60))
def test_longest_repeat_by_trying_all(words: list[str]) -> None:
    def comes_twice(length: int) -> bool:
        runs = [tuple(words[at : at + length]) for at in range(len(words) - length + 1)]
        return len(set(runs)) < len(runs)

    expected = max((length for length in range(1, len(words)) if comes_twice(length)), default=0)
    assert diversity.longest_repeat(script_of("A: " + " ".join(words))) == expected


def test_compression_by_hand() -> None:
    said = "A goat. " * 20
    script = script_of(f"A: {said}", "B: No.")
    raw = f"{said}\nNo.".encode()
    assert diversity.compression_ratio(script) == len(zlib.compress(raw, 6)) / len(raw) < 0.2


def test_self_bleu_by_hand() -> None:
    same = script_of("A: the goat saw the old house")
    assert across.self_bleu([same, same]) == pytest.approx([1, 1])
    other = script_of("A: nothing in common here at all")
    assert across.self_bleu([same, other]) == [0, 0]
    # Against "the goat saw the red house now": 5 of 6 words, 3 of 5 pairs (the goat, goat saw, saw the), 2 of 4 runs of
    # three, 1 of 3 of four; 6 words against a reference of 7 cost exp(1 - 7/6).
    near = script_of("A: the goat saw the red house now")
    expected = math.exp(1 - 7 / 6) * (5 / 6 * 3 / 5 * 2 / 4 * 1 / 3) ** 0.25
    assert across.self_bleu([same, near])[0] == pytest.approx(expected)


def test_self_bleu_clips_at_the_most_that_one_other_script_has() -> None:
    # "ha" 8 times beside 6 and 5 times: 6 of 8 words count, 5 of 7 pairs, 4 of 6 runs of three, 3 of 5 of four
    scripts = [script_of("A:" + " ha" * times) for times in (8, 6, 5)]
    assert across.self_bleu(scripts)[0] == pytest.approx((6 / 8 * 5 / 7 * 4 / 6 * 3 / 5) ** 0.25)


def test_shared_runs_and_openings_by_hand() -> None:
    one = script_of("A: So I was looking at a goat")  # 3 runs of five words
    two = script_of("A: So I was looking at him")  # the first of them too; its second ends in "him"
    three = script_of("A: A goat stood there all day")
    assert across.shared_5grams([one, two, three]) == pytest.approx([1 / 3, 1 / 2, 0])
    assert across.shared_opening([one, two, three]) == [1, 1, 0]
    assert across.opening_diversity([one, two, three]) == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    "metric", [across.self_bleu, across.shared_5grams, across.shared_opening, across.opening_diversity]
)
def test_a_set_needs_two_scripts(metric) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UndefinedMetric, match="fewer than two"):
        metric([script_of("A: one two three four five six")])
