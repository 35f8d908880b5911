"""Rewards of likeness to people: the shape of the conversation, and no more repetition than people have."""

from collections.abc import Iterator
from statistics import fmean

from photocast.metrics import METRICS, Quantiles, Reference
from photocast.metrics.diversity import rep_4
from photocast.metrics.reference import turn_length_w1
from photocast.schema import Script
from photocast.training.rewards.asked import Asked
from photocast.training.rewards.talk import between, figure, talk_of

SHAPE = (
    "turn_length_cv",
    "short_turn_share",
    "cutoff_share",
    "question_share",
    "speaker_share_entropy",
    "round_robin",
)
"""Figures of a conversation's shape that count beside the distance of its turn lengths: what tells people from models,
and what models could go astray in if nobody looked."""
LOOP = 0.2
"""Share of repeated 4-grams at which a talk is a loop, as `watch.loop_rep_4` of a recipe has it by default."""


def shape(text: str, asked: Asked) -> float | None:
    """How near the shape of a conversation is to that of people.

    Mean of the closeness of `turn_length_w1` and the figures of `SHAPE`. With the quantiles q of the people, closeness
    is 1 from q25 to q75 and falls linearly to 0 at a distance of q90 - q10 from there, wide enough for models to begin
    on the slope; of `turn_length_w1`, a distance itself, it is 1 from 0 to q75. A figure that the talk leaves undefined
    is 0; one in which people do not differ, or that the reference lacks, is left out, and `round_robin` where fewer
    than three were to speak. 0 where fewer than two speak, or a language without spaces is spoken. Does not apply where
    one was asked for.

    Range: 0 to 1; people come to about 0.85
    Source: this project; the figures are those of photocast.metrics.
    Weakness: counts turns and reads none: a `Mm-hm` now and then, a dash at the end of some turns and one long turn
    earn much of it. References are of about 900 words; shorter talk scatters more.
    """
    if not asked.spaced:
        return None
    script = talk_of(text)
    if script is None or len({turn.speaker for turn in script.turns}) < 2:
        return 0.0
    people = asked.people(script)
    distance = figure(turn_length_w1, script, people)
    return 0.0 if distance is None else fmean(_closeness(script, distance, people, asked))


def repetition(text: str, asked: Asked) -> float | None:
    """How little of a talk was said before.

    1 up to the share of repeated 4-grams (rep-4) that nine of ten stretches of people stay below, falling linearly to
    0 at 0.2, which is a loop. 0 where nobody says four words. Does not apply to languages without spaces.

    Range: 0 to 1
    Source: this project, with rep-n of Welleck et al., arXiv:1908.04319.
    Weakness: sees words, not thoughts: the same thing in other words is free. Grows with the length; the people's
    share is of about 900 words.
    """
    if not asked.spaced:
        return None
    script = talk_of(text)
    repeated = None if script is None else figure(rep_4, script)
    if script is None or repeated is None:
        return 0.0
    people = asked.people(script).figures["rep_4"].at(0.9)
    return between(repeated, none=LOOP, full=min(people, LOOP / 2))


def _closeness(script: Script, distance: float, people: Reference, asked: Asked) -> Iterator[float]:
    """Of every figure that applies; whether one does depends on the people and on what was asked."""
    yield _close(distance, people.figures["turn_length_w1"], low=0)
    for name in SHAPE:
        band = people.figures.get(name)
        if band is None or band.at(0.1) == band.at(0.9) or (name == "round_robin" and (asked.speakers or 3) < 3):
            continue
        value = figure(METRICS[name].function, script)
        yield 0.0 if value is None else _close(value, band, low=band.at(0.25))


def _close(value: float, people: Quantiles, *, low: float) -> float:
    """1 from `low` to the upper quarter of people, 0 at the width of their middle four fifths from there."""
    outside = max(low - value, value - people.at(0.75), 0.0)
    return between(outside, none=people.at(0.9) - people.at(0.1), full=0)
