"""The style figures of SPoRC-VIST (arXiv:2601.01062), as they should be: turns merged, labels not counted as words."""

from photocast.metrics.reading import read, undefined
from photocast.schema import Script


def words(script: Script) -> float:
    """How much is said.

    What white space separates in all turns; labels and stage directions are not said.

    Unit: words
    Direction: none
    Source: SPoRC-VIST, arXiv:2601.01062, Table 5, which counts labels too.
    Weakness: does not apply to languages that put no space between words.
    """
    return float(read(script).words)


def turns(script: Script) -> float:
    """How often somebody speaks.

    Neighbouring turns of one speaker count as one.

    Unit: turns
    Direction: none
    Source: SPoRC-VIST, arXiv:2601.01062.
    Weakness: grows with the length of the script.
    """
    return float(len(read(script).turns))


def speakers(script: Script) -> float:
    """How many people say something.

    Unit: people
    Direction: none
    Source: this project.
    Weakness: one person under two labels counts twice.
    """
    return float(len({turn.speaker for turn in script.turns}))


def turn_length(script: Script) -> float:
    """How long a turn is on average.

    w / n, with w the words and n the turns after merging.

    Unit: words per turn
    Direction: distance to reference
    Source: SPoRC-VIST, arXiv:2601.01062, average turn length.
    Weakness: one monologue moves it; people and machines overlap in it.
    """
    return float(read(script).lengths.mean())


def switch_rate(script: Script) -> float:
    """Changes of speaker per 1,000 words.

    1000 · (n - 1) / w, with w the words and n the turns after merging.

    Unit: per 1,000 words
    Direction: distance to reference
    Source: SPoRC-VIST, arXiv:2601.01062, switch rate.
    Weakness: says the same as the turn length; interviews switch less than panels, so match the reference.
    """
    reading = read(script)
    return 1000 * (len(reading.turns) - 1) / reading.words


def distinct_1(script: Script) -> float:
    """Share of words not said before.

    Unique over all words of the script.

    Unit: share
    Direction: none
    Source: Li et al., arXiv:1510.03055, Distinct-n.
    Weakness: falls with the length of the script: compare at equal length, or use mattr.
    """
    return _distinct(script, 1)


def distinct_2(script: Script) -> float:
    """Share of pairs of words not said before.

    Unique over all bigrams of plain words, of what is said alone.

    Unit: share
    Direction: none
    Source: Li et al., arXiv:1510.03055; SPoRC-VIST, arXiv:2601.01062, which counts labels too.
    Weakness: falls with the length of the script: compare at equal length, or use distinct_2_window.
    """
    return _distinct(script, 2)


def distinct_3(script: Script) -> float:
    """Share of runs of three words not said before.

    Unique over all trigrams of plain words.

    Unit: share
    Direction: none
    Source: Li et al., arXiv:1510.03055, Distinct-n.
    Weakness: falls with the length of the script, and is near 1 for anything but loops.
    """
    return _distinct(script, 3)


def _distinct(script: Script, n: int) -> float:
    reading = read(script)
    if not len(reading.grams(n)):
        raise undefined(f"Distinct-{n}", f"there are fewer than {n} words")
    return reading.different(n) / len(reading.grams(n))
