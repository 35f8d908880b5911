"""A stage: what TRL is told, what it learns from, and that it learns."""

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from photocast.models.local.quiet import quiet
from photocast.models.tiny import Size, build_adapter, build_tiny
from photocast.schema import ConfigError, ModelError
from photocast.training import RunFolder, Told
from photocast.training.collator import DialogueCollator
from photocast.training.coverage import whole_checkpoints
from photocast.training.grpo.policy import Policy, open_policy
from photocast.training.grpo.stage import Stage, arguments, build_trainer, train_stage
from photocast.training.machines.machine import this_machine
from photocast.training.recipe import StageTable
from photocast.training.watch import Coverage
from training.grpo.conftest import REWARDS, Ready, Setup

LEARNING = (
    "optimisation.learning_rate=3e-3",
    "optimisation.warmup=0.0",
    "optimisation.schedule=constant_with_warmup",
    "batch.per_device=16",
    "batch.accumulation=1",
    "grpo.max_tokens=8",
)


def stage_of(setup: Setup, place: Path, **table: Any) -> Stage:
    told = {"name": "only", "prompts": "all", "rewards": {"letters": 1.0}, "max_steps": 2, "beta": 0.0} | table
    prompts = setup.prompts["train"]
    return Stage(setup.prepared, StageTable(**told), RunFolder(place), prompts, prompts.ids, REWARDS)


def policy_of(setup: Setup, adapter: Path | None = None) -> Policy:
    return open_policy(setup.recipe, setup.prepared.folder, adapter, this_machine())


def trained(stage: Stage, adapter: Path | None = None) -> list[dict[str, Any]]:
    """The logged steps of a stage that was trained."""
    setup = Setup(stage.prepared, {})
    train_stage(stage, policy_of(setup, adapter), this_machine(), Told())
    lines = [json.loads(line) for line in stage.run.log.read_text("utf-8").splitlines()]
    return [line for line in lines if "loss" in line]


def test_trl_is_told_what_the_recipe_says(ready: Ready, tmp_path: Path) -> None:
    setup = ready("grpo.temperature=0.9", "grpo.loss=dr_grpo", "grpo.scale=none", "optimisation.max_grad_norm=0.7")
    stage = stage_of(setup, tmp_path, learning_rate=2e-4, beta=0.04, rewards={"brevity": 0.5, "letters": 2.0})
    policy = policy_of(setup)
    args = arguments(stage, policy, this_machine())
    assert (args.learning_rate, args.beta, args.temperature, args.max_grad_norm) == (2e-4, 0.04, 0.9, 0.7)
    assert (args.loss_type, args.scale_rewards, args.reward_weights) == ("dr_grpo", "none", [0.5, 2.0])
    assert (args.num_generations, args.generation_batch_size, args.max_completion_length) == (4, 16, 24)
    assert (args.top_p, args.top_k, args.repetition_penalty, args.max_steps) == (1.0, 0, 1.0, 2)
    assert (args.bf16, args.fp16, args.use_vllm, args.disable_dropout) == (False, False, False, True)
    ends = policy.base.processor.tokenizer.convert_ids_to_tokens(args.generation_kwargs["eos_token_id"])
    assert ends == ["<|endoftext|>", "<|im_end|>"]


def test_vllm_is_told_in_its_own_words(ready: Ready, tmp_path: Path) -> None:
    """Its `SamplingParams` refuses names that it does not know."""
    setup = ready()
    stage, policy = replace(stage_of(setup, tmp_path), vllm=True), policy_of(setup)
    args = arguments(stage, policy, this_machine())
    assert (args.use_vllm, args.vllm_mode) == (True, "colocate")
    assert args.generation_kwargs == {
        "stop_token_ids": list(policy.ends),
        "logit_bias": dict.fromkeys(policy.forbidden, -100.0),
    }


@pytest.mark.parametrize("family", ["qwen3_vl", "gemma3", "smolvlm"])
def test_trl_asks_what_make_asks_and_learns_from_what_was_said(ready: Ready, tmp_path: Path, family: str) -> None:
    """With prompts of one, two and three pictures in one batch, each answer's probability is the one it has alone."""
    import torch

    setup = ready(*LEARNING, family=family)
    policy, stage = policy_of(setup), stage_of(setup, tmp_path, beta=0.1)
    trainer = build_trainer(stage, policy, this_machine(), Told(), Coverage(stage.run, 0))
    rows = [trainer.train_dataset[at] for at in range(4) for _ in range(4)]
    with quiet():
        found = trainer._generate_and_score_completions(rows)
    collator = DialogueCollator(policy.base.processor, policy.base.fit, setup.prepared.data.path)
    pictures = set()
    for at, row in enumerate(rows):
        own = setup.prompts["train"].rows[row["row"]]
        pictures.add(len(own["images"]))
        asked = collator.asked([own])
        kept = found["prompt_mask"][at].bool()
        assert found["prompt_ids"][at][kept].tolist() == asked["input_ids"][0].tolist()
        said = found["completion_ids"][at][found["completion_mask"][at].bool()]
        assert not set(said.tolist()) & set(policy.forbidden)
        with torch.no_grad():
            alone = _log_probabilities(policy.model, asked, said)
        together = found["ref_per_token_logps"][at][: len(said)]
        torch.testing.assert_close(together, alone, atol=1e-4, rtol=1e-4)
    assert pictures == {1, 2, 3}


def _log_probabilities(model: Any, asked: Any, said: Any) -> Any:
    """Of each token of one answer, without TRL."""
    import torch

    width = asked["input_ids"].shape[1]
    inputs = dict(asked) | {"input_ids": torch.cat([asked["input_ids"], said[None]], dim=1)}
    inputs["attention_mask"] = torch.ones_like(inputs["input_ids"])
    for name in ("mm_token_type_ids", "token_type_ids"):
        if name in asked:
            inputs[name] = torch.cat([asked[name], torch.zeros_like(said[None])], dim=1)
    logits = model(**inputs).logits[0, width - 1 : -1]
    return logits.log_softmax(-1).gather(1, said[:, None])[:, 0]


def test_divergence_is_from_the_beginning_of_the_stage_not_from_the_base(ready: Ready, tmp_path: Path) -> None:
    """An adapter that says quite other things than its base begins at a divergence of 0, with dropout too."""
    import torch

    setup = ready(*LEARNING)
    adapter = build_adapter(setup.prepared.folder, tmp_path / "start", strength=0.5)
    written = json.loads((adapter / "adapter_config.json").read_text("utf-8"))
    (adapter / "adapter_config.json").write_text(json.dumps(written | {"lora_dropout": 0.05}), "utf-8")
    steps = trained(stage_of(setup, tmp_path / "stage", beta=0.1, max_steps=3), adapter)
    assert steps[0]["kl"] == pytest.approx(0, abs=1e-6)
    assert steps[-1]["kl"] > 1e-4
    stage, policy = stage_of(setup, tmp_path / "again", beta=0.1), policy_of(setup, adapter)
    trainer = build_trainer(stage, policy, this_machine(), Told(), Coverage(stage.run, 0))
    with quiet():
        found = trainer._generate_and_score_completions(
            [trainer.train_dataset[at] for at in range(4) for _ in range(4)]
        )
        row = setup.prompts["train"].rows[trainer.train_dataset[0]["row"]]
        collator = DialogueCollator(policy.base.processor, policy.base.fit, setup.prepared.data.path)
        said = found["completion_ids"][0][found["completion_mask"][0].bool()]
        with torch.no_grad():
            start = _log_probabilities(policy.model, collator.asked([row]), said)
            with policy.model.disable_adapter():
                base = _log_probabilities(policy.model, collator.asked([row]), said)
    reference = found["ref_per_token_logps"][0][: len(said)]
    torch.testing.assert_close(reference, start, atol=1e-4, rtol=1e-4)
    assert (reference - base).abs().max() > 0.1


def test_only_the_adapter_in_the_language_model_moves(ready: Ready, tmp_path: Path) -> None:
    import torch

    setup = ready(*LEARNING)
    stage, policy = stage_of(setup, tmp_path / "stage", beta=0.1), policy_of(setup)
    before = {name: weight.detach().clone() for name, weight in policy.model.named_parameters()}
    train_stage(stage, policy, this_machine(), Told())
    moved = {
        name
        for name, weight in policy.model.named_parameters()
        if name in before and not torch.equal(weight, before[name])
    }
    assert moved
    assert all(".language_model." in name and ".lora_" in name and ".default." in name for name in moved)
    assert not (stage.run.final / "ref").exists()
    assert {"adapter_config.json", "adapter_model.safetensors", "photocast.json", "processor_config.json"} <= {
        file.name for file in stage.run.final.iterdir()
    }


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_mean_reward_rises_beyond_chance(ready: Ready, tmp_path: Path) -> None:
    """On a planted reward, over three seeds: each run ends above the same run that cannot learn, by several times
    what such runs differ among each other."""
    ends: dict[str, list[float]] = {"learning": [], "not": []}
    for seed in range(3):
        for kind, rate in (("learning", "3e-3"), ("not", "1e-30")):
            setup = ready(
                *LEARNING, f"optimisation.seed={seed}", f"optimisation.learning_rate={rate}", name=f"{kind}{seed}"
            )
            steps = trained(stage_of(setup, tmp_path / f"stage-{kind}{seed}", max_steps=12))
            ends[kind].append(sum(line["reward"] for line in steps[-3:]) / 3)
    gains = [learned - chance for learned, chance in zip(ends["learning"], ends["not"], strict=True)]
    mean = sum(gains) / 3
    error = math.sqrt(sum((gain - mean) ** 2 for gain in gains) / 2 / 3)
    assert min(gains) > 0.05, ends
    assert mean > 2.92 * error, ends  # one-sided t of 2 degrees of freedom at 5 %


def test_what_is_watched(ready: Ready, tmp_path: Path) -> None:
    setup = ready(*LEARNING, "watch.samples_every=1", "watch.samples=2")
    steps = trained(stage_of(setup, tmp_path / "stage", beta=0.04, rewards={"letters": 1.0, "brevity": 0.5}))
    watched = {"reward", "reward_std", "frac_reward_zero_std", "kl", "completions/mean_length", "rep_4", "grad_norm"}
    assert watched | {"rewards/letters/mean", "rewards/brevity/mean"} <= steps[0].keys()
    samples = [json.loads(line) for line in (tmp_path / "stage" / "samples.jsonl").read_text("utf-8").splitlines()]
    assert [line["step"] for line in samples] == [0, 0, 1, 1]
    covered = json.loads((tmp_path / "stage" / "coverage.json").read_text("utf-8"))
    assert (covered["seen"], covered["times"]) == (8, {"4": 8})  # two steps of four prompts with four answers each


def test_a_stage_that_was_stopped_ends_in_the_same_weights(ready: Ready, tmp_path: Path) -> None:
    setup = ready(*LEARNING, "watch.save_every=1", "grpo.max_tokens=6")
    whole = stage_of(setup, tmp_path / "whole", beta=0.1, max_steps=3)
    figures = trained(whole)
    stopped = stage_of(setup, tmp_path / "stopped", beta=0.1, max_steps=3)

    class Stopped(BaseException):
        pass

    def stop(what: str, done: int, of: int) -> None:
        if done == 2:
            raise Stopped

    with pytest.raises(Stopped):
        train_stage(stopped, policy_of(setup), this_machine(), Told(stop))
    assert not stopped.run.is_done
    assert [one.name for one in whole_checkpoints(stopped.run, 1)] == ["checkpoint-1"]
    again = {line["step"]: line for line in trained(stopped)}
    for line in figures:
        for name in ("loss", "reward", "kl", "grad_norm", "learning_rate"):
            assert again[line["step"]][name] == pytest.approx(line[name], rel=1e-4, abs=1e-7), name
    weights = [(one.run.final / "adapter_model.safetensors").read_bytes() for one in (whole, stopped)]
    assert weights[0] == weights[1]


def test_a_reward_that_is_no_number_ends_the_stage(ready: Ready, tmp_path: Path) -> None:
    setup = ready(*LEARNING)
    prompts = setup.prompts["train"]
    table = StageTable(name="only", prompts="all", rewards={"broken": 1.0}, max_steps=1)
    broken = {"broken": lambda prompts, completions, **columns: [float("inf")] * len(completions)}
    stage = Stage(setup.prepared, table, RunFolder(tmp_path), prompts, prompts.ids, broken)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="the reward broken cannot be used"):
        train_stage(stage, policy_of(setup), this_machine(), Told())
    assert not stage.run.is_done


@pytest.mark.parametrize("size", [Size(layers=1), Size(layers=3), Size(hidden=128)])
def test_an_adapter_of_another_model_is_refused(ready: Ready, tmp_path: Path, size: Size) -> None:
    other = build_tiny("qwen3_vl", tmp_path / "other", size=size)
    adapter = build_adapter(other, tmp_path / "adapter")
    with pytest.raises(ModelError, match="the adapter adapter does not fit"):
        policy_of(ready(), adapter)
