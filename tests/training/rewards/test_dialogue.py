"""The rewards of DiaDem, on the cases that its evaluator was measured on."""

import json
from pathlib import Path

import pytest

from photocast.metrics.attribution import f1
from photocast.training.rewards import Asked, asr, parsable, ref

RED = ("Man in red", "Man wearing red")
BLUE = ("Woman", "Woman in blue")
HUNDRED = "I thought I would have a hundred things to say."
WORKED = [  # predictions, references, aliases, ASR, REF
    (
        ['Man in red: "Hello there."', 'Woman: "Hi, how are you?"'],
        ["Man wearing red: Hello there.", "Woman in blue: Hi, how are you?"],
        (RED, BLUE),
        1.0,
        1.0,
    ),
    (
        ['A: "I thought"', 'A: "I would have a hundred things to say."', 'B: "Really?"'],
        [f"Man: {HUNDRED}", "Woman: Really?"],
        (("Man", "A"),),
        1.0,
        1 / 2,  # of two matches one is ascribed: recall and precision 1/2
    ),
    (
        ["A: I am going home and I will be back tomorrow"],
        ["Man: I am going home", "Man: and I will be back tomorrow"],
        (("a", "man"),),
        1.0,
        1.0,
    ),
    (
        # recall 22/34 over one line, precision 11/34 over two; of REF 1 and 1/2
        ["A: I am going home", "B: and I will be back tomorrow"],
        ["M: I am going home and I will be back tomorrow"],
        (("M", "B"),),
        2 * (22 / 34) * (11 / 34) / (33 / 34),
        2 * 1 * 0.5 / 1.5,
    ),
    (["A: abcdefghij"], ["M: abcdef"], (("A", "M"),), 0.0, 0.0),  # a similarity of exactly .6
    (
        ["A: hello"],
        ["M: hello", "W: this utterance is missed", "M: so is this one"],
        (("A", "M"),),
        1 / 2,  # recall 1/3, precision 1
        1 / 2,
    ),
    (['A: "Hello, WORLD!!"'], ["M: hello world"], (), 1.0, 0.0),
    ([], ["M: hello"], (), 0.0, 0.0),  # the published script gives precision 1; without recall there is no F1
    (["男人：你好"], ["男人: 你好"], (), 1.0, 1.0),  # the published script loses the line
]


@pytest.mark.parametrize(("predicted", "meant", "aliases", "said", "ascribed"), WORKED)
def test_the_worked_cases(
    predicted: list[str], meant: list[str], aliases: tuple[tuple[str, ...], ...], said: float, ascribed: float
) -> None:
    asked = Asked(dialogue=tuple(meant), aliases=aliases)
    text = "\n".join(predicted)
    assert asr(text, asked) == pytest.approx(said)
    assert ref(text, asked) == pytest.approx(ascribed)


def test_asr_is_the_f1_of_the_published_evaluator(shared: Path) -> None:
    cases = json.loads((shared / "diadem" / "golden_cases.json").read_text("utf-8"))
    same = {name: case for name, case in cases.items() if "：" not in "".join(case["pred"])}
    assert len(same) == 9
    for name, case in same.items():
        found = asr("\n".join(case["pred"]), Asked(dialogue=tuple(case["gt"])))
        assert found == pytest.approx(f1(case["asr_rec"], case["asr_prec"])), name


def test_descriptions_are_the_same_but_for_how_they_are_written() -> None:
    asked = Asked(dialogue=("Man, in RED: hello",))
    assert ref("man in red: hello", asked) == 1.0
    assert ref("the man in red: hello", asked) == 0.0
    assert ref("... : hello", Asked(dialogue=("?! : hello",))) == 0.0  # a description without a word is nobody


def test_without_a_dialogue_they_do_not_apply() -> None:
    for dialogue in ((), ("nobody speaks",), ("A: ...",)):
        assert asr("A: hello", Asked(dialogue=dialogue)) is None
        assert ref("A: hello", Asked(dialogue=dialogue)) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('Man in red: "Hello there."\n\nWoman：你好', 1),
        ("A man stands there.\nMan: Hello.", 0),
        ("Man: Hello.\n: Hello.", 0),
        ("Man: ...", 0),
        ("Man:", 0),
        ("", 0),
        ("\n \n", 0),
    ],
)
def test_parsable(text: str, expected: int) -> None:
    assert parsable(text, Asked()) == expected
