"""Several processes of one command: begun together, ended together, none left behind."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from photocast.schema import ConfigError, UsageError
from photocast.training.machines.launch import ProcessFailed, check_locks, launch, needs_launch
from photocast.training.machines.strategy import Strategy, strategy_for
from photocast.training.recipe import read_recipe

BEGIN = """
from pathlib import Path
from photocast.training.machines.launch import launch
from photocast.training.recipe import read_recipe
from photocast.training.machines.strategy import strategy_for
launch("busy", [], 2, strategy_for(read_recipe("tiny-cpu"), 2, on_gpus=False), logs=Path("logs"))
"""
WAIT = "import threading; threading.Event().wait(60)"


@pytest.fixture
def ddp() -> Strategy:
    return strategy_for(read_recipe("tiny-cpu"), 2, on_gpus=False)


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose modules the processes can run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *sys.path]))
    return tmp_path


def write(work: Path, code: str) -> None:
    head = "import os, pathlib, signal, sys\nrank = int(os.environ['RANK'])\n"
    (work / "busy.py").write_text(head + textwrap.dedent(code))


def is_there(pid: int) -> bool:
    """Whether a process is at work: one that has ended and that nobody has asked about yet is not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_all_run_the_same_command_and_know_their_place(work: Path, ddp: Strategy) -> None:
    write(
        work,
        """
        said = [sys.argv[1:], os.environ["WORLD_SIZE"], os.environ["LOCAL_RANK"], os.environ["MASTER_ADDR"]]
        pathlib.Path(f"{rank}.txt").write_text(f"{said} {int(os.environ['OMP_NUM_THREADS']) >= 1}")
        print("said aloud")
        """,
    )
    launch("busy", ["--one", "two words"], 3, ddp, logs=work / "logs")
    for rank in range(3):
        assert (work / f"{rank}.txt").read_text() == f"{[['--one', 'two words'], '3', str(rank), '127.0.0.1']} True"
    assert sorted(file.name for file in (work / "logs").iterdir()) == ["process-2.log", "process-3.log"]
    assert (work / "logs" / "process-2.log").read_text() == "said aloud\n"


def test_only_the_first_is_heard(work: Path, ddp: Strategy, capfd: pytest.CaptureFixture[str]) -> None:
    write(work, "print('from', rank); print('warned', rank, file=sys.stderr)")
    launch("busy", [], 2, ddp, logs=work / "logs")
    assert capfd.readouterr() == ("from 0\n", "warned 0\n")


def test_one_that_fails_ends_all_and_its_words_are_told(work: Path, ddp: Strategy) -> None:
    write(
        work,
        f"""
        pathlib.Path(f"{{rank}}.pid").write_text(str(os.getpid()))
        if rank == 1:
            while not pathlib.Path("0.pid").exists():
                pass
            sys.exit("the dataset is not there")
        {WAIT}
        """,
    )
    with pytest.raises(
        ProcessFailed, match=r"process 2 of 2 ended with exit code 1.*the dataset is not there"
    ) as caught:
        launch("busy", [], 2, ddp, logs=work / "logs")
    assert caught.value.exit_code == 1
    assert str(work / "logs" / "process-2.log") in caught.value.do
    assert not is_there(int((work / "0.pid").read_text()))


def test_the_exit_code_of_the_first_is_passed_on(work: Path, ddp: Strategy) -> None:
    write(work, f"sys.exit(4) if rank == 0 else None\n{WAIT}")
    with pytest.raises(ProcessFailed, match="stands above") as caught:
        launch("busy", [], 2, ddp, logs=work / "logs")
    assert caught.value.exit_code == 4


def test_one_that_is_killed_ends_all(work: Path, ddp: Strategy) -> None:
    write(work, f"os.kill(os.getpid(), signal.SIGKILL) if rank == 1 else None\n{WAIT}")
    with pytest.raises(ProcessFailed, match=r"process 2 of 2 was killed by SIGKILL.*memory runs out") as caught:
        launch("busy", [], 2, ddp, logs=work / "logs")
    assert caught.value.exit_code == 1


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_none_outlives_who_began_them(how: signal.Signals, work: Path) -> None:
    """Neither the processes, nor what they began: here each has a child, as those have that load data."""
    write(
        work,
        f"""
        import subprocess
        child = subprocess.Popen([sys.executable, "-c", "{WAIT}"])
        with open("told", "w") as told:
            told.write(f"{{os.getpid()}} {{child.pid}}\\n")
        {WAIT}
        """,
    )
    os.mkfifo("told")
    parent = subprocess.Popen([sys.executable, "-c", BEGIN], stdout=subprocess.DEVNULL)
    with os.fdopen(os.open("told", os.O_RDWR)) as lines:  # for reading alone, the first writer's end would be the end
        pids = [int(pid) for _ in range(2) for pid in lines.readline().split()]
    assert len(pids) == 4
    assert all(map(is_there, pids))
    parent.send_signal(how)
    parent.wait(timeout=60)
    for pid in pids:
        wait_until_gone(pid)


def wait_until_gone(pid: int) -> None:
    """The test's own time limit ends this when the process stays."""
    while is_there(pid):
        os.sched_yield()


def test_a_worker_does_not_launch_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LOCAL_RANK", raising=False)
    assert needs_launch(2)
    assert not needs_launch(1)
    monkeypatch.setenv("LOCAL_RANK", "0")
    monkeypatch.setenv("WORLD_SIZE", "4")
    assert not needs_launch(4)
    assert not needs_launch(1)  # begun by torchrun, and --processes left out
    with pytest.raises(UsageError, match="already one of the 4 processes"):
        needs_launch(2)


@pytest.mark.parametrize("place", ["deepspeed_shm_comm", "py311_cpu/deepspeed_shm_comm"])
def test_a_lock_that_was_left_is_told_and_left(place: str, tmp_path: Path) -> None:
    check_locks(tmp_path)
    lock = tmp_path / place / "lock"
    lock.parent.mkdir(parents=True)
    lock.touch()
    with pytest.raises(ConfigError, match=r"lock would keep .* rm .*deepspeed_shm_comm/lock"):
        check_locks(tmp_path)
    assert lock.exists()


def test_zero3_looks_for_locks_first(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (work / "ops").mkdir()
    (work / "ops" / "lock").touch()
    monkeypatch.setenv("TORCH_EXTENSIONS_DIR", str(work))
    zero3 = strategy_for(read_recipe("tiny-cpu", ["strategy=zero3"]), 2, on_gpus=False)
    with pytest.raises(ConfigError, match="for ever"):
        launch("busy", [], 2, zero3, logs=work / "logs")
