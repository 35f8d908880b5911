"""Too little memory: how the libraries say it, and what photocast says."""

import re
import traceback

from photocast.models.local.device import give_back
from photocast.models.local.memory import size_in_words
from photocast.schema import Fault, ModelError

_SAID = re.compile(
    r"out of memory|not enough memory|can't allocate memory|cannot allocate memory|failed to allocate"
    r"|alloc_failed|DefaultCPUAllocator|invalid buffer size",
    re.IGNORECASE,
)
"""torch has an error of its own for CUDA alone; the processor's and Apple's say it in a RuntimeError."""


def is_out_of_memory(error: BaseException) -> bool:
    """Whether a failure means that there was not enough memory."""
    if isinstance(error, MemoryError):
        return True
    return isinstance(error, RuntimeError | OSError) and _SAID.search(str(error)) is not None


def let_go(error: BaseException, device: str) -> None:
    """Free what the failed attempt still holds: its tensors live on in the frames of the error."""
    traceback.clear_frames(error.__traceback__)
    give_back(device)


def too_large(name: str, device: str, *, needed: int, free: int | None, smaller: str) -> ModelError:
    """The error of a model that does not fit into memory.

    Args:
        name: of the model.
        device: where it was to run.
        needed: bytes of its weights.
        free: bytes that there are.
        smaller: the options that would make it smaller, as a clause.
    """
    known = free is not None and free < needed
    have = f"only {size_in_words(free or 0)} are free" if known else "that much cannot be had"
    why = f"its weights alone take {size_in_words(needed)}, and on {device} {have}"
    do = f"Take a smaller model{smaller}, or close other programs"
    return ModelError(Fault.OUT_OF_MEMORY, f"{name} does not fit into memory", why, do)


def ran_out(name: str, device: str, photos: int, each: int, *, free: int | None, fit: int | None) -> ModelError:
    """The error of a model that is loaded, and has no memory left to answer.

    Args:
        name: of the model.
        device: where it runs.
        photos: that were asked about.
        each: tokens that a photo may have.
        free: bytes that there were beside the model; None when not known.
        fit: photos that should fit by estimate; None when not known.
    """
    known = free is not None and fit is not None and fit < photos
    have = f"{size_in_words(free or 0)} were free beside the model" if known else "no more memory could be had"
    why = f"{photos} photos of up to {each:,} tokens, and the answer to them, were too much for {device}: {have}"
    fewer = fit if fit and fit < photos else photos // 2
    first = f"Use fewer photos (about {fewer} should fit) or smaller ones (?image_tokens=)" if fewer else "Ask for less"
    return ModelError(Fault.OUT_OF_MEMORY, f"{name} ran out of memory", why, f"{first}, or take a smaller model")
