"""The same training on one process and on two, by every strategy: on cores, with tiny models and the real command."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from photocast.testing import torchvision_shim
from training.conftest import row, write_parquet

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

EXACT = (
    *("lora.dropout=0", "optimisation.neftune_alpha=null"),  # what is drawn by lot differs from process to process
    *("optimisation.max_steps=4", "optimisation.max_grad_norm=0.05"),  # far below the norms: clipping has to agree
    *("watch.samples=0", "watch.validate_every=2", "watch.save_every=2"),
)
CLOSE = 1e-5
"""How far a weight may be from the same weight trained by one process: sums are made in another order. Those that began
as zeros have come to 1e-2."""
SHARED_BY = {"ddp": "MULTI_CPU", "fsdp2": "FSDP", "zero3": "DEEPSPEED"}
"""What Accelerate calls it: it has been seen to leave a strategy out without a word, and results are the same then."""

Command = Callable[..., subprocess.Popen[str]]


@pytest.fixture(scope="module")
def eight(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset of eight samples to train on, and two to validate with."""
    folder = tmp_path_factory.mktemp("eight")
    write_parquet(folder / "data" / "train-00000-of-00001.parquet", [row(number) for number in range(8)])
    write_parquet(folder / "data" / "validation-00000-of-00001.parquet", [row(number) for number in (8, 9)])
    return folder


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Command:
    """`photocast train sft` in a process of its own."""
    shim = torchvision_shim.folder_for_subprocesses(tmp_path_factory.mktemp("shim"))
    compiled = os.environ.get("TORCH_EXTENSIONS_DIR") or tmp_path_factory.mktemp("compiled")  # takes a minute or more

    def begun(
        dataset: Path, run: Path, *changes: str, processes: int = 1, by: tuple[str, ...] = ()
    ) -> subprocess.Popen[str]:
        settings = [part for change in changes for part in ("--set", change)]
        arguments = ["--recipe", "tiny-cpu", "-o", str(run), "--processes", str(processes), *settings]
        return subprocess.Popen(
            [sys.executable, *by, "-m", "photocast", "train", "sft", str(dataset), *arguments],
            env=os.environ
            | {"PYTHONPATH": os.pathsep.join([str(shim), *sys.path]), "OMP_NUM_THREADS": "1", "MAX_JOBS": "2"}
            | {"TORCH_EXTENSIONS_DIR": str(compiled)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    return begun


def finished(process: subprocess.Popen[str]) -> str:
    said, _ = process.communicate(timeout=800)
    assert process.returncode == 0, said
    return said


@pytest.fixture(scope="module")
def alone(eight: Path, command: Command, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run of one process."""
    run = tmp_path_factory.mktemp("alone") / "run"
    finished(command(eight, run, *EXACT))
    return run


def weights(run: Path) -> dict[str, Any]:
    from safetensors.torch import load_file

    return dict(load_file(run / "final" / "adapter_model.safetensors"))


def losses(run: Path, name: str) -> list[float]:
    lines = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    return [line[name] for line in lines if name in line]


def test_two_processes_that_torchrun_began(alone: Path, eight: Path, command: Command, tmp_path: Path) -> None:
    """As under Slurm: nobody has measured the dataset for them, nor built the model."""
    import torch

    by = ("-m", "torch.distributed.run", "--nproc_per_node", "2")
    assert "4 steps on 8 samples" in finished(command(eight, tmp_path / "run", *EXACT, by=by))
    one, two = weights(alone), weights(tmp_path / "run")
    for name in one:
        torch.testing.assert_close(two[name], one[name], rtol=0, atol=CLOSE)


@pytest.mark.parametrize("strategy", ["ddp", "fsdp2", "zero3"])
def test_two_processes_learn_what_one_learns(
    strategy: str, alone: Path, eight: Path, command: Command, tmp_path: Path
) -> None:
    import torch

    if strategy == "zero3":
        missing = [name for name in ("g++", "ninja") if shutil.which(name) is None]
        missing += [] if find_spec("deepspeed") else ["deepspeed"]
        if missing:
            pytest.skip(f"ZeRO-3 needs {' and '.join(missing)}, which this machine does not have")
    said = finished(command(eight, tmp_path / "run", f"strategy={strategy}", *EXACT, processes=2))
    assert "4 steps on 8 samples" in said
    one, two = weights(alone), weights(tmp_path / "run")
    assert one.keys() == two.keys()
    for name in one:
        torch.testing.assert_close(two[name].float(), one[name], rtol=0, atol=CLOSE)
    assert sum(float(weight.abs().sum()) for name, weight in one.items() if "lora_B" in name) > 1  # they begin as zeros
    for figure in ("loss", "eval_loss"):
        assert losses(tmp_path / "run", figure) == pytest.approx(losses(alone, figure), abs=1e-4)
    facts = json.loads((tmp_path / "run" / "run.json").read_text())
    assert (facts["processes"], facts["accumulation"], facts["shared_by"]) == (2, 1, SHARED_BY[strategy])


def test_an_epoch_is_every_sample_once_on_two_processes(eight: Path, command: Command, tmp_path: Path) -> None:
    finished(command(eight, tmp_path / "run", *EXACT, "optimisation.max_steps=null", processes=2))
    covered = json.loads((tmp_path / "run" / "coverage.json").read_text())
    assert covered == {"rows": 8, "seen": 8, "never": 0, "times": {"1": 8}}


def test_what_fills_the_last_batch_is_counted(talks: Path, command: Command, tmp_path: Path) -> None:
    """Seven samples on two processes, two at a time: the last batch is filled with samples that were seen before."""
    said = finished(command(talks, tmp_path / "run", *EXACT, "optimisation.max_steps=null", processes=2))
    covered = json.loads((tmp_path / "run" / "coverage.json").read_text())
    assert covered == {"rows": 7, "seen": 7, "never": 0, "times": {"1": 6, "2": 1}}
    assert "6 samples once, 1 sample twice" in said


def workers_of(parent: int) -> list[int]:
    """The processes that a process began, and that are still at work."""
    tasks = Path(f"/proc/{parent}/task").glob("*/children")
    return [int(pid) for file in tasks for pid in file.read_text().split() if is_there(int(pid))]


def is_there(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_one_killed_process_ends_the_training_and_it_goes_on_from_its_checkpoint(
    eight: Path, command: Command, tmp_path: Path
) -> None:
    run, long = tmp_path / "run", ("optimisation.max_steps=40", "optimisation.epochs=20", "watch.save_every=5")
    training = command(eight, run, *EXACT, *long, processes=2)
    while not (run / "checkpoints" / "checkpoint-5" / "seen-1.json").exists():
        assert training.poll() is None, training.communicate()
        os.sched_yield()
    workers = workers_of(training.pid)
    assert len(workers) == 2
    os.kill(workers[1], signal.SIGKILL)
    said, _ = training.communicate(timeout=300)
    assert training.returncode == 1
    assert "process 2 of 2 was killed by SIGKILL" in said
    assert not any(map(is_there, workers))
    assert not (run / "final").exists()
    assert "going on from step" in finished(command(eight, run, *EXACT, *long, processes=2))
    assert (run / "final" / "adapter_model.safetensors").is_file()


def test_an_error_in_the_processes_is_told_once_with_what_to_do(eight: Path, command: Command, tmp_path: Path) -> None:
    training = command(eight, tmp_path / "run", *EXACT, "batch.per_device=4", "batch.accumulation=1", processes=2)
    said, _ = training.communicate(timeout=300)
    assert training.returncode == 2
    assert "a batch of 4 samples cannot be made by 2 processes" in said
    assert said.count("error:") == 1
