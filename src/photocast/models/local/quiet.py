"""Silence of the libraries: their progress bars and warnings do not belong on the terminal of ours."""

import logging
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from photocast.models.local.installed import library

_LOGGERS = ("transformers", "huggingface_hub", "peft", "accelerate", "bitsandbytes", "torch", "diffusers")
_TALKERS = rf"(?:{'|'.join(_LOGGERS)}|photocast\.models\.(?:local|images))(?:\.|$)"

_DEEPSPEED = "DeepSpeed"
"""PEFT loads it where it is installed; it sets its own level as it is loaded, and writes to stdout."""


@contextmanager
def quiet() -> Iterator[None]:
    """Until the block ends, transformers and what it stands on write nothing; what fails is still raised.

    Warnings of other packages are left alone: another thread may be waiting for them.
    """
    hubs = library("huggingface_hub.utils")
    bars = [one for one in _with_bars() if one.is_progress_bar_enabled()]
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    levels = [logger.level for logger in loggers]
    deepspeed = logging.getLogger(_DEEPSPEED)
    talks = not deepspeed.disabled
    hub_bars = not hubs.are_progress_bars_disabled()
    for one in bars:
        one.disable_progress_bar()
    hubs.disable_progress_bars()
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    deepspeed.disabled = True
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=_TALKERS)
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
        deepspeed.disabled = not talks
        for one in bars:
            one.enable_progress_bar()
        if hub_bars:
            hubs.enable_progress_bars()


def _with_bars() -> list[Any]:
    """Libraries with progress bars of their own; diffusers only where it is loaded already."""
    return [library("transformers.utils.logging"), *filter(None, [sys.modules.get("diffusers.utils.logging")])]
