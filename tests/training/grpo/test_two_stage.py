"""A whole run: its steps, what it leaves, going on with it, and what is refused."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from click.testing import CliRunner

from photocast.cli.train.grpo import grpo
from photocast.models.local.trained import read_trained
from photocast.models.tiny import build_adapter
from photocast.schema import ConfigError, PhotocastError, UsageError
from photocast.testing import torchvision_shim
from photocast.training import RunFolder, Told, read_recipe
from photocast.training.grpo import check_grpo
from photocast.training.grpo.difficulty import Partition
from photocast.training.grpo.report import GrpoReport
from photocast.training.grpo.two_stage import train_grpo
from training.grpo.conftest import REWARDS, Dataset, Ready, Teachable

PLANTED = (
    "optimisation.learning_rate=3e-3",
    "grpo.max_tokens=6",
    "batch.per_device=16",
    "batch.accumulation=1",
    "watch.save_every=1",
    "grpo.stages=[{name: easy, prompts: easy, rewards: {letters: 1.0, brevity: 0.5}, max_steps: 2},"
    " {name: hard, prompts: hard, rewards: {letters: 1.0}, max_steps: 2}]",
)


class Stopped(BaseException):
    """The moment at which a run is stopped."""


def adapter(run: Path) -> bytes:
    return (run / "final" / "adapter_model.safetensors").read_bytes()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_whole_run_and_the_same_stopped_again_and_again(ready: Ready, tmp_path: Path) -> None:
    setup = ready(*PLANTED, name="whole")
    report = train_grpo(setup.prepared, setup.prompts, REWARDS, Told())
    _look_at_what_is_left(tmp_path / "whole", report)

    setup = ready(*PLANTED, name="stopped")
    for moment in range(1, 100, 2):
        try:
            found = train_grpo(setup.prepared, setup.prompts, REWARDS, Told(_stopping(moment)))
            break
        except Stopped:
            assert not (tmp_path / "stopped" / "final").exists()
    assert moment > 4
    assert found == report
    assert adapter(tmp_path / "stopped") == adapter(tmp_path / "whole")
    before = {file: file.stat().st_mtime_ns for file in (tmp_path / "stopped" / "final").iterdir()}
    assert train_grpo(setup.prepared, setup.prompts, REWARDS, Told(_nothing_is_done)) == report
    assert before == {file: file.stat().st_mtime_ns for file in (tmp_path / "stopped" / "final").iterdir()}


def _stopping(moment: int) -> Callable[[str, int, int], None]:
    """Stops when it is told for the nth time."""
    calls = count(1)

    def told(what: str, done: int, of: int) -> None:
        if next(calls) == moment:
            raise Stopped

    return told


def _nothing_is_done(what: str, done: int, of: int) -> None:
    raise AssertionError(what)


def _look_at_what_is_left(run: Path, report: GrpoReport) -> None:
    assert report.steps == ("before", "easy", "hard")
    assert GrpoReport.model_validate_json((run / "report.json").read_bytes()) == report
    lines = {(line.split, line.stratum, line.measure): line for line in report.lines}
    assert {"reward", "letters", "brevity", "rep_4", "tokens", "ended"} == {measure for _, _, measure in lines}
    assert lines["train", "all", "letters"].prompts == 8
    assert lines["train", "3+ speakers", "letters"].prompts == 4
    assert lines["train", "3+ speakers", "brevity"].prompts == 0
    assert lines["validation", "all", "reward"].prompts == 2
    for number, name in ((1, "easy"), (2, "hard")):
        dealt = Partition.model_validate_json((run / "stages" / f"{number}-{name}" / "partition.json").read_bytes())
        assert dealt.rollouts == ("before", "easy")[number - 1]
        assert report.partitions[name] == dealt.counts
        assert sum(dealt.counts.values()) == 8
    log = [json.loads(line) for line in (run / "log.jsonl").read_text("utf-8").splitlines()]
    assert [(line["step"], line["stage"]) for line in log] == [(1, "easy"), (2, "easy"), (3, "hard"), (4, "hard")]
    trained = read_trained(run / "final")
    assert trained is not None
    assert (trained.method, trained.recipe, trained.image_tokens) == ("grpo", "tiny-cpu-grpo", 16)
    facts = json.loads((run / "run.json").read_text("utf-8"))
    assert (facts["method"], facts["steps"], facts["stages"]) == ("grpo", 4, report.partitions)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_command_goes_on_after_a_kill(dataset: Dataset, tmp_path: Path) -> None:
    """The process is killed in the first stage without a warning; what the command ends in then is a whole run."""
    shim = tmp_path / "shim"
    shim.mkdir()
    torchvision_shim.folder_for_subprocesses(shim)
    paths = os.pathsep.join([str(shim), *filter(None, [os.environ.get("PYTHONPATH")])])
    said = [sys.executable, "-m", "photocast", "train", "grpo", str(dataset()), "--recipe", "tiny-cpu-grpo"]
    said += ["-o", str(tmp_path / "run"), "--set", "optimisation.seed=7"]
    with subprocess.Popen(
        said, env=os.environ | {"PYTHONPATH": paths}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("training: 4"):
                process.send_signal(signal.SIGKILL)
                break
    assert process.returncode == -signal.SIGKILL
    assert not RunFolder(tmp_path / "run").is_done
    found = CliRunner().invoke(grpo, [*said[5:], "--json"], catch_exceptions=False)
    assert found.exit_code == 0, found.output
    assert json.loads(found.stdout)["report"]["steps"] == ["before", "easy", "hard"]
    assert RunFolder(tmp_path / "run").is_done


def test_prompts_without_signal_are_named_before_any_training(ready: Ready, tmp_path: Path) -> None:
    alike = {name: lambda prompts, completions, **columns: [0.5] * len(completions) for name in REWARDS}
    setup = ready(*PLANTED)
    with pytest.raises(
        UsageError, match="the stage easy has no prompts to learn from: of the prompts of train, 8 alike"
    ):
        train_grpo(setup.prepared, setup.prompts, alike, Told())  # type: ignore[arg-type]
    assert not (tmp_path / "run" / "stages" / "1-easy" / "partition.json").exists()


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ("grpo.group=5", UsageError, "a batch of 16 answers cannot be made of groups of 5"),
        ("grpo.partition.hard_strata=[3 speakers]", UsageError, "there is no stratum '3 speakers'"),
        ("optimisation.neftune_alpha=5", UsageError, "GRPO cannot be trained with NEFTune"),
        ("lora=null", UsageError, "GRPO cannot train all weights"),
        ("grpo.stages=[{name: a, prompts: all, rewards: {lables: 1}}]", ConfigError, "there is no reward 'lables'"),
        ("grpo.start=nowhere", PhotocastError, "nowhere is no adapter"),
    ],
)
def test_what_cannot_be_followed_is_said_first(change: str, error: type[PhotocastError], said: str) -> None:
    with pytest.raises(error, match=said):
        check_grpo(read_recipe("tiny-cpu-grpo", [change]))


def test_a_recipe_of_supervised_training_is_refused() -> None:
    with pytest.raises(UsageError, match="the recipe tiny-cpu is not one of GRPO"):
        check_grpo(read_recipe("tiny-cpu"))


def test_several_processes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(UsageError, match="GRPO cannot be run by 2 processes"):
        check_grpo(read_recipe("tiny-cpu-grpo"))


def test_an_adapter_that_saw_pictures_of_another_size_is_refused(teachable: Teachable, tmp_path: Path) -> None:
    from photocast.models.local.trained import Trained, write_trained

    start = build_adapter(teachable(), tmp_path / "start")
    write_trained(start, Trained(image_tokens=441, base="x", recipe="sporc-vist-8b-1gpu", method="sft"))
    with pytest.raises(UsageError, match=r"Use --set images\.tokens=441"):
        check_grpo(read_recipe("tiny-cpu-grpo", [f"grpo.start={start}"]))


def test_a_recipe_for_a_gpu_is_refused_without_one(dataset: Dataset, tmp_path: Path) -> None:
    said = [str(dataset()), "--recipe", "grpo-diadem-two-stage", "-o", str(tmp_path / "run")]
    with pytest.raises(UsageError, match="grpo-diadem-two-stage cannot be trained on this machine"):
        CliRunner().invoke(grpo, said, catch_exceptions=False)
    assert not (tmp_path / "run").exists()


def test_vllm_is_refused_where_there_is_no_gpu(dataset: Dataset, tmp_path: Path) -> None:
    said = [str(dataset()), "--recipe", "tiny-cpu-grpo", "-o", str(tmp_path / "run"), "--vllm"]
    with pytest.raises(ConfigError, match="--vllm cannot be used on this machine: it has no GPU"):
        CliRunner().invoke(grpo, said, catch_exceptions=False)


def test_prompts_that_leave_no_room_for_an_answer_are_refused(ready: Ready) -> None:
    with pytest.raises(UsageError, match="8 of 8 samples of train are longer than 120 tokens"):
        ready("data.max_length=120", "grpo.max_tokens=100")
