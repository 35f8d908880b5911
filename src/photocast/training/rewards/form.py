"""Rewards of form: labels, what was forbidden, and length."""

import re
from statistics import fmean

from photocast.metrics.compliance import (
    Target,
    image_reference_rate,
    introduction,
    label_validity,
    length_error,
    sign_off,
    stage_direction_rate,
    truncated,
)
from photocast.models.tokens import text_tokens
from photocast.training.rewards.asked import Asked
from photocast.training.rewards.talk import between, figure, talk_of

FORBIDDEN = 10.0
"""Words for pictures, or stage directions, per 1,000 words, that earn nothing: one in a hundred words."""

_LABELLED = re.compile(r"[\s*_#]*Speaker ([1-9]\d?)[\s*_]*[:：]")
_ALONE = re.compile(rf"^({_LABELLED.pattern}[*_]*)[^\S\n]*\n\s*", re.MULTILINE)
"""A label alone on its line, with the words below it."""


def labels(text: str, asked: Asked) -> float:
    """How far everybody who was asked for talks, under the labels that were asked for.

    v · h. v is the lower of two shares: of the lines that begin with `Speaker k:` and a k up to `Asked.speakers`, where
    words below a label alone are of its line, and of the turns that a reader finds under such a label. h is the share
    of the speakers asked for that are heard. Where no number was asked for, any k will do and h is 1. 0 where nobody
    can be found who says anything.

    Range: 0 to 1
    Source: this project; SPoRC-VIST, arXiv:2601.01062, asks for these labels and counts others as no talk.
    Weakness: says nothing of who speaks: one empty word under each label is enough. A turn of two paragraphs is a line
    without a label.
    """
    script = talk_of(text)
    if script is None:
        return 0.0
    names = tuple(f"Speaker {number}" for number in range(1, (asked.speakers or 0) + 1))
    begun = [_LABELLED.match(line) for line in _ALONE.sub(r"\1 ", text).splitlines() if line.strip()]
    lines = fmean(one is not None and int(one[1]) <= (asked.speakers or 99) for one in begun)
    heard = {turn.speaker for turn in script.turns}.intersection(names)
    turns = label_validity(script, Target(labels=names))
    return min(lines, turns) * (len(heard) / len(names) if names else 1.0)


def compliance(text: str, asked: Asked) -> float | None:
    """How far a talk keeps to what the prompt forbids.

    Mean of five: no words for pictures, and no stage directions (each 1 - rate / 10, with the rate per 1,000 words and
    no less than 0); no introduction; no sign-off; and an end, a last turn that is not broken off (each 0 or 1). 0 where
    nobody speaks, or another language is spoken. Does not apply to languages other than English.

    Range: 0 to 1
    Source: this project; the prompt of SPoRC-VIST, arXiv:2601.01062, forbids these.
    Weakness: word lists: a talk that describes pictures without the word `photo` is not found out, and two words each
    with a full stop keep to everything.
    """
    if asked.language != "en":
        return None
    script = talk_of(text)
    images = None if script is None else figure(image_reference_rate, script)
    if script is None or images is None:
        return 0.0
    rates = (images, stage_direction_rate(script))
    faults = (introduction(script), sign_off(script), truncated(script))
    return fmean([*(between(rate, none=FORBIDDEN, full=0) for rate in rates), *(1 - fault for fault in faults)])


def length(text: str, asked: Asked) -> float | None:
    """How near a talk is to the length that was asked for.

    1 at `Asked.words` words, falling linearly on both sides: 1 - |words - asked| / asked, and no less than 0, which is
    nothing and twice as much. Labels and directions are no words. 0 where nobody speaks. Does not apply where no
    length was asked for, nor to languages without spaces.

    Range: 0 to 1
    Source: this project.
    Weakness: any words will do; repeating is the cheapest way to more of them.
    """
    if not asked.words or not asked.spaced:
        return None
    script = talk_of(text)
    error = None if script is None else figure(length_error, script, Target(words=asked.words))
    return 0.0 if error is None else max(0.0, 1 - error)


def length_limit(text: str, asked: Asked) -> float:
    """Whether a text comes to an end in time.

    1 up to `Asked.limit` tokens, falling linearly to 0 at twice as many. Tokens are estimated: four letters of ASCII
    are one, and so is every other letter.

    Range: 0 to 1
    Source: R_L of AVoCaDO, arXiv:2510.10395: 1 up to 2,048 tokens, 0 from 4,096 on.
    Weakness: the shorter the better as far as it goes; it stops loops and asks for nothing. Where a trainer cuts an
    answer before the limit, it is always 1.
    """
    return between(text_tokens(text).expected, none=2 * asked.limit, full=asked.limit)
