"""Where a model runs, in which numbers, and how much memory there is."""

import os
from pathlib import Path
from typing import Any

from photocast.models.local.options import Options
from photocast.schema import Fault, ModelError

TOKENS_ON_ACCELERATOR = 441
"""Per photo, as SPoRC-VIST was trained: 451,584 pixels for Qwen3-VL, whose tokens cover 32 x 32 pixels each."""
TOKENS_ON_PROCESSOR = 256
"""A processor reads photos so slowly that an album would take minutes longer."""
_CGROUP = Path("/sys/fs/cgroup")


def choose_device(options: Options) -> str:
    """The device that was asked for, otherwise the best there is: CUDA, MPS, the processor.

    Raises:
        ModelError: the one that was asked for is not there.
    """
    import torch

    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if options.device is None:
        return next(device for device, is_there in there.items() if is_there)
    kind, _, number = options.device.partition(":")
    if not there[kind] or (number and int(number) >= torch.cuda.device_count()):
        usable = ", ".join(device for device, is_there in there.items() if is_there)
        why = f"torch {torch.__version__} finds no such device; what it can use here: {usable}"
        do = "Leave device= out, or install the torch made for it: https://pytorch.org/get-started/locally"
        raise ModelError(Fault.REJECTED, f"there is no {options.device} on this machine", why, do)
    return options.device


def choose_dtype(options: Options, device: str) -> str:
    """Name of the torch dtype of the weights: bfloat16 where the device is good at it, float32 on the processor.

    Processors without instructions for bfloat16 are some ten times slower with it.
    """
    import torch

    if options.dtype is not None:
        return options.dtype
    if device.startswith("cuda"):
        return "bfloat16" if torch.cuda.is_bf16_supported(including_emulation=False) else "float16"
    if device == "mps":
        try:
            torch.zeros(1, dtype=torch.bfloat16, device="mps")
        except (TypeError, RuntimeError):  # before macOS 14
            return "float16"
        return "bfloat16"
    return "float32"


def image_tokens(options: Options, device: str, trained: int | None) -> int:
    """Tokens that a photo may cost at most: what is asked for, else what the model was trained with.

    Args:
        options: of the model's name.
        device: decides for models that say nothing of their training.
        trained: as `photocast.json` says.
    """
    return options.image_tokens or trained or (TOKENS_ON_PROCESSOR if device == "cpu" else TOKENS_ON_ACCELERATOR)


def free_memory(device: str) -> int | None:
    """Bytes that a program can still have on the device; None where nobody tells."""
    import torch

    if device.startswith("cuda"):
        free, _ = torch.cuda.mem_get_info(device)
        return int(free)
    if device == "mps":
        return max(0, int(torch.mps.recommended_max_memory()) - int(torch.mps.driver_allocated_memory()))
    known = [free for free in (_free_in_system(), _free_in_container()) if free is not None]
    return min(known, default=None)


def give_back(device: str) -> None:
    """Let go of memory that torch keeps for later on an accelerator."""
    import torch

    backend: Any = {"cuda": torch.cuda, "mps": torch.mps}.get(device.partition(":")[0])
    if backend is not None:
        backend.empty_cache()


def _free_in_system() -> int | None:
    try:
        for line in Path("/proc/meminfo").read_text("ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, AttributeError):  # neither Linux nor anything like it
        return None


def _free_in_container() -> int | None:
    """What the limit of a container leaves, where there is one (cgroup v2).

    Files that were read and could be forgotten count as used by the container; they make room when it is needed.
    """
    try:
        limit, used, parts = (
            (_CGROUP / f"memory.{name}").read_text("ascii").strip() for name in ("max", "current", "stat")
        )
        forgettable = dict(line.split() for line in parts.splitlines()).get("inactive_file", "0")
        return None if limit == "max" else max(0, int(limit) - int(used) + int(forgettable))
    except (OSError, ValueError):
        return None
