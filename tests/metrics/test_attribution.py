"""Matching, REF, ASR and cpWER: what the published evaluator gives, and what a plain implementation gives."""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocast.metrics.attribution import (
    Alignment,
    Match,
    Rates,
    Utterance,
    WordErrors,
    attribution,
    clean,
    cpwer,
    f1,
    match,
    same_name,
    similarity,
    tokens,
    transcription,
)
from photocast.schema import UndefinedMetric


def golden(shared: Path) -> dict[str, Any]:
    cases: dict[str, Any] = json.loads((shared / "diadem" / "golden_cases.json").read_text("utf-8"))
    return cases


def test_every_golden_case_of_the_published_evaluator(shared: Path) -> None:
    cases = golden(shared)
    assert len(cases) == 10
    for name, case in cases.items():
        predicted, meant = clean(case["pred"], official=True), clean(case["gt"], official=True)
        assert [[one.speaker, one.text] for one in predicted] == case["clean_pred"], name
        assert [[one.speaker, one.text] for one in meant] == case["clean_gt"], name
        found = match(predicted, meant)
        matches = [
            {"dt_indices": [*one.predicted], "gt_indices": [*one.reference], "score": one.similarity}
            for one in found.matches
        ]
        assert matches == case["matches"], name
        assert (found.predicted, found.reference) == (case["eff_pred"], case["eff_gt"]), name
        assert sum(one.similarity for one in found.matches) == case["asr_sum"], name
        assert transcription(found).official == Rates(case["asr_rec"], case["asr_prec"]), name


SOME = "Man: I thought I would have a hundred things to say."


@pytest.mark.parametrize(
    ("predicted", "meant", "matches", "lines", "rates"),
    [
        (
            ['Man in red: "Hello there."', 'Woman: "Hi, how are you?"'],
            ["Man wearing red: Hello there.", "Woman in blue: Hi, how are you?"],
            [((0,), (0,)), ((1,), (1,))],
            (2, 2),
            (1.0, 1.0),
        ),
        (
            ['A: "I thought"', 'A: "I would have a hundred things to say."', 'B: "Really?"'],
            [SOME, "Woman: Really?"],
            [((0, 1), (0,)), ((2,), (1,))],
            (2, 2),
            (1.0, 1.0),
        ),
        (
            ["A: I am going home and I will be back tomorrow"],
            ["Man: I am going home", "Man: and I will be back tomorrow"],
            [((0,), (0, 1))],
            (1, 1),
            (1.0, 1.0),
        ),
        (  # 34 letters, of which `iamgoinghome` are missing: 1 - 12/34 = 22/34; over 1 line and over 2
            ["A: I am going home", "B: and I will be back tomorrow"],
            ["M: I am going home and I will be back tomorrow"],
            [((1,), (0,))],
            (2, 1),
            (22 / 34, 11 / 34),
        ),
        (["A: abcdefghij"], ["M: abcdef"], [], (1, 1), (0.0, 0.0)),  # 1 - 4/10 is not more than .6
        (
            ["A: hello"],
            ["M: hello", "W: this utterance is missed", "M: so is this one"],
            [((0,), (0,))],
            (1, 3),
            (1 / 3, 1.0),
        ),
        (['A: "Hello, WORLD!!"'], ["M: hello world"], [((0,), (0,))], (1, 1), (1.0, 1.0)),
        ([], ["M: hello"], [], (0, 1), (0.0, 1.0)),
        (["男人：你好"], ["男人: 你好"], [], (0, 1), (0.0, 1.0)),
    ],
)
def test_the_worked_cases(
    predicted: list[str],
    meant: list[str],
    matches: list[tuple[tuple[int, ...], tuple[int, ...]]],
    lines: tuple[int, int],
    rates: tuple[float, float],
) -> None:
    found = match(clean(predicted, official=True), clean(meant, official=True))
    assert [(tuple(one.predicted), tuple(one.reference)) for one in found.matches] == matches
    assert (found.predicted, found.reference) == lines
    official = transcription(found).official
    assert (official.recall, official.precision) == pytest.approx(rates, abs=1e-12)


def test_what_we_read_otherwise_than_the_published_script() -> None:
    assert clean(["男人：你好", "A: ...", "B: (laughs)"]) == [Utterance("男人", "你好"), Utterance("B", "laughs")]
    assert clean(["男人：你好", "A: ...", "B: (laughs)"], official=True) == [
        Utterance("A", ""),
        Utterance("B", "laughs"),
    ]
    silent = transcription(match([], clean(["M: hello"])))
    assert (silent, silent.official) == (Rates(0.0, None), Rates(0.0, 1.0))
    assert transcription(match(clean(["A: hello"]), [])) == Rates(None, 0.0)
    assert transcription(match([], [])) == Rates(None, None)


def test_cleaning() -> None:
    assert clean(["The man: “It's 9:30, isn’t it?”"]) == [Utterance("The man", "its 930 isnt it")]
    assert clean(["no colon here", "", "   "]) == []
    assert clean(["x" * 150 + ": " + "y" * 1500]) == [Utterance("x" * 100, "y" * 1000)]
    assert clean(["女: 漢語說話"]) == [Utterance("女", "汉语说话")]  # traditional becomes simplified
    assert clean(["女: 漢語を話す"]) == [Utterance("女", "漢語を話す")]  # with kana it is Japanese
    assert clean(["Zoë: Ça va, Łukasz?"]) == [Utterance("Zoë", "ça va łukasz")]


def test_similarity_by_hand() -> None:
    assert similarity("a b c", "abd") == 1 - 1 / 3
    assert similarity("", "abc") == 0
    assert similarity("same", "s a m e") == 1
    with pytest.raises(UndefinedMetric, match="neither has a word"):
        similarity(" ", "")


def test_at_most_six_lines_are_put_together() -> None:
    six, seven = ([Utterance("A", letter * 4) for letter in letters] for letters in ("abcdef", "abcdefg"))
    whole = match(six, [Utterance("M", "".join(one.text for one in six))])
    assert whole.matches == (Match(range(0, 6), range(0, 1), 1.0),)
    # of 28 letters six lines have 24; the earlier six stand, and the seventh line counts for itself
    part = match(seven, [Utterance("M", "".join(one.text for one in seven))])
    assert part == Alignment((Match(range(0, 6), range(0, 1), 1 - 4 / 28),), 2, 1)


def test_utterances_without_a_word_on_both_sides_are_undefined_officially() -> None:
    with pytest.raises(UndefinedMetric):
        match(clean(["A: ..."], official=True), clean(["M: hello", "M: !"], official=True))
    assert match(clean(["A: ..."], official=True), clean(["M: hello"], official=True)).matches == ()


def test_ref_by_hand() -> None:
    found = match(clean(["A: one two", "B: three four", "A: five"]), clean(["M: one two", "W: three four"]))
    assert attribution(found, [True, False]) == Rates(1 / 2, 1 / 3)
    assert attribution(found, [True, True]) == Rates(1.0, 2 / 3)
    with pytest.raises(ValueError, match="1 verdicts on 2 matches"):
        attribution(found, [True])


def test_f1() -> None:
    assert f1(0.5, 1.0) == 2 / 3
    assert f1(0.0, None) == 0.0
    assert f1(0.0, 0.0) == 0.0
    assert f1(0.5, None) is None
    assert f1(None, None) is None


def test_cpwer_by_hand() -> None:
    # A+A against M: `red` for `blue` is 1 error; B against W: `now` is missing, 1 error; 2 of 4 + 3 words.
    # The other pairing, A with W and B with M, would make 4 + 4 errors.
    predicted = clean(["A: the red", "B: hello you", "A: car stops"])
    meant = clean(["M: the blue car stops", "W: hello you now"])
    assert cpwer(predicted, meant) == WordErrors(2, 7)
    assert cpwer(predicted, meant).rate == 2 / 7


def test_cpwer_of_speakers_who_are_left_over() -> None:
    meant = clean(["M: one two three", "W: four five"])
    assert cpwer(clean(["A: one two three four five"]), meant) == WordErrors(
        4, 5
    )  # 2 too many in M's, 2 missing in W's
    assert cpwer([], meant) == WordErrors(5, 5)
    assert cpwer(meant, []) == WordErrors(5, 0)
    assert cpwer(meant, []).rate is None
    assert cpwer([], []) == WordErrors(0, 0)
    assert WordErrors(1, 2) + WordErrors(3, 4) == WordErrors(4, 6)


def test_cpwer_counts_characters_where_nothing_separates_words() -> None:
    assert tokens("我爱 photo你123 カメラ") == ["我", "爱", "photo", "你", "123", "カ", "メ", "ラ"]
    assert cpwer(clean(["甲: 你好吗"]), clean(["乙: 你好嘛"])) == WordErrors(1, 3)


def test_names_are_compared_without_case_and_punctuation() -> None:
    assert same_name(" The  Man, in RED_coat. ") == same_name("the man in red coat")
    assert same_name("ＭＡＮ") == "man"
    assert same_name("the man") != same_name("a man")


def edits(one: str, other: str) -> int:
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        before, row[0] = row[0], i
        for j, b in enumerate(other, start=1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]


def plain_match(predicted: Sequence[Utterance], meant: Sequence[Utterance]) -> tuple[float, tuple[Match, ...]]:
    """The definition, read off: every cell looks at every way to get there."""

    def one_speaker(lines: Sequence[Utterance]) -> bool:
        return len({line.speaker for line in lines}) == 1

    def alike(some: Sequence[Utterance], others: Sequence[Utterance]) -> float:
        a, b = ("".join(" ".join(line.text for line in lines).split()) for lines in (some, others))
        return 1 - edits(a, b) / max(len(a), len(b))

    @cache
    def best(i: int, j: int) -> tuple[float, tuple[Match, ...]]:
        if not i or not j:
            return 0.0, ()
        most = max(best(i - 1, j), best(i, j - 1), key=lambda found: found[0])
        for k in range(1, min(6, i) + 1):
            for m in range(1, min(6, j) + 1):
                some, others = predicted[i - k : i], meant[j - m : j]
                if one_speaker(some) and one_speaker(others) and (sim := alike(some, others)) > 0.6:
                    total, matches = best(i - k, j - m)
                    if total + sim > most[0]:
                        most = total + sim, (*matches, Match(range(i - k, i), range(j - m, j), sim))
        return most

    return best(len(predicted), len(meant))


lines = st.lists(
    st.builds(Utterance, st.sampled_from("AB"), st.text("ab ", min_size=1, max_size=7).filter(str.strip)), max_size=8
)


@given(lines, lines)
def test_matching_is_that_of_the_definition(predicted: list[Utterance], meant: list[Utterance]) -> None:
    total, matches = plain_match(predicted, meant)
    found = match(predicted, meant)
    assert found.matches == matches
    assert sum(one.similarity for one in found.matches) == pytest.approx(total)
    assert found.predicted == len(predicted) - sum(len(one.predicted) - 1 for one in matches)
    assert found.reference == len(meant) - sum(len(one.reference) - 1 for one in matches)


@given(lines)
def test_a_perfect_transcript_scores_one_whatever_the_names(said: list[Utterance]) -> None:
    renamed = [Utterance({"A": "Ada", "B": "Bo"}[one.speaker], one.text) for one in said]
    rates = transcription(match(renamed, said))
    assert rates == (Rates(1.0, 1.0) if said else Rates(None, None))
    assert cpwer(renamed, said).errors == 0


@given(lines, lines)
def test_rates_are_between_nothing_and_all(predicted: list[Utterance], meant: list[Utterance]) -> None:
    found = match(predicted, meant)
    for rates in (transcription(found), attribution(found, [True] * len(found.matches))):
        for rate in (rates.recall, rates.precision):
            assert rate is None or 0 <= rate <= 1
