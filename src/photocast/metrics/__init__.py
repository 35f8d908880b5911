"""Figures of a script: pure functions, and the people they are compared with."""

from photocast.metrics.conversation import (
    agreement_opening_share,
    back_channel_share,
    cut_off_share,
    median_words_per_turn,
    question_share,
    round_robin_index,
    short_turn_share,
    speaker_share_entropy,
    switch_rate,
    turn_length_cv,
    words_per_turn,
)
from photocast.metrics.figures import FIGURES, ShapeFigures, shape
from photocast.metrics.human import HUMAN, Band, Bands, Comparison, HumanReference, compare
from photocast.metrics.lexicons import AGREEMENTS, BACK_CHANNELS, LEXICON_VERSION
from photocast.metrics.repetition import distinct_2, rep_4

__all__ = [
    "AGREEMENTS",
    "BACK_CHANNELS",
    "FIGURES",
    "HUMAN",
    "LEXICON_VERSION",
    "Band",
    "Bands",
    "Comparison",
    "HumanReference",
    "ShapeFigures",
    "agreement_opening_share",
    "back_channel_share",
    "compare",
    "cut_off_share",
    "distinct_2",
    "median_words_per_turn",
    "question_share",
    "rep_4",
    "round_robin_index",
    "shape",
    "short_turn_share",
    "speaker_share_entropy",
    "switch_rate",
    "turn_length_cv",
    "words_per_turn",
]
