"""The shape of a conversation: how long its turns are, who talks, how they answer each other.

In every figure here a turn is all that one speaker says until another speaks: neighbouring turns of one speaker
count as one. Words are what white space separates. None of the figures says that a script is good; each says how
far it resembles the people of `HUMAN`, and "neither direction is better" means just that.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import fmean, median, pstdev

from photocast.metrics.lexicons import AGREEMENTS, BACK_CHANNELS, INTERJECTIONS
from photocast.schema import Script, UndefinedMetric

SHORT = 5
"""Words of the longest turn that counts as short."""

LONGEST_BACK_CHANNEL = 3
"""Words; a longer turn says something of its own."""

_LONGEST_AGREEMENT = max(len(phrase.split()) for phrase in AGREEMENTS)
_CUT_OFF = re.compile(r"(?:[—–-]|…|\.\.\.)[\"'”’)\]*_]*$")


@dataclass(frozen=True, slots=True)
class Stretch:
    """All that one speaker says until another speaks."""

    speaker: str
    text: str

    def words(self) -> int:
        """What white space separates."""
        return len(self.text.split())


def stretches(script: Script) -> list[Stretch]:
    """The turns of a script, those of one speaker in a row put together."""
    return [
        Stretch(speaker, " ".join(turn.text for turn in turns))
        for speaker, turns in groupby(script.turns, key=lambda turn: turn.speaker)
    ]


def words_per_turn(script: Script) -> float:
    """Mean words of a turn. Range [1, ∞), words. Neither direction is better.

    w / n, with w the words and n the turns. Source: average turn length of SPoRC-VIST, arXiv:2601.01062, after
    merging.
    """
    return fmean(turn.words() for turn in stretches(script))


def median_words_per_turn(script: Script) -> float:
    """Median words of a turn. Range [1, ∞), words. Neither direction is better."""
    return float(median(turn.words() for turn in stretches(script)))


def turn_length_cv(script: Script) -> float:
    """How unequal the turns are in length. Range [0, √(n - 1)], no unit; 0 when all are alike.

    Standard deviation of the words of a turn (that of the population) over their mean. People talk at about 1;
    language models at about 0.3.

    Raises:
        UndefinedMetric: fewer than two turns.
    """
    lengths = [turn.words() for turn in stretches(script)]
    if len(lengths) < 2:
        raise _undefined("turn length CV", "there is only one turn")
    return pstdev(lengths) / fmean(lengths)


def switch_rate(script: Script) -> float:
    """Changes of speaker per 1,000 words. Range [0, 1000). Neither direction is better.

    1000 · (n - 1) / w. Source: SPoRC-VIST, arXiv:2601.01062, switch rate, after merging.
    """
    turns = stretches(script)
    return 1000 * (len(turns) - 1) / sum(turn.words() for turn in turns)


def speaker_share_entropy(script: Script) -> float:
    """How equally the words are shared out. Range (0, 1], no unit; 1 when all say equally much.

    -Σ p ln p / ln S over the shares p of the S speakers in the words. Interviews are rightly far from 1.

    Raises:
        UndefinedMetric: only one speaker says anything.
    """
    words = Counter[str]()
    for turn in stretches(script):
        words[turn.speaker] += turn.words()
    if len(words) < 2:
        raise _undefined("speaker share entropy", "only one speaker says anything")
    shares = [count / words.total() for count in words.values()]
    return -sum(share * math.log(share) for share in shares) / math.log(len(shares))


def short_turn_share(script: Script) -> float:
    """Share of turns of at most five words. Range [0, 1]. Neither direction is better."""
    return _share([turn.words() <= SHORT for turn in stretches(script)])


def cut_off_share(script: Script) -> float:
    """Share of turns that break off: they end in a dash or an ellipsis. Range [0, 1]. Neither direction is better."""
    return _share([bool(_CUT_OFF.search(turn.text)) for turn in stretches(script)])


def back_channel_share(script: Script) -> float:
    """Share of turns that only show that somebody follows. Range [0, 1]. Neither direction is better.

    At most three words, all of them covered by `lexicons.BACK_CHANNELS`.
    """
    return _share([_is_back_channel(turn.text) for turn in stretches(script)])


def question_share(script: Script) -> float:
    """Share of turns in which something is asked (a question mark). Range [0, 1]. Neither direction is better."""
    return _share(["?" in turn.text for turn in stretches(script)])


def agreement_opening_share(script: Script) -> float:
    """Share of turns after the first that begin by agreeing. Range [0, 1]. Lower is less compliant, not better.

    They begin with a phrase of `lexicons.AGREEMENTS`, after any number of `lexicons.INTERJECTIONS`.

    Raises:
        UndefinedMetric: there is only one turn, so nobody can agree.
    """
    answers = stretches(script)[1:]
    if not answers:
        raise _undefined("agreement opening share", "there is only one turn")
    return _share([_opens_with_agreement(turn.text) for turn in answers])


def round_robin_index(script: Script) -> float:
    """Share of turns after the first that follow a fixed cycle of speakers. Range [0, 1]; 1 is a strict round.

    The cycle is the order in which the speakers are first heard. Scripts of language models are often at 1.

    Raises:
        UndefinedMetric: fewer than three speakers; two cannot but take turns.
    """
    turns = stretches(script)
    cycle = list(dict.fromkeys(turn.speaker for turn in turns))
    if len(cycle) < 3:
        raise _undefined("round-robin index", "fewer than three speakers cannot but take turns")
    following = dict(zip(cycle, [*cycle[1:], cycle[0]], strict=True))
    return _share([following[one.speaker] == other.speaker for one, other in pairwise(turns)])


def plain_words(text: str) -> list[str]:
    """The words in lower case without punctuation: `"Mm-hm," he said` is `mm-hm`, `he`, `said`."""
    return re.findall(r"[\w]+(?:['-]\w+)*", text.lower().replace("’", "'"))


def _is_back_channel(text: str) -> bool:
    words = plain_words(text)
    return 0 < len(words) <= LONGEST_BACK_CHANNEL and _covered(words)


def _covered(words: list[str]) -> bool:
    return not words or any(
        " ".join(words[:length]) in BACK_CHANNELS and _covered(words[length:]) for length in range(1, len(words) + 1)
    )


def _opens_with_agreement(text: str) -> bool:
    words = plain_words(text)
    start = next((at for at, word in enumerate(words) if word not in INTERJECTIONS), len(words))
    return any(" ".join(words[start : start + length]) in AGREEMENTS for length in range(1, _LONGEST_AGREEMENT + 1))


def _share(is_so: list[bool]) -> float:
    return sum(is_so) / len(is_so)


def _undefined(what: str, why: str) -> UndefinedMetric:
    return UndefinedMetric(f"The {what} is undefined", why, "Leave the script out of the mean and count it")
