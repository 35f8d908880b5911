"""Rewards of closed answers, by hand."""

import pytest

from photocast.training.rewards import CLOSED, Asked, as_trl, consistency_match, emotion_match
from photocast.training.story import TASKS


@pytest.mark.parametrize(
    ("text", "reward"),
    [
        ("joy", 1),
        (" Joy.\n", 1),
        ("“joy”", 1),
        ("fear", 0),
        ("joy, sadness, anger, fear", 0),
        ("She feels joy", 0),
        ("", 0),
    ],
)
def test_an_emotion_is_right_or_not(text: str, reward: float) -> None:
    assert emotion_match(text, Asked(task="emotion", label="joy")) == reward


@pytest.mark.parametrize(
    ("text", "label", "reward"),
    [
        ("yes", "yes", 1),
        ("Yes.", "yes", 1),
        ("yes, hair", "yes", 0),
        ("no", "yes", 0),
        ("no, hair", "no, hair", 1),
        ("No, Hair.", "no, hair", 1),
        ("no, coat", "no, hair", 0.5),
        ("no", "no, hair", 0.5),
        ("yes", "no, hair", 0),
        ("no", "no", 1),
        ("no, age", "no", 1),
        ("no, hair", "no, Hair", 1),
        ("not sure", "no", 0),
        ("", "no", 0),
    ],
)
def test_a_verdict_and_what_differs(text: str, label: str, reward: float) -> None:
    assert consistency_match(text, Asked(task="consistency", label=label)) == reward


@pytest.mark.parametrize("task", TASKS)
def test_other_tasks_have_no_such_reward(task: str) -> None:
    given = {name: reward("yes", Asked(task=task, label="yes")) for name, reward in CLOSED.items()}
    assert (given["emotion_match"] is None) == (task != "emotion")
    assert (given["consistency_match"] is None) == (task != "consistency")


def test_trainers_take_task_and_label_from_the_columns() -> None:
    tasks, labels = ["emotion", "consistency", "caption"], ["joy", "no, hair", ""]
    answers = ["Joy", "no", "A fox."]
    for name, earned in (("emotion_match", [1.0, None, None]), ("consistency_match", [None, 0.5, None])):
        assert as_trl(name)(None, answers, task=tasks, label=labels) == earned
