"""How rich the words are, and how much of what is said has been said before."""

import zlib

import numpy as np

from photocast._distinct import mean_distinct
from photocast.metrics.reading import Ids, Reading, read, undefined
from photocast.schema import Script

WINDOW = 100
"""Words over which Distinct-n and MATTR are counted."""
REPEAT_WINDOW = 300
"""Words over which repetition is counted in a window: two minutes of talk. Repeats further apart are not seen."""
MTLD_THRESHOLD = 0.72
"""Type-token ratio at which a factor of MTLD closes."""
FEWEST_FOR_MTLD = 100
"""Words below which MTLD says nothing."""


def distinct_2_window(script: Script) -> float:
    """Mean share of different pairs of words within 100 words.

    Distinct-2 in every 100 consecutive words, averaged over all of them.

    Unit: share
    Direction: distance to reference
    Source: Distinct-n, Li et al., arXiv:1510.03055, in windows as PodEval has it.
    Weakness: does not see what comes back after a minute.

    Raises:
        UndefinedMetric: the script is shorter than the window.
    """
    return _windowed(script, 2, WINDOW, "Distinct-2 in a window")


def distinct_3_window(script: Script) -> float:
    """Mean share of different runs of three words within 100 words.

    Distinct-3 in every 100 consecutive words, averaged over all of them.

    Unit: share
    Direction: distance to reference
    Source: Distinct-n, Li et al., arXiv:1510.03055, in windows as PodEval has it.
    Weakness: near 1 for anything but loops.

    Raises:
        UndefinedMetric: the script is shorter than the window.
    """
    return _windowed(script, 3, WINDOW, "Distinct-3 in a window")


def mattr(script: Script) -> float:
    """Mean share of different words within 100 words.

    Type-token ratio of every 100 consecutive words, averaged over all of them.

    Unit: share
    Direction: distance to reference
    Source: moving-average type-token ratio, Covington and McFall 2010.
    Weakness: richer is not better: models surpass people.

    Raises:
        UndefinedMetric: the script is shorter than the window.
    """
    return _windowed(script, 1, WINDOW, "MATTR")


def mtld(script: Script) -> float:
    """How many words it takes until the vocabulary repeats itself.

    Words are read until their type-token ratio falls below .72, which closes a factor, and so on; what remains counts
    (1 - ratio) / (1 - .72) of one. Words over factors, the mean of reading forwards and backwards.

    Unit: words
    Direction: distance to reference
    Source: McCarthy and Jarvis 2010, doi:10.3758/BRM.42.2.381.
    Weakness: richer is not better: models surpass people.

    Raises:
        UndefinedMetric: fewer than 100 words, or no word that comes twice.
    """
    ids = read(script).ids.tolist()
    if len(ids) < FEWEST_FOR_MTLD:
        raise undefined("MTLD", f"the script has {len(ids)} words, and MTLD needs {FEWEST_FOR_MTLD}")
    factors = [_factors(ids), _factors(ids[::-1])]
    if not all(factors):
        raise undefined("MTLD", "no word comes twice")
    return sum(len(ids) / count for count in factors) / 2


def rep_4(script: Script) -> float:
    """Share of runs of four words that were said before.

    1 - unique / all 4-grams of the script.

    Unit: share
    Direction: lower
    Source: rep-n, Welleck et al., arXiv:1908.04319.
    Weakness: grows with the length of the script: compare at equal length, or use rep_4_window.

    Raises:
        UndefinedMetric: fewer than four words.
    """
    reading = read(script)
    if not len(reading.grams(4)):
        raise undefined("rep-4", "there are fewer than four words")
    return 1 - reading.different(4) / len(reading.grams(4))


def rep_4_window(script: Script) -> float:
    """Mean share of runs of four words said before within 300 words.

    1 - unique / all 4-grams in every 300 consecutive words, averaged over all of them.

    Unit: share
    Direction: lower
    Source: rep-n, Welleck et al., arXiv:1908.04319, in a window so that long scripts compare.
    Weakness: does not see what comes back after two minutes.

    Raises:
        UndefinedMetric: the script is shorter than the window.
    """
    return 1 - _windowed(script, 4, REPEAT_WINDOW, "rep-4 in a window")


def longest_repeat(script: Script) -> float:
    """The longest run of words that is said twice, word by word.

    Both may overlap, so that a loop counts nearly whole. 0 when no word comes twice.

    Unit: words
    Direction: lower
    Source: this project.
    Weakness: a name, a proverb or a chorus is a repeat too.
    """
    return float(_longest_repeat(read(script)))


def compression_ratio(script: Script) -> float:
    """How small the text gets when it is compressed.

    Bytes of the speech after DEFLATE (zlib, level 6) over its bytes before.

    Unit: ratio
    Direction: distance to reference
    Source: used as a measure of redundancy by Shaib et al., arXiv:2403.00553, who divide the other way round.
    Weakness: falls with the length of the script: compare at equal length.
    """
    raw = read(script).text.encode()
    return len(zlib.compress(raw, 6)) / len(raw)


def _windowed(script: Script, n: int, window: int, what: str) -> float:
    reading = read(script)
    if len(reading.tokens) < window:
        raise undefined(what, f"the script has {len(reading.tokens)} words, and it is counted over {window}")
    return mean_distinct(reading.grams(n), window - n + 1)


def _factors(ids: list[int]) -> float:
    factors, seen, length = 0.0, set[int](), 0
    for word in ids:
        length += 1
        if word not in seen:
            seen.add(word)
        elif len(seen) < MTLD_THRESHOLD * length:  # a new word cannot make the ratio fall
            factors += 1
            seen, length = set(), 0
    return factors + (1 - len(seen) / length) / (1 - MTLD_THRESHOLD) if length else factors


def _longest_repeat(reading: Reading) -> int:
    """Runs of up to four words are numbered already; longer ones are numbered from those half as long."""
    length = next((n for n in (4, 3, 2, 1) if reading.different(n) < len(reading.grams(n))), 0)
    if length < 4:
        return length
    ranks = reading.grams(length)
    while _comes_twice(doubled := _joined(ranks, length)):
        ranks, length = np.unique(doubled, return_inverse=True)[1], 2 * length
    low, high = length, 2 * length  # a run of `low` words comes twice, none of `high`
    while high - low > 1:
        middle = (low + high) // 2
        if _comes_twice(_joined(ranks, middle - length)):
            low = middle
        else:
            high = middle
    return low


def _joined(ranks: Ids, apart: int) -> Ids:
    """Numbers of the longer runs that are made of two numbered ones, the second `apart` words after the first."""
    if len(ranks) <= apart:
        return ranks[:0]
    joined: Ids = ranks[: len(ranks) - apart] * (int(ranks.max()) + 1) + ranks[apart:]
    return joined


def _comes_twice(ids: Ids) -> bool:
    return len(ids) > 1 and bool((np.diff(np.sort(ids)) == 0).any())
