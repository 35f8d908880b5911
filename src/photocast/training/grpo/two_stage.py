"""GRPO in stages, from easy to hard: a list of steps, each of which is done when what it makes is there.

    answers of the policy as it is
    for each stage: its prompts, by how hard they are; the training; answers of the policy that came of it
    the report, and the adapter

A run that was stopped, at whatever moment, is gone on with by the same call and ends in the same adapter: every step
begins with what lies on the disk.
"""

import gc
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from photocast.models.local.device import give_back
from photocast.runs import write_atomically
from photocast.schema import UsageError
from photocast.training.folder import RunFolder, read_lines
from photocast.training.grpo.checks import grpo_of
from photocast.training.grpo.difficulty import Partition, partition
from photocast.training.grpo.keyed import KeyedLines
from photocast.training.grpo.policy import fingerprint_of, open_policy
from photocast.training.grpo.prompts import Prompts
from photocast.training.grpo.report import GrpoReport, Measures, lines_of, markdown, measures_of
from photocast.training.grpo.rollouts import Rollout, Sampling, key_of, roll_out
from photocast.training.grpo.scoring import Rewards, Score, key_of_scores, score, scored
from photocast.training.grpo.stage import Stage, memory, train_stage, trained_by
from photocast.training.machines.fitting import as_it_can_be
from photocast.training.machines.machine import Machine, this_machine
from photocast.training.prepare import Prepared
from photocast.training.recipe import GrpoTable, StageTable
from photocast.training.rewards.rubric import Judge
from photocast.training.told import Told

BEFORE = "before"


@dataclass(frozen=True)
class GrpoRun:
    """What all steps need.

    Attributes:
        prepared: the recipe, the dataset and the base.
        prompts: by split.
        rewards: all that any stage weighs.
        machine: what there is to train on.
        told: hears how it goes.
        vllm: whether vLLM draws the answers that are learned from.
    """

    prepared: Prepared
    prompts: Mapping[str, Prompts]
    rewards: Rewards
    machine: Machine
    told: Told
    vllm: bool

    @property
    def table(self) -> GrpoTable:
        """Of GRPO."""
        return grpo_of(self.prepared.recipe)

    def folder(self, kind: str, number: int, name: str) -> Path:
        """Where a step leaves what it makes."""
        return self.prepared.run.path / kind / f"{number}-{name}"


@dataclass(frozen=True)
class Measured:
    """What a policy answers, and what that earns, by split."""

    name: str
    rollouts: Mapping[str, Mapping[str, Rollout]]
    scores: Mapping[str, Mapping[str, Score]]


def train_grpo(
    prepared: Prepared,
    prompts: Mapping[str, Prompts],
    rewards: Rewards,
    told: Told,
    *,
    vllm: bool = False,
    judge: Judge | None = None,
) -> GrpoReport:
    """Do all steps that are not done; returns the report.

    Args:
        prepared: by `prepare`, of a recipe that `check_grpo` has seen.
        prompts: by `open_prompts`.
        rewards: by name; all that the recipe weighs.
        told: hears how it goes.
        vllm: whether vLLM draws the answers that are learned from, on the same GPU.
        judge: who gives the reward `rubric`; the run says who it was, so that nobody judges what they have taught.

    Raises:
        UsageError: a stage has no prompts to learn from.
        ModelError: there is not enough memory, or files are broken.
        PhotocastError: the loss is no number any more.
    """
    run = GrpoRun(prepared, prompts, rewards, this_machine(), told, vllm)
    for change in as_it_can_be(prepared.recipe, run.machine)[1]:
        told.note(change)
    adapter = Path(run.table.start) if run.table.start else None
    steps = [_measure(run, 0, BEFORE, adapter)]
    partitions: dict[str, Partition] = {}
    for number, stage in enumerate(run.table.stages, start=1):
        judged_by = steps[-1] if run.table.rescore else steps[0]
        partitions[stage.name] = _partition(run, number, stage, judged_by)
        adapter = _train(run, number, stage, partitions[stage.name], adapter)
        steps.append(_measure(run, number, stage.name, adapter))
    report = _report(run, steps, partitions)
    _finish(run, report, adapter, judge)
    return report


def _measure(run: GrpoRun, number: int, name: str, adapter: Path | None) -> Measured:
    """Answers of a policy to the prompts of every split, and their scores."""
    recipe, folder = run.prepared.recipe, run.folder("rollouts", number, name)
    sampling = Sampling.of(run.table, seed=recipe.optimisation.seed, batch=recipe.batch.size)
    whose = fingerprint_of(run.prepared.folder, adapter)
    keys = {split: key_of(whose, prompts, sampling) for split, prompts in run.prompts.items()}
    kept = {split: KeyedLines(folder / f"{split}.jsonl", Rollout, key) for split, key in keys.items()}
    if any(kept[split].read().keys() != set(prompts.ids) for split, prompts in run.prompts.items()):
        policy = open_policy(recipe, run.prepared.folder, adapter, run.machine)
        policy.model.to(run.machine.device)
        with memory(run.prepared):
            for split, prompts in run.prompts.items():
                roll_out(policy, run.prepared.data.path, prompts, sampling, kept[split], run.told)
        del policy
        _let_go(run.machine)
    rollouts = {split: lines.read() for split, lines in kept.items()}
    scores = {}
    for split, prompts in run.prompts.items():
        lines = KeyedLines(folder / f"{split}.scores.jsonl", Score, key_of_scores(keys[split], run.rewards))
        score(rollouts[split], prompts, run.rewards, lines)
        scores[split] = lines.read()
    return Measured(name, rollouts, scores)


def _partition(run: GrpoRun, number: int, stage: StageTable, measured: Measured) -> Partition:
    """The prompts of a stage, by the rewards of this stage; written down once."""
    file = run.folder("stages", number, stage.name) / "partition.json"
    if file.is_file():
        return Partition.model_validate_json(file.read_bytes())
    found = partition(
        scored(measured.scores["train"], run.prompts["train"]),
        stage.rewards,
        run.table.partition,
        rollouts=measured.name,
    )
    if not found.prompts(stage.prompts):
        raise _nothing_to_learn(stage, found, run.table)
    write_atomically(file, found.model_dump_json(indent=1) + "\n")
    return found


def _train(run: GrpoRun, number: int, stage: StageTable, dealt: Partition, adapter: Path | None) -> Path:
    """The adapter that comes of a stage."""
    place = RunFolder(run.folder("stages", number, stage.name))
    if not place.is_done:
        recipe = run.prepared.recipe
        chosen = dealt.prompts(stage.prompts)
        run.told.note(f"stage {stage.name}: {len(chosen):,} prompts of {sum(dealt.counts.values()):,}")
        policy = open_policy(recipe, run.prepared.folder, adapter, run.machine)
        train_stage(
            Stage(run.prepared, stage, place, run.prompts["train"], chosen, run.rewards, run.vllm),
            policy,
            run.machine,
            run.told,
        )
        del policy
        _let_go(run.machine)
    _write_log(run)
    return place.final


def _write_log(run: GrpoRun) -> None:
    """The logs of all stages so far as one, in which steps go on being counted."""
    lines, before = [], 0
    for number, stage in enumerate(run.table.stages, start=1):
        steps = {line["step"]: line for line in _steps(RunFolder(run.folder("stages", number, stage.name)))}
        for step, line in sorted(steps.items()):
            lines.append(json.dumps(line | {"step": before + step, "stage": stage.name}, ensure_ascii=False) + "\n")
        before += max(steps, default=0)
    write_atomically(run.prepared.run.log, "".join(lines))


def _steps(stage: RunFolder) -> Sequence[dict[str, Any]]:
    """Logged steps; a step that was taken again after a stop counts as it was the last time."""
    return [line for line in read_lines(stage.log) if "loss" in line]


def _report(run: GrpoRun, steps: Sequence[Measured], partitions: Mapping[str, Partition]) -> GrpoReport:
    recipe, weights = run.prepared.recipe, run.table.stages[-1].rewards
    lines = []
    for split, prompts in run.prompts.items():
        measures: list[dict[str, Measures]] = [
            {name: measures_of(one.rollouts[split][name], one.scores[split][name], weights) for name in prompts.ids}
            for one in steps
        ]
        lines += lines_of(prompts, measures, seed=recipe.optimisation.seed)
    report = GrpoReport(
        steps=tuple(one.name for one in steps),
        weights=weights,
        answers=run.table.partition.rollouts,
        partitions={name: one.counts for name, one in partitions.items()},
        lines=tuple(lines),
    )
    folder = run.prepared.run.path
    write_atomically(folder / "report.json", report.model_dump_json(indent=1) + "\n")
    write_atomically(folder / "report.md", markdown(report))
    return report


def _finish(run: GrpoRun, report: GrpoReport, adapter: Path | None, judge: Judge | None) -> None:
    """Put the adapter of the last stage where that of a run lies."""
    assert adapter is not None
    place = run.prepared.run
    if place.is_done:
        return
    facts = place.read_facts() | {
        "steps": sum(1 for line in read_lines(place.log)),
        "stages": report.partitions,
        "rewarded_by": [judge.judged.model_dump(mode="json")] if judge else [],
        "ended": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    write_atomically(place.facts, json.dumps(facts, indent=2, ensure_ascii=False) + "\n")
    making = place.path / "final.weights"
    shutil.rmtree(making, ignore_errors=True)
    shutil.copytree(adapter, making)
    place.finish(making, trained_by(run.prepared.recipe))


def _nothing_to_learn(stage: StageTable, found: Partition, table: GrpoTable) -> UsageError:
    counts = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in found.counts.items() if count)
    return UsageError(
        f"the stage {stage.name} has no prompts to learn from",
        f"of the prompts of train, {counts}; a prompt whose answers all earn the same teaches nothing",
        f"Draw more answers (grpo.partition.rollouts, now {table.partition.rollouts}) or at a higher temperature, "
        "weigh rewards that tell the answers apart, or lower grpo.partition.least_deviation; use another folder then",
    )


def _let_go(machine: Machine) -> None:
    """Make room for the next policy."""
    gc.collect()
    give_back(machine.device)
