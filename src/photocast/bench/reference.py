"""Builds a human reference: from conversations to quantiles, without a word of text."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from statistics import fmean, stdev

import numpy as np

from photocast.bench.conversations import Conversation, Said, script_of
from photocast.metrics import LEXICON_VERSION, METRICS, Figures, Needs, Quantiles, Reference, measure
from photocast.metrics.reading import read
from photocast.metrics.reference import STEPS, turn_length_quantiles
from photocast.metrics.reference import turn_length_w1 as distance
from photocast.schema import InputError, Script

FEWEST_WINDOWS = 20
"""Windows below which quantiles say nothing."""
MAIN = 0.05
"""Share of the words from which on somebody is one of the main speakers."""
_NOT_COMPARED = frozenset({"words", "turns", "speakers", "introduction", "sign_off", "truncated"})
"""What is decided by how the windows are cut."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Whose talk a reference is of, and how it is cut."""

    name: str
    title: str
    source: str
    licence: str
    attribution: str
    two_speakers: bool
    """Conversations of two main speakers, in windows in which both talk; else windows with three or more."""
    words: tuple[int, int] = (900, 1100)
    """Words of a window: at least, at most."""

    def describe(self, left_out: int) -> str:
        """How the windows were cut, in words."""
        low, high = self.words
        who = (
            f"conversations with two speakers who each say {MAIN:.0%} of the words or more, windows in which two talk"
            if self.two_speakers
            else "windows in which three or more talk"
        )
        return (
            f"{who}; consecutive whole turns, as few as reach {low} words, not overlapping; {left_out} windows above "
            f"{high} words left out; turns of one speaker in a row put together"
        )


def build_reference(
    found: Iterable[Conversation], recipe: Recipe, *, progress: Callable[[int], None] = lambda done: None
) -> Reference:
    """Measure people.

    Args:
        found: conversations between people.
        recipe: which of them are taken, and how they are cut.
        progress: is told how many conversations are read.

    Raises:
        InputError: fewer than 20 windows.
    """
    scripts, taken, left_out = [], 0, 0
    for done, conversation in enumerate(found, start=1):
        progress(done)
        if recipe.two_speakers and main_speakers(conversation) != 2:
            continue
        cut = [script_of(window) for window in windows(conversation.turns, recipe.words[0])]
        fitting = [script for script in cut if _talks(script, recipe)]
        short = [script for script in fitting if script.words() <= recipe.words[1]]
        left_out += len(fitting) - len(short)
        taken += bool(short)
        scripts += short
    if len(scripts) < FEWEST_WINDOWS:
        raise InputError(
            "These conversations make no reference",
            f"{len(scripts)} windows of {recipe.words[0]} to {recipe.words[1]} words were found, and quantiles need "
            f"{FEWEST_WINDOWS}",
            "Give more conversations, or ask for other windows",
        )
    lengths = np.concatenate([read(script).lengths for script in scripts])
    reference = Reference(
        name=recipe.name,
        title=recipe.title,
        source=recipe.source,
        licence=recipe.licence,
        attribution=recipe.attribution,
        recipe=recipe.describe(left_out),
        speakers="two" if recipe.two_speakers else "three or more",
        conversations=taken,
        windows=len(scripts),
        lexicon_version=LEXICON_VERSION,
        turn_lengths=turn_length_quantiles(lengths),
        figures={},
    )
    return reference.model_copy(update={"figures": _figures(scripts, reference)})


def main_speakers(conversation: Conversation) -> int:
    """How many say at least a twentieth of the words."""
    said = Counter[str]()
    for speaker, text in conversation.turns:
        said[speaker] += len(text.split())
    return sum(count >= MAIN * said.total() for count in said.values())


def windows(turns: Iterable[Said], fewest: int) -> Iterator[list[Said]]:
    """As few whole turns as reach so many words, one window after the other; what remains at the end is dropped."""
    window: list[Said] = []
    words = 0
    for speaker, text in turns:
        if words >= fewest and speaker != window[-1][0]:
            yield window
            window, words = [], 0
        window.append((speaker, text))
        words += len(text.split())
    if words >= fewest:
        yield window


def _talks(script: Script, recipe: Recipe) -> bool:
    return len(script.speakers) == 2 if recipe.two_speakers else len(script.speakers) > 2


def _figures(scripts: list[Script], reference: Reference) -> dict[str, Quantiles]:
    measured: list[Figures] = []
    for script in scripts:
        figures = measure(script)
        figures.values["turn_length_w1"] = distance(script, reference)
        measured.append(figures)
    found = {}
    for name, metric in METRICS.items():
        if metric.needs in (Needs.SCRIPT, Needs.REFERENCE) and name not in _NOT_COMPARED:
            values = [one.values[name] for one in measured if name in one.values]
            if len(values) >= FEWEST_WINDOWS and min(values) < max(values):  # alike in all: nobody wrote it down
                found[name] = _quantiles(values)
    return found


def _quantiles(values: list[float]) -> Quantiles:
    cuts = np.quantile(values, np.linspace(0, 1, STEPS + 1))
    return Quantiles(
        n=len(values),
        mean=round(fmean(values), 5),
        sd=round(stdev(values), 5),
        values=tuple(round(cut, 5) for cut in cuts.tolist()),
    )
