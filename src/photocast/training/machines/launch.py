"""The same command in several processes, one a device: begun together, watched, and ended together."""

import os
import queue
import shlex
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from photocast.schema import ConfigError, PhotocastError, UsageError
from photocast.training.machines.strategy import Strategy, environment_of

_SHOWN = 3
"""Last lines of a process's output that an error repeats."""


class ProcessFailed(PhotocastError):
    """One of the processes of a training ended before its work was done; the others were ended with it."""

    def __init__(self, what: str, why: str, do: str, exit_code: int = 1) -> None:
        super().__init__(what, why, do)
        self.args = (what, why, do, exit_code)  # so that it survives pickling
        self.exit_code = exit_code


def needs_launch(processes: int) -> bool:
    """Whether the processes have still to be begun; not so in one of them, begun by `launch`, torchrun or Accelerate.

    Raises:
        UsageError: this is one of another number of processes.
    """
    if "LOCAL_RANK" not in os.environ:
        return processes > 1
    world = int(os.environ.get("WORLD_SIZE", "1"))
    if processes not in {1, world}:
        why = f"this is already one of the {world} processes that torchrun or accelerate launch began"
        raise UsageError(f"--processes {processes} cannot be followed", why, "Leave --processes out")
    return False


def is_first() -> bool:
    """Whether this process speaks for all: the first of several, or the only one."""
    return os.environ.get("RANK", "0") == "0"


def launch(module: str, arguments: Sequence[str], processes: int, strategy: Strategy, *, logs: Path) -> None:
    """Run `python -m MODULE ARGUMENTS` in several processes, and come back when all are done.

    The first process writes where this one does; each other writes into `logs/process-N.log`. When one fails, or this
    process is stopped or killed, all are ended: none is left behind.

    Args:
        module: such as `photocast`.
        arguments: of its command line.
        processes: how many.
        strategy: how they share the work.
        logs: a folder, made if it is not there.

    Raises:
        ProcessFailed: one ended with an error; its last words are in it.
        ConfigError: a compiler's lock of an earlier run would keep all of them waiting for ever.
    """
    if strategy.deepspeed_config is not None:
        check_locks()
    logs.mkdir(parents=True, exist_ok=True)
    shared = os.environ | environment_of(strategy) | _meeting(processes)
    given, held = os.pipe()  # nothing is ever written: workers wait for its end
    running: list[subprocess.Popen[bytes]] = []
    try:
        for rank in range(processes):
            running.append(_begin([str(given), module, *arguments], rank, shared, given, logs))
        failed = _first_failure(running)
    finally:
        os.close(held)  # whoever still runs ends now
        os.close(given)
        for process in running:
            process.wait()
    if failed is not None:
        raise _failure(failed, running[failed].returncode, processes, logs)


def check_locks(root: Path | None = None) -> None:
    """DeepSpeed compiles a part of itself when it is first used; a run that was killed then leaves a lock behind.

    Args:
        root: where compiled parts lie; by default where PyTorch puts them.

    Raises:
        ConfigError: there is such a lock; it is not taken away, for another training may be compiling now.
    """
    root = root or Path(os.environ.get("TORCH_EXTENSIONS_DIR") or Path.home() / ".cache" / "torch_extensions")
    locks = sorted([*root.glob("*/lock"), *root.glob("*/*/lock")])
    if locks:
        raise ConfigError(
            f"{locks[0]} would keep this training waiting for ever",
            "either another training compiles a part of DeepSpeed at this moment, or one was killed while it did",
            f"If no other training runs: rm {' '.join(shlex.quote(str(lock)) for lock in locks)}",
        )


def _meeting(processes: int) -> dict[str, str]:
    """Where the processes find each other, and how many cores each may keep busy."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    threads = os.environ.get("OMP_NUM_THREADS") or str(max(1, (os.cpu_count() or 1) // processes))
    return {
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
        "WORLD_SIZE": str(processes),
        "LOCAL_WORLD_SIZE": str(processes),
        "OMP_NUM_THREADS": threads,
    }


def _begin(
    command: Sequence[str], rank: int, shared: Mapping[str, str], leash: int, logs: Path
) -> subprocess.Popen[bytes]:
    own = {"RANK": str(rank), "LOCAL_RANK": str(rank)}
    with open(os.devnull if rank == 0 else _log(logs, rank), "wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "photocast.training.machines.worker", *command],
            env={**shared, **own},
            stdin=subprocess.DEVNULL,
            stdout=None if rank == 0 else log,
            stderr=None if rank == 0 else subprocess.STDOUT,
            pass_fds=(leash,),
            start_new_session=True,  # a group of its own: it ends with all that it began
        )


def _first_failure(running: Sequence[subprocess.Popen[bytes]]) -> int | None:
    """Wait for all, or for the first that fails; returns its number."""
    ended: queue.SimpleQueue[int] = queue.SimpleQueue()

    def watch(rank: int) -> None:
        running[rank].wait()
        ended.put(rank)

    for rank in range(len(running)):
        threading.Thread(target=watch, args=(rank,), daemon=True).start()
    for _ in running:
        rank = ended.get()
        if running[rank].returncode:
            return rank
    return None


def _failure(rank: int, code: int, processes: int, logs: Path) -> ProcessFailed:
    ending = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
    what = f"process {rank + 1} of {processes} {ending}, and the others were ended with it"
    do = "Begin the same training again: it goes on from its last checkpoint"
    if rank == 0:
        why = "what it said stands above"
    else:
        lines = _log(logs, rank).read_text("utf-8", errors="replace").splitlines()
        why = "its last words were: " + ("; ".join(lines[-_SHOWN:]) or "none")
        do += f". All that it said is in {_log(logs, rank)}"
    if code == -signal.SIGKILL:
        why += " (the system kills a process when memory runs out)"
    return ProcessFailed(what, why, do, code if code > 0 else 1)


def _log(logs: Path, rank: int) -> Path:
    return logs / f"process-{rank + 1}.log"
