"""How far judges agree, beyond chance, with intervals over items.

The coefficients take a table of units by raters, NaN where a rater gave nothing. `agreement` makes that table from
votes: a unit is an item, a pair and a criterion; a rating is 1, 0 or -1 for a win, a tie or a loss of the first system.
All coefficients are ratios of sums over units, so that a draw of items is one product of matrices.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations, product
from statistics import fmean

import numpy as np

from photocast.bench.judging.clusters import Codes, Estimate, codes, mean_of_items
from photocast.bench.judging.votes import Vote
from photocast.bench.judging.winning import Game, Inconsistent, games
from photocast.bench.statistics import RESAMPLES, Values, resampled_means, tails
from photocast.schema import InputError, UndefinedMetric

VERDICTS = (-1.0, 0.0, 1.0)
"""Loss, tie and win of the first system."""
_MOST_CATEGORIES = 1_000


class Level(StrEnum):
    """How far apart two ratings are."""

    NOMINAL = "nominal"
    """The same or not."""
    ORDINAL = "ordinal"
    """By how many ratings lie between them."""
    INTERVAL = "interval"
    """By the square of their difference."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Judges with one another. A coefficient that has no value for these votes is None."""

    judges: tuple[str, ...]
    units: int
    """Items, pairs and criteria with a verdict of at least two judges."""
    alone: int
    """Those with a verdict of one judge only; they say nothing about agreement."""
    raw: Estimate
    fleiss: Estimate | None
    """None where not every unit has the same number of judges."""
    ac1: Estimate | None
    ac2: Estimate | None
    """Gwet's with ordinal weights: a win against a tie gets ⅔ of the credit, against a loss none."""
    alpha: Estimate | None
    """Krippendorff's, ordinal."""
    alpha_nominal: Estimate | None


@dataclass(frozen=True, slots=True)
class BesidePeople:
    """Judges against people, and people against one another: the ceiling of the former."""

    judges: dict[str, Estimate]
    """Share of pairs of a verdict of the judge and one of a person that are the same."""
    people: Estimate | None
    """The same for two people; None where no unit has two."""
    judges_without_ties: dict[str, Estimate]
    """Only pairs in which neither says tie."""
    people_without_ties: Estimate | None


@dataclass(frozen=True, slots=True)
class _Coefficient:
    """Sums over units that a coefficient needs, and the coefficient of (draws, sums)."""

    features: Values
    """(units, sums)."""
    value: Callable[[Values], Values]


def agreement(
    votes: Iterable[Vote], *, rule: Inconsistent = Inconsistent.HALF, resamples: int = RESAMPLES, seed: int = 0
) -> Agreement:
    """Raw agreement, Fleiss' kappa, Gwet's AC1 and AC2 and Krippendorff's alpha of all judges of the votes.

    A judge's verdict on a unit is the sign of the mean score over orders and repeats, less ½. Intervals are percentile
    bootstrap over items. Where one verdict is rare, kappa and alpha are low although judges agree: read AC1 and the raw
    share too.

    Raises:
        UndefinedMetric: no unit has verdicts of two judges.
    """
    table, items, judges = ratings(votes, rule=rule)
    rated = (~np.isnan(table)).sum(axis=1)
    both = rated >= 2
    if not both.any():
        raise UndefinedMetric("There is no agreement", "no pair was judged by two judges", "Ask a second judge")
    counts, cluster = _counts(table[both], VERDICTS), np.unique(items[both], return_inverse=True)[1]
    found = _estimates(_of_verdicts(counts), cluster, resamples, seed)
    return Agreement(
        judges=judges,
        units=int(both.sum()),
        alone=int((rated == 1).sum()),
        raw=found["raw"],
        fleiss=found.get("fleiss"),
        ac1=found.get("ac1"),
        ac2=found.get("ac2"),
        alpha=found.get("alpha"),
        alpha_nominal=found.get("alpha_nominal"),
    )


def beside_people(votes: Iterable[Vote], *, rule: Inconsistent = Inconsistent.HALF) -> BesidePeople:
    """How often each judge says what a person says, beside how often two people say the same.

    Mean over the pairs of verdicts of an item, then over items; t interval over items.

    Unit: ratio
    Source: Zheng et al., Judging LLM-as-a-Judge (NeurIPS 2023), section 4.2, setups with and without ties.

    Raises:
        UndefinedMetric: no unit has a verdict of a judge and one of a person.
    """
    votes = list(votes)
    models, people = (
        _verdicts(games([vote for vote in votes if vote.kind == kind]), rule) for kind in ("model", "human")
    )
    judged: dict[str, list[tuple[str, float, float]]] = defaultdict(list)
    for unit, by_judge in models.items():
        for (judge, a), b in product(by_judge.items(), people.get(unit, {}).values()):
            judged[judge].append((unit[0], a, b))
    if not judged:
        raise UndefinedMetric("There is no agreement with people", "no pair was judged by both", "Add votes of people")
    ceiling = [(unit[0], a, b) for unit, by in people.items() for a, b in combinations(by.values(), 2)]
    return BesidePeople(
        judges={judge: _share(rows) for judge, rows in sorted(judged.items())},
        people=_share(ceiling) if ceiling else None,
        judges_without_ties={judge: _share(kept) for judge, rows in sorted(judged.items()) if (kept := _decided(rows))},
        people_without_ties=_share(kept) if (kept := _decided(ceiling)) else None,
    )


def ratings(votes: Iterable[Vote], *, rule: Inconsistent = Inconsistent.HALF) -> tuple[Values, Codes, tuple[str, ...]]:
    """Verdicts as a table: (units, judges) of 1, 0, -1 and NaN; the number of the item of each unit; the judges."""
    verdicts = _verdicts(games(votes), rule)
    judges = tuple(sorted({judge for by_judge in verdicts.values() for judge in by_judge}))
    table = np.full((len(verdicts), len(judges)), np.nan)
    for row, by_judge in enumerate(verdicts.values()):
        for judge, verdict in by_judge.items():
            table[row, judges.index(judge)] = verdict
    return table, codes([unit[0] for unit in verdicts]), judges


def raw_agreement(table: Values) -> float:
    """Share of the pairs of raters of a unit that say the same, as a mean over units with at least two.

    P_i = Σ_k r_ik (r_ik - 1) / (r_i (r_i - 1)), r_ik ratings k of the r_i of unit i. Chance is not taken off.

    Unit: ratio

    Raises:
        InputError: the table is no units by raters.
        UndefinedMetric: no unit has two ratings.
    """
    return _single(_raw(_paired_counts(table)))


def fleiss_kappa(table: Values) -> float:
    """Agreement beyond chance of as many raters for every unit, not always the same ones.

    κ = (P̄ - P̄_e) / (1 - P̄_e), P̄ the raw agreement, P̄_e = Σ p_k², p_k the share of category k in all ratings. 1 is
    full agreement, 0 what chance gives.

    Unit: coefficient
    Source: Fleiss, Psychological Bulletin 76:378 (1971).

    Raises:
        InputError: the table is no units by raters.
        UndefinedMetric: the units have different numbers of ratings, fewer than two, or all ratings are the same.
    """
    checked = _checked(table)
    return _single(_fleiss(_counts(checked, _categories(checked))))


def gwet_ac(table: Values, *, categories: Sequence[float] = (), level: Level = Level.NOMINAL) -> float:
    """Agreement beyond chance, which does not drop where one category is rare: AC1, or AC2 with ordinal weights.

    AC = (p_a - p_e) / (1 - p_e); p_a is the raw agreement, for AC2 with partial credit w; p_e = Σ w / (q (q - 1)) ·
    Σ_k π_k (1 - π_k), π_k the mean share of category k in a unit, q the categories. Missing ratings are allowed.

    Unit: coefficient
    Source: Gwet, British Journal of Mathematical and Statistical Psychology 61:29 (2008); Handbook of Inter-Rater
    Reliability (4th ed. 2014), chapters 3 to 5, for weights and missing ratings.

    Args:
        table: units by raters.
        categories: all that could have been given; those that were, if empty.
        level: nominal for AC1, ordinal for AC2.

    Raises:
        InputError: the table is no units by raters, has ratings outside `categories`, or the level is interval.
        UndefinedMetric: no unit has two ratings, or there is one category.
    """
    if level is Level.INTERVAL:
        raise InputError("There is no such AC2", "weights by interval are not offered", "Ask for ordinal ones")
    checked = _checked(table)
    counts = _counts(checked, tuple(sorted(categories)) or _categories(checked))
    weights = np.eye(counts.shape[1]) if level is Level.NOMINAL else ordinal_weights(counts.shape[1])
    return _single(_gwet(counts, weights))


def krippendorff_alpha(table: Values, level: Level) -> float:
    """Agreement beyond chance of any number of raters, with missing ratings.

    α = 1 - D_o / D_e. D_o = (1 / n) Σ_u Σ_ck o_uck δ²(c, k) / (m_u - 1), D_e = Σ_ck n_c n_k δ²(c, k) / (n (n - 1)).
    δ² is 1 for different values (nominal), (c - k)² (interval), or (Σ of n_g from c to k - (n_c + n_k) / 2)² (ordinal).
    Units with a single rating do not count.

    Unit: coefficient
    Source: Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), sections C to E.

    Raises:
        InputError: the table is no units by raters.
        UndefinedMetric: no unit has two ratings, or all ratings are the same.
    """
    counts = _paired_counts(table)
    return _single(_alpha(counts, np.array(_categories(_checked(table))), level))


def coefficient_interval(
    table: Values, items: Codes, coefficient: Callable[[Values], float], *, resamples: int = 1_000, seed: int = 0
) -> tuple[float, float] | None:
    """Percentile bootstrap of any coefficient of a table over items, whose units are drawn together.

    For tables of one's own; `agreement` is faster. Draws without a value are left out. None for one item.

    Args:
        table: units by raters.
        items: (units,), which item a unit is of, from 0.
        coefficient: such as `fleiss_kappa`.
        resamples: how often items are drawn.
        seed: of the draws.
    """
    groups = [np.flatnonzero(items == one) for one in np.unique(items)]
    if len(groups) < 2:
        return None
    random, found = np.random.default_rng(seed), []
    for _ in range(resamples):
        drawn = [groups[one] for one in random.integers(0, len(groups), len(groups))]
        try:
            found.append(coefficient(table[np.concatenate(drawn)]))
        except UndefinedMetric:
            continue
    if not found:
        return None
    low, high = tails(np.array(found)[:, None])[0]
    return float(low), float(high)


def ordinal_weights(count: int) -> Values:
    """(count, count): credit for two ratings of ordered categories, 1 for the same and 0 for the two ends.

    1 - C(|k - l| + 1, 2) / C(count, 2).

    Source: Gwet, Handbook of Inter-Rater Reliability (4th ed. 2014), section 3.5.
    """
    apart = np.abs(np.subtract.outer(np.arange(count), np.arange(count))).astype(np.float64)
    return 1 - apart * (apart + 1) / (count * (count - 1)) if count > 1 else np.ones((1, 1))


def _verdicts(played: Iterable[Game], rule: Inconsistent) -> dict[tuple[str, ...], dict[str, float]]:
    """By item, systems and criterion: the verdict of every judge."""
    scores: dict[tuple[str, ...], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for game in played:
        scores[game.item, *game.systems, game.criterion][game.judge].append(game.score(rule))
    return {
        unit: {judge: float(np.sign(round(fmean(values) - 0.5, 12))) for judge, values in by_judge.items()}
        for unit, by_judge in scores.items()
    }


def _share(rows: Sequence[tuple[str, float, float]]) -> Estimate:
    by_item: dict[str, list[float]] = defaultdict(list)
    for item, a, b in rows:
        by_item[item].append(float(a == b))
    return mean_of_items(np.array([fmean(same) for same in by_item.values()]), len(rows), low=0.0, high=1.0)


def _decided(rows: Iterable[tuple[str, float, float]]) -> list[tuple[str, float, float]]:
    return [row for row in rows if row[1] and row[2]]


def _checked(table: Values) -> Values:
    if table.ndim != 2 or not table.size or np.isinf(table).any():
        raise InputError("There is no agreement", f"a table of {table.shape} is none", "Give units by raters")
    return table


def _categories(table: Values) -> tuple[float, ...]:
    found = np.unique(table[~np.isnan(table)])
    if not len(found):
        raise UndefinedMetric("There is no agreement", "there are no ratings", "Give units by raters")
    if len(found) > _MOST_CATEGORIES:
        raise InputError("There is no agreement", f"{len(found)} different ratings are too many", "Round them first")
    return tuple(found.tolist())


def _counts(table: Values, categories: Sequence[float]) -> Values:
    """(units, categories): how many raters gave each."""
    counts = np.stack([(table == category).sum(axis=1) for category in categories], axis=1).astype(np.float64)
    if counts.sum() != (~np.isnan(table)).sum():
        raise InputError("There is no agreement", "a rating is none of the categories", "Name all categories")
    return counts


def _paired_counts(table: Values) -> Values:
    """The counts of the units with two ratings or more, over the categories of the whole table."""
    checked = _checked(table)
    counts = _counts(checked, _categories(checked))
    paired: Values = counts[counts.sum(axis=1) >= 2]
    return paired


def _agreeing(counts: Values, weights: Values) -> Values:
    """(units,): share of the pairs of ratings that agree, with partial credit; 0 where there is no pair."""
    rated = counts.sum(axis=1)
    pairs: Values = (counts * (counts @ weights - 1)).sum(axis=1)
    shares: Values = np.where(rated >= 2, pairs / np.maximum(rated * (rated - 1), 1), 0.0)
    return shares


def _raw(counts: Values) -> _Coefficient:
    paired = (counts.sum(axis=1) >= 2).astype(np.float64)
    if not paired.any():
        raise UndefinedMetric("There is no agreement", "no unit has two ratings", "Ask a second judge")
    features = np.stack([_agreeing(counts, np.eye(counts.shape[1])), paired], axis=1)
    return _Coefficient(features, lambda sums: _ratio(sums[:, 0], sums[:, 1]))


def _fleiss(counts: Values) -> _Coefficient:
    rated = np.unique(counts.sum(axis=1))
    if len(rated) != 1 or rated[0] < 2:
        raise UndefinedMetric(
            "Fleiss' kappa has no value", "not every unit has the same two or more ratings", "Use Krippendorff's alpha"
        )

    def value(sums: Values) -> Values:
        shares = sums[:, 2:] / sums[:, 2:].sum(axis=1, keepdims=True)
        return _beyond(_ratio(sums[:, 0], sums[:, 1]), (shares**2).sum(axis=1))

    return _Coefficient(np.hstack([_raw(counts).features, counts]), value)


def _gwet(counts: Values, weights: Values) -> _Coefficient:
    """Units with a single rating count for how common a category is, not for how far raters agree."""
    q, rated = counts.shape[1], counts.sum(axis=1, keepdims=True)
    if q < 2:
        raise UndefinedMetric("Gwet's AC has no value", "there is one category", "Name all categories")
    used = counts[rated[:, 0] > 0]
    shares = used / used.sum(axis=1, keepdims=True)
    paired = _raw(used).features[:, 1]
    scale = float(weights.sum()) / (q * (q - 1))

    def value(sums: Values) -> Values:
        prevalence = sums[:, 2:] / sums[:, 2:].sum(axis=1, keepdims=True)
        return _beyond(_ratio(sums[:, 0], sums[:, 1]), scale * (prevalence * (1 - prevalence)).sum(axis=1))

    return _Coefficient(np.column_stack([_agreeing(used, weights), paired, shares]), value)


def _alpha(counts: Values, categories: Values, level: Level) -> _Coefficient:
    """Sums: n_c of every category, and for every unit o_ck / (m - 1), or what it disagrees by where δ is fixed."""
    if not len(counts):
        raise UndefinedMetric("Krippendorff's alpha has no value", "no unit has two ratings", "Ask a second judge")
    q, rated = counts.shape[1], counts.sum(axis=1)
    if level is Level.ORDINAL:
        pairs = counts[:, :, None] * counts[:, None, :] - np.eye(q) * counts[:, None, :]
        observed = (pairs / (rated - 1)[:, None, None]).reshape(len(counts), -1)
    else:
        fixed = _distance(categories, level)
        observed = ((counts @ fixed) * counts).sum(axis=1, keepdims=True) / (rated - 1)[:, None]

    def value(sums: Values) -> Values:
        n_c, seen = sums[:, :q], sums[:, q:]
        n = n_c.sum(axis=1)
        far = _ordinal(n_c) if level is Level.ORDINAL else np.broadcast_to(fixed, (len(sums), q, q))
        expected = np.einsum("dc,dk,dck->d", n_c, n_c, far, optimize=True) / (n - 1)
        apart = (seen * far.reshape(len(sums), -1)).sum(axis=1) if level is Level.ORDINAL else seen[:, 0]
        return 1 - _ratio(apart, expected)

    return _Coefficient(np.hstack([counts, observed]), value)


def _distance(categories: Values, level: Level) -> Values:
    apart = np.subtract.outer(categories, categories)
    return (apart != 0).astype(np.float64) if level is Level.NOMINAL else apart**2


def _ordinal(n_c: Values) -> Values:
    """(draws, categories, categories): δ² by ranks; the middles of two categories lie as far apart as ratings do."""
    middle = np.cumsum(n_c, axis=1) - n_c / 2
    far: Values = (middle[:, :, None] - middle[:, None, :]) ** 2
    return far


def _beyond(observed: Values, chance: Values) -> Values:
    return _ratio(observed - chance, 1 - chance)


def _ratio(above: Values, below: Values) -> Values:
    """NaN where there is nothing to divide by."""
    ratio: Values = np.divide(above, below, out=np.full(len(above), np.nan), where=np.abs(below) > 1e-12)
    return ratio


def _single(coefficient: _Coefficient) -> float:
    value = float(coefficient.value(coefficient.features.sum(axis=0, keepdims=True))[0])
    if np.isnan(value):
        raise UndefinedMetric(
            "This coefficient of agreement has no value", "all ratings are the same", "Report the raw agreement"
        )
    return value


def _of_verdicts(counts: Values) -> dict[str, _Coefficient]:
    """All coefficients that have a value for these verdicts."""
    order = np.array(VERDICTS)
    makers: dict[str, Callable[[], _Coefficient]] = {
        "raw": lambda: _raw(counts),
        "fleiss": lambda: _fleiss(counts),
        "ac1": lambda: _gwet(counts, np.eye(len(order))),
        "ac2": lambda: _gwet(counts, ordinal_weights(len(order))),
        "alpha": lambda: _alpha(counts, order, Level.ORDINAL),
        "alpha_nominal": lambda: _alpha(counts, order, Level.NOMINAL),
    }
    found = {}
    for name, make in makers.items():
        with suppress(UndefinedMetric):
            coefficient = make()
            _single(coefficient)
            found[name] = coefficient
    return found


def _estimates(coefficients: dict[str, _Coefficient], cluster: Codes, resamples: int, seed: int) -> dict[str, Estimate]:
    """Coefficients with their intervals; one draw of items serves all of them."""
    whole = np.hstack([one.features for one in coefficients.values()])
    sums = np.zeros((int(cluster.max()) + 1, whole.shape[1]))
    np.add.at(sums, cluster, whole)
    items, start, found = len(sums), 0, {}
    drawn = resampled_means(sums, resamples=resamples, seed=seed) * items if items > 1 else None
    for name, one in coefficients.items():
        end, ends = start + one.features.shape[1], None
        if drawn is not None:
            low, high = tails(one.value(drawn[:, start:end])[:, None])[0]
            ends = (float(low), float(high))
        found[name], start = Estimate(_single(one), ends, items, len(cluster)), end
    return found
