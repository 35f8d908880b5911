"""All figures of a script at once, with what is undefined named instead of zero."""

from collections.abc import Callable

from photocast.metrics import conversation, repetition
from photocast.schema import Script, UndefinedMetric
from photocast.schema.record import Record

FIGURES: dict[str, Callable[[Script], float]] = {
    "words_per_turn": conversation.words_per_turn,
    "median_words_per_turn": conversation.median_words_per_turn,
    "turn_length_cv": conversation.turn_length_cv,
    "switch_rate": conversation.switch_rate,
    "speaker_share_entropy": conversation.speaker_share_entropy,
    "short_turn_share": conversation.short_turn_share,
    "cut_off_share": conversation.cut_off_share,
    "back_channel_share": conversation.back_channel_share,
    "question_share": conversation.question_share,
    "agreement_opening_share": conversation.agreement_opening_share,
    "round_robin_index": conversation.round_robin_index,
    "distinct_2": repetition.distinct_2,
    "rep_4": repetition.rep_4,
}
"""Every figure by name; the names are the fields of `ShapeFigures`."""


class ShapeFigures(Record):
    """The figures of one script. Definitions, ranges and units: the functions of the same names."""

    words: int
    turns: int
    """After putting together the turns of one speaker in a row, as in all figures."""
    speakers: int
    """Those who say something."""
    words_per_turn: float | None
    median_words_per_turn: float | None
    turn_length_cv: float | None
    switch_rate: float | None
    speaker_share_entropy: float | None
    short_turn_share: float | None
    cut_off_share: float | None
    back_channel_share: float | None
    question_share: float | None
    agreement_opening_share: float | None
    round_robin_index: float | None
    distinct_2: float | None
    rep_4: float | None
    undefined: dict[str, str]
    """Why a figure is none, by its name."""


def shape(script: Script) -> ShapeFigures:
    """All figures of a script."""
    values: dict[str, float | None] = {}
    undefined: dict[str, str] = {}
    for name, figure in FIGURES.items():
        try:
            values[name] = figure(script)
        except UndefinedMetric as error:
            values[name], undefined[name] = None, error.why
    turns = conversation.stretches(script)
    counts = {"words": script.words(), "turns": len(turns), "speakers": len({turn.speaker for turn in turns})}
    return ShapeFigures.model_validate({**counts, **values, "undefined": undefined})
