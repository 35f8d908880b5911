"""Would it still win if both texts were as long: the length-controlled win rate, and the pairs of like length."""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from photocast.bench.judging.clusters import Estimate, mean_of_items, t_quantile
from photocast.bench.judging.votes import Vote
from photocast.bench.judging.winning import Inconsistent, one_contest, scores_of_items
from photocast.bench.statistics import Values
from photocast.schema import InputError, UndefinedMetric

ALIKE = 0.10
"""Two texts are of like length if the shorter one lacks less than this share of the longer."""
_STEPS = 100
_FAR = 30.0


@dataclass(frozen=True, slots=True)
class LengthControlled:
    """The win rate of the first system if length did not differ, beside the one as it is."""

    rate: Estimate
    """Length-controlled."""
    as_it_is: Estimate
    effect: Estimate
    """φ, log-odds that a difference in length of many standard deviations adds; above 0 where longer wins."""
    words: float
    """Mean words of the first system less those of the second."""
    words_sd: float
    """Standard deviation of that difference over items."""


def length_controlled(votes: Iterable[Vote], *, rule: Inconsistent = Inconsistent.HALF) -> LengthControlled:
    """The win rate with the part that goes with length taken out.

    logit P = θ + φ · tanh(Δ / sd(Δ)), Δ words of the first less those of the second; the rate is 1 / (1 + exp(-θ)).
    Fitted by logistic quasi-likelihood to the score of every item; robust errors over items, times m / (m - 2), t
    interval with m - 2 degrees of freedom. Where Δ has nearly the same value everywhere, length and system cannot be
    told apart, and the interval says so by its width. With fewer than about 50 items it is wide.

    It is adjustment, not experiment: if good texts are long because they say more, that too is taken out.

    Unit: ratio
    Source: Dubois et al., Length-Controlled AlpacaEval (arXiv 2404.04475), section 3, without the difficulty of the
    instruction; Papke & Wooldridge, Journal of Applied Econometrics 11:619 (1996), for shares as response.

    Raises:
        InputError: the votes are on several pairs, criteria or kinds of judge.
        UndefinedMetric: no verdict, fewer than three items, no difference in length that varies, or every item of some
            length goes to one side, so that no finite θ fits best.
    """
    scores, words, verdicts = _by_item(votes, rule)
    spread = float(words.std())
    if len(scores) < 3 or spread <= 1e-9 * float(np.abs(words).max()):
        raise UndefinedMetric(
            "There is no length-controlled win rate",
            f"{len(scores)} items, and the difference in words has a standard deviation of {spread:.3g}",
            "Give three items or more whose lengths differ",
        )
    design = np.stack([np.ones_like(words), np.tanh(words / spread)], axis=1)
    x = _fit(design, scores)
    errors = np.sqrt(np.diagonal(_covariance(design, scores, x)))
    reach, n = t_quantile(len(scores) - 2) * errors, len(scores)
    ends = [(float(x[one] - reach[one]), float(x[one] + reach[one])) for one in (0, 1)]
    rate = (_share(ends[0][0]), _share(ends[0][1]))
    return LengthControlled(
        rate=Estimate(_share(float(x[0])), rate, n, verdicts),
        as_it_is=mean_of_items(scores, verdicts, low=0.0, high=1.0),
        effect=Estimate(float(x[1]), ends[1], n, verdicts),
        words=float(words.mean()),
        words_sd=float(words.std(ddof=1)),
    )


def length_matched(votes: Iterable[Vote], *, within: float = ALIKE, rule: Inconsistent = Inconsistent.HALF) -> Estimate:
    """The win rate on the items whose two texts are of like length.

    |Δ words| < `within` · words of the longer text.

    Unit: ratio

    Raises:
        InputError: the votes are on several pairs, criteria or kinds of judge, or `within` is not a share.
        UndefinedMetric: no verdict, or no item has two texts of like length.
    """
    if not 0 < within <= 1:
        raise InputError("There are no such pairs", f"{within} is not a share", "Give one above 0, such as .1")
    votes = list(votes)
    played, alike = one_contest(votes), defaultdict(list)
    for vote in votes:
        if vote.score is not None:
            alike[vote.item].append(abs(vote.words[0] - vote.words[1]) < within * max(vote.words))
    scores = scores_of_items((game for game in played if all(alike[game.item])), rule)
    if not scores:
        raise UndefinedMetric(
            "There is no win rate at like length", f"no two texts are within {within:.0%}", "Look at the controlled one"
        )
    return mean_of_items(np.array([*scores.values()]), len(scores), low=0.0, high=1.0)


def _by_item(votes: Iterable[Vote], rule: Inconsistent) -> tuple[Values, Values, int]:
    """By item: score of the first system, and its words less those of the second; and how many verdicts."""
    votes = list(votes)
    played = one_contest(votes)
    scores, systems = scores_of_items(played, rule), played[0].systems
    apart: dict[str, list[int]] = defaultdict(list)
    for vote in votes:
        if vote.score is not None:
            a, b = vote.words
            apart[vote.item].append(a - b if vote.systems == systems else b - a)
    words = np.array([fmean(apart[item]) for item in scores])
    return np.array([*scores.values()]), words, sum(map(len, apart.values()))


def _fit(design: Values, scores: Values) -> Values:
    """θ and φ by Newton's method; the quasi-likelihood is concave."""
    x, value = np.zeros(2), -math.inf
    for _ in range(_STEPS):
        p = _shares(design @ x)
        curve = design.T @ (design * (p * (1 - p))[:, None])
        try:
            step, scale = np.linalg.solve(curve, design.T @ (scores - p)), 1.0
        except np.linalg.LinAlgError:
            break
        while (better := _likelihood(design @ (x + scale * step), scores)) < value - 1e-12 * abs(value):
            scale /= 2
        x, value = x + scale * step, better
        if float(np.abs(step).max()) <= 1e-8:
            return x
        if not float(np.abs(x).max()) <= _FAR:
            break
    raise UndefinedMetric(
        "There is no length-controlled win rate", "wins and losses do not overlap in length", "Give more items"
    )


def _covariance(design: Values, scores: Values, x: Values) -> Values:
    p = _shares(design @ x)
    curve = np.linalg.inv(design.T @ (design * (p * (1 - p))[:, None]))
    slopes = design * (scores - p)[:, None]
    whole: Values = curve @ (slopes.T @ slopes) @ curve * len(scores) / (len(scores) - 2)
    return whole


def _likelihood(logits: Values, scores: Values) -> float:
    return -float((scores * np.logaddexp(0.0, -logits) + (1 - scores) * np.logaddexp(0.0, logits)).sum())


def _shares(logits: Values) -> Values:
    shares: Values = np.exp(-np.logaddexp(0.0, -logits))
    return shares


def _share(logit: float) -> float:
    return float(_shares(np.array([logit]))[0])
