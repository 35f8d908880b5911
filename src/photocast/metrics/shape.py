"""The shape of a conversation: how long its turns are and who takes them.

A turn is all that one speaker says until another speaks. None of these figures says that a script is good; each says
how far it resembles the people of a reference.
"""

import math
import re
from collections import Counter
from itertools import pairwise

from photocast.metrics.reading import read, share, undefined
from photocast.schema import Script

SHORT = 5
"""Words of the longest turn that counts as short."""
LONG = 100
"""Words above which a turn is long."""

_CLOSING = "\"'”’)]*_"
_BREAKS = ("—", "–", "-", "…", "...")
_LATCHED = re.compile(r"[\"'“‘(*_]*(?:—|–|--)")


def turn_length_median(script: Script) -> float:
    """How long the middle turn is.

    Median words of a turn.

    Unit: words
    Direction: distance to reference
    Source: Changelog measurements of this project; no paper.
    Weakness: blind to the long and the short turns that make talk human.
    """
    return _percentile(script, 0.5)


def turn_length_p10(script: Script) -> float:
    """How short the short turns are.

    10th percentile of the words of a turn, interpolated linearly.

    Unit: words
    Direction: distance to reference
    Source: this project.
    Weakness: rough for fewer than ten turns.
    """
    return _percentile(script, 0.1)


def turn_length_p90(script: Script) -> float:
    """How long the long turns are.

    90th percentile of the words of a turn, interpolated linearly.

    Unit: words
    Direction: distance to reference
    Source: this project.
    Weakness: rough for fewer than ten turns.
    """
    return _percentile(script, 0.9)


def turn_length_cv(script: Script) -> float:
    """How unequal the turns are in length; 0 when all are alike.

    Standard deviation of the words of a turn (that of the population) over their mean. Range 0 to √(n - 1). People
    talk at about 1; language models at about 0.3.

    Unit: ratio
    Direction: distance to reference
    Source: this project's reconstruction of what the turn length of SPoRC-VIST misses.
    Weakness: one very long turn is enough for a high value.

    Raises:
        UndefinedMetric: fewer than two turns.
    """
    lengths = read(script).lengths
    if len(lengths) < 2:
        raise undefined("The turn length CV", "there is only one turn")
    return float(lengths.std() / lengths.mean())


def short_turn_share(script: Script) -> float:
    """Share of turns of at most five words.

    Unit: share
    Direction: distance to reference
    Source: this project.
    Weakness: transcripts that were edited for reading have lost some of theirs.
    """
    return float((read(script).lengths <= SHORT).mean())


def long_turn_share(script: Script) -> float:
    """Share of turns of more than a hundred words.

    Unit: share
    Direction: distance to reference
    Source: this project.
    Weakness: interviews have many, quick panels none.
    """
    return float((read(script).lengths > LONG).mean())


def cutoff_share(script: Script) -> float:
    """Share of turns that break off.

    They end in a dash or an ellipsis.

    Unit: share
    Direction: distance to reference
    Source: this project; SPoRC-VIST, arXiv:2601.01062, names interruptions without a definition.
    Weakness: depends on how a transcriber writes; automatic transcripts have none.
    """
    return share(turn.text.rstrip(_CLOSING).endswith(_BREAKS) for turn in read(script).turns)


def overlap_share(script: Script) -> float:
    """Share of turns after the first that begin before the previous one is over.

    Those whose delivery says so, and those that open with a dash.

    Unit: share
    Direction: distance to reference
    Source: this project.
    Weakness: few transcripts mark overlap at all; 0 may mean that nobody wrote it down.

    Raises:
        UndefinedMetric: only one turn.
    """
    later = script.turns[1:]
    if not later:
        raise undefined("The overlap share", "there is only one turn")
    return share(bool(turn.delivery.overlap_ms) or bool(_LATCHED.match(turn.text)) for turn in later)


def question_share(script: Script) -> float:
    """Share of turns in which something is asked.

    They have a question mark.

    Unit: share
    Direction: distance to reference
    Source: this project.
    Weakness: tag questions and rhetorical ones count; unpunctuated transcripts have none.
    """
    return share("?" in turn.text or "？" in turn.text for turn in read(script).turns)


def speaker_share_entropy(script: Script) -> float:
    """How equally the words are shared out; 1 when all say equally much.

    -Σ p ln p / ln S over the shares p of the S speakers in the words. Range 0 to 1.

    Unit: ratio
    Direction: distance to reference
    Source: this project.
    Weakness: interviews are rightly far from 1; match the reference to the kind of show.

    Raises:
        UndefinedMetric: only one speaker says anything.
    """
    reading = read(script)
    said = Counter[str]()
    for turn, length in zip(reading.turns, reading.lengths.tolist(), strict=True):
        said[turn.speaker] += length
    if len(said) < 2:
        raise undefined("The speaker share entropy", "only one speaker says anything")
    shares = [count / said.total() for count in said.values()]
    return -sum(one * math.log(one) for one in shares) / math.log(len(shares))


def round_robin(script: Script) -> float:
    """Share of turns after the first that follow a fixed cycle of speakers; 1 is a strict round.

    The cycle is the order in which the speakers are first heard.

    Unit: share
    Direction: distance to reference
    Source: this project.
    Weakness: two speakers cannot but take turns, so it needs three.

    Raises:
        UndefinedMetric: fewer than three speakers.
    """
    turns = read(script).turns
    cycle = list(dict.fromkeys(turn.speaker for turn in turns))
    if len(cycle) < 3:
        raise undefined("The round-robin index", "fewer than three speakers cannot but take turns")
    following = dict(zip(cycle, [*cycle[1:], cycle[0]], strict=True))
    return share(following[one.speaker] == other.speaker for one, other in pairwise(turns))


def _percentile(script: Script, p: float) -> float:
    """Of the words of a turn, linear between neighbours."""
    lengths = sorted(read(script).lengths.tolist())
    below = int(p * (len(lengths) - 1))
    low, high = lengths[below], lengths[min(below + 1, len(lengths) - 1)]
    return float(low + (high - low) * (p * (len(lengths) - 1) - below))
