"""Length control: closed forms, and a planted habit of preferring the longer text."""

import math

import numpy as np
import pytest

from photocast.bench.judging.length import length_controlled, length_matched
from photocast.bench.judging.winning import win_rate
from photocast.schema import InputError, UndefinedMetric

LOGIT = {share: math.log(share / (1 - share)) for share in (0.75, 0.5, 0.9, 0.6)}


def spread(vote, groups):
    """`groups`: (words more, wins, losses), an item a verdict."""
    found = []
    for apart, wins, losses in groups:
        for score, count in ((1.0, wins), (0.0, losses)):
            found += [vote(f"i{len(found) + k}", score, words=(800 + apart, 800)) for k in range(count)]
    return found


def test_two_lengths_by_hand(vote) -> None:
    """Half the items 100 words longer, won 9 of 10, half 100 shorter, won 6 of 10. sd(Δ) = 100, tanh(±1) = ±.76159.

    The fit is exact: θ ± .76159 φ = logit .9 and logit .6, so θ is their mean, and the rate is σ(1.30134) = .7861.
    """
    found = length_controlled(spread(vote, [(100, 9, 1), (-100, 6, 4)]))
    theta, phi = (LOGIT[0.9] + LOGIT[0.6]) / 2, (LOGIT[0.9] - LOGIT[0.6]) / 2 / math.tanh(1)
    assert found.rate.value == pytest.approx(1 / (1 + math.exp(-theta)))
    assert found.effect.value == pytest.approx(phi)
    assert found.as_it_is.value == pytest.approx(0.75)
    assert (found.words, found.words_sd) == (0.0, pytest.approx(100 * math.sqrt(20 / 19)))
    # each logit varies by 1 / (10 p (1 - p)): 1 / .9 and 1 / 2.4; times 20 / 18 for two parameters; t(18) = 2.1009
    reach = 2.100922 * math.sqrt((1 / 0.9 + 1 / 2.4) / 4 * 20 / 18)
    low, high = (1 / (1 + math.exp(-(theta + sign * reach))) for sign in (-1, 1))
    assert found.rate.ci95 == pytest.approx((low, high), abs=1e-6)


def test_where_length_does_nothing_it_takes_nothing_off(vote) -> None:
    found = length_controlled(spread(vote, [(100, 9, 3), (-50, 9, 3)]))
    assert found.rate.value == pytest.approx(0.75)
    assert found.effect.value == pytest.approx(0.0, abs=1e-9)


def test_longer_by_as_much_everywhere_is_not_to_be_told_apart(vote) -> None:
    with pytest.raises(UndefinedMetric, match="standard deviation of 0"):
        length_controlled(spread(vote, [(100, 9, 3)]))


def test_two_items_are_too_few(vote) -> None:
    with pytest.raises(UndefinedMetric, match="2 items"):
        length_controlled(spread(vote, [(100, 1, 0), (-50, 0, 1)]))


def test_where_the_longer_always_wins_there_is_no_finite_effect(vote) -> None:
    for groups in ([(100, 9, 0), (-50, 0, 9)], [(100, 9, 0), (-50, 9, 0)]):
        with pytest.raises(UndefinedMetric, match="do not overlap"):
            length_controlled(spread(vote, groups))


def test_pairs_of_like_length_by_hand(vote) -> None:
    """Of 800 and 888, 88 < .1 · 888; of 800 and 890, 90 > 89: only the first three items count, 2 of 3 won."""
    votes = spread(vote, [(88, 2, 0), (-79, 0, 1), (90, 5, 0), (-80, 5, 0)])
    found = length_matched(votes)
    assert found.value == pytest.approx(2 / 3)
    assert found.items == 3
    assert length_matched(votes, within=0.5).items == 13
    with pytest.raises(UndefinedMetric, match="within 1%"):
        length_matched(votes, within=0.01)
    with pytest.raises(InputError, match="not a share"):
        length_matched(votes, within=0)


def test_turned_round_it_is_one_less_the_other(vote) -> None:
    votes = spread(vote, [(100, 9, 1), (-100, 6, 4), (30, 3, 3)])
    turned = [v.model_copy(update={"preference": -v.preference, "words": v.words[::-1]}) for v in votes]
    ours, theirs = length_controlled(votes), length_controlled(turned)
    assert ours.rate.value + theirs.rate.value == pytest.approx(1)
    assert ours.effect.value == pytest.approx(theirs.effect.value)
    named = [v.model_copy(update={"systems": v.systems[::-1]}) for v in turned[1:]]
    assert length_controlled([votes[0], *named]).rate.value == pytest.approx(ours.rate.value)


def test_six_verdicts_on_an_item_are_one(vote) -> None:
    votes = spread(vote, [(100, 9, 1), (-100, 6, 4)])
    often = [v.model_copy(update={"judge": j, "order": o}) for v in votes for j in "abc" for o in ("AB", "BA")]
    assert length_controlled(often).rate.ci95 == pytest.approx(length_controlled(votes).rate.ci95)
    assert length_controlled(often).rate.n == 120


def test_the_interval_holds_what_the_rate_would_be_at_equal_length(habits) -> None:
    """Ours is 100 words longer and judges love length: the plain rate is far off, the controlled one is not.

    No item effect here: with one, a logistic fit estimates the rate averaged over items, a little nearer to ½.
    """
    planted = habits(quality=-0.4, item_sd=0.0, length=1.2, longer=100)
    truth = 1 / (1 + math.exp(0.4))
    found = [planted.votes(seed) for seed in range(60)]
    controlled = [length_controlled(votes) for votes in found]
    held = sum(one.rate.ci95[0] <= truth <= one.rate.ci95[1] for one in controlled)
    assert held >= 53
    assert sum(one.effect.ci95[0] <= 1.2 <= one.effect.ci95[1] for one in controlled) >= 53
    assert not any(one.ci95[0] <= truth <= one.ci95[1] for one in (win_rate(v, resamples=10) for v in found[:20]))
    matched = [length_matched(votes) for votes in found]
    means = [np.mean([one.value for one in each]) for each in (matched, [one.as_it_is for one in controlled])]
    assert truth < means[0] < truth + 0.06, "among texts of like length ours is still a little longer"
    assert means[1] > truth + 0.1
