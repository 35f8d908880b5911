"""Words as pieces of two short lines, cut where one breathes."""

from collections.abc import Sequence
from itertools import accumulate

LINE = 42
"""Characters of a line: what fits below a picture and is read at a glance."""
_CLOSING = "\"'”’»)]*_"
_SENTENCE, _CLAUSE = ".!?…。！？؟।", ",;:—–،؛、，"
_NO_END = frozenset({"Mr.", "Mrs.", "Ms.", "Dr.", "St.", "vs."})
_CUT = {"sentence": 0.0, "clause": 0.6, "inside": 2.0}
"""What a cut costs, when a further piece costs 1: a piece more is better than one that ends amid a clause."""


def two_lines(words: Sequence[str]) -> list[str]:
    """The words in order as pieces of one or two lines of at most 42 characters.

    Of all ways to cut, the one with the least sum over the pieces of 1, what their cut costs, and half the square of
    the part of them that is empty, so that they are about equally long. A longer word is a line of its own.
    """
    ends = [*accumulate(len(word) + 1 for word in words)]
    starts = [0, *ends]
    reach = _line_ends(starts)
    best: list[tuple[float, int]] = [(0.0, 0)] * (len(words) + 1)
    for first in range(len(words) - 1, -1, -1):
        best[first] = min(
            (_cost(words, starts, first, end) + best[end][0], end) for end in range(first + 1, reach[reach[first]] + 1)
        )
    pieces, at = [], 0
    while at < len(words):
        end = best[at][1]
        pieces.append(_in_lines(words[at:end]))
        at = end
    return pieces


def _line_ends(starts: Sequence[int]) -> list[int]:
    """For each word, one past the last word that fits in a line with it."""
    last = len(starts) - 1
    reach, end = [], 0
    for first in range(last):
        end = max(end, first + 1)
        while end < last and starts[end + 1] - 1 - starts[first] <= LINE:
            end += 1
        reach.append(end)
    return [*reach, last]


def _cost(words: Sequence[str], starts: Sequence[int], first: int, end: int) -> float:
    cut = 0.0 if end == len(words) else _cut_after(words[end - 1])
    empty = max(0.0, 1 - (starts[end] - 1 - starts[first]) / (2 * LINE))
    return 1 + cut + empty**2 / 2


def _cut_after(word: str) -> float:
    bare = word.rstrip(_CLOSING)
    if bare.endswith(tuple(_SENTENCE)) and bare not in _NO_END:
        return _CUT["sentence"]
    return _CUT["clause" if bare.endswith(tuple(_CLAUSE)) else "inside"]


def _in_lines(words: Sequence[str]) -> str:
    """One line, or two of about the same length."""
    if len(text := " ".join(words)) <= LINE or len(words) == 1:
        return text

    def awkward(at: int) -> tuple[bool, float]:
        upper, lower = " ".join(words[:at]), " ".join(words[at:])
        too_wide = any(len(line) > LINE and " " in line for line in (upper, lower))
        return too_wide, abs(len(upper) - len(lower)) / LINE + _cut_after(words[at - 1]) / 4

    at = min(range(1, len(words)), key=awkward)
    return f"{' '.join(words[:at])}\n{' '.join(words[at:])}"
