"""What there is to train on."""

import os
from dataclasses import dataclass

from photocast.models.local.memory import size_in_words


@dataclass(frozen=True)
class Machine:
    """The devices of this process's machine."""

    gpus: int
    gpu_memory: int
    """Bytes of the smallest."""
    bfloat16: bool
    """Whether the GPUs are good at it."""
    gpu: str = "GPU"
    """Name of the first."""
    cores: int = 1
    memory: int | None = None
    """Bytes of the machine's own memory; None where nobody tells."""

    @property
    def device(self) -> str:
        """Where weights go."""
        return "cuda" if self.gpus else "cpu"

    @property
    def in_words(self) -> str:
        """Such as `no GPU, 2 cores, 25.0 GB of memory`."""
        gpus = f"{self.gpus} x {self.gpu} with {size_in_words(self.gpu_memory)}" if self.gpus else "no GPU"
        cores = f"{self.cores} core{'s' if self.cores > 1 else ''}"
        return f"{gpus}, {cores}" + (f", {size_in_words(self.memory)} of memory" if self.memory else "")


def this_machine() -> Machine:
    """What torch and the system find here."""
    import torch

    gpus = torch.cuda.device_count() if torch.cuda.is_available() else 0
    seen = [torch.cuda.get_device_properties(number) for number in range(gpus)]
    return Machine(
        gpus=gpus,
        gpu_memory=min((gpu.total_memory for gpu in seen), default=0),
        bfloat16=bool(gpus) and torch.cuda.is_bf16_supported(including_emulation=False),
        gpu=seen[0].name if seen else "GPU",
        cores=os.cpu_count() or 1,
        memory=_memory(),
    )


def dtype_here(wanted: str, machine: Machine) -> str:
    """The numbers that a recipe's are computed in here: bfloat16 only where the hardware has it."""
    if machine.gpus == 0:
        return "float32"  # processors without instructions for bfloat16 are some ten times slower with it
    return "float16" if wanted == "bfloat16" and not machine.bfloat16 else wanted


def _memory() -> int | None:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, AttributeError):  # not a Unix
        return None
