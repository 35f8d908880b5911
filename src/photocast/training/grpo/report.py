"""Before and after, by stratum: what came of each stage, with intervals."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from photocast.schema.record import Record
from photocast.training.grpo.difficulty import NOTE, rewards_of
from photocast.training.grpo.prompts import Prompts
from photocast.training.grpo.rollouts import Rollout
from photocast.training.grpo.scoring import Score
from photocast.training.grpo.strata import in_order
from photocast.training.watch import repeated

ALL = "all"
RESAMPLES = 2000
_BLOCK = 100
_LEVEL = 0.95
_ABOUT = {
    "reward": "mean reward, weighed as in the last stage",
    "rep_4": "share of repeated 4-grams",
    "tokens": "tokens of an answer",
    "ended": "share of answers that came to their own end",
}


class Mean(Record):
    """A mean over prompts, with the interval that 95 of 100 bootstrap samples of the prompts lie in."""

    mean: float
    low: float | None
    """None where there are fewer than two prompts."""
    high: float | None


class Line(Record):
    """One measure of one stratum, before and after each stage."""

    split: str
    stratum: str
    measure: str
    prompts: int = Field(ge=0)
    """That have the measure before and after; a reward does not apply to every prompt."""
    means: tuple[Mean | None, ...]
    """One a step; None where no prompt has it."""
    change: Mean | None
    """From before to after the last stage, prompt by prompt."""


class GrpoReport(Record):
    """What came of a run."""

    note: str = NOTE
    steps: tuple[str, ...]
    """`before`, and the name of each stage."""
    weights: dict[str, float]
    """Of the rewards in `reward`: those of the last stage."""
    answers: int
    """To every prompt, each time."""
    partitions: dict[str, dict[str, int]]
    """By stage: how many prompts were easy, hard, and dropped for each reason."""
    lines: tuple[Line, ...]


Measures = Mapping[str, float | None]
"""By name, of one prompt; None where it has none."""


def measures_of(rollout: Rollout, score: Score, weights: Mapping[str, float]) -> dict[str, float | None]:
    """What is told of the answers to one prompt: the mean over its answers of each measure."""
    shares = [repeated(text.split()) for text in rollout.texts]
    return {
        "reward": _mean(rewards_of(score.scores, weights)),
        **{name: _mean(values) for name, values in score.scores.items()},
        "rep_4": _mean(shares),
        "tokens": fmean(rollout.tokens),
        "ended": fmean(rollout.ended),
    }


def lines_of(prompts: Prompts, steps: Sequence[Mapping[str, Measures]], *, seed: int) -> list[Line]:
    """All measures of all strata of a split.

    Args:
        prompts: the split.
        steps: for each, the measures by prompt.
        seed: of the bootstrap.
    """
    strata = {ALL: list(prompts.ids)}
    for name in in_order(set().union(*prompts.strata)):
        strata[name] = [one for one, own in zip(prompts.ids, prompts.strata, strict=True) if name in own]
    measures = list(next(iter(steps[0].values())))
    return [
        _line(prompts.split, stratum, measure, [[step[one][measure] for one in ids] for step in steps], seed)
        for measure in measures
        for stratum, ids in strata.items()
    ]


def markdown(report: GrpoReport) -> str:
    """The report to read: for each split and measure, a table of strata."""
    heads = ["before", *(f"after {name}" for name in report.steps[1:])]
    out = ["# Before and after", "", f"The partition is {report.note}."]
    out += ["", *_table(["stage", *next(iter(report.partitions.values()))], _partitions(report)), ""]
    out += [f"Means over prompts with {report.answers} answers each; in brackets the 95 % interval of a bootstrap."]
    for split in dict.fromkeys(line.split for line in report.lines):
        for measure in dict.fromkeys(line.measure for line in report.lines):
            rows = [
                [line.stratum, f"{line.prompts:,}", *map(_cell, line.means), _cell(line.change, sign="+")]
                for line in report.lines
                if (line.split, line.measure) == (split, measure)
            ]
            title = _ABOUT.get(measure, f"reward `{measure}`")
            out += ["", f"## {split}: {title}", "", *_table(["prompts", "n", *heads, "change"], rows)]
    return "\n".join(out) + "\n"


def bootstrap(values: Sequence[float], seed: int) -> Mean:
    """The mean of some values with its interval: percentiles of the means of samples drawn with replacement.

    Args:
        values: one a prompt, at least one.
        seed: of the samples.
    """
    found = np.asarray(values, dtype=np.float64)
    if len(found) < 2:
        return Mean(mean=float(found.mean()), low=None, high=None)
    means = _resampled(found, seed)
    low, high = np.quantile(means, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return Mean(mean=float(found.mean()), low=float(low), high=float(high))


def _resampled(values: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    """(resamples,); a block after the other, so that many prompts need little memory."""
    draw = np.random.default_rng(seed)
    blocks = (values[draw.integers(len(values), size=(_BLOCK, len(values)))] for _ in range(RESAMPLES // _BLOCK))
    return np.concatenate([block.mean(axis=1) for block in blocks])


def _line(split: str, stratum: str, measure: str, steps: Sequence[Sequence[float | None]], seed: int) -> Line:
    there = [[one for one in values if one is not None] for values in steps]
    pairs = zip(steps[0], steps[-1], strict=True)
    changes = [after - before for before, after in pairs if before is not None and after is not None]
    return Line(
        split=split,
        stratum=stratum,
        measure=measure,
        prompts=len(changes),
        means=tuple(bootstrap(values, seed) if values else None for values in there),
        change=bootstrap(changes, seed) if changes else None,
    )


def _mean(values: Iterable[float | None]) -> float | None:
    there = [one for one in values if one is not None]
    return fmean(there) if there else None


def _partitions(report: GrpoReport) -> list[list[str]]:
    return [[name, *(f"{count:,}" for count in counts.values())] for name, counts in report.partitions.items()]


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [[head.replace("_", " ") for head in heads], ["---", *["---:"] * (len(heads) - 1)], *rows]
    return [f"| {' | '.join(line)} |" for line in lines]


def _cell(mean: Mean | None, sign: Literal["", "+"] = "") -> str:
    if mean is None:
        return "–"
    between = "" if mean.low is None else f" ({mean.low:{sign}.3g} to {mean.high:{sign}.3g})"
    return f"{mean.mean:{sign}.3g}{between}"
