"""Rewards as TRL calls them: with the completions of a batch and the columns of the dataset."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from photocast.schema import UsageError
from photocast.training.rewards.asked import Asked, people_of
from photocast.training.rewards.rubric import Judge
from photocast.training.rewards.table import CLOSED, REWARDS, RUBRIC, check_rewards

COLUMNS = ("speakers", "words", "scenes", "origin", "gt_dialogues", "aliases", "task", "label")
"""Columns that say what was asked; those of `photocast corpus pack`, of DiaDemBench, and of `photocast train story`."""


class TrlReward(Protocol):
    """What `GRPOTrainer(reward_funcs=...)` takes."""

    __name__: str

    def __call__(
        self,
        prompts: Sequence[Any] | None,
        completions: Sequence[Any],
        *,
        log_metric: Callable[[str, float], None] | None = None,
        **columns: Any,
    ) -> list[float | None]:
        """A reward for each completion; None where it does not apply."""
        ...


def as_trl(name: str, given: Asked = Asked(), *, judge: Judge | None = None) -> TrlReward:  # noqa: B008  # frozen
    """A reward of ours as a reward function of TRL.

    It is called `name` in the trainer's logs. The share of the completions to which it did not apply is logged as
    `rewards/NAME/none`: TRL adds up the rewards that are there, so that None counts for nothing in the sum.

    Args:
        name: of the reward.
        given: what holds for all rows; what the columns of a row say goes first.
        judge: for `rubric`.

    Raises:
        ConfigError: there is no reward of this name.
        UsageError: it is `rubric`, and there is no judge; or there is no such human reference.
        InputError: the human reference cannot be used.
    """
    check_rewards([name])
    if given.reference:
        people_of(given.reference)
    if name == RUBRIC and judge is None:
        raise UsageError("the reward rubric has nobody to give it", "no judge was named", "Name a model, or remove it")

    def reward(
        prompts: Sequence[Any] | None,
        completions: Sequence[Any],
        *,
        log_metric: Callable[[str, float], None] | None = None,
        **columns: Any,
    ) -> list[float | None]:
        texts = [text_of(completion) for completion in completions]
        if name == RUBRIC and judge is not None:
            found = judge.rewards(texts)
        else:
            rows = [{key: columns[key][at] for key in COLUMNS if key in columns} for at in range(len(texts))]
            function = REWARDS.get(name) or CLOSED[name]
            found = [function(text, asked_of(row, given)) for text, row in zip(texts, rows, strict=True)]
        if log_metric and found:
            log_metric(f"rewards/{name}/none", found.count(None) / len(found))
        return found

    reward.__name__ = name
    return reward


def text_of(completion: str | Sequence[Mapping[str, Any]]) -> str:
    """The words of a completion: a text, or messages in chat form, whose content is a text or a list of parts."""
    if isinstance(completion, str):
        return completion
    return "".join(_content(message.get("content")) for message in completion)


def asked_of(row: Mapping[str, Any], given: Asked = Asked()) -> Asked:  # noqa: B008  # frozen
    """What the talk of a row was asked to be.

    Args:
        row: values by column. Of `scenes` those count that have a picture.
        given: what holds where the row says nothing.
    """
    scenes = [scene for scene in row.get("scenes") or () if scene.get("image") is not None]
    language = ((row.get("origin") or {}).get("language") or "").partition("-")[0].lower()
    captions = tuple(scene["prompt"] for scene in scenes)
    return replace(
        given,
        speakers=row.get("speakers") or given.speakers,
        words=row.get("words") or given.words,
        captions=captions or given.captions,
        language=language or given.language,
        dialogue=tuple(row.get("gt_dialogues") or given.dialogue),
        aliases=tuple(tuple(group) for group in row.get("aliases") or given.aliases),
        task=row.get("task") or given.task,
        label=row.get("label") or given.label,
    )


def _content(content: Any) -> str:
    if content is None or isinstance(content, str):
        return content or ""
    return "".join(part.get("text") or "" for part in content)
