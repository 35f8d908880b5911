"""Grounding: nothing is lost on the way to the encoder, figures are worked by hand, and each has its null."""

from collections.abc import Sequence
from math import tanh
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy.stats import kendalltau

from photocast.metrics.grounding import (
    CLIP_SCORE_PREFIX,
    chunks,
    clip_score,
    clip_score_torchmetrics,
    coverage_threshold,
    embed_turns,
    grounded,
    grounding,
    kendall_tau_b,
    order_fidelity,
    photo_coverage,
    similarities,
)
from photocast.metrics.noun_phrases import (
    noun_phrase_grounding,
    noun_phrase_scores,
    noun_phrase_theta,
    noun_phrases,
)
from photocast.schema import InputError, UndefinedMetric

cosines = arrays(np.float64, st.tuples(st.integers(1, 6), st.integers(1, 6)), elements=st.floats(-1, 1, width=16))


class Colours:
    """An encoder of three things: a text or a photo is as much of each as its name says their letters."""

    limit = 24

    def __init__(self) -> None:
        self.read: list[str] = []

    def fits(self, text: str) -> bool:
        return len(text) <= self.limit

    def texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        assert all(map(self.fits, texts))
        self.read += texts
        rows = np.array([[1e-3 + text.lower().count(word) for word in ("red", "green", "blue")] for text in texts])
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)

    def images(self, paths: Sequence[Path]) -> NDArray[np.float32]:
        return self.texts([path.stem for path in paths])


RED, GREEN, BLUE = Path("red.jpg"), Path("green.jpg"), Path("blue.jpg")


def test_a_sentence_is_a_piece_and_keeps_its_quotation_marks() -> None:
    text = "“It rose!” she said. Did it?\n\nYes… 好。不好。"
    assert chunks(text, lambda _: True) == ["“It rose!”", "she said.", "Did it?", "Yes…", "好。", "不好。"]


def test_a_long_sentence_is_split_at_its_clauses_then_between_words_then_letters() -> None:
    text = "We left early, then it rained; nobody of us all had brought one, Donaudampfschifffahrt."
    assert chunks(text, lambda piece: len(piece) <= 16) == [
        "We left early,",
        "then it rained;",
        "nobody of us all",  # of the clause "nobody of us all had brought one,"
        "had brought one,",
        "Donaudampfschiff",
        "fahrt.",
    ]


def test_as_many_clauses_as_fit_stay_together() -> None:
    text = "one, two, three, four, five, six."
    assert chunks(text, lambda piece: len(piece) <= 18) == ["one, two, three,", "four, five, six."]


@given(st.text(max_size=300), st.integers(1, 40))
def test_nothing_is_lost_in_pieces_and_all_of_them_fit(text: str, room: int) -> None:
    pieces = chunks(text, lambda piece: len(piece) <= room)
    assert all(0 < len(piece) <= room for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@given(st.lists(st.text(st.characters(codec="ascii", categories=["L", "P"]), min_size=1, max_size=9), max_size=60))
def test_all_words_come_in_their_order(words: list[str]) -> None:
    pieces = chunks(" ".join(words), lambda piece: len(piece.split()) <= 3)
    assert " ".join(pieces).split() == words


def test_an_encoder_without_room_for_a_letter() -> None:
    with pytest.raises(InputError, match="single letter"):
        chunks("Hello", lambda _: False)


def test_a_turn_is_as_near_as_its_nearest_piece() -> None:
    encoder = Colours()
    turns = embed_turns(["Nothing to see here. A green one!", "red, red, red and also green"], encoder)
    found = similarities(turns, encoder.images([RED, GREEN]))
    assert found.shape == (2, 2)
    assert found[0] == pytest.approx([0.577, 1], abs=2e-3)  # "Nothing to see here." is (1, 1, 1)/√3 of everything
    # The other turn is cut at its clauses, "red, red," and "red and also green", which is half of each: 1/√2.
    assert found[1] == pytest.approx([1, 0.707], abs=2e-3)


def test_every_word_of_a_turn_is_read() -> None:
    encoder = Colours()
    text = "We walked for hours and hours along the river without a word, and then, at the very end, something red."
    found = similarities(embed_turns([text], encoder), encoder.images([RED]))
    assert found[0, 0] == pytest.approx(1, abs=2e-3)
    assert " ".join(encoder.read[:-1]) == text


def test_the_prefix_stands_before_every_piece_and_has_to_fit() -> None:
    encoder = Colours()
    embed_turns(["A red one. A green one by the sea"], encoder, prefix=CLIP_SCORE_PREFIX)
    assert all(text.startswith("A photo depicts ") for text in encoder.read)
    assert (
        " ".join(text.removeprefix(CLIP_SCORE_PREFIX) for text in encoder.read) == "A red one. A green one by the sea"
    )


# Two turns, three photos.
BY_HAND = np.array([[0.30, 0.10, -0.20], [0.20, 0.26, -0.10]])


def test_figures_by_hand() -> None:
    # nearest: .30, .26, -.10
    assert grounding(BY_HAND) == pytest.approx(0.46 / 3)
    assert clip_score(BY_HAND) == pytest.approx(2.5 * 0.56 / 3)  # what is below 0 counts as 0
    assert clip_score_torchmetrics(BY_HAND) == pytest.approx(100 * 0.56 / 3)
    assert photo_coverage(BY_HAND, 0.26) == pytest.approx(2 / 3)
    # nearest turns: 0, 1, 1. Pairs of photos: 01 and 02 in order, 12 tied. tau-b = 2 / √(3 · 2)
    assert order_fidelity(BY_HAND) == pytest.approx(2 / 6**0.5)


def test_clip_score_of_one_caption_is_hessels() -> None:
    assert clip_score(np.array([[0.3]])) == pytest.approx(0.75)
    assert clip_score(np.array([[-0.3]])) == 0


def test_photos_in_order_and_backwards() -> None:
    assert order_fidelity(np.eye(4)) == 1
    assert order_fidelity(np.eye(4)[::-1]) == -1


def test_theta_is_the_95th_percentile_over_all_photos_of_other_albums() -> None:
    # 21 photos in two albums, nearest 0, .01, …, .20: the 95th percentile lies on the 20th of them
    others = [np.arange(0, 11)[None] / 100, np.vstack([np.arange(11, 21) / 100, np.full(10, -1.0)])]
    assert coverage_threshold(others) == pytest.approx(0.19)


def test_what_is_reported_is_the_figure_minus_its_null() -> None:
    others = [np.array([[0.10, 0.20]]), np.array([[0.05], [0.15]])]
    found = grounded(BY_HAND, others)
    assert found.grounding is not None
    # null: ((.10 + .20) / 2 + .15) / 2
    assert found.grounding.null == pytest.approx(0.15)
    assert found.grounding.lift == pytest.approx(0.46 / 3 - 0.15)
    assert found.grounding.others == 2
    assert found.theta == pytest.approx(np.percentile([0.10, 0.20, 0.15], 95))
    assert found.photo_coverage is not None
    assert found.photo_coverage.raw == pytest.approx(2 / 3)  # .30 and .26 are above .195
    assert found.photo_coverage.null == pytest.approx(0.25)  # .20 of the first album's two is, none of the second's
    assert found.order_fidelity is None
    assert "no value on any other album" in found.undefined["order_fidelity"]


def test_theta_can_come_from_a_whole_set() -> None:
    found = grounded(BY_HAND, [np.array([[0.1]])], theta=0.28)
    assert (found.theta, found.photo_coverage and found.photo_coverage.raw) == (0.28, pytest.approx(1 / 3))


@given(cosines)
def test_a_script_beside_itself_has_no_lift(same: NDArray[np.float64]) -> None:
    found = grounded(same, [same, same])
    for figure in (found.grounding, found.clip_score, found.clip_score_torchmetrics, found.photo_coverage):
        assert figure is not None
        assert figure.lift == pytest.approx(0, abs=1e-12)
    assert (found.order_fidelity is None) == ("order_fidelity" in found.undefined)


@given(cosines, st.randoms())
def test_only_the_order_depends_on_the_order(some: NDArray[np.float64], random: object) -> None:
    shuffled = some[:, list(np.random.default_rng(0).permutation(some.shape[1]))]
    assert grounding(shuffled) == pytest.approx(grounding(some))
    assert photo_coverage(shuffled, 0.1) == photo_coverage(some, 0.1)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=30))
def test_tau_b_is_that_of_scipy(pairs: list[tuple[int, int]]) -> None:
    one, other = (np.array(row) for row in zip(*pairs, strict=True))
    if len(set(one.tolist())) > 1 and len(set(other.tolist())) > 1:
        assert kendall_tau_b(one, other) == pytest.approx(float(kendalltau(one, other).statistic))


@pytest.mark.parametrize(
    ("what", "why"),
    [
        (lambda: grounded(BY_HAND, []), "another album"),
        (lambda: grounded(np.zeros((0, 3)), [BY_HAND]), "no turns"),
        (lambda: grounding(np.zeros((2, 0))), "no photos"),
        (lambda: order_fidelity(np.array([[0.1], [0.2]])), "one photo"),
        (lambda: order_fidelity(np.array([[0.3, 0.3], [0.2, 0.2]])), "one turn is nearest"),
        (lambda: coverage_threshold([]), "no album"),
        (lambda: embed_turns([], Colours()), "no turns"),
        (lambda: noun_phrase_grounding([], np.array([]), 0.5), "no noun phrases"),
        (lambda: noun_phrase_scores(["a dog"], np.zeros((0, 3), np.float32), Colours()), "no photos"),
        (lambda: noun_phrase_scores([], np.ones((1, 3), np.float32), Colours()), "no noun phrases"),
        (lambda: noun_phrase_theta([]), "no text"),
    ],
)
def test_what_has_no_value_is_said(what: object, why: str) -> None:
    with pytest.raises(UndefinedMetric, match=why):
        what()  # type: ignore[operator]


def test_noun_phrases_are_led_by_a_determiner_or_in_the_vocabulary() -> None:
    text = (
        "I came across this totally wrecked bus, out in the middle of nowhere. Dogs ran by; the old street lamps slowly"
    )
    assert noun_phrases(text) == ["this totally wrecked bus", "the middle", "Dogs", "the old street lamps"]


def test_noun_phrases_end_before_verb_forms_and_marks() -> None:
    assert noun_phrases("The rusty thing swaying quietly. That was it, a… well, an apple! Hot. Dogs") == [
        "The rusty thing",
        "an apple",
        "Dogs",
    ]


@given(st.text(max_size=200))
def test_noun_phrases_of_anything_are_words_of_it(text: str) -> None:
    for phrase in noun_phrases(text):
        assert set(phrase.split()) <= {phrase} | set(
            "".join(c if c.isalnum() or c in "'’-" else " " for c in text).split()
        )


def test_noun_phrase_grounding_by_hand() -> None:
    scores = np.array([0.8, 0.5])
    # theta .6: .8 stays, .5 becomes -.1; mean .35
    assert noun_phrase_grounding(["a dog", "a hope"], scores, 0.6) == pytest.approx(tanh(0.35))
    # with concreteness 4.85 and 1.25: (3.88 - .125) / 2 = 1.8775
    table = {"dog": 4.85, "hope": 1.25}
    assert noun_phrase_grounding(["a dog", "a hope"], scores, 0.6, concreteness=table) == pytest.approx(tanh(1.8775))
    # plurals are looked up without their ending, what is not in the table weighs 1
    assert noun_phrase_grounding(["two dogs"], scores[:1], 0.6, concreteness=table) == pytest.approx(tanh(0.8 * 4.85))
    assert noun_phrase_grounding(["the zyx"], scores[:1], 0.6, concreteness=table) == pytest.approx(tanh(0.8))


def test_a_phrase_is_scored_by_the_photo_nearest_to_it() -> None:
    encoder = Colours()
    scores = noun_phrase_scores(["a red hat", "a blue one"], encoder.images([RED, GREEN]), encoder)
    assert scores == pytest.approx([2.5, 0], abs=1e-2)
    assert noun_phrase_theta([scores, np.array([0.5])]) == pytest.approx(1, abs=1e-2)  # (2.5 + 0 + .5) / 3
