"""The manner of a conversation: how people listen, hesitate, react and remember. All word lists are English."""

from itertools import pairwise
from statistics import fmean
from typing import NamedTuple

from photocast.metrics.lexicons import (
    AGREEMENTS,
    BACK_CHANNELS,
    FILLERS,
    INTERJECTIONS,
    META_FRAMES,
    REACTIONS,
    RECOLLECTIONS,
    SHARED_HISTORY,
)
from photocast.metrics.reading import Phrases, Reading, carries_topic, read, share, undefined
from photocast.schema import Script

LONGEST_BACK_CHANNEL = 3
"""Words; a longer turn says something of its own."""
SLOWEST = 25
"""Words after which a turn counts as not having answered: its lag is cut off here."""

_AGREEMENTS, _REACTIONS, _FILLERS = Phrases(AGREEMENTS), Phrases(REACTIONS), Phrases(FILLERS)
_LONGEST = max(_AGREEMENTS.longest, _REACTIONS.longest)
_RECOLLECTIONS, _SHARED, _META = Phrases(RECOLLECTIONS), Phrases(SHARED_HISTORY), Phrases(META_FRAMES)


def backchannel_share(script: Script) -> float:
    """Share of turns that only show that somebody follows.

    At most three words, all of them covered by `lexicons.BACK_CHANNELS`.

    Unit: share
    Direction: distance to reference
    Source: this project; Pilán et al., arXiv:2309.15656, on what the dialogue of models lacks.
    Weakness: English; transcripts edited for reading have lost some.
    """
    return share(opening.is_back_channel for opening in read(script).english.once(_openings))


def agreement_opening_share(script: Script) -> float:
    """Share of turns after the first that begin by agreeing.

    They begin with a phrase of `lexicons.AGREEMENTS`, after any number of `lexicons.INTERJECTIONS`.

    Unit: share
    Direction: distance to reference
    Source: this project.
    Weakness: English; depends on the word list, whose version stands beside the figures.

    Raises:
        UndefinedMetric: there is only one turn, so nobody can agree.
    """
    return share(opening.agrees for opening in _answers(read(script).english, "The agreement opening share"))


def filler_rate(script: Script) -> float:
    """Words that only hold the floor, per 1,000 words.

    Positions at which a phrase of `lexicons.FILLERS` begins.

    Unit: per 1,000 words
    Direction: distance to reference
    Source: this project.
    Weakness: English; "kind of" and "I mean" also say something; edited transcripts have lost most.
    """
    return _rate(script, _FILLERS)


def reaction_lag(script: Script) -> float:
    """How many words go by before a turn answers the one before it.

    0 for a turn that opens with a reaction (`lexicons.REACTIONS`, `lexicons.AGREEMENTS`, a back-channel); else the
    words before the first content word that the previous turn has too; the length of the turn, at most 25, when there
    is none. Mean over the turns after the first.

    Unit: words
    Direction: distance to reference
    Source: a reconstruction: SPoRC-VIST, arXiv:2601.01062, judges "reaction speed" without a definition.
    Weakness: English; an answer in other words is not seen, and an echo is taken for one.

    Raises:
        UndefinedMetric: there is only one turn.
    """
    reading = read(script).english
    answers = _answers(reading, "The reaction lag")
    return fmean(
        0 if opening.agrees or opening.reacts or opening.is_back_channel else _taken_up(before, words)
        for opening, (before, words) in zip(answers, pairwise(reading.tokens_by_turn), strict=True)
    )


def reaction_opening_share(script: Script) -> float:
    """Share of turns after the first that open with a reaction such as "wait" or "no way".

    They begin with a phrase of `lexicons.REACTIONS`, after any number of `lexicons.INTERJECTIONS`.

    Unit: share
    Direction: distance to reference
    Source: this project; the claims of Table 6 of SPoRC-VIST, arXiv:2601.01062.
    Weakness: English; depends on the word list.

    Raises:
        UndefinedMetric: there is only one turn.
    """
    return share(opening.reacts for opening in _answers(read(script).english, "The reaction opening share"))


def recollection_rate(script: Script) -> float:
    """How often somebody tells what they lived through, per 1,000 words.

    Positions at which a phrase of `lexicons.RECOLLECTIONS` begins, such as "I remember" or "when I was".

    Unit: per 1,000 words
    Direction: distance to reference
    Source: SPoRC-VIST, arXiv:2601.01062, section 5.6, which names it and counts nothing.
    Weakness: English; what a machine remembers is invented, and much of it is a mannerism.
    """
    return _rate(script, _RECOLLECTIONS)


def shared_history_rate(script: Script) -> float:
    """How often speakers point at a past that they share, per 1,000 words.

    Positions at which a phrase of `lexicons.SHARED_HISTORY` begins, such as "remember when you".

    Unit: per 1,000 words
    Direction: distance to reference
    Source: SPoRC-VIST, arXiv:2601.01062, section 5.6, which names it and counts nothing.
    Weakness: English; hosts who know each other have it, strangers in an interview do not.
    """
    return _rate(script, _SHARED)


def meta_framing_rate(script: Script) -> float:
    """How often the talk gives away that it describes pictures it was handed, per 1,000 words.

    Positions at which a phrase of `lexicons.META_FRAMES` begins, such as "in this photo".

    Unit: per 1,000 words
    Direction: lower
    Source: this project; the prompt of SPoRC-VIST, arXiv:2601.01062, forbids it.
    Weakness: English; hosts who leaf through an album together may say so.
    """
    return _rate(script, _META)


def _rate(script: Script, phrases: Phrases) -> float:
    reading = read(script).english
    return 1000 * phrases.count(reading) / reading.words


class _Opening(NamedTuple):
    """How a turn begins."""

    agrees: bool
    reacts: bool
    is_back_channel: bool


def _openings(reading: Reading) -> list[_Opening]:
    return [_opening(words) for words in reading.tokens_by_turn]


def _opening(words: list[str]) -> _Opening:
    start = 0
    while start < len(words) and words[start] in INTERJECTIONS:
        start += 1
    rest = words[start : start + _LONGEST]
    return _Opening(
        agrees=_AGREEMENTS.opens(rest),
        reacts=_REACTIONS.opens(rest) or (start > 0 and _REACTIONS.opens(words)),
        is_back_channel=0 < len(words) <= LONGEST_BACK_CHANNEL and _covered(words),
    )


def _answers(reading: Reading, what: str) -> list[_Opening]:
    answers = reading.once(_openings)[1:]
    if not answers:
        raise undefined(what, "there is only one turn")
    return answers


def _taken_up(before: list[str], words: list[str]) -> int:
    shared = (at for at, word in enumerate(words[:SLOWEST]) if word in before and carries_topic(word))
    return min(next(shared, len(words)), SLOWEST)


def _covered(words: list[str]) -> bool:
    return not words or any(
        " ".join(words[:length]) in BACK_CHANNELS and _covered(words[length:]) for length in range(1, len(words) + 1)
    )
