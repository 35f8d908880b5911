"""Which of several drafts sounds most like people: the shape of the talk against what people do."""

from collections import Counter
from collections.abc import Sequence
from math import log
from statistics import fmean, pstdev

from photocast.schema import Script
from photocast.writing.problem import Problem

_WISHES = {"cv": (1.05, 0.35), "short": (0.24, 0.1), "cut": (0.11, 0.06), "share": (0.87, 0.05), "length": (0.98, 0.07)}
"""For each figure what is wished for and how far from it counts as one: the middle of human podcasts, except for the
speakers' shares, since talk about photos is no interview."""


def distaste(script: Script, problems: Sequence[Problem], words: int) -> float:
    """Distance of a draft from human talk; each problem weighs more than any shape. 0 is perfect."""
    lengths = [len(turn.text.split()) for turn in script.turns]
    figures = {
        "cv": pstdev(lengths) / fmean(lengths),
        "short": sum(length <= 5 for length in lengths) / len(lengths),
        "cut": sum(turn.text.endswith(("—", "…")) for turn in script.turns) / len(lengths),
        "share": _evenness(script),
        "length": sum(lengths) / words,
    }
    shape = sum(min(9.0, ((figures[name] - wish) / scale) ** 2) for name, (wish, scale) in _WISHES.items())
    return shape + 10 * len(problems) + 0.5 * _same_openings(script)


def _evenness(script: Script) -> float:
    """Entropy of the speakers' shares of the words over its maximum; 1 when all speak alike."""
    shares = Counter[str]()
    for turn in script.turns:
        shares[turn.speaker] += len(turn.text.split())
    total = shares.total()
    return -sum(count / total * log(count / total) for count in shares.values()) / log(max(2, len(script.speakers)))


def _same_openings(script: Script) -> int:
    """Turns of some length that begin with the same two words as another."""
    starts = Counter(" ".join(turn.text.casefold().split()[:2]) for turn in script.turns if len(turn.text.split()) > 5)
    return sum(count - 1 for count in starts.values())
