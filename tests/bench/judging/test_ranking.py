"""Bradley-Terry and its two models of ties: closed forms, published figures, and planted strengths."""

import math
import time
from collections import Counter

import numpy as np
import pytest

from photocast.bench.judging.ranking import ELO, Ties, rank, resample
from photocast.bench.judging.votes import Status, Vote
from photocast.schema import InputError, UndefinedMetric


def played(vote, results, items=None):
    """`results`: (first, second): (wins, ties, losses); every vote on an item of its own, or on `items` in turn."""
    found = []
    for systems, counts in results.items():
        for score, count in zip((1.0, 0.5, 0.0), counts, strict=True):
            for _ in range(count):
                number = len(found) if items is None else len(found) % items
                found.append(vote(f"i{number}", score, systems=systems))
    return found


def strength(ranking):
    return dict(zip(ranking.systems, ranking.strengths.tolist(), strict=True))


@pytest.mark.parametrize("ties", Ties)
def test_two_systems_without_ties_by_hand(vote, ties) -> None:
    """15 of 20: the difference is ln 3 whatever the model; its variance 1 / (20 · ¾ · ¼), times 20 / 19."""
    found = rank(played(vote, {("a", "b"): (15, 0, 5)}), ties=ties)
    assert found.systems == ("a", "b")
    assert found.strengths == pytest.approx([math.log(3) / 2, -math.log(3) / 2])
    assert found.elo == pytest.approx([1000 + ELO * math.log(3) / 2, 1000 - ELO * math.log(3) / 2])
    assert found.tie is None
    lead = found.lead("a", "b")
    assert lead.value == pytest.approx(math.log(3))
    reach = 2.093024 * math.sqrt(20 / 19 / (20 * 3 / 16))  # t of 19 degrees of freedom
    assert lead.ci95 == pytest.approx((math.log(3) - reach, math.log(3) + reach), abs=1e-5)
    assert found.ci95[0] == pytest.approx(((math.log(3) - reach) / 2, (math.log(3) + reach) / 2), abs=1e-5)
    assert found.win_probability() == pytest.approx(np.array([[0.5, 0.75], [0.25, 0.5]]))


def four_items(vote):
    """4, 2, 3 and 3 wins of 4 votes an item, the items in turn."""
    won = {"i0": 4, "i1": 2, "i2": 3, "i3": 3}
    return [vote(item, float(k < won[item]), systems=("a", "b"), repeat=k) for k in range(4) for item in won]


def test_errors_by_item_by_hand(vote) -> None:
    """12 of 16: p = ¾, scores wins - 4 p of the items 1, -1, 0, 0; variance 4/3 · 2 / (16 · 3/16)², t(3) = 3.182446."""
    reach = 3.182446 * math.sqrt(4 / 3 * 2 / 9)
    lead = rank(four_items(vote)).lead("a", "b")
    assert lead.ci95 == pytest.approx((math.log(3) - reach, math.log(3) + reach), abs=1e-5)


def test_errors_with_a_prior_by_hand(vote) -> None:
    """Strengths ±d / 2. Drawn games add 2 σ(d / 2) (1 - σ(d / 2)) / 2 to the curvature in d, and take the mean off."""
    lead = rank(four_items(vote), prior=2.0).lead("a", "b")
    p, q = 1 / (1 + math.exp(-lead.value)), 1 / (1 + math.exp(-lead.value / 2))
    assert 12 - 16 * p == pytest.approx(2.0 * (q - 0.5)), "points won over what is expected, against the drawn games"
    reach = 3.182446 * math.sqrt(4 / 3 * 2) / (16 * p * (1 - p) + q * (1 - q))
    assert lead.ci95 == pytest.approx((lead.value - reach, lead.value + reach), abs=1e-5)


def test_ties_as_halves_by_hand(vote) -> None:
    """10 wins, 10 ties, 5 losses: a score of 15 of 25, ln(15 / 10)."""
    found = rank(played(vote, {("a", "b"): (10, 10, 5)}), ties=Ties.HALF)
    assert found.lead("a", "b").value == pytest.approx(math.log(1.5))


def test_davidson_by_hand(vote) -> None:
    """Two systems fit exactly: wins : losses = exp(d) = 2; ν = ties / √(wins · losses) = 10 / √50."""
    found = rank(played(vote, {("a", "b"): (10, 10, 5)}), ties=Ties.DAVIDSON)
    assert found.lead("a", "b").value == pytest.approx(math.log(2))
    assert found.tie == pytest.approx(10 / math.sqrt(50))
    assert found.win_probability()[0] == pytest.approx([0.5, 15 / 25])


def test_rao_kupper_by_hand(vote) -> None:
    """Two systems fit exactly: logit(10 / 25) = d - η, logit(5 / 25) = -d - η: d = (ln 4 - ln 1.5) / 2."""
    found = rank(played(vote, {("a", "b"): (10, 10, 5)}), ties=Ties.RAO_KUPPER)
    assert found.lead("a", "b").value == pytest.approx((math.log(4) - math.log(1.5)) / 2)
    assert found.tie == pytest.approx((math.log(4) + math.log(1.5)) / 2)
    assert found.win_probability()[0] == pytest.approx([0.5, 15 / 25])


BASEBALL = {
    ("Milwaukee", "Detroit"): (7, 0, 6), ("Milwaukee", "Toronto"): (9, 0, 4), ("Milwaukee", "New York"): (7, 0, 6),
    ("Milwaukee", "Boston"): (7, 0, 6), ("Milwaukee", "Cleveland"): (9, 0, 4), ("Milwaukee", "Baltimore"): (11, 0, 2),
    ("Detroit", "Toronto"): (7, 0, 6), ("Detroit", "New York"): (5, 0, 8), ("Detroit", "Boston"): (11, 0, 2),
    ("Detroit", "Cleveland"): (9, 0, 4), ("Detroit", "Baltimore"): (9, 0, 4), ("Toronto", "New York"): (7, 0, 6),
    ("Toronto", "Boston"): (7, 0, 6), ("Toronto", "Cleveland"): (8, 0, 5), ("Toronto", "Baltimore"): (12, 0, 1),
    ("New York", "Boston"): (6, 0, 7), ("New York", "Cleveland"): (7, 0, 6), ("New York", "Baltimore"): (10, 0, 3),
    ("Boston", "Cleveland"): (7, 0, 6), ("Boston", "Baltimore"): (12, 0, 1), ("Cleveland", "Baltimore"): (6, 0, 7),
}  # fmt: skip


def test_the_published_strengths_of_baseball_teams(vote) -> None:
    """Agresti, Categorical Data Analysis (2nd ed. 2002), table 10.10: the American League of 1987.

    The figures are those of R's BradleyTerry2 on the same table, Baltimore at 0.
    """
    found = strength(rank(played(vote, BASEBALL)))
    published = {
        "Milwaukee": 1.581, "Detroit": 1.436, "Toronto": 1.294, "New York": 1.248, "Boston": 1.108, "Cleveland": 0.684
    }  # fmt: skip
    for team, value in published.items():
        assert found[team] - found["Baltimore"] == pytest.approx(value, abs=6e-4)


@pytest.mark.parametrize("ties", [Ties.HALF, Ties.DAVIDSON])
def test_the_score_equations_hold(vote, ties) -> None:
    """At the maximum of Bradley-Terry and Davidson, expected points equal observed ones, system by system."""
    results = {("a", "b"): (6, 3, 2), ("b", "c"): (5, 1, 4), ("c", "a"): (2, 4, 7), ("c", "d"): (6, 6, 1)}
    found = rank(played(vote, results), ties=ties)
    assert found.strengths.sum() == pytest.approx(0, abs=1e-9)
    chance, place = found.win_probability(), found.systems.index
    assert chance + chance.T == pytest.approx(np.ones((4, 4)))
    balance: Counter[str] = Counter()
    for (a, b), (wins, draws, losses) in results.items():
        more = wins + draws / 2 - (wins + draws + losses) * chance[place(a), place(b)]
        balance[a] += more
        balance[b] -= more
    assert list(balance.values()) == pytest.approx([0.0] * 4, abs=1e-6)


@pytest.mark.parametrize("ties", Ties)
@pytest.mark.parametrize("prior", [0.0, 2.0])
def test_no_other_strengths_are_more_likely(vote, ties, prior) -> None:
    """Against SciPy's minimiser on the likelihood as it stands in the papers, from another start."""
    optimize = pytest.importorskip("scipy.optimize")
    results = {("a", "b"): (6, 3, 2), ("b", "c"): (5, 1, 4), ("c", "a"): (2, 4, 7), ("c", "d"): (6, 6, 1)}

    def chances(d, tie):
        if ties is Ties.DAVIDSON:
            a, b = math.exp(d), 1.0
            whole = a + b + math.exp(tie) * math.sqrt(a * b)
            return a / whole, math.exp(tie) * math.sqrt(a * b) / whole, b / whole
        if ties is Ties.RAO_KUPPER:
            win, loss = 1 / (1 + math.exp(math.exp(tie) - d)), 1 / (1 + math.exp(math.exp(tie) + d))
            return win, 1 - win - loss, loss
        win = 1 / (1 + math.exp(-d))
        return win, math.sqrt(win * (1 - win)), 1 - win

    def cost(x):
        r = dict(zip("abcd", [*x[:3], -sum(x[:3])], strict=True))
        seen = [
            -count * math.log(p)
            for (a, b), counts in results.items()
            for count, p in zip(counts, chances(r[a] - r[b], x[3]), strict=True)
        ]
        drawn = sum(prior / 2 * (math.log1p(math.exp(one)) + math.log1p(math.exp(-one))) for one in r.values())
        return sum(seen) + drawn

    best = optimize.minimize(cost, [0.4, -0.3, 0.2, 0.1], method="BFGS", options={"gtol": 1e-7}).x
    found = rank(played(vote, results), ties=ties, prior=prior)
    assert [strength(found)[name] for name in "abc"] == pytest.approx(best[:3].tolist(), abs=1e-5)
    if ties is not Ties.HALF:
        tie = math.log(found.tie)
        assert tie == pytest.approx(best[3], abs=1e-5)


def test_direction_and_order_of_names_do_not_matter(vote) -> None:
    results = {("a", "b"): (6, 3, 2), ("b", "c"): (5, 1, 4), ("c", "a"): (2, 4, 7)}
    turned = {(b, a): counts[::-1] for (a, b), counts in reversed(results.items())}
    assert strength(rank(played(vote, turned))) == pytest.approx(strength(rank(played(vote, results))))


def test_a_system_that_never_loses_has_no_finite_strength(vote) -> None:
    results = {("a", "b"): (5, 0, 0), ("b", "c"): (3, 0, 2), ("a", "c"): (4, 0, 0)}
    with pytest.raises(UndefinedMetric, match="a never lost to any other system"):
        rank(played(vote, results))
    found = rank(played(vote, results), prior=1.0)
    assert found.systems[0] == "a"
    assert found.prior == 1.0
    assert np.isfinite(found.strengths).all()
    assert np.isfinite(found.ci95).all()


def test_systems_that_never_met_are_not_compared(vote) -> None:
    results = {("a", "b"): (5, 0, 3), ("c", "d"): (3, 0, 2)}
    with pytest.raises(UndefinedMetric, match="never met"):
        rank(played(vote, results))
    assert len(rank(played(vote, results), prior=0.5).systems) == 4


@pytest.mark.parametrize("ties", [Ties.DAVIDSON, Ties.RAO_KUPPER])
def test_wins_and_ties_without_a_loss_are_told_from_a_finite_fit(vote, ties) -> None:
    """8 wins, 2 ties, no loss: any larger lead with any larger share of ties fits better."""
    results = {("a", "b"): (8, 2, 0)}
    with pytest.raises(UndefinedMetric, match="infinite"):
        rank(played(vote, results), ties=ties)
    assert rank(played(vote, results), ties=ties, prior=1.0).systems == ("a", "b")
    assert rank(played(vote, results), ties=Ties.HALF).lead("a", "b").value == pytest.approx(math.log(9))


def test_all_ties(vote) -> None:
    votes = played(vote, {("a", "b"): (0, 6, 0), ("b", "c"): (0, 6, 0)})
    for ties in (Ties.DAVIDSON, Ties.RAO_KUPPER):
        with pytest.raises(UndefinedMetric, match="every vote is a tie"):
            rank(votes, ties=ties)
    assert rank(votes, ties=Ties.HALF).strengths == pytest.approx([0.0, 0.0, 0.0])


def test_what_cannot_be_ranked_is_refused(vote) -> None:
    with pytest.raises(UndefinedMetric, match="no vote has a verdict"):
        rank([vote(score=None)])
    with pytest.raises(InputError, match="not on two systems"):
        rank([vote(systems=("a", "a"))])
    with pytest.raises(InputError, match="number of games"):
        rank(played(vote, {("a", "b"): (1, 1, 1)}), prior=-1.0)
    with pytest.raises(InputError, match="flow, overall"):
        rank([vote(), vote(criterion="flow")])
    with pytest.raises(InputError, match="0 resamples"):
        resample(played(vote, {("a", "b"): (1, 1, 1)}), resamples=0)
    with pytest.raises(InputError, match="nobody is not ranked"):
        rank(played(vote, {("a", "b"): (1, 1, 1)})).lead("a", "nobody")


def test_one_item_has_strengths_and_no_interval(vote) -> None:
    votes = [vote("i", score, systems=("a", "b"), repeat=k) for k, score in enumerate((1.0, 1.0, 0.0))]
    found = rank([*votes, vote("i", None), vote("i", 0.5, systems=("a", "a"))])
    assert found.covariance is None
    assert found.ci95 is None
    assert found.lead("a", "b").ci95 is None
    assert (found.items, found.votes, found.left_out) == (1, 3, 2)


def test_repeated_votes_on_an_item_are_no_more_evidence(vote) -> None:
    """Every vote five times: as many items, the same strengths and intervals."""
    votes = played(vote, {("a", "b"): (6, 3, 4), ("b", "c"): (5, 2, 4), ("c", "a"): (3, 4, 5)}, items=12)
    once, often = rank(votes), rank([one for one in votes for _ in range(5)])
    assert often.strengths == pytest.approx(once.strengths)
    assert often.ci95 == pytest.approx(once.ci95)


def test_the_sandwich_and_the_bootstrap_agree(vote) -> None:
    votes = planted(0, Ties.DAVIDSON, items=80)[0]
    ranked, drawn = rank(votes), resample(votes, resamples=400)
    assert drawn.systems == ranked.systems
    assert drawn.undefined == 0
    width = np.diff(drawn.ci95, axis=1) / np.diff(ranked.ci95, axis=1)
    assert width == pytest.approx(np.ones_like(width), abs=0.2)
    assert (drawn.ranks95[:, 0] <= drawn.ranks95[:, 1]).all()
    assert drawn.ranks95[0, 0] == 1
    assert resample(votes, resamples=20, seed=4).strengths == pytest.approx(
        resample(votes, resamples=20, seed=4).strengths
    )


def test_draws_without_strengths_are_counted(vote) -> None:
    """a loses on one item of 10: it is missing in (9 / 10)^10 = .35 of the draws."""
    drawn = resample(played(vote, {("a", "b"): (9, 0, 1)}), resamples=400)
    assert 110 <= drawn.undefined <= 170
    assert len(drawn.strengths) == 400 - drawn.undefined
    assert resample(played(vote, {("a", "b"): (9, 0, 1)}), prior=1.0, resamples=50).undefined == 0


def ballot(item, systems, preference, judge="j", repeat=0) -> Vote:
    return Vote(
        item=item,
        systems=systems,
        order="AB",
        criterion="overall",
        judge=judge,
        status=Status.OK,
        preference=preference,
        words=(1, 1),
        repeat=repeat,
    )


def planted(seed: int, ties: Ties, items: int, size: int = 5) -> tuple[list[Vote], dict[str, float]]:
    """Votes exactly as the model says, six an item; strengths from -1 to 1, ν = exp(-½), η = ½."""
    random = np.random.default_rng(seed)
    truth = np.linspace(-1, 1, size)
    votes = []
    for number in range(items * 6):
        i, j = random.choice(size, 2, replace=False)
        d = truth[i] - truth[j]
        if ties is Ties.DAVIDSON:
            chances = np.exp([d / 2, -0.5, -d / 2])
        elif ties is Ties.RAO_KUPPER:
            win, loss = 1 / (1 + np.exp(0.5 - d)), 1 / (1 + np.exp(0.5 + d))
            chances = np.array([win, 1 - win - loss, loss])
        else:
            chances = np.array([1 / (1 + np.exp(-d)), 0.0, 1 / (1 + np.exp(d))])
        outcome = int(random.choice(3, p=chances / chances.sum()))
        votes.append(ballot(f"i{number // 6}", (f"s{i}", f"s{j}"), 1 - outcome, repeat=number))
    return votes, {f"s{one}": float(truth[one]) for one in range(size)}


@pytest.mark.parametrize("ties", Ties)
def test_the_intervals_hold_the_planted_strengths(ties) -> None:
    held, ties_seen = [], []
    for seed in range(40):
        votes, truth = planted(seed, ties, items=60)
        found = rank(votes, ties=ties)
        ties_seen.append(found.tie)
        wanted = np.array([truth[name] for name in found.systems])
        held.append((found.ci95[:, 0] <= wanted) & (wanted <= found.ci95[:, 1]))
    assert 0.90 <= np.mean(held) <= 0.99
    if ties is Ties.DAVIDSON:
        assert np.mean(ties_seen) == pytest.approx(math.exp(-0.5), abs=0.05)
    if ties is Ties.RAO_KUPPER:
        assert np.mean(ties_seen) == pytest.approx(0.5, abs=0.03)


def test_errors_by_vote_would_be_too_small_where_items_tilt() -> None:
    """Intervals over repeated draws of items hold the mean strength; with every vote an item they would not."""
    estimates, clustered, naive = [], [], []
    for seed in range(60):
        random = np.random.default_rng(seed)
        votes = []
        for item in range(50):
            d = 0.5 + random.normal(0, 1.5)
            won = random.random(12) < 1 / (1 + np.exp(-d))
            votes += [ballot(f"i{item}", ("a", "b"), 1 if one else -1, f"j{k}") for k, one in enumerate(won)]
        estimates.append(rank(votes).lead("a", "b"))
        apart = [one.model_copy(update={"item": f"{one.item}-{one.judge}"}) for one in votes]
        clustered.append(estimates[-1].ci95)
        naive.append(rank(apart).lead("a", "b").ci95)
    truth = np.mean([one.value for one in estimates])
    assert sum(low <= truth <= high for low, high in clustered) >= 53
    assert sum(low <= truth <= high for low, high in naive) < 48


def test_a_hundred_thousand_votes_of_fifty_systems(vote) -> None:
    """Measured at about .15 s with its intervals; 2 s are allowed on a busy machine."""
    random = np.random.default_rng(0)
    one = vote()
    truth = random.normal(size=50)
    i = random.integers(50, size=100_000)
    j = (i + random.integers(1, 50, size=100_000)) % 50
    outcome = np.where(random.random(100_000) < 0.2, 0, np.sign(truth[i] - truth[j] + random.logistic(size=100_000)))
    votes = [
        one.model_copy(update={"item": f"i{k % 1000}", "systems": (f"s{a}", f"s{b}"), "preference": int(p)})
        for k, (a, b, p) in enumerate(zip(i.tolist(), j.tolist(), outcome.tolist(), strict=True))
    ]
    start = time.process_time()
    found = rank(votes)
    assert found.ci95 is not None
    assert time.process_time() - start < 2
    assert (found.votes, len(found.systems)) == (100_000, 50)
    wanted = np.array([truth[int(name[1:])] for name in found.systems])
    assert np.corrcoef(found.strengths, wanted)[0, 1] > 0.995
