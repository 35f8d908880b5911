"""Whether a script keeps to what was asked for: no show around it, no pictures described as pictures, so many words."""

import re
from dataclasses import dataclass

from photocast.metrics.lexicons import IMAGE_WORDS, INTRODUCTIONS, SIGN_OFFS
from photocast.metrics.reading import Phrases, read, share, undefined
from photocast.schema import Script

_IMAGES, _INTRODUCTIONS, _SIGN_OFFS = Phrases(IMAGE_WORDS), Phrases(INTRODUCTIONS), Phrases(SIGN_OFFS)
_EDGE = 2
"""Turns at either end in which a show opens or ends."""
_EDGE_WORDS = 60
"""Words of such a turn that are looked at."""
_ENDED = re.compile(r"[.?!。？！…][\"'”’)\]*_]*$")
_DIRECTION = re.compile(r"\[[^\[\]\n]{2,60}\]|\((?:[a-z]+(?:ing|s)\b[^()\n]{0,40})\)|\*[a-z][^*\n]{2,40}\*")
_NUMBERED = re.compile(r"Speaker [1-9]\d?")


@dataclass(frozen=True, slots=True)
class Target:
    """What a script was asked to be."""

    words: int | None = None
    """How long; none leaves `length_ratio` out."""
    labels: tuple[str, ...] = ()
    """Names that turns may carry; none means `Speaker 1`, `Speaker 2`, …"""


def image_reference_rate(script: Script) -> float:
    """Words for pictures as pictures, per 1,000 words.

    Words of `lexicons.IMAGE_WORDS`, such as "photo" or "image".

    Unit: per 1,000 words
    Direction: lower
    Source: this project; the prompt of SPoRC-VIST, arXiv:2601.01062, forbids them.
    Weakness: English; a talk about photography needs them.
    """
    reading = read(script).english
    return 1000 * _IMAGES.count(reading) / reading.words


def introduction(script: Script) -> float:
    """Whether the script opens as a show does; 1 if so.

    A phrase of `lexicons.INTRODUCTIONS` in the first 60 words of the first two turns.

    Unit: share of scripts
    Direction: lower
    Source: this project; the prompt of SPoRC-VIST, arXiv:2601.01062, forbids it.
    Weakness: English; a real episode opens so, an excerpt does not.
    """
    return float(
        any(_INTRODUCTIONS.within(words[:_EDGE_WORDS]) for words in read(script).english.tokens_by_turn[:_EDGE])
    )


def sign_off(script: Script) -> float:
    """Whether the script ends as a show does; 1 if so.

    A phrase of `lexicons.SIGN_OFFS` in the last 60 words of the last two turns.

    Unit: share of scripts
    Direction: lower
    Source: this project; the prompt of SPoRC-VIST, arXiv:2601.01062, forbids it.
    Weakness: English; a real episode ends so, an excerpt does not.
    """
    last = read(script).english.tokens_by_turn[-_EDGE:]
    return float(any(_SIGN_OFFS.within(words[-_EDGE_WORDS:]) for words in last))


def stage_direction_rate(script: Script) -> float:
    """Stage directions per 1,000 words.

    Manners and sounds that were written beside the words (`Delivery`), and brackets that are left in the text. Where
    the writer was asked for delivery (`Provenance.delivery`), only the brackets count: the others are wanted.

    Unit: per 1,000 words
    Direction: lower
    Source: this project; the prompt of SPoRC-VIST, arXiv:2601.01062, forbids them.
    Weakness: those after the last turn are not seen.
    """
    reading = read(script)
    wanted = script.provenance is not None and script.provenance.delivery
    marks = sum(len(turn.delivery.events) + bool(turn.delivery.manner) for turn in script.turns)
    left = len(_DIRECTION.findall(reading.text))
    return 1000 * (left + (0 if wanted else marks)) / reading.words


def truncated(script: Script) -> float:
    """Whether the script stops in the middle of a sentence; 1 if so.

    The last turn does not end in a full stop, a question mark, an exclamation mark or an ellipsis.

    Unit: share of scripts
    Direction: lower
    Source: this project.
    Weakness: an excerpt of people may stop anywhere; unpunctuated transcripts always do.
    """
    return float(not _ENDED.search(script.turns[-1].text.rstrip()))


def label_validity(script: Script, target: Target) -> float:
    """Share of turns that are labelled as was asked for.

    By a name of `Target.labels`, or, without any, `Speaker` and a number.

    Unit: share
    Direction: higher
    Source: this project; SPoRC-VIST, arXiv:2601.01062, asks for `Speaker 1:` and counts other labels as no talk.
    Weakness: a reader does not mind; parsers do.
    """
    if target.labels:
        return share(turn.speaker in target.labels for turn in script.turns)
    return share(bool(_NUMBERED.fullmatch(turn.speaker)) for turn in script.turns)


def length_ratio(script: Script, target: Target) -> float:
    """How long the script is beside what was asked for; 1 is right.

    Words of the script over `Target.words`.

    Unit: ratio
    Direction: distance to 1
    Source: this project.
    Weakness: the mean hides that some are too short and others too long: look at the spread.

    Raises:
        UndefinedMetric: no length was asked for.
    """
    return read(script).words / _asked(target)


def length_error(script: Script, target: Target) -> float:
    """How far the script is from the length that was asked for.

    |words - target| / target.

    Unit: ratio
    Direction: lower
    Source: this project.
    Weakness: too short and too long count alike.

    Raises:
        UndefinedMetric: no length was asked for.
    """
    asked = _asked(target)
    return abs(read(script).words - asked) / asked


def _asked(target: Target) -> int:
    if not target.words:
        raise undefined("A figure of length", "no length was asked for")
    return target.words
