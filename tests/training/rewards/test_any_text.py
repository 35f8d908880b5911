"""What holds for every reward and every text, the worst as well."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from photocast.schema import ConfigError
from photocast.testing.answers import ENDLESS, NO_LABELS, ONE_GIANT_TURN, WRONG_LANGUAGE
from photocast.training.rewards import CLOSED, NAMES, REWARDS, Asked, check_rewards
from photocast.training.rewards.measured import measured

EVERYTHING = Asked(
    speakers=2,
    words=100,
    captions=("a dog on the beach",),
    others=("a loaf of bread",),
    dialogue=("Man: hello there", "Woman: who is it?"),
    aliases=(("Man", "Speaker 1"),),
)
ASKED = st.sampled_from(
    [EVERYTHING, Asked(), Asked(speakers=3, words=1, reference="meeting"), Asked(language="ja", words=50, limit=1)]
)
CHINESE = "Speaker 1: " + "你好世界今天天气很好" * 20 + "\nSpeaker 2: " + "是的我也这么觉得" * 20
WORST = {
    "empty": "",
    "blank": " \n\t\r\n ",
    "labels alone": "Speaker 1:\nSpeaker 2:\n",
    "no labels": NO_LABELS,
    "German": WRONG_LANGUAGE,
    "Chinese": CHINESE,
    "Thai": "Speaker 1: " + "สวัสดีชาวโลก" * 30 + "\nSpeaker 2: " + "สวัสดี" * 30,
    "one turn of 10,000 words": "Speaker 1: " + "word " * 10_000,
    "a giant turn": ONE_GIANT_TURN,
    "a loop": ENDLESS,
    "control characters": "Speaker 1: \x00\x01\x1b[31m\u202e\ufeff\nSpeaker 2: \x0b\x0c\x1c\x85\u2028",
    "half a surrogate": "Speaker 1: \ud800 and so on\nSpeaker 2: \udfff",
    "punctuation": "Speaker 1: ...\nSpeaker 2: ?!",
}
PIECES = st.sampled_from(
    [
        "Speaker 1:",
        "Speaker 2:",
        "\n",
        "\n\n",
        " ",
        "**",
        "[laughs]",
        "----",
        "====",
        "# ",
        "photo",
        "hello there.",
        "—",
    ]
)
TEXTS = st.one_of(st.text(max_size=300), st.lists(PIECES | st.text(max_size=12), max_size=40).map("".join))


@given(TEXTS, ASKED)
@example(WORST["control characters"], EVERYTHING)
@example(WORST["half a surrogate"], EVERYTHING)
def test_every_reward_of_any_text_is_from_0_to_1_and_applies_by_what_was_asked(text: str, asked: Asked) -> None:
    for name, reward in REWARDS.items():
        earned = reward(text, asked)
        assert (earned is None) == (reward("", asked) is None), name  # no text escapes a reward
        assert earned is None or 0.0 <= earned <= 1.0, name


@pytest.mark.parametrize("which", WORST)
def test_the_worst_texts_have_values(which: str) -> None:
    earned = {name: reward(WORST[which], EVERYTHING) for name, reward in REWARDS.items()}
    assert all(value is not None and 0.0 <= value <= 1.0 for value in earned.values())
    assert earned["asr"] == earned["ref"] == 0.0
    if which not in {"German", "a loop"}:
        assert earned["shape"] < 0.5  # type: ignore[operator]


def test_texts_that_say_nothing_earn_nothing_but_for_being_short() -> None:
    for which in ("empty", "blank", "labels alone", "no labels"):
        earned = {name: reward(WORST[which], EVERYTHING) for name, reward in REWARDS.items()}
        assert [name for name, value in earned.items() if value] == ["length_limit"], which


def test_a_loop_and_a_giant_turn() -> None:
    for which in ("a loop", "a giant turn", "one turn of 10,000 words"):
        for name in ("length", "repetition", "length_limit"):
            assert REWARDS[name](WORST[which], EVERYTHING) == 0.0, (which, name)


def test_names_of_rewards() -> None:
    check_rewards(NAMES)
    recipes = "labels shape coverage compliance length repetition length_limit asr ref parsable "
    recipes += "emotion_match consistency_match rubric"
    assert " ".join(NAMES) == recipes
    with pytest.raises(ConfigError, match=r"no reward 'lables'.*Write labels"):
        check_rewards(["shape", "lables"])
    with pytest.raises(ConfigError, match=r"the rewards are labels.*docs/rewards\.md"):
        check_rewards(["xyz"])


def test_every_reward_says_what_it_is() -> None:
    for name, reward in (REWARDS | CLOSED).items():
        said = reward.__doc__ or ""
        assert all(f"\n    {part}: " in said for part in ("Range", "Source", "Weakness")), name


def test_means_are_of_the_texts_to_which_a_reward_applies() -> None:
    found = measured({"a": "Speaker 1: one two", "b": "Speaker 1: one two three four"}, Asked(words=4))
    assert found.n == 2
    length, coverage = found.rewards["length"], found.rewards["coverage"]
    assert (length.mean, length.least, length.most, length.n, length.none) == (0.75, 0.5, 1.0, 2, 0)
    assert (coverage.mean, coverage.least, coverage.n, coverage.none) == (None, None, 0, 2)
    assert found.files[0].rewards["length"] == 0.5
