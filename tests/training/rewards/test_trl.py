"""Rewards as TRL calls them."""

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from photocast.models.fake import ScriptedModel
from photocast.schema import ConfigError, UsageError
from photocast.training.rewards import NAMES, RUBRIC, Asked, Judge, as_trl, asked_of, text_of
from photocast.training.rewards.rubric import STATEMENTS
from photocast.training.rewards.trl import COLUMNS

TALK = "Speaker 1: The kite went up.\n\nSpeaker 2: So it did, over the beach."
CHAT = [{"role": "assistant", "content": TALK}]
PARTS = [{"role": "assistant", "content": [{"type": "text", "text": TALK, "image": None}]}]
SCENES = [
    {"prompt": "a kite over the beach", "first": 0, "last": 1, "image": 0, "gap": ""},
    {"prompt": "a scene that nobody drew", "first": 1, "last": 1, "image": None, "gap": "refused"},
]


def test_completions_are_texts_or_chats() -> None:
    assert text_of(TALK) == text_of(CHAT) == text_of(PARTS) == TALK
    assert text_of([]) == text_of([{"role": "assistant", "content": None}]) == ""


def test_columns_of_a_packed_dataset_say_what_was_asked() -> None:
    row = {"speakers": 2, "words": 12, "scenes": SCENES, "origin": {"language": "en-US"}, "id": "x"}
    assert asked_of(row) == Asked(speakers=2, words=12, captions=("a kite over the beach",))
    given = Asked(speakers=3, reference="meeting", limit=100, others=("a loaf",))
    assert asked_of(row, given) == Asked(
        speakers=2,
        words=12,
        captions=("a kite over the beach",),
        others=("a loaf",),
        reference="meeting",
        limit=100,
    )
    assert asked_of({"scenes": None, "origin": None, "words": None}, given) == given
    clip = {"gt_dialogues": ["Man: hello"], "aliases": [["Man", "he"]], "origin": {"language": "zh"}}
    assert asked_of(clip) == Asked(dialogue=("Man: hello",), aliases=(("Man", "he"),), language="zh")


def test_the_columns_are_those_that_the_corpus_packs() -> None:
    from photocast.corpus.packing.columns import COLUMNS as PACKED

    assert {"speakers", "words", "scenes", "origin"} == set(COLUMNS) & set(PACKED)
    assert {"prompt", "image"} <= set(PACKED["scenes"][0])


def call(reward: Callable[..., Any], completions: list[Any], **columns: Any) -> tuple[list[Any], dict[str, float]]:
    """As GRPOTrainer 1.16 does."""
    logged: dict[str, float] = {}
    values = reward(
        prompts=[None] * len(completions),
        completions=completions,
        completion_ids=[[1]] * len(completions),
        trainer_state=object(),
        log_extra=lambda column, values: None,
        log_metric=logged.__setitem__,
        **columns,
    )
    return values, logged


def test_a_reward_for_each_completion_by_its_own_row() -> None:
    length = as_trl("length")
    assert length.__name__ == "length"
    values, logged = call(length, [CHAT, PARTS, CHAT], words=[10, 20, None], images=[[], [], []])
    assert values == [1.0, 0.5, None]  # ten words
    assert logged == {"rewards/length/none": pytest.approx(1 / 3)}
    assert call(length, [], words=[]) == ([], {})


def test_what_holds_for_all_rows() -> None:
    coverage = as_trl("coverage", Asked(captions=("a kite",)))
    assert call(coverage, [CHAT, CHAT], scenes=[SCENES, []])[0] == [1.0, 1.0]
    null = as_trl("coverage", Asked(others=("a kite over the beach", "a dog")))
    assert call(null, [CHAT], scenes=[SCENES])[0] == [1.0]  # its own caption is none of the others'


@pytest.mark.parametrize("name", [name for name in NAMES if name != RUBRIC])
def test_every_reward_can_be_called_without_any_column(name: str) -> None:
    reward = as_trl(name)
    assert reward.__name__ == name
    (value,), _ = call(reward, [CHAT])
    assert value is None or 0 <= value <= 1
    assert not inspect.iscoroutinefunction(reward)


def test_the_judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHOTOCAST_STATE", str(tmp_path / "state"))
    answer = "\n".join(f"{number}: yes" for number in range(1, len(STATEMENTS) + 1))
    model = ScriptedModel(lambda request: answer)
    rubric = as_trl("rubric", judge=Judge(model.name, model=model))
    assert call(rubric, [CHAT, PARTS, "Nobody."], words=[1, 2, 3]) == ([1.0, 1.0, 0.0], {"rewards/rubric/none": 0.0})


def test_the_page_shows_every_reward_and_its_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    page = (Path(__file__).parents[3] / "docs" / "rewards.md").read_text("utf-8")
    assert re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) == list(NAMES)
    (example,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    exec(example, {})
    assert capsys.readouterr().out.splitlines()[0] == "labels [1.0]"


def test_what_cannot_be_rewarded_is_said_before_anything_begins() -> None:
    with pytest.raises(ConfigError, match="Write compliance"):
        as_trl("complience")
    with pytest.raises(UsageError, match="no judge was named"):
        as_trl("rubric")
    with pytest.raises(UsageError, match="no human reference"):
        as_trl("shape", Asked(reference="people"))
