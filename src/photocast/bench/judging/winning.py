"""Who wins, how sure that is, and what in it is the judges' doing: win rates, position bias, self-preference.

Everything starts from votes. A game is what one judge, at one repeat, says of one pair in both orders. Votes without a
verdict are no games; `statuses` counts them. Figures are means over items (`photocast.bench.judging.clusters`).
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from statistics import fmean
from typing import TypeVar

import numpy as np

from photocast.bench.judging.clusters import Estimate, codes, difference_of_means, mean_of_items
from photocast.bench.judging.votes import Status, Vote
from photocast.bench.statistics import RESAMPLES, sign_flip_p, wilson
from photocast.schema import InputError, UndefinedMetric

Pair = tuple[str, str]
Key = TypeVar("Key")


class Inconsistent(StrEnum):
    """What a game counts in which the verdict changes with the order."""

    HALF = "half"
    """Both verdicts count, each with half the weight: a win and a tie are ¾, a win and a loss ½. The default."""
    TIE = "tie"
    """A win needs both orders; anything that changes is a tie. The conservative rule of MT-Bench."""


@dataclass(frozen=True, slots=True)
class Game:
    """One judge's verdict on a pair, from both orders or from the one that has an answer."""

    item: str
    systems: Pair
    criterion: str
    judge: str
    kind: str
    repeat: int
    by_order: tuple[float | None, float | None]
    """Score of the first system when it was shown first, and when it was shown second; None without a verdict."""

    @property
    def consistent(self) -> bool | None:
        """Whether both orders say the same of win, tie and loss; None where one of them has no verdict."""
        first, second = self.by_order
        return None if first is None or second is None else first == second

    @property
    def votes(self) -> int:
        """Verdicts in it, 1 or 2."""
        return 2 - self.by_order.count(None)

    def score(self, rule: Inconsistent) -> float:
        """Of the first system, 0 to 1. A single order counts as it is, whatever the rule."""
        if rule is Inconsistent.TIE and self.consistent is False:
            return 0.5
        return fmean(score for score in self.by_order if score is not None)


@dataclass(frozen=True, slots=True)
class WinRate:
    """How often the first of two systems is preferred."""

    rate: float
    """(wins + ties / 2) / games, as a mean over items."""
    ci95: tuple[float, float] | None
    """t interval over items; None for one item. It has no width where all items say the same: see `wilson95`."""
    items: int
    votes: int
    """Verdicts behind it."""
    one_order: int
    """Games in which only one order has a verdict."""
    ties: float
    """Share of the verdicts that are ties."""
    won: int
    """Items whose mean score is above ½."""
    tied: int
    lost: int
    wilson95: tuple[float, float] | None
    """Interval of won / (won + lost); it holds near 0 and 1 too. None where every item is tied."""
    sign_p: float
    """Two-sided exact sign test of won against lost."""
    flip_p: float
    """Two-sided sign-flip permutation test of the scores of the items, less ½."""
    design_effect: float | None
    """How many times too small the variance would be if verdicts were independent; None where nothing varies."""


@dataclass(frozen=True, slots=True)
class Contest:
    """Two systems under one criterion."""

    systems: Pair
    criterion: str
    kind: str
    """Whether models or people vote; the two are never averaged."""
    overall: WinRate | None
    """Over all judges, each counting the same within an item. None without any verdict."""
    by_judge: Mapping[str, WinRate | None]
    without: Mapping[str, WinRate | None]
    """The rate if this judge had not been asked; empty for a single judge."""


@dataclass(frozen=True, slots=True)
class Position:
    """What the order in which two texts are shown does to a verdict."""

    consistency: Estimate | None
    """Share of the games with the same verdict in both orders (PC); None where no game has both."""
    first_slot: Estimate | None
    """P(the text shown first wins) - P(the one shown second wins) (PF); None where one order has no verdict."""


@dataclass(frozen=True, slots=True)
class SelfPreference:
    """How much better judges treat the systems of their own family."""

    family: str
    own: float
    """Win rate of the family's systems as its own judges see it."""
    others: float
    """The same as judges see it who are of neither side's family, on the same pairs."""
    gap: Estimate
    """`own` less `others`; above 0 for self-preference."""


def win_rate(
    votes: Iterable[Vote], *, rule: Inconsistent = Inconsistent.HALF, resamples: int = RESAMPLES, seed: int = 0
) -> WinRate:
    """How often the first system of a pair is preferred over the second, ties counting half.

    w = (wins + ties / 2) / games. A game is scored from its two orders by `rule`; the games of a judge are averaged
    within an item, then the judges, then the items. So the interval is that of items, and a judge who is missing on
    some of them does not move the weight of the rest.

    Unit: ratio
    Source: Zheng et al., Judging LLM-as-a-Judge (NeurIPS 2023), section 3.4, for orders and ties; Miller, Adding Error
    Bars to Evals (2024), section 2.2, for errors by cluster.

    Args:
        votes: on one pair of systems, under one criterion, of models or of people.
        rule: what a verdict counts that changes with the order.
        resamples: patterns of signs of the permutation test where there are too many to try all.
        seed: of these.

    Raises:
        InputError: the votes are on several pairs, criteria or kinds of judge.
        UndefinedMetric: none of them has a verdict.
    """
    return _win_rate(one_contest(votes), rule, resamples, seed)


def contests(
    votes: Iterable[Vote], *, rule: Inconsistent = Inconsistent.HALF, resamples: int = RESAMPLES, seed: int = 0
) -> list[Contest]:
    """`win_rate` of every pair under every criterion: over all judges, of each judge, and without each judge."""
    votes = list(votes)
    turned, groups = _orientation(votes), defaultdict(list)
    for vote in votes:
        groups[turned[vote.systems], vote.criterion, vote.kind].append(vote)
    found = []
    for (systems, criterion, kind), group in groups.items():
        judges, played = sorted({vote.judge for vote in group}), games(group)

        def rate(use: Callable[[str], bool], played: list[Game] = played) -> WinRate | None:
            chosen = [game for game in played if use(game.judge)]
            return _win_rate(chosen, rule, resamples, seed) if chosen else None

        by_judge = {judge: rate(judge.__eq__) for judge in judges}
        without = {judge: rate(judge.__ne__) for judge in judges} if len(judges) > 1 else {}
        found.append(Contest(systems, criterion, kind, rate(lambda _: True), by_judge, without))
    return found


def position(votes: Iterable[Vote]) -> Position:
    """What the order does to the verdicts of the judges that are given.

    Consistency: mean over items of the share of games in which both orders give the same of win, tie and loss.
    First slot: mean score of the first system when it is shown first, less that when it is shown second. With both
    orders of every pair this is P(first wins) - P(second wins); where orders were drawn at random it estimates it.

    Unit: ratio
    Source: Shi et al., Judging the Judges: position bias (2024), section 3, for consistency and preference.

    Raises:
        UndefinedMetric: no vote has a verdict.
    """
    played = games(votes)
    if not played:
        raise UndefinedMetric("There is no position bias", "no vote has a verdict", "Ask the judges again")
    both = [game for game in played if game.consistent is not None]
    shares = _by_item(both, lambda game: float(game.consistent is True))
    consistency = mean_of_items(np.array([*shares.values()]), len(both), low=0.0, high=1.0) if both else None
    shown = [(game.item, score, order) for game in played for order, score in enumerate(game.by_order)]
    answered = [(item, score, order) for item, score, order in shown if score is not None]
    second = np.array([order == 1 for _, _, order in answered])
    if second.all() or not second.any():
        return Position(consistency, None)
    scores = np.array([score for _, score, _ in answered])
    return Position(consistency, difference_of_means(codes([item for item, _, _ in answered]), scores, second))


def self_consistency(votes: Iterable[Vote]) -> Estimate:
    """How often a judge says the same again: share of pairs of repeats of a question with the same verdict.

    The same of win, tie and loss; mean over the pairs of an item, then over items.

    Unit: ratio

    Raises:
        UndefinedMetric: no question has two repeats with a verdict.
    """
    scores: dict[tuple[object, ...], dict[int, float]] = defaultdict(dict)
    for vote in votes:
        if vote.score is not None:
            scores[vote.question[:-1]][vote.repeat] = vote.score
    same: dict[str, list[float]] = defaultdict(list)
    for question, repeats in scores.items():
        same[str(question[0])] += [float(a == b) for a, b in combinations(repeats.values(), 2)]
    shares = np.array([fmean(pairs) for pairs in same.values() if pairs])
    if not shares.size:
        raise UndefinedMetric("There is no self-consistency", "no question has two repeats", "Judge with repeats")
    return mean_of_items(shares, sum(map(len, same.values())), low=0.0, high=1.0)


def self_preference(
    votes: Iterable[Vote], families: Mapping[str, str], *, rule: Inconsistent = Inconsistent.HALF
) -> list[SelfPreference]:
    """How much higher judges rate systems of their own family than unrelated judges do, family by family.

    For every item, pair and criterion in which exactly one system is of the family: mean score of that system by judges
    of the family, less that by judges of neither system's family. What is hard about the item cancels; so does its true
    quality, as far as the other judges see it. Averaged within items, then over items. A judge without a family is
    unrelated to all. People do not count here; a family without both kinds of judge on any pair is left out.

    Unit: ratio
    Source: the difference in a panel of Panickssery et al., LLM Evaluators Recognize and Favor Their Own Generations
    (2024), section 2, taken between judges instead of between humans and judges.

    Args:
        votes: of several judges on the same items.
        families: of every judge and system, by name; what is missing has no family and is unrelated to all.
        rule: what a verdict counts that changes with the order.
    """
    by_family: dict[str, dict[tuple[object, ...], tuple[list[float], list[float]]]] = defaultdict(dict)
    for game in games(votes):
        of_systems, of_judge = tuple(families.get(name) for name in game.systems), families.get(game.judge)
        if game.kind == "human":
            continue
        for family, score in _one_sided(of_systems, game.score(rule)):
            if of_judge != family and of_judge in of_systems and of_judge is not None:
                continue
            own, others = by_family[family].setdefault((game.item, game.systems, game.criterion), ([], []))
            (own if of_judge == family else others).append(score)
    found = [(family, [(key[0], *sides) for key, sides in rows.items()]) for family, rows in by_family.items()]
    return [
        _self_preference(family, both)
        for family, rows in sorted(found)
        if (both := [(str(item), own, others) for item, own, others in rows if own and others])
    ]


def anchored_self_preference(
    votes: Iterable[Vote], families: Mapping[str, str], *, rule: Inconsistent = Inconsistent.HALF
) -> dict[str, Estimate]:
    """Self-preference of every judge with people as the anchor.

    P(judge picks own | people pick own) - P(judge picks other | people pick other): 0 for a judge who errs on either
    side alike, above 0 for one who favours its family. People pick the system with the larger mean score; what they
    leave tied is left out. Ties of the judge count half.

    Unit: ratio
    Source: Wataoka et al., Self-Preference Bias in LLM-as-a-Judge (arXiv 2410.21819), equation 1.

    Args:
        votes: of models and of people on the same items.
        families: of every judge and system, by name.
        rule: what a verdict counts that changes with the order.

    Returns:
        By judge; judges without a family, or for whom people never picked one of the sides, are left out.
    """
    played = games(votes)
    people = _by(
        (game for game in played if game.kind == "human"),
        lambda game: (game.item, game.systems, game.criterion),
        lambda game: game.score(rule),
    )
    rows: dict[str, list[tuple[str, float, bool]]] = defaultdict(list)
    for game in played:
        picked, family = people.get((game.item, game.systems, game.criterion), 0.5), families.get(game.judge)
        of_systems = [families.get(name) for name in game.systems]
        if game.kind == "human" or picked == 0.5 or family is None or of_systems.count(family) != 1:
            continue
        people_first, own_first = picked > 0.5, of_systems[0] == family
        agrees = game.score(rule) if people_first else 1 - game.score(rule)
        rows[game.judge].append((game.item, agrees, people_first != own_first))
    found = {}
    for judge, seen in sorted(rows.items()):
        other = np.array([side for _, _, side in seen])
        if other.any() and not other.all():
            agree = np.array([value for _, value, _ in seen])
            found[judge] = difference_of_means(codes([item for item, _, _ in seen]), agree, other)
    return found


def statuses(votes: Iterable[Vote]) -> dict[str, dict[Status, int]]:
    """How many questions to each judge were answered, unreadable, refused and failed; zeros included."""
    found: dict[str, Counter[Status]] = defaultdict(Counter)
    for vote in votes:
        found[vote.judge][vote.status] += 1
    return {judge: {status: counts[status] for status in Status} for judge, counts in sorted(found.items())}


def games(votes: Iterable[Vote]) -> list[Game]:
    """Votes with a verdict, both orders of a judge together, each pair of systems in one direction.

    Votes that name the two systems the other way round are turned; of two votes on one question the last one counts.
    """
    votes = list(votes)
    turned = _orientation(votes)
    found: dict[tuple[str, Pair, str, str, str, int], list[float | None]] = {}
    for vote in votes:
        if (score := vote.score) is None:
            continue
        systems = turned[vote.systems]
        other = systems != vote.systems
        key = (vote.item, systems, vote.criterion, vote.judge, vote.kind, vote.repeat)
        orders = found.setdefault(key, [None, None])
        orders[(vote.order == "BA") ^ other] = 1 - score if other else score
    return [Game(*key, by_order=(orders[0], orders[1])) for key, orders in found.items()]


def one_contest(votes: Iterable[Vote]) -> list[Game]:
    """The games of votes that are all on one pair, under one criterion, of one kind of judge.

    Raises:
        InputError: they are not.
        UndefinedMetric: none of them has a verdict.
    """
    votes = list(votes)
    turned = _orientation(votes)
    of_one_kind(votes)
    if len(pairs := {turned[vote.systems] for vote in votes}) > 1:
        raise InputError("There is no one win rate", f"the votes are on {len(pairs)} pairs", "Give those on one")
    return games(votes)


def of_one_kind(votes: Sequence[Vote]) -> None:
    """Refuse what must not be averaged.

    Raises:
        InputError: the votes are under several criteria, or of models and of people.
        UndefinedMetric: none of them has a verdict.
    """
    if len(criteria := sorted({vote.criterion for vote in votes})) > 1:
        raise InputError("These votes do not add up", f"they are on {', '.join(criteria)}", "Give those on one")
    if len({vote.kind for vote in votes}) > 1:
        raise InputError(
            "These votes do not add up", "some are of models, some of people", "Join them by prediction_powered"
        )
    if all(vote.score is None for vote in votes):
        raise UndefinedMetric("There is no winner", "no vote has a verdict", "Ask the judges again")


def scores_of_items(played: Iterable[Game], rule: Inconsistent = Inconsistent.HALF) -> dict[str, float]:
    """Score of the first system on every item: mean over the games of a judge, then over judges."""
    by_judge = _by(played, lambda game: (game.item, game.judge), lambda game: game.score(rule))
    found: dict[str, list[float]] = defaultdict(list)
    for (item, _), score in by_judge.items():
        found[item].append(score)
    return {item: fmean(scores) for item, scores in found.items()}


def sign_test(won: int, lost: int) -> float:
    """Two-sided exact p of `won` against `lost`, if either were as likely; 1 where there is neither.

    2 · P(at least the larger of both | won + lost throws of a coin), no more than 1.

    Source: Dixon & Mood, Journal of the American Statistical Association 41:557 (1946).
    """
    count, larger = won + lost, max(won, lost)
    ways = reached = math.comb(count, larger)
    for heads in range(larger, count):
        ways = ways * (count - heads) // (heads + 1)
        reached += ways
    return min(1.0, float(2 * reached / (1 << count)))


def _win_rate(played: list[Game], rule: Inconsistent, resamples: int, seed: int) -> WinRate:
    values = np.array([*scores_of_items(played, rule).values()])
    verdicts = np.array([score for game in played for score in game.by_order if score is not None])
    mean = mean_of_items(values, len(verdicts), low=0.0, high=1.0)
    near = np.round(values - 0.5, 12)  # thirds of judges must not turn a tie into a win
    won, lost = int((near > 0).sum()), int((near < 0).sum())
    independent = float(verdicts.var(ddof=1)) / len(verdicts) if len(verdicts) > 1 else 0.0
    clustered = float(values.var(ddof=1)) / len(values) if len(values) > 1 else 0.0
    return WinRate(
        rate=mean.value,
        ci95=mean.ci95,
        items=mean.items,
        votes=mean.n,
        one_order=sum(game.votes == 1 for game in played),
        ties=float((verdicts == 0.5).mean()),
        won=won,
        tied=len(values) - won - lost,
        lost=lost,
        wilson95=wilson(won, won + lost) if won + lost else None,
        sign_p=sign_test(won, lost),
        flip_p=float(sign_flip_p(near[:, None], resamples=resamples, seed=seed)[0]),
        design_effect=clustered / independent if independent and clustered else None,
    )


def _self_preference(family: str, rows: list[tuple[str, list[float], list[float]]]) -> SelfPreference:
    items: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for item, own, others in rows:
        items[item].append((fmean(own), fmean(others)))
    own_mean, others_mean = (np.array([fmean(row[side] for row in seen) for seen in items.values()]) for side in (0, 1))
    gap = mean_of_items(own_mean - others_mean, sum(len(own) + len(others) for _, own, others in rows))
    return SelfPreference(family, float(own_mean.mean()), float(others_mean.mean()), gap)


def _one_sided(of_systems: tuple[str | None, ...], score: float) -> Iterator[tuple[str, float]]:
    """Every family that has exactly one of the two systems, with the score of that system."""
    first, second = of_systems
    if first == second:
        return
    if first is not None:
        yield first, score
    if second is not None:
        yield second, 1 - score


def _orientation(votes: Iterable[Vote]) -> dict[Pair, Pair]:
    """For every pair of systems as it is named, the direction in which it was named first."""
    found: dict[Pair, Pair] = {}
    for vote in votes:
        a, b = vote.systems
        found.setdefault((a, b), found.get((b, a), (a, b)))
    return found


def _by(played: Iterable[Game], key: Callable[[Game], Key], value: Callable[[Game], float]) -> dict[Key, float]:
    """Mean of a value over the games with the same key."""
    found: dict[Key, list[float]] = defaultdict(list)
    for game in played:
        found[key(game)].append(value(game))
    return {one: fmean(values) for one, values in found.items()}


def _by_item(played: Iterable[Game], value: Callable[[Game], float]) -> dict[str, float]:
    return _by(played, lambda game: game.item, value)
