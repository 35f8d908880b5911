"""A text as a model wrote it, read as talk."""

from collections.abc import Callable
from functools import lru_cache

from photocast.schema import Script, TranscriptError, UndefinedMetric, parse_transcript


@lru_cache(maxsize=64)
def talk_of(text: str) -> Script | None:
    """The talk in a text; None where nobody can be found who says anything. Each text is read once for all rewards."""
    whole = text.encode("utf-8", "replace").decode("utf-8")  # half a surrogate is no letter
    try:
        return parse_transcript(whole)
    except TranscriptError:
        return None


def figure(work_out: Callable[..., float], *of: object) -> float | None:
    """A figure of a talk; None where the talk leaves it undefined."""
    try:
        return work_out(*of)
    except UndefinedMetric:
        return None


def between(value: float, *, none: float, full: float) -> float:
    """0 at `none`, 1 at `full`, and linear between; nothing beyond."""
    return min(1.0, max(0.0, (value - none) / (full - none)))
