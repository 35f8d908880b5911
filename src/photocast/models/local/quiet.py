"""Silence of the libraries: their progress bars and warnings do not belong on the terminal of ours."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from photocast.models.local.installed import library

_TALKERS = r"(?:torch|transformers|peft|accelerate|bitsandbytes|huggingface_hub|photocast\.models\.local)(?:\.|$)"
_LOGGERS = ("transformers", "huggingface_hub", "peft", "accelerate", "bitsandbytes", "torch")


@contextmanager
def quiet() -> Iterator[None]:
    """Until the block ends, transformers and what it stands on write nothing; what fails is still raised.

    Warnings of other packages are left alone: another thread may be waiting for them.
    """
    theirs, hubs = library("transformers.utils.logging"), library("huggingface_hub.utils")
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    levels = [logger.level for logger in loggers]
    their_bars, hub_bars = theirs.is_progress_bar_enabled(), not hubs.are_progress_bars_disabled()
    theirs.disable_progress_bar()
    hubs.disable_progress_bars()
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=_TALKERS)
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
        if their_bars:
            theirs.enable_progress_bar()
        if hub_bars:
            hubs.enable_progress_bars()
