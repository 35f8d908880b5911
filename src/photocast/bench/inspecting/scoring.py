"""Figures of answers, and what they come to over all answers.

A score holds what has a value and nothing else. Inspect would keep a missing value as NaN, which is no JSON, or as
None, which its reducers take for 0; so a figure without a value is absent, and the metrics here know that. An answer
that cannot be read has `unreadable` alone: it is counted, and enters no mean.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from pathlib import Path
from statistics import fmean

import numpy as np
from inspect_ai.scorer import SampleScore, Score

from photocast.bench.beside import add_caption_figures
from photocast.bench.inspecting.asking import Asked
from photocast.bench.score import add_set_figures
from photocast.bench.statistics import intervals
from photocast.bench.transcripts import Transcript
from photocast.metrics import METRICS, Figures, Target, across, measure, reference
from photocast.models.thoughts import without_thoughts
from photocast.schema import InputError, UndefinedMetric, parse_transcript
from photocast.writing.prompted.said import photo_marks

UNREADABLE = "unreadable"
_REFUSED, _CUT_OFF = "content_filter", "max_tokens"
"""Reasons of Inspect's for the end of an answer."""


@dataclass(frozen=True, slots=True)
class _Scored:
    """An answer that could be read."""

    item: str
    epoch: int
    transcript: Transcript
    figures: Figures
    captions: str


def score_answer(
    completion: str, asked: Asked, people: str, *, epoch: int, captions: str = "", ended: str = "stop"
) -> Score:
    """The score of one answer: its figures by name, or that it cannot be read, and why.

    Args:
        completion: what the model wrote.
        asked: what it was asked for.
        people: name of the human reference.
        epoch: number of the try, from 1.
        captions: what people wrote about the album.
        ended: why the answer ended, as Inspect calls it.

    Raises:
        UsageError: there is no such reference.
    """
    text = spoken(completion, asked)
    noted = {"epoch": epoch, "captions": captions, "reference": people}
    try:
        script = parse_transcript(text)
    except InputError as error:
        why = "it was cut off at the most tokens it may have; " if ended == _CUT_OFF else ""
        return Score(
            value={UNREADABLE: 1.0},
            answer=text,
            explanation=f"{error.what}: {why}{error.why}",
            reason=_reason(text, ended),
            metadata=noted,
        )
    target = Target(words=asked.words, labels=asked.labels) if asked.words or asked.labels else None
    figures = measure(script, reference=reference(people), target=target)
    return Score(
        value={UNREADABLE: 0.0} | figures.values, answer=text, metadata=noted | {"undefined": figures.undefined}
    )


def spoken(completion: str, asked: Asked) -> str:
    """The transcript in an answer: without thoughts, and without the marks of photos where they were asked for."""
    if asked.style is None:
        return completion
    text = without_thoughts(completion).strip()
    if asked.style == "paper":
        return text
    return "\n".join(photo_marks(line)[0] for line in text.splitlines())


def means(scores: Sequence[SampleScore]) -> dict[str, float]:
    """The mean of every figure over the items that have it, and the figures that only a whole set has."""
    answers = list(_readable(scores))
    rows = _by_item(answers)
    found = {name: fmean(row[name] for row in rows if name in row) for name in _names(rows)}
    return found | _of_the_set(answers)


def interval_ends(scores: Sequence[SampleScore], seed: int) -> dict[str, float]:
    """`NAME_low` and `NAME_high`: the bootstrap interval of every mean of two or more items."""
    rows = _by_item(list(_readable(scores)))
    names = _names(rows)
    matrix = np.array([[row.get(name, np.nan) for name in names] for row in rows]).reshape(len(rows), len(names))
    found: dict[str, float] = {}
    for name, (low, high) in zip(names, intervals(matrix, seed=seed).tolist(), strict=True):
        if not isnan(low):  # it is where fewer than two items have a value
            found |= {f"{name}_low": low, f"{name}_high": high}
    return found


def counts(scores: Sequence[SampleScore]) -> dict[str, float]:
    """How many answers could be read and how many not, and `NAME_undefined`: items of the former without a value."""
    answers = list(_readable(scores))
    rows = _by_item(answers)
    tried = {name for one in answers for name in (*one.figures.values, *one.figures.undefined)}
    lacking = {name: sum(name not in row for row in rows) for name in METRICS if name in tried}
    found: dict[str, float] = {UNREADABLE: len(scores) - len(answers), "readable": len(answers)}
    return found | {f"{name}_undefined": count for name, count in lacking.items() if count}


def _reason(text: str, ended: str) -> str:
    if ended == _REFUSED:
        return "refusal"
    return "invalid_response_format" if text.strip() else "no_response"


def _readable(scores: Sequence[SampleScore]) -> Iterator[_Scored]:
    """Every answer that could be read, with what compares it with the others of its epoch."""
    answers = [_scored(one) for one in scores if not one.score.as_dict()[UNREADABLE]]
    for epoch in sorted({one.epoch for one in answers}):
        together = [one for one in answers if one.epoch == epoch]
        add_set_figures([one.transcript for one in together], [one.figures for one in together])
        told = [one for one in together if one.captions]
        scripts, captions = [one.transcript.script for one in told], [one.captions for one in told]
        add_caption_figures(scripts, captions, [one.figures for one in told])
        yield from together


def _scored(one: SampleScore) -> _Scored:
    item, text, noted = str(one.sample_id), one.score.answer or "", one.score.metadata or {}
    values = {
        name: float(value) for name, value in one.score.as_dict().items() if name in METRICS and value is not None
    }
    figures = Figures(values, dict(noted["undefined"]))
    return _Scored(
        item, noted["epoch"], Transcript(Path(item), item, text, parse_transcript(text)), figures, noted["captions"]
    )


def _by_item(answers: Sequence[_Scored]) -> list[Mapping[str, float]]:
    """The figures of every item: means over its epochs, so that an item counts once however often it is tried."""
    tries: dict[str, list[dict[str, float]]] = {}
    for one in answers:
        tries.setdefault(one.item, []).append(one.figures.values)
    return [
        {name: fmean(values[name] for values in of_one if name in values) for name in _names(of_one)}
        for of_one in tries.values()
    ]


def _names(rows: Sequence[Mapping[str, float]]) -> list[str]:
    return [name for name in METRICS if any(name in row for row in rows)]


def _of_the_set(answers: Sequence[_Scored]) -> dict[str, float]:
    """What only a whole set has, as the mean over the epochs in which it is defined."""
    metric, values = across.opening_diversity, []
    for epoch in dict.fromkeys(one.epoch for one in answers):
        try:
            values.append(metric([one.transcript.script for one in answers if one.epoch == epoch]))
        except UndefinedMetric:
            continue
    return {metric.__name__: fmean(values)} if values else {}
