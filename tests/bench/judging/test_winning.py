"""Win rates, position bias and self-preference: arithmetic on paper, and judges with planted habits."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocast.bench.judging.votes import Status
from photocast.bench.judging.winning import (
    Inconsistent,
    anchored_self_preference,
    contests,
    games,
    position,
    self_consistency,
    self_preference,
    sign_test,
    statuses,
    win_rate,
)
from photocast.schema import InputError, UndefinedMetric

SCORE = st.sampled_from([0.0, 0.5, 1.0])


def both_orders(vote, scores, **changes):
    """A vote in each order per item; `scores` are those of the first system."""
    return [
        vote(f"i{number}", score, order, **changes)
        for number, pair in enumerate(scores)
        for order, score in zip(("AB", "BA"), pair, strict=True)
    ]


def held(ends, truth):
    return ends[0] <= truth <= ends[1]


def test_a_win_rate_by_hand(vote) -> None:
    """Items 1, (1 + 0) / 2 = ½ and (½ + 0) / 2 = ¼: 1.75 / 3. Of 6 verdicts, 1 is a tie. One item each way."""
    found = win_rate(both_orders(vote, [(1.0, 1.0), (1.0, 0.0), (0.5, 0.0)]))
    assert found.rate == pytest.approx(1.75 / 3)
    assert (found.items, found.votes, found.one_order) == (3, 6, 0)
    assert (found.won, found.tied, found.lost) == (1, 1, 1)
    assert found.ties == pytest.approx(1 / 6)
    assert found.wilson95 == pytest.approx((0.0945, 0.9055), abs=1e-4)
    assert found.sign_p == 1.0


def test_what_changes_with_the_order_can_be_a_tie(vote) -> None:
    """Items 1, tie, tie: 2 / 3."""
    votes = both_orders(vote, [(1.0, 1.0), (1.0, 0.0), (0.5, 0.0)])
    assert win_rate(votes, rule=Inconsistent.TIE).rate == pytest.approx(2 / 3)


def test_the_interval_is_that_of_items(vote) -> None:
    """Items 1, 1, ½, ½: mean ¾, sd √(4/16 / 3) = .28868, error .14434, t(3) = 3.18245: ¾ ± .45935, at most 1."""
    votes = both_orders(vote, [(1.0, 1.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0)])
    ends = win_rate(votes).ci95
    assert ends == pytest.approx((0.29065, 1.0), abs=1e-5)
    again = [one.model_copy(update={"judge": judge}) for one, judge in product(votes, ("j1", "j2", "j3"))]
    assert win_rate(again).ci95 == pytest.approx(ends), "three judges who say the same are no more items"


def test_six_verdicts_that_are_one(vote) -> None:
    """5 items won and 5 lost by all of 6 verdicts: (10/9 · ¼ / 10) / (60/59 · ¼ / 60) = 59 / 9."""
    scores = [(float(number % 2),) * 2 for number in range(10)]
    votes = [one for judge in "abc" for one in both_orders(vote, scores, judge=judge)]
    assert win_rate(votes).design_effect == pytest.approx(59 / 9)


def test_a_missing_judge_does_not_shift_the_weights(vote) -> None:
    """On the item, judge a has 1 from two orders, judge b 0 from one: (1 + 0) / 2, not 2 / 3."""
    votes = [vote("i", 1.0, "AB", judge="a"), vote("i", 1.0, "BA", judge="a"), vote("i", 0.0, "AB", judge="b")]
    found = win_rate([*votes, vote("i", None, "BA", judge="b")])
    assert found.rate == 0.5
    assert (found.votes, found.one_order) == (3, 1)


def test_one_item_has_no_interval_but_a_rate(vote) -> None:
    found = win_rate([vote(score=1.0)])
    assert (found.rate, found.ci95, found.design_effect) == (1.0, None, None)
    assert found.sign_p == 1.0


def test_all_ties(vote) -> None:
    found = win_rate(both_orders(vote, [(0.5, 0.5)] * 8))
    assert (found.rate, found.ci95, found.ties) == (0.5, (0.5, 0.5), 1.0)
    assert (found.won, found.tied, found.lost, found.wilson95) == (0, 8, 0, None)
    assert (found.sign_p, found.flip_p) == (1.0, 1.0)


def test_all_wins_are_not_certainty(vote) -> None:
    """20 of 20: Wilson from 1 / (1 + 3.8415 / 20) = .8389; p = 2 / 2^20."""
    found = win_rate(both_orders(vote, [(1.0, 1.0)] * 20))
    assert found.ci95 == (1.0, 1.0)
    assert found.wilson95 == pytest.approx((0.83887, 1.0), abs=1e-4)
    assert found.sign_p == pytest.approx(2 / 2**20)


@pytest.mark.parametrize(("won", "lost", "p"), [(8, 2, 112 / 1024), (2, 8, 112 / 1024), (0, 0, 1.0), (3, 3, 1.0)])
def test_the_sign_test_by_hand(won, lost, p) -> None:
    """8 of 10 or more: 45 + 10 + 1 = 56 of 1,024 ways, twice."""
    assert sign_test(won, lost) == pytest.approx(p)


def test_the_sign_test_of_very_many() -> None:
    """Normal approximation with continuity: z = (50,400 - 50,000 - ½) / √25,000 = 2.5266, p = .01152."""
    assert sign_test(50_400, 49_600) == pytest.approx(math.erfc(399.5 / math.sqrt(25_000) / math.sqrt(2)), rel=1e-3)


def test_a_hand_edited_file_that_names_the_systems_the_other_way_round(vote) -> None:
    votes = both_orders(vote, [(1.0, 1.0), (1.0, 0.5)])
    turned = vote("i1", 0.5, "AB", systems=("theirs", "ours"))
    assert games([*votes[:3], turned]) == games(votes)
    assert win_rate([*votes, vote("i1", 1.0, "AB", systems=("theirs", "ours"))]).rate == 0.75, "the last one counts"


def test_what_does_not_add_up_is_refused(vote) -> None:
    with pytest.raises(InputError, match="2 pairs"):
        win_rate([vote(), vote(systems=("ours", "third"))])
    with pytest.raises(InputError, match="flow, overall"):
        win_rate([vote(), vote(criterion="flow")])
    with pytest.raises(InputError, match="people"):
        win_rate([vote(), vote(kind="human")])
    for nothing in ([], [vote(score=None)]):
        with pytest.raises(UndefinedMetric, match="no vote has a verdict"):
            win_rate(nothing)
        with pytest.raises(UndefinedMetric):
            position(nothing)


@given(st.lists(st.tuples(SCORE, SCORE), min_size=1, max_size=8), st.sampled_from(Inconsistent))
def test_both_systems_share_one(vote, scores, rule) -> None:
    """Turned round, the rate is one less the other, wins are losses, and the p-values stay."""
    votes = both_orders(vote, scores)
    turned = [one.model_copy(update={"preference": -one.preference}) for one in votes]
    ours, theirs = win_rate(votes, rule=rule), win_rate(turned, rule=rule)
    assert ours.rate + theirs.rate == pytest.approx(1)
    assert (ours.won, ours.tied, ours.lost) == (theirs.lost, theirs.tied, theirs.won)
    assert (ours.sign_p, ours.flip_p) == pytest.approx((theirs.sign_p, theirs.flip_p))
    assert ours.ci95 is None or ours.ci95[0] <= ours.rate <= ours.ci95[1]


def test_contests_keep_apart_what_is_apart(vote) -> None:
    votes = [
        *both_orders(vote, [(1.0, 1.0), (0.0, 0.0)], judge="a"),
        *both_orders(vote, [(1.0, 1.0), (1.0, 1.0)], judge="b"),
        *both_orders(vote, [(0.0, 0.0)], criterion="flow"),
        *both_orders(vote, [(None, None)], kind="human", judge="p1"),
    ]
    overall, flow, people = contests(votes)
    assert (overall.systems, overall.criterion, overall.kind) == (("ours", "theirs"), "overall", "model")
    assert overall.overall is not None
    assert overall.overall.rate == 0.75
    assert {judge: rate.rate for judge, rate in overall.by_judge.items() if rate} == {"a": 0.5, "b": 1.0}
    assert {judge: rate.rate for judge, rate in overall.without.items() if rate} == {"a": 1.0, "b": 0.5}
    assert (flow.criterion, flow.without) == ("flow", {})
    assert (people.kind, people.overall, people.by_judge) == ("human", None, {"p1": None})


@pytest.mark.parametrize(("pair", "first"), [((1.0, 0.0), 1.0), ((0.0, 1.0), -1.0)])
def test_a_judge_who_always_takes_one_slot(vote, pair, first) -> None:
    found = position(both_orders(vote, [pair] * 5))
    assert found.consistency is not None
    assert found.first_slot is not None
    assert (found.consistency.value, found.first_slot.value, found.first_slot.ci95) == (0.0, first, (first, first))
    assert win_rate(both_orders(vote, [pair] * 5)).rate == 0.5


def test_position_by_hand(vote) -> None:
    """(1, 1) and (1, 0): half are consistent; shown first 1 and 1, second 1 and 0, so 1 - ½."""
    found = position(both_orders(vote, [(1.0, 1.0), (1.0, 0.0)]))
    assert found.consistency is not None
    assert found.first_slot is not None
    assert (found.consistency.value, found.first_slot.value) == (0.5, 0.5)
    assert (found.consistency.n, found.first_slot.n) == (2, 4)
    assert found.first_slot.ci95 == (-1.0, 1.0)


def test_the_interval_of_position_by_hand(vote) -> None:
    """Shown first 1 1 1 0, second 1 0 0 0: ¾ - ¼. Shares of the items in the error (x - mean) / 4, second off first:

    -⅛, ⅛, ⅛, -⅛; error √(4/3 · 4/64) = .288675, t(3) = 3.182446: from ½ - .91870 to 1.
    """
    found = position(both_orders(vote, [(1.0, 1.0), (1.0, 0.0), (1.0, 0.0), (0.0, 0.0)]))
    assert found.first_slot is not None
    assert found.first_slot.ci95 == pytest.approx((-0.41870, 1.0), abs=1e-5)


def test_much_better_and_better_are_the_same_verdict(vote) -> None:
    found = position([vote(score=1.0), vote(order="BA").model_copy(update={"preference": 2})])
    assert found.consistency is not None
    assert found.consistency.value == 1.0


def test_one_order_says_nothing_of_position(vote) -> None:
    assert position([vote("i1"), vote("i2")]) == position([vote("i3"), vote("i4")])
    assert position([vote("i1"), vote("i2")]).first_slot is None
    assert position([vote("i1"), vote("i2")]).consistency is None


def test_self_consistency_by_hand(vote) -> None:
    """Item a: 1, 1, 0 has 1 of 3 pairs the same; item b: 1, 1 has 1 of 1; item c has one repeat. (⅓ + 1) / 2."""
    votes = [vote("a", score, repeat=k) for k, score in enumerate((1.0, 1.0, 0.0))]
    votes += [vote("b", 1.0, repeat=k) for k in range(2)] + [vote("c")]
    found = self_consistency(votes)
    assert found.value == pytest.approx(2 / 3)
    assert (found.items, found.n) == (2, 4)
    with pytest.raises(UndefinedMetric, match="two repeats"):
        self_consistency([vote("a"), vote("a", order="BA"), vote("b")])


def test_self_preference_by_hand(vote) -> None:
    """Items 1 and 2: ours by its own judge 1 and ½, by the unrelated ones 1 and 0: gap (0 + ½) / 2.

    `theirs` is of the family of j3, who says nothing about how j1 sees ours: related to one side, so no witness.
    """
    families = {"ours": "x", "j1": "x", "theirs": "z", "j3": "z"}
    votes = [
        *both_orders(vote, [(1.0, 1.0), (1.0, 0.0)], judge="j1"),
        *both_orders(vote, [(1.0, 1.0), (0.0, 0.0)], judge="j2"),
        *both_orders(vote, [(0.0, 0.0), (0.0, 0.0)], judge="j3"),
        *both_orders(vote, [(0.0, 0.0), (0.0, 0.0)], judge="p1", kind="human"),
    ]
    x, z = self_preference(votes, families)
    assert (x.family, x.own, x.others, x.gap.value) == ("x", 0.75, 0.5, 0.25)
    assert (z.family, z.own, z.others, z.gap.value) == ("z", 1.0, 0.5, 0.5), "j2 gives theirs 0 and 1"
    assert self_preference(votes, {"ours": "x"}) == [], "no judge of the family"
    assert self_preference(votes, {name: "x" for name in ("ours", "theirs", "j1")}) == [], "both sides are own"


def test_self_preference_with_people_as_the_anchor(vote) -> None:
    """People pick ours on 2 items, theirs on 2, tie on one. j1 picks ours on both and on one of theirs' two.

    P(ours | ours) - P(theirs | theirs) = 1 - ½. j2 is of the other side: P(theirs | theirs) - P(ours | ours) = 1 - ½.
    """
    people = both_orders(vote, [(1.0,) * 2, (1.0,) * 2, (0.0,) * 2, (0.0,) * 2, (1.0, 0.0)], kind="human", judge="p")
    votes = people + both_orders(vote, [(1.0,) * 2, (1.0,) * 2, (1.0,) * 2, (0.0,) * 2, (1.0,) * 2], judge="j1")
    votes += both_orders(vote, [(1.0,) * 2, (0.0,) * 2, (0.0,) * 2, (0.0,) * 2, (0.0,) * 2], judge="j2")
    found = anchored_self_preference(votes, {"ours": "x", "j1": "x", "theirs": "y", "j2": "y"})
    assert {judge: gap.value for judge, gap in found.items()} == {"j1": 0.5, "j2": 0.5}
    assert found["j1"].items == 4
    assert anchored_self_preference(votes, {"j1": "x"}) == {}
    assert anchored_self_preference(votes[10:], {"ours": "x", "j1": "x"}) == {}, "without people there is no anchor"


def test_every_status_is_counted(vote) -> None:
    votes = [vote("a"), vote("b", None), vote("c", None, status=Status.FAILED), vote("d", None, judge="j2")]
    assert statuses(votes) == {
        "j1": {Status.OK: 1, Status.UNREADABLE: 0, Status.REFUSED: 1, Status.FAILED: 1},
        "j2": {Status.OK: 0, Status.UNREADABLE: 0, Status.REFUSED: 1, Status.FAILED: 0},
    }


SEEDS = range(60)


def test_the_interval_holds_the_planted_rate(habits) -> None:
    """120 items with their own effect, three judges, a strong first-slot habit: both orders take it out."""
    planted = habits(quality=0.6, first=0.8)
    truth = np.mean([planted.chance(lambda h, e, s=s: h.quality + e + s * h.first) for s in (1, -1)])
    ends = [win_rate(planted.votes(seed), resamples=10).ci95 for seed in SEEDS]
    assert sum(held(pair, truth) for pair in ends) >= 53  # binomial(60, .95): fewer in less than 1 %
    assert np.mean([high - low for low, high in ends]) < 0.15


def test_the_interval_holds_the_planted_position_bias(habits) -> None:
    planted = habits(quality=0.4, first=0.7)
    truth = planted.chance(lambda h, e: h.quality + e + h.first) - planted.chance(lambda h, e: h.quality + e - h.first)
    assert truth > 0.25
    whole = [position(planted.votes(seed)).first_slot for seed in SEEDS]
    assert sum(held(one.ci95, truth) for one in whole) >= 53
    random = np.random.default_rng(0)
    halves = []
    for seed in SEEDS:  # each item in one order, drawn at random
        order = random.choice(["AB", "BA"], 120)
        kept = [one for one in planted.votes(seed) if order[int(one.item[1:])] == one.order]
        halves.append(position(kept).first_slot)
    assert sum(held(one.ci95, truth) for one in halves) >= 53
    fair = [position(habits(first=0.0).votes(seed)).first_slot for seed in SEEDS]
    assert sum(held(one.ci95, 0.0) for one in fair) >= 53


def test_the_interval_holds_the_planted_self_preference(habits) -> None:
    planted = habits(quality=-0.3, first=0.5, own=0.9)
    families = {"ours": "x", "j1": "x"}
    rate = {
        own: np.mean([planted.chance(lambda h, e, s=s, o=own: h.quality + e + s * h.first + o) for s in (1, -1)])
        for own in (0.0, 0.9)
    }
    truth = rate[0.9] - rate[0.0]
    assert truth > 0.15
    found = [self_preference(planted.votes(seed), families)[0].gap for seed in SEEDS]
    assert sum(held(one.ci95, truth) for one in found) >= 53
