"""How alike the scripts of one set are: what is original in one script may be a habit in fifty."""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from photocast.metrics.reading import read, undefined
from photocast.schema import Script

OPENING = 3
"""Words by which openings are compared."""
_LONGEST = 4
_FEWEST = 5
"""Words of a script that can be compared."""


def self_bleu(scripts: Sequence[Script]) -> list[float]:
    """How much of each script could be put together from the others.

    BLEU-4 of each script with all others as references: geometric mean of the clipped precisions of 1 to 4 words,
    times the brevity penalty against the reference nearest in length.

    Unit: ratio
    Direction: lower
    Source: Zhu et al., Texygen, arXiv:1802.01886, on BLEU of Papineni et al. 2002; without smoothing.
    Weakness: grows with the number of scripts: compare sets of the same size.

    Raises:
        UndefinedMetric: fewer than two scripts, or one that is not comparable.
    """
    texts = _texts(scripts, "Self-BLEU")
    logs = np.zeros(len(texts))
    for n in range(1, _LONGEST + 1):
        logs += _log_precisions([_grams(words, n) for words in texts])
    lengths = [len(words) for words in texts]
    return [math.exp(log / _LONGEST) * _brevity(lengths, at) for at, log in enumerate(logs.tolist())]


def shared_5grams(scripts: Sequence[Script]) -> list[float]:
    """Share of the runs of five words of each script that another script has too.

    Unit: share
    Direction: lower
    Source: this project.
    Weakness: grows with the number of scripts: compare sets of the same size.

    Raises:
        UndefinedMetric: fewer than two scripts, or one that is not comparable.
    """
    grams = [_grams(words, _FEWEST) for words in _texts(scripts, "The share of shared 5-grams")]
    owners = Counter(gram for one in grams for gram in one)
    return [sum(count for gram, count in one.items() if owners[gram] > 1) / one.total() for one in grams]


def shared_opening(scripts: Sequence[Script]) -> list[float]:
    """Whether another script begins with the same three words; 1 if so.

    Unit: share of scripts
    Direction: lower
    Source: this project.
    Weakness: grows with the number of scripts: compare sets of the same size.

    Raises:
        UndefinedMetric: fewer than two scripts, or one that is not comparable.
    """
    openings = [tuple(words[:OPENING]) for words in _texts(scripts, "The share of shared openings")]
    times = Counter(openings)
    return [float(times[opening] > 1) for opening in openings]


def opening_diversity(scripts: Sequence[Script]) -> float:
    """How many different openings a set has, over its scripts; 1 when no two begin alike.

    Openings are the first three plain words.

    Unit: share
    Direction: higher
    Source: this project.
    Weakness: one figure for a set, so it has no interval; falls with the number of scripts.

    Raises:
        UndefinedMetric: fewer than two scripts, or one that is not comparable.
    """
    openings = [tuple(words[:OPENING]) for words in _texts(scripts, "Opening diversity")]
    return len(set(openings)) / len(openings)


def check_comparable(script: Script) -> None:
    """See to it that a script can be compared with others.

    Raises:
        UndefinedMetric: it has fewer than five words, or no spaces between them.
    """
    if len(read(script).tokens) < _FEWEST:
        raise undefined("Likeness to other scripts", f"the script has fewer than {_FEWEST} words")


def _texts(scripts: Sequence[Script], what: str) -> list[list[str]]:
    if len(scripts) < 2:
        raise undefined(what, "it compares scripts with each other, and there are fewer than two")
    for script in scripts:
        check_comparable(script)
    return [read(script).tokens for script in scripts]


def _grams(words: list[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(zip(*(words[at:] for at in range(n)), strict=False))


def _log_precisions(grams: Sequence[Counter[tuple[str, ...]]]) -> NDArray[np.float64]:
    """Logarithm of the clipped precision of each script against all others, (scripts,); -inf for none.

    A count is clipped at the most that any other script has: the most of all, or the second most for its owner.
    """
    most: dict[tuple[str, ...], tuple[int, int, int]] = {}
    for owner, counts in enumerate(grams):
        for gram, count in counts.items():
            first, second, whose = most.get(gram, (0, 0, -1))
            most[gram] = (count, first, owner) if count > first else (first, max(second, count), whose)
    return np.array([_log_precision(counts, owner, most) for owner, counts in enumerate(grams)])


def _log_precision(
    counts: Counter[tuple[str, ...]], owner: int, most: dict[tuple[str, ...], tuple[int, int, int]]
) -> float:
    clipped = 0
    for gram, count in counts.items():
        first, second, whose = most[gram]
        clipped += min(count, second if whose == owner else first)
    return math.log(clipped / counts.total()) if clipped else -math.inf


def _brevity(lengths: Sequence[int], at: int) -> float:
    own = lengths[at]
    nearest = min((abs(other - own), other) for where, other in enumerate(lengths) if where != at)[1]
    return min(1.0, math.exp(1 - nearest / own)) if own else 0.0
