"""A process of a training on several devices: `python -m photocast.training.machines.worker LEASH MODULE [ARGUMENTS]`.

It runs a module as `python -m` does, and ends with the process that began it, however that one ends.
"""

import os
import runpy
import signal
import sys
import threading


def main() -> None:
    """Take the leash, then become the module."""
    leash, module, *arguments = sys.argv[1:]
    hold(int(leash))
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def hold(leash: int) -> None:
    """From now on, end when the other end of a pipe is closed: by whoever has it, or by the system when that one dies.

    All of the process's group ends with it: what loads data, and a compiler that would leave its lock behind anyway.
    """
    threading.Thread(target=_wait, args=(leash,), daemon=True).start()


def _wait(leash: int) -> None:
    os.read(leash, 1)  # nothing is ever written
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
