"""Strengths of many systems from votes on pairs of them: Bradley-Terry, with three ways to treat ties.

Votes become counts of wins, ties and losses of every pair once; all fits work on these. Errors are clustered by item.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from photocast._optional import require
from photocast.bench.judging.clusters import Codes, Estimate, t_quantile
from photocast.bench.judging.votes import Vote
from photocast.bench.judging.winning import of_one_kind
from photocast.bench.statistics import Values, tails
from photocast.schema import InputError, UndefinedMetric

ELO = 400 / math.log(10)
"""Points of an Elo scale in one unit of strength."""
AVERAGE = 1000.0
"""Elo points of a system of average strength."""
_DRAWS = 1_000
_STEPS = 200
_FAR = 40.0
"""A strength so far out is on its way to infinity."""
_FLAT = 1e-6
"""Less curvature than this, in votes, is what is left of it on the way to infinity, where rounding stops all steps."""


class Ties(StrEnum):
    """What a tie says of two strengths."""

    HALF = "half"
    """Half a win for each; how often ties happen is not modelled."""
    DAVIDSON = "davidson"
    """P(tie) : geometric mean of both winning chances = ν, the same for all pairs. The default."""
    RAO_KUPPER = "rao_kupper"
    """The better one must be better by more than a threshold η to be noticed."""


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Strengths on the scale of log-odds: P(i beats j | no tie) = 1 / (1 + exp(-(r_i - r_j))). Their mean is 0."""

    systems: tuple[str, ...]
    """The strongest first; all arrays are in this order."""
    strengths: Values
    covariance: Values | None
    """Of the strengths, clustered by item; None for a single item."""
    ties: Ties
    tie: float | None
    """ν of Davidson or η of Rao-Kupper; None where ties count half or where there are none."""
    prior: float
    """Drawn games that every system was given against an average opponent."""
    items: int
    votes: int
    """Verdicts behind it."""
    left_out: int
    """Votes without a verdict, and votes on a system against itself."""

    @property
    def elo(self) -> Values:
        """Strengths in Elo points: 400 r / ln 10 + 1000. A lead of 400 is ten wins for each loss."""
        return AVERAGE + ELO * self.strengths

    @property
    def ci95(self) -> Values | None:
        """(systems, 2), ends of the t interval of every strength, against the average system; None for one item."""
        if self.covariance is None:
            return None
        reach = t_quantile(self.items - 1) * np.sqrt(np.diagonal(self.covariance))
        return np.stack([self.strengths - reach, self.strengths + reach], axis=1)

    def lead(self, a: str, b: str) -> Estimate:
        """Strength of `a` less that of `b`, with its own interval: whether two are told apart is read here.

        Raises:
            InputError: one of them is not in the ranking.
        """
        if missing := {a, b} - set(self.systems):
            raise InputError("There is no such lead", f"{min(missing)} is not ranked", "Name two systems of the votes")
        i, j = self.systems.index(a), self.systems.index(b)
        value, ends = float(self.strengths[i] - self.strengths[j]), None
        if self.covariance is not None:
            cov = self.covariance
            reach = t_quantile(self.items - 1) * math.sqrt(max(0.0, float(cov[i, i] + cov[j, j] - 2 * cov[i, j])))
            ends = (value - reach, value + reach)
        return Estimate(value, ends, self.items, self.votes)

    def win_probability(self) -> Values:
        """(systems, systems): expected score of the row against the column, ties counting half; ½ on the diagonal."""
        d = self.strengths[:, None] - self.strengths[None, :]
        if self.tie is None:
            return _sigmoid(d)
        tie = math.log(self.tie) if self.ties is Ties.DAVIDSON else self.tie
        chances = np.exp(_MODELS[self.ties](d.ravel(), tie).log)
        expected: Values = (chances[:, 0] + chances[:, 1] / 2).reshape(d.shape)
        return expected


@dataclass(frozen=True, slots=True, eq=False)
class Resampled:
    """Strengths that other items of the same kind would give."""

    systems: tuple[str, ...]
    strengths: Values
    """(draws that have strengths, systems)."""
    undefined: int
    """Draws without: in them a system won or lost everything. Many of these make the interval too narrow."""

    @property
    def ci95(self) -> Values:
        """(systems, 2), ends of the percentile interval of every strength."""
        return tails(self.strengths)

    @property
    def ranks95(self) -> Codes:
        """(systems, 2), the best and the worst rank of every system, 1 for the strongest, in 95 % of the draws."""
        ranks = (-self.strengths).argsort(axis=1).argsort(axis=1) + 1
        low, high = np.percentile(ranks, [2.5, 97.5], axis=0, method="closest_observation")
        return np.stack([low, high], axis=1).astype(np.intp)


@dataclass(frozen=True, slots=True)
class _Counts:
    """Votes as numbers. A cell is an item, a pair and an outcome: 0 the first wins, 1 tie, 2 the second wins."""

    systems: tuple[str, ...]
    first: Codes
    """By pair: number of the first system."""
    second: Codes
    items: int
    item: Codes
    """By cell."""
    outcome: Codes
    """By cell: pair * 3 + outcome."""
    count: Values
    """By cell."""
    left_out: int

    def by_pair(self, weights: Values | None = None) -> Values:
        """(pairs, 3), every item counting as often as it weighs."""
        count = self.count if weights is None else self.count * weights[self.item]
        return _sums(self.outcome, count, 3 * len(self.first)).reshape(-1, 3)


@dataclass(frozen=True, slots=True)
class _Terms:
    """Log-probability of the three outcomes of every pair, (pairs, 3), and its derivatives."""

    log: Values
    by_d: Values
    """By the difference d of the two strengths."""
    by_tie: Values
    by_dd: Values
    by_dt: Values
    by_tt: Values


def rank(votes: Iterable[Vote], *, ties: Ties = Ties.DAVIDSON, prior: float = 0.0) -> Ranking:
    """Strengths of all systems by maximum likelihood, with errors clustered by item.

    P(i beats j) = 1 / (1 + exp(-(r_i - r_j))) where there are no ties. Davidson, with s = exp(r):
    P(i) : P(tie) : P(j) = s_i : ν √(s_i s_j) : s_j. Rao-Kupper: P(i) = σ(r_i - r_j - η), P(j) = σ(r_j - r_i - η), tie
    the rest. Newton's method on counts of pairs; all three are concave, so there is one maximum. Σ r = 0.

    Covariance: H⁻¹ G H⁻¹, H the Hessian of the log-likelihood, G = m / (m - 1) Σ of the outer products of the scores
    summed by item, m items. With fewer items than systems it is rough.

    Votes of all judges, orders and repeats count one each. Without ties in the votes, all three are the plain model.

    Unit: log-odds
    Source: Bradley & Terry, Biometrika 39:324 (1952); Davidson, JASA 65:317 (1970); Rao & Kupper, JASA 62:194 (1967);
    Ford, American Mathematical Monthly 64:28 (1957), for when a maximum exists; Liang & Zeger, Biometrika 73:13 (1986).

    Args:
        votes: on any pairs of systems, under one criterion, of models or of people.
        ties: what a tie says.
        prior: drawn games that each system is given against an opponent of average strength. 0 is maximum likelihood.
            With 1, a system that won or lost everything gets a finite strength too, drawn towards the average.

    Raises:
        InputError: several criteria or kinds of judge, fewer than two systems, or a negative prior.
        UndefinedMetric: no vote has a verdict; or, without a prior, systems that never lost to the rest, or that
            nothing connects, have no finite strength; or every vote is a tie and ties are modelled.
    """
    counts = _count(votes)
    _check(counts, counts.by_pair(), ties, prior)
    x, model = _fit(counts, counts.by_pair(), ties, prior)
    covariance = _covariance(counts, x, model, prior)
    best = np.argsort(-x[:-1], kind="stable")
    return Ranking(
        systems=tuple(counts.systems[one] for one in best),
        strengths=x[best],
        covariance=None if covariance is None else covariance[np.ix_(best, best)],
        ties=ties,
        tie=None if model is _half else math.exp(x[-1]) if model is _davidson else float(x[-1]),
        prior=prior,
        items=counts.items,
        votes=int(counts.count.sum()),
        left_out=counts.left_out,
    )


def resample(
    votes: Iterable[Vote], *, ties: Ties = Ties.DAVIDSON, prior: float = 0.0, resamples: int = _DRAWS, seed: int = 0
) -> Resampled:
    """`rank` of items drawn with replacement, as many as there are; systems in the order of `rank`.

    A draw in which a system wins or loses everything has no strengths; it is left out and counted. With a prior there
    is none.

    Source: Efron & Tibshirani, An Introduction to the Bootstrap (1993), section 13.3, over items.

    Raises:
        InputError: as `rank`, or there are no resamples.
        UndefinedMetric: as `rank`, or no draw has strengths.
    """
    if resamples < 1:
        raise InputError("Cannot resample", f"{resamples} resamples are none", "Ask for some hundred")
    counts = _count(votes)
    _check(counts, counts.by_pair(), ties, prior)
    whole, _ = _fit(counts, counts.by_pair(), ties, prior)
    random, found = np.random.default_rng(seed), []
    for _ in range(resamples):
        drawn = random.multinomial(counts.items, np.full(counts.items, 1 / counts.items)).astype(np.float64)
        of_pairs = counts.by_pair(drawn)
        try:
            _check(counts, of_pairs, ties, prior)
            found.append(_fit(counts, of_pairs, ties, prior, start=whole)[0][:-1])
        except UndefinedMetric:
            continue
    if not found:
        raise UndefinedMetric("There is no interval", "no draw of items has finite strengths", "Give a prior")
    best = np.argsort(-whole[:-1], kind="stable")
    systems = tuple(counts.systems[one] for one in best)
    return Resampled(systems, np.array(found)[:, best], resamples - len(found))


def _count(votes: Iterable[Vote]) -> _Counts:
    votes = list(votes)
    of_one_kind(votes)
    names: dict[str, int] = {}
    items: dict[str, int] = {}
    rows: list[tuple[int, int, int, int]] = []
    for vote in votes:
        (a, b), preference = vote.systems, vote.preference
        if preference is None or a == b:
            continue
        i, j = names.setdefault(a, len(names)), names.setdefault(b, len(names))
        outcome = 1 - (preference > 0) + (preference < 0)
        item = items.setdefault(vote.item, len(items))
        rows.append((item, i, j, outcome) if i < j else (item, j, i, 2 - outcome))
    if len(names) < 2:
        raise InputError("There is nothing to rank", "the verdicts are not on two systems", "Give votes on pairs")
    return _cells(np.array(rows, dtype=np.intp), tuple(names), len(items), len(votes) - len(rows))


def _cells(rows: Codes, systems: tuple[str, ...], items: int, left_out: int) -> _Counts:
    size = len(systems)
    pairs, pair = np.unique(rows[:, 1] * size + rows[:, 2], return_inverse=True)
    width = 3 * len(pairs)
    cells, count = np.unique(rows[:, 0] * width + pair * 3 + rows[:, 3], return_counts=True)
    return _Counts(
        systems, pairs // size, pairs % size, items, cells // width, cells % width, count.astype(np.float64), left_out
    )


def _check(counts: _Counts, of_pairs: Values, ties: Ties, prior: float) -> None:
    """Refuse counts whose likelihood has no finite maximum."""
    if not (math.isfinite(prior) and prior >= 0):
        raise InputError("There is no such prior", f"{prior} is not a number of games", "Give 0 or more")
    if ties is not Ties.HALF and not of_pairs[:, [0, 2]].any():
        raise UndefinedMetric("There is no ranking", "every vote is a tie", "Let ties count half")
    if prior:
        return
    graph = require("scipy.sparse.csgraph", extra="bench", purpose="ranking systems")
    size = len(counts.systems)
    scored = np.zeros((size, size), dtype=bool)
    scored[counts.first, counts.second] = of_pairs[:, :2].any(axis=1)
    scored[counts.second, counts.first] = of_pairs[:, 1:].any(axis=1)
    number, group = graph.connected_components(scored, connection="strong")
    if number == 1:
        return
    unbeaten = next(one for one in range(number) if not scored[np.ix_(group != one, group == one)].any())
    names = [name for name, one in zip(counts.systems, group, strict=True) if one == unbeaten]
    met = scored[np.ix_(group == unbeaten, group != unbeaten)].any()
    shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    why = f"{shown} never lost to any other system" if met else f"{shown} never met the other systems"
    raise UndefinedMetric("There is no ranking", why, "Give a prior of drawn games, or votes on more pairs")


def _fit(
    counts: _Counts, of_pairs: Values, ties: Ties, prior: float, start: Values | None = None
) -> tuple[Values, "_Model"]:
    """(systems + 1,): strengths with mean 0 and the parameter of ties, and the model that was used."""
    model = _MODELS[ties] if of_pairs[:, 1].any() else _half
    x = np.zeros(len(counts.systems) + 1) if start is None else start.copy()
    if start is None or (model is _rao_kupper and x[-1] <= 0):
        x[-1] = 0.5 if model is _rao_kupper else 0.0
    value = _likelihood(counts, of_pairs, x, model, prior)
    for _ in range(_STEPS):
        gradient, hessian = _derivatives(counts, of_pairs, x, model, prior)
        try:
            step, scale = np.linalg.solve(hessian, gradient), 1.0
        except np.linalg.LinAlgError:
            break
        while (better := _likelihood(counts, of_pairs, x + scale * step, model, prior)) < value - 1e-12 * abs(value):
            scale /= 2
        x, value = x + scale * step, better
        if float(np.abs(step).max()) <= 1e-8:
            if not prior and float(np.linalg.eigvalsh(hessian)[0]) < _FLAT:
                break
            return x, model
        if not float(np.abs(x).max()) <= _FAR:
            break
    raise UndefinedMetric(
        "There is no ranking", "these votes fit best with infinite strengths", "Give a prior, or let ties count half"
    )


def _likelihood(counts: _Counts, of_pairs: Values, x: Values, model: "_Model", prior: float) -> float:
    if model is _rao_kupper and x[-1] <= 0:
        return -math.inf
    r = x[:-1]
    played = float((of_pairs * model(r[counts.first] - r[counts.second], float(x[-1])).log).sum())
    return played + prior * float((_log_sigmoid(r) + _log_sigmoid(-r)).sum()) / 2


def _derivatives(counts: _Counts, of_pairs: Values, x: Values, model: "_Model", prior: float) -> tuple[Values, Values]:
    """Gradient and negative Hessian, (systems + 1); the direction in which all strengths move together is pinned."""
    r, size = x[:-1], len(counts.systems)
    terms = model(r[counts.first] - r[counts.second], float(x[-1]))
    by_d, by_tie, dd, dt, tt = (
        (of_pairs * one).sum(axis=1) for one in (terms.by_d, terms.by_tie, terms.by_dd, terms.by_dt, terms.by_tt)
    )
    p = _sigmoid(r)
    gradient = np.append(_spread(counts, by_d) + prior * (0.5 - p), by_tie.sum())
    hessian = np.zeros((size + 1, size + 1))
    hessian[counts.first, counts.second] = hessian[counts.second, counts.first] = dd
    np.fill_diagonal(hessian[:-1, :-1], prior * p * (1 - p) - hessian[:-1, :-1].sum(axis=1))
    hessian[:-1, -1] = hessian[-1, :-1] = -_spread(counts, dt)
    hessian[-1, -1] = 1.0 if model is _half else -tt.sum()
    return _centred(gradient), _centred(hessian) + np.pad(np.full((size, size), 1 / size), (0, 1))


def _sums(where: Codes, values: Values, size: int) -> Values:
    """(size,): the sum of the values at each place."""
    return np.bincount(where, values, size).astype(np.float64)


def _centred(array: Values) -> Values:
    """Strengths less their mean, along every axis; the parameter of ties as it is."""
    whole = array.copy()
    for axis in range(array.ndim):
        part = np.moveaxis(whole, axis, 0)[:-1]
        part -= part.mean(axis=0)
    return whole


def _spread(counts: _Counts, of_pairs: Values) -> Values:
    """(systems,): what comes with d = r_first - r_second goes to the first and off the second."""
    size = len(counts.systems)
    return _sums(counts.first, of_pairs, size) - _sums(counts.second, of_pairs, size)


def _covariance(counts: _Counts, x: Values, model: "_Model", prior: float) -> Values | None:
    """Of the strengths, by the sandwich clustered by item."""
    if counts.items < 2:
        return None
    r, size = x[:-1], len(counts.systems)
    terms = model(r[counts.first] - r[counts.second], float(x[-1]))
    pair, slope = counts.outcome // 3, counts.count * terms.by_d.ravel()[counts.outcome]
    scores = np.zeros((counts.items, size + 1))
    for end, sign in ((counts.first, 1), (counts.second, -1)):
        where = counts.item * (size + 1) + end[pair]
        scores += _sums(where, sign * slope, scores.size).reshape(scores.shape)
    scores[:, -1] = _sums(counts.item, counts.count * terms.by_tie.ravel()[counts.outcome], counts.items)
    if prior:
        scores -= scores.mean(axis=0)  # the prior holds them away from a sum of zero
    hessian = _derivatives(counts, counts.by_pair(), x, model, prior)[1]
    half = np.linalg.solve(hessian, _centred(scores.T @ scores))
    whole: Values = np.linalg.solve(hessian, half.T)[:-1, :-1] * counts.items / (counts.items - 1)
    return whole


def _half(d: Values, tie: float) -> _Terms:
    p = _sigmoid(d)
    win, loss = _log_sigmoid(d), _log_sigmoid(-d)
    none = np.zeros((len(d), 3))
    curve = np.repeat(-(p * (1 - p))[:, None], 3, axis=1)
    return _Terms(
        np.stack([win, (win + loss) / 2, loss], axis=1),
        np.stack([1 - p, 0.5 - p, -p], axis=1),
        none, curve, none, none,
    )  # fmt: skip


def _davidson(d: Values, tie: float) -> _Terms:
    """Weights exp(d / 2), exp(tie), exp(-d / 2): an exponential family in (wins - losses) / 2 and ties."""
    weights = np.stack([d / 2, np.full_like(d, tie), -d / 2], axis=1)
    top = weights.max(axis=1, keepdims=True)
    log = weights - top - np.log(np.exp(weights - top).sum(axis=1, keepdims=True))
    win, draw, loss = np.exp(log).T
    mean = (win - loss) / 2
    same = np.ones(3)
    return _Terms(
        log,
        np.array([0.5, 0.0, -0.5]) - mean[:, None],
        np.array([0.0, 1.0, 0.0]) - draw[:, None],
        ((mean**2 - (win + loss) / 4)[:, None] * same),
        ((mean * draw)[:, None] * same),
        ((draw**2 - draw)[:, None] * same),
    )


def _rao_kupper(d: Values, tie: float) -> _Terms:
    """P(win) = σ(d - η), P(loss) = σ(-d - η), P(tie) = (exp(2 η) - 1) P(win) P(loss)."""
    over, under = d - tie, -d - tie
    win, loss = _log_sigmoid(over), _log_sigmoid(under)
    not_win, not_loss = _sigmoid(-over), _sigmoid(-under)
    v, w = not_win * (1 - not_win), not_loss * (1 - not_loss)
    rest = -math.expm1(-2 * tie)
    slope, bend = 2 / rest, -4 * math.exp(-2 * tie) / rest**2
    return _Terms(
        np.stack([win, 2 * tie + math.log(rest) + win + loss, loss], axis=1),
        np.stack([not_win, not_win - not_loss, -not_loss], axis=1),
        np.stack([-not_win, slope - not_win - not_loss, -not_loss], axis=1),
        np.stack([-v, -v - w, -w], axis=1),
        np.stack([v, v - w, -w], axis=1),
        np.stack([-v, bend - v - w, -w], axis=1),
    )


_Model = Callable[[Values, float], _Terms]
_MODELS: dict[Ties, _Model] = {Ties.HALF: _half, Ties.DAVIDSON: _davidson, Ties.RAO_KUPPER: _rao_kupper}


def _log_sigmoid(x: Values) -> Values:
    return -np.logaddexp(0.0, -x)


def _sigmoid(x: Values) -> Values:
    return np.exp(_log_sigmoid(x))
