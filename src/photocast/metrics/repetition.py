"""How much of what is said has been said before, in stretches of equal length so that long scripts compare."""

from collections import Counter
from collections.abc import Sequence

from photocast.metrics.conversation import plain_words
from photocast.schema import Script, UndefinedMetric

WINDOW = 300
"""Words over which repetition is counted: two minutes of talk. Repeats further apart are not seen."""


def distinct_2(script: Script) -> float:
    """Mean share of different pairs of words within 300 words. Range (0, 1]. Neither direction is better.

    Distinct-2 at a fixed window W = 300: unique over all bigrams, in every W consecutive words, averaged. Without
    the window the figure falls with the length of the script. Source: Distinct-n, Li et al., arXiv:1510.03055.

    Raises:
        UndefinedMetric: the script is shorter than the window.
    """
    return _mean_distinct(_all_words(script, "Distinct-2"), 2)


def rep_4(script: Script) -> float:
    """Mean share of runs of four words said before within 300 words. Range [0, 1). Lower repeats less.

    1 - unique / all 4-grams, in every 300 consecutive words, averaged. Source: rep-n, Welleck et al.,
    arXiv:1908.04319, with the window of `distinct_2`.

    Raises:
        UndefinedMetric: the script is shorter than the window.
    """
    return 1 - _mean_distinct(_all_words(script, "rep-4"), 4)


def distinct(words: Sequence[str], n: int) -> float:
    """Unique over all n-grams of the words. Range (0, 1].

    Raises:
        UndefinedMetric: fewer than n words.
    """
    grams = list(zip(*(words[at:] for at in range(n)), strict=False))
    if not grams:
        raise UndefinedMetric(
            f"Distinct-{n} is undefined", f"there are fewer than {n} words", "Leave it out of the mean"
        )
    return len(set(grams)) / len(grams)


def _all_words(script: Script, figure: str) -> list[str]:
    words = [word for turn in script.turns for word in plain_words(turn.text)]
    if len(words) < WINDOW:
        raise UndefinedMetric(
            f"{figure} is undefined",
            f"the script has {len(words)} words, and it is counted over {WINDOW}",
            "Leave the script out of the mean and count it",
        )
    return words


def _mean_distinct(words: Sequence[str], n: int) -> float:
    """Mean of `distinct` over all windows: each n-gram enters and leaves the window once."""
    grams = list(zip(*(words[at:] for at in range(n)), strict=False))
    size = WINDOW - n + 1
    inside = Counter(grams[:size])
    unique = [len(inside)]
    for leaving, entering in zip(grams, grams[size:], strict=False):
        inside[leaving] -= 1
        if not inside[leaving]:
            del inside[leaving]
        inside[entering] += 1
        unique.append(len(inside))
    return sum(unique) / len(unique) / size
