"""From scores to figures: means of systems with intervals, differences, and how far judges agree."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from statistics import fmean

import numpy as np

from photocast.bench.judging.rubric.results import (
    Agreement,
    Difference,
    JudgeSummary,
    Mean,
    Missing,
    RubricResult,
    Together,
)
from photocast.bench.judging.rubric.scores import Score
from photocast.bench.judging.votes import Status
from photocast.bench.results import Failure
from photocast.bench.statistics import RESAMPLES, Values, holm, intervals, pairs, resampled_means, tails
from photocast.runs import ModelUse

_ONE_REASON = (
    "a score by probabilities rests on one reason that was drawn at temperature 0: other reasons could give others"
)


def summarise(
    scores: Sequence[Score],
    *,
    failed: Sequence[Failure] = (),
    notes: Sequence[str] = (),
    use: Sequence[ModelUse] = (),
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> RubricResult:
    """Means, differences and agreement of scores.

    Args:
        scores: of any systems, criteria and judges; one for each question.
        failed: files that were not rated.
        notes: what else a reader must know.
        use: what the judges were asked in this run.
        resamples: of every interval.
        seed: of the draws.
    """
    systems, criteria, judges = (_names(scores, by) for by in ("system", "criterion", "judge"))
    grid = _Grid(scores, judges)
    cells = [(system, criterion) for criterion in criteria for system in systems]
    everyone = grid.means([(*cell, "") for cell in cells], resamples, seed)
    by_judge = grid.means([(*cell, judge) for judge in judges for cell in cells], resamples, seed)
    return RubricResult(
        n=len({score.item for score in scores}),
        systems=systems,
        criteria=criteria,
        means=tuple(everyone),
        judges=tuple(_judge(judge, scores) for judge in judges),
        by_judge=tuple(by_judge),
        differences=tuple(_differences(grid, systems, criteria, resamples, seed)),
        agreement=tuple(
            _agreement(grid, criterion, judges, resamples, seed) for criterion in criteria if len(judges) > 1
        ),
        missing=tuple(_missing(scores)),
        failed=tuple(failed),
        notes=(*notes, *_notes(scores, grid)),
        use=tuple(use),
        resamples=resamples,
        seed=seed,
    )


class _Grid:
    """Scores by system, criterion, item and judge."""

    def __init__(self, scores: Sequence[Score], judges: Sequence[str]) -> None:
        self._found: dict[tuple[str, str], dict[str, dict[str, float]]] = {}
        for score in scores:
            of_item = self._found.setdefault((score.system, score.criterion), {}).setdefault(score.item, {})
            if score.score is not None:
                of_item[score.judge] = score.score
        heard = {judge for items in self._found.values() for found in items.values() for judge in found}
        self.judges = tuple(judge for judge in judges if judge in heard)
        self._items = _names(scores, "item")

    def means(self, columns: Sequence[tuple[str, str, str]], resamples: int, seed: int) -> list[Mean]:
        """Means with intervals of systems on criteria by judges; no judge means all of them together."""
        matrix = self.matrix(columns)
        ends = intervals(matrix, resamples=resamples, seed=seed)
        return [
            Mean(
                system=system,
                criterion=criterion,
                judge=judge,
                mean=fmean(known) if (known := values[~np.isnan(values)].tolist()) else None,
                ci95=None if math.isnan(low) else (float(low), float(high)),
                n=len(known),
                left_out=len(self._found.get((system, criterion), ())) - len(known),
            )
            for (system, criterion, judge), values, (low, high) in zip(columns, matrix.T, ends, strict=True)
        ]

    def matrix(self, columns: Sequence[tuple[str, str, str]]) -> Values:
        """(items, columns), NaN where there is no score."""
        values = [
            [self._value(self._found.get((system, criterion), {}).get(item, {}), judge) for item in self._items]
            for system, criterion, judge in columns
        ]
        return np.array(values, dtype=np.float64).reshape(len(columns), len(self._items)).T

    def _value(self, found: Mapping[str, float], judge: str) -> float:
        """Of all judges the mean, if every one of them has scored: or it would depend on who has."""
        if judge:
            return found.get(judge, math.nan)
        return fmean(found.values()) if found and len(found) == len(self.judges) else math.nan

    def table(self, criterion: str, judges: Sequence[str]) -> tuple[Values, list[str]]:
        """(texts, judges) of scores, NaN where there is none, and the item of every text."""
        rows = [
            (item, [found.get(judge, math.nan) for judge in judges])
            for (_, name), items in self._found.items()
            if name == criterion
            for item, found in items.items()
        ]
        return np.array([row for _, row in rows], dtype=np.float64), [item for item, _ in rows]


def _differences(
    grid: _Grid, systems: Sequence[str], criteria: Sequence[str], resamples: int, seed: int
) -> Iterator[Difference]:
    """Every two systems on every criterion, over the items that both have; p-values allow for all of them."""
    asked = [(criterion, a, b) for criterion in criteria for a, b in combinations(systems, 2)]
    ours = grid.matrix([(a, criterion, "") for criterion, a, _ in asked])
    theirs = grid.matrix([(b, criterion, "") for criterion, _, b in asked])
    compared = pairs(ours, theirs, resamples=resamples, seed=seed) if asked else []
    found = [(names, one) for names, one in zip(asked, compared, strict=True) if one is not None]
    corrected = holm([one.p for _, one in found])
    for ((criterion, a, b), one), p_holm in zip(found, corrected, strict=True):
        yield Difference(
            a=a,
            b=b,
            criterion=criterion,
            difference=one.difference,
            ci95=one.ci95,
            n=one.n,
            p=one.p,
            p_holm=p_holm,
        )


def _agreement(grid: _Grid, criterion: str, judges: Sequence[str], resamples: int, seed: int) -> Agreement:
    """Krippendorff's alpha of all judges, and the correlation of every two of them, over all texts."""
    table, items = grid.table(criterion, judges)
    alpha, ci95 = interval_alpha(table, items, resamples=resamples, seed=seed)
    found = [_together(table[:, [a, b]], (judges[a], judges[b])) for a, b in combinations(range(len(judges)), 2)]
    return Agreement(criterion=criterion, alpha=alpha, ci95=ci95, pairs=tuple(found))


def interval_alpha(
    table: Values, items: Sequence[str], *, resamples: int = RESAMPLES, seed: int = 0
) -> tuple[float | None, tuple[float, float] | None]:
    """Krippendorff's alpha for scores at the interval level, and its bootstrap interval over items.

    With squared differences both disagreements are sums over units, so that no table of coincidences is needed:
    n D_o = Σ_u 2 (m_u Σv² - (Σv)²) / (m_u - 1) and n (n - 1) D_e = 2 (n Σv² - (Σv)²), v the m_u scores of a unit, or
    all n of them. None where no unit has two scores, or all are the same; the interval also for a single item.

    Unit: coefficient
    Source: Krippendorff, Computing Krippendorff's Alpha-Reliability (2011).

    Args:
        table: texts by judges, NaN where there is no score.
        items: what each text is about; texts about one item are drawn together.
        resamples: how often items are drawn.
        seed: of the draws.
    """
    rated = (~np.isnan(table)).sum(axis=1)
    kept = table[rated >= 2] - 3.0  # around the middle of the scale, where sums of squares lose nothing
    m, v, squares = rated[rated >= 2], np.nansum(kept, axis=1), np.nansum(kept**2, axis=1)
    sums = np.stack([m, v, squares, 2 * (m * squares - v**2) / (m - 1)], axis=1) if m.size else np.zeros((0, 4))
    names, of = np.unique(np.array(items, dtype=object)[rated >= 2].astype(str), return_inverse=True)
    if not names.size or (alpha := float(_alphas(sums.sum(axis=0)[None])[0])) != alpha:
        return None, None
    by_item = np.zeros((len(names), 4))
    np.add.at(by_item, of, sums)
    drawn = _alphas(resampled_means(by_item, resamples=resamples, seed=seed) * len(names))
    drawn = drawn[~np.isnan(drawn)]
    if len(names) < 2 or not drawn.size:
        return alpha, None
    low, high = tails(drawn[:, None])[0]
    return alpha, (float(low), float(high))


def _alphas(sums: Values) -> Values:
    """(draws,) from (draws, 4): scores, their sum, that of their squares, and n D_o. NaN where all scores are equal."""
    n, v, squares, observed = sums.T
    expected = 2 * (n * squares - v**2) / (n - 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(expected > 1e-9, 1 - observed / expected, np.nan)


def _together(table: Values, judges: tuple[str, str]) -> Together:
    both = table[~np.isnan(table).any(axis=1)]
    varies = len(both) > 1 and bool((both.std(axis=0) > 1e-9).all())
    return Together(
        judges=judges,
        n=len(both),
        pearson=_pearson(both[:, 0], both[:, 1]) if varies else None,
        difference=float((both[:, 0] - both[:, 1]).mean()) if len(both) else None,
    )


def _pearson(a: Values, b: Values) -> float:
    a, b = a - a.mean(), b - b.mean()
    return float(np.clip((a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum()), -1, 1))


def _judge(judge: str, scores: Sequence[Score]) -> JudgeSummary:
    own = [score for score in scores if score.judge == judge]
    masses = [score.mass for score in own if score.mass is not None]
    usd = [score.usd for score in own]
    return JudgeSummary(
        judge=judge,
        statuses=dict(Counter(str(score.status) for score in own)),
        expected=sum(score.how == "expected" for score in own),
        averaged=sum(score.how == "mean" for score in own),
        answers=sum(score.n for score in own),
        lost=sum(score.asked - score.n for score in own if score.status is Status.OK),
        mass=fmean(masses) if masses else None,
        least_mass=min(masses, default=None),
        input_tokens=sum(score.input_tokens or 0 for score in own),
        output_tokens=sum(score.output_tokens or 0 for score in own),
        usd=None if None in usd else sum(one for one in usd if one is not None),
    )


def _missing(scores: Sequence[Score]) -> Iterator[Missing]:
    for score in scores:
        if score.status is not Status.OK:
            yield Missing(**{name: getattr(score, name) for name in Missing.model_fields})


def _names(scores: Sequence[Score], by: str) -> tuple[str, ...]:
    """In the order in which they come."""
    return tuple(dict.fromkeys(getattr(score, by) for score in scores))


def _notes(scores: Sequence[Score], grid: _Grid) -> Iterator[str]:
    for judge in _names(scores, "judge"):
        if judge not in grid.judges:
            yield f"{judge} gave no score at all, and is in no mean"
    if any(score.how == "expected" for score in scores):
        yield _ONE_REASON
    ways = {score.judge: score.how for score in scores if score.how}
    if len(set(ways.values())) > 1:
        yield "some judges were scored by probabilities and some by the mean of several answers"
    if len({score.prompts for score in scores}) > 1:
        yield "the scores are of several versions of the questions, which are not comparable"
