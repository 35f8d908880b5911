"""Answers of a policy to every prompt, and what they earn."""

from pathlib import Path

import pytest

from photocast.schema import ConfigError
from photocast.training import Told
from photocast.training.grpo.keyed import KeyedLines
from photocast.training.grpo.policy import Policy, fingerprint_of, open_policy
from photocast.training.grpo.rollouts import Rollout, Sampling, key_of, roll_out
from photocast.training.grpo.scoring import Score, key_of_scores, score
from photocast.training.machines.machine import this_machine
from training.grpo.conftest import REWARDS, Ready, Setup

SAMPLING = Sampling(answers=3, temperature=1.0, max_tokens=8, seed=1, at_once=3)
GREEDY = 1e-4
"""A temperature at which the likeliest token is always drawn."""


class Stopped(BaseException):
    """The moment at which a run is stopped."""


def policy_of(setup: Setup, adapter: Path | None = None) -> Policy:
    return open_policy(setup.recipe, setup.prepared.folder, adapter, this_machine())


def rolled_out(
    setup: Setup, policy: Policy, file: Path, sampling: Sampling = SAMPLING, told: Told | None = None
) -> dict[str, Rollout]:
    prompts = setup.prompts["train"]
    key = key_of(fingerprint_of(setup.prepared.folder, None), prompts, sampling)
    lines = KeyedLines(file, Rollout, key)
    roll_out(policy, setup.prepared.data.path, prompts, sampling, lines, told or Told())
    return lines.read()


def test_every_prompt_gets_its_answers(ready: Ready, tmp_path: Path) -> None:
    setup = ready()
    policy = policy_of(setup)
    seen: list[tuple[str, int, int]] = []
    found = rolled_out(setup, policy, tmp_path / "a.jsonl", told=Told(lambda *step: seen.append(step)))
    assert list(found) == list(setup.prompts["train"].ids)
    assert seen == [("answering train", done, 8) for done in (3, 6, 8)]
    for one in found.values():
        assert len(one.texts) == len(one.tokens) == len(one.ended) == 3
        assert len(set(one.texts)) > 1
        assert all(
            0 < tokens <= 8 and (ended or tokens == 8) for tokens, ended in zip(one.tokens, one.ended, strict=True)
        )
    pictures = policy.base.processor.tokenizer.convert_ids_to_tokens(list(policy.forbidden))
    assert not [mark for mark in pictures for one in found.values() for text in one.texts if mark in text]


def test_a_run_that_was_stopped_ends_with_the_same_answers(ready: Ready, tmp_path: Path) -> None:
    setup = ready()
    policy = policy_of(setup)
    whole = rolled_out(setup, policy, tmp_path / "whole.jsonl")

    def stop(what: str, done: int, of: int) -> None:
        raise Stopped

    for _ in range(2):  # each gets one group further
        with pytest.raises(Stopped):
            rolled_out(setup, policy, tmp_path / "stopped.jsonl", told=Told(stop))
    content = (tmp_path / "stopped.jsonl").read_bytes()
    (tmp_path / "stopped.jsonl").write_bytes(content[:-40])  # a kill in the middle of a line
    assert rolled_out(setup, policy, tmp_path / "stopped.jsonl") == whole
    assert (tmp_path / "stopped.jsonl").read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


@pytest.mark.parametrize("family", ["qwen3_vl", "gemma3", "smolvlm"])
def test_prompts_with_other_numbers_of_pictures_do_not_disturb_each_other(
    ready: Ready, tmp_path: Path, family: str
) -> None:
    setup = ready(family=family)
    policy = policy_of(setup)
    together, alone = (
        rolled_out(setup, policy, tmp_path / f"{at_once}.jsonl", Sampling(2, GREEDY, 6, 1, at_once))
        for at_once in (8, 1)
    )
    assert {name: one.texts for name, one in together.items()} == {name: one.texts for name, one in alone.items()}
    assert len({one.texts for one in alone.values()}) > 1  # so what is asked and shown does matter


def test_the_key_follows_from_all_that_answers_depend_on(ready: Ready) -> None:
    setup = ready()
    train, validation = setup.prompts["train"], setup.prompts["validation"]
    keys = {
        key_of("policy", train, SAMPLING),
        key_of("another", train, SAMPLING),
        key_of("policy", validation, SAMPLING),
        *(key_of("policy", train, Sampling(**change)) for change in changed(SAMPLING)),
    }
    assert len(keys) == 3 + len(vars(SAMPLING))


def changed(sampling: Sampling) -> list[dict[str, float]]:
    return [vars(sampling) | {name: value + 1} for name, value in vars(sampling).items()]


def test_scores_of_other_rewards_need_no_new_answers(ready: Ready, tmp_path: Path) -> None:
    setup = ready()
    prompts = setup.prompts["train"]
    texts = [("eel", "tree bee"), ("abc", "e")]
    rollouts = {
        name: Rollout(id=name, key="r", texts=texts[at % 2], tokens=(1, 1), ended=(True, True))
        for at, name in enumerate(prompts.ids)
    }
    lines = KeyedLines(tmp_path / "scores.jsonl", Score, key_of_scores("r", REWARDS))
    score(rollouts, prompts, REWARDS, lines)
    found = lines.read()
    assert found["train-0"].scores["letters"] == (2 / 3, 4 / 8)
    assert found["train-0"].scores["brevity"] == (1 / 4, 1 / 9)  # two speakers
    assert found["train-1"].scores == {"letters": (0.0, 1.0), "brevity": (None, None)}  # three
    fewer = KeyedLines(lines.path, Score, key_of_scores("r", {"letters": REWARDS["letters"]}))
    assert fewer.read() == {}


def test_a_reward_that_is_no_number_is_refused(ready: Ready, tmp_path: Path) -> None:
    setup = ready()
    prompts = setup.prompts["train"]
    rollouts = {name: Rollout(id=name, key="r", texts=("a",), tokens=(1,), ended=(True,)) for name in prompts.ids}
    broken = {"broken": lambda prompts, completions, **columns: [float("nan")] * len(completions)}
    with pytest.raises(ConfigError, match="the reward broken cannot be used: for one answer it gives nan"):
        score(rollouts, prompts, broken, KeyedLines(tmp_path / "s.jsonl", Score, "k"))  # type: ignore[arg-type]
    assert not (tmp_path / "s.jsonl").exists()
