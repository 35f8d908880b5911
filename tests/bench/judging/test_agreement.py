"""Coefficients of agreement against the worked examples of those who proposed them."""

import math
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from photocast.bench.judging.agreement import (
    Level,
    agreement,
    beside_people,
    coefficient_interval,
    fleiss_kappa,
    gwet_ac,
    krippendorff_alpha,
    ordinal_weights,
    ratings,
    raw_agreement,
)
from photocast.bench.judging.winning import Inconsistent
from photocast.schema import InputError, UndefinedMetric

NO = math.nan
OBSERVERS = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, NO, NO, NO],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NO, 3],
        [NO, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NO],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NO],
    ]
).T
"""Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), section C: four observers, twelve units."""


@pytest.mark.parametrize(("level", "alpha"), [(Level.NOMINAL, 0.743), (Level.ORDINAL, 0.815), (Level.INTERVAL, 0.849)])
def test_the_example_of_krippendorff(level, alpha) -> None:
    assert krippendorff_alpha(OBSERVERS, level) == pytest.approx(alpha, abs=5e-4)


def test_gwet_on_the_same_table() -> None:
    """Published with irrCAC (Gwet) for these ratings: AC1 .77544, pairwise agreement .81818."""
    assert gwet_ac(OBSERVERS) == pytest.approx(0.77544, abs=5e-6)
    assert raw_agreement(OBSERVERS) == pytest.approx(0.81818, abs=5e-6)


PSYCHIATRISTS = [
    (0, 0, 0, 6, 0), (0, 3, 0, 0, 3), (0, 1, 4, 0, 1), (0, 0, 0, 0, 6), (0, 3, 0, 3, 0), (2, 0, 4, 0, 0),
    (0, 0, 4, 0, 2), (2, 0, 3, 1, 0), (2, 0, 0, 4, 0), (0, 0, 0, 0, 6), (1, 0, 0, 5, 0), (1, 1, 0, 4, 0),
    (0, 3, 3, 0, 0), (1, 0, 0, 5, 0), (0, 2, 0, 3, 1), (0, 0, 5, 0, 1), (3, 0, 0, 1, 2), (5, 1, 0, 0, 0),
    (0, 2, 0, 4, 0), (1, 0, 2, 0, 3), (0, 0, 0, 0, 6), (0, 1, 0, 5, 0), (0, 2, 0, 1, 3), (2, 0, 0, 4, 0),
    (1, 0, 0, 4, 1), (0, 5, 0, 1, 0), (4, 0, 0, 0, 2), (0, 2, 0, 4, 0), (1, 0, 5, 0, 0), (0, 0, 0, 0, 6),
]  # fmt: skip
"""Fleiss (1971), table 1: 30 patients, six psychiatrists, five diagnoses; how many gave each."""


def spelt_out(counts):
    return np.array([[k for k, count in enumerate(row) for _ in range(count)] for row in counts], dtype=float)


def test_the_example_of_fleiss() -> None:
    """P̄ = .555, P̄_e = .220, κ = .430 in the paper."""
    table = spelt_out(PSYCHIATRISTS)
    assert table.shape == (30, 6)
    assert np.bincount(table.astype(int).ravel()) / 180 == pytest.approx([0.144, 0.144, 0.167, 0.306, 0.239], abs=5e-4)
    assert raw_agreement(table) == pytest.approx(0.555, abs=6e-4)
    assert fleiss_kappa(table) == pytest.approx(0.430, abs=5e-4)


def test_gwet_stays_where_kappa_falls() -> None:
    """118 times both yes, 5 and 2 times one of them, never both no, of 125: p_a = 118 / 125 = .944.

    π_yes = 243 / 250 = .972. AC1: p_e = 2 · .972 · .028 = .05443, (.944 - .05443) / .94557 = .94078. Fleiss' κ:
    p_e = .972² + .028² = .94557, so -.0288. The table is that of Gwet (2008), table 2, where AC1 is .9408.
    """
    table = np.array([[1, 1]] * 118 + [[1, 0]] * 5 + [[0, 1]] * 2, dtype=float)
    assert gwet_ac(table) == pytest.approx(0.94078, abs=1e-5)
    assert fleiss_kappa(table) == pytest.approx(-0.0288, abs=1e-4)


def test_ordinal_weights_by_hand() -> None:
    """Of three: C(2, 2) = 1 and C(3, 2) = 3 over 3. Of four: 1, 3, 6 over 6."""
    assert ordinal_weights(3) == pytest.approx(np.array([[1, 2 / 3, 0], [2 / 3, 1, 2 / 3], [0, 2 / 3, 1]]))
    assert ordinal_weights(4)[0] == pytest.approx([1, 5 / 6, 3 / 6, 0])


def test_ac2_by_hand() -> None:
    """Units (1, 1), (1, 2), (1, 3), (3, 3). Agreement 1, ⅔, 0, 1: ⅔. π = (½, ⅛, ⅜).

    Σ w = 3 + 4 · ⅔ = 17/3, over 6 is 17/18; Σ π (1 - π) = 16/64 + 7/64 + 15/64 = 38/64; p_e = 17/18 · 38/64.
    """
    table = np.array([[1, 1], [1, 2], [1, 3], [3, 3]], dtype=float)
    chance = 17 / 18 * 38 / 64
    assert gwet_ac(table, level=Level.ORDINAL) == pytest.approx((2 / 3 - chance) / (1 - chance))


def test_categories_that_nobody_gave_can_be_named() -> None:
    """(a, a), (a, b), (b, b) with q = 3: p_a = ⅔, π = (½, ½, 0), p_e = ½ · ½ = ¼: (⅔ - ¼) / ¾ = 5/9; with q = 2, ⅓."""
    table = np.array([[0, 0], [0, 1], [1, 1]], dtype=float)
    assert gwet_ac(table, categories=(0, 1, 2)) == pytest.approx(5 / 9)
    assert gwet_ac(table) == pytest.approx(1 / 3)
    with pytest.raises(InputError, match="none of the categories"):
        gwet_ac(table, categories=(0, 2))
    with pytest.raises(InputError, match="interval"):
        gwet_ac(table, level=Level.INTERVAL)


def test_alpha_of_opposite_raters_by_hand() -> None:
    """(0, 1), (1, 0): o = 4 disagreeing of n = 4, D_o = 1; D_e = 2 · 2 · 2 / (4 · 3) = ⅔: 1 - 3/2."""
    assert krippendorff_alpha(np.array([[0.0, 1.0], [1.0, 0.0]]), Level.NOMINAL) == pytest.approx(-0.5)


TABLES = arrays(np.float64, st.tuples(st.integers(2, 8), st.integers(2, 4)), elements=st.sampled_from([0.0, 1.0, 2.0]))


@given(TABLES)
def test_the_definition_of_alpha_pair_by_pair(table) -> None:
    """Interval alpha from all pairs of values, without counting any coincidences."""
    values = table.ravel()
    within = np.mean([(a - b) ** 2 for row in table for i, a in enumerate(row) for j, b in enumerate(row) if i != j])
    between = np.mean([(a - b) ** 2 for i, a in enumerate(values) for j, b in enumerate(values) if i != j])
    if not between:
        with pytest.raises(UndefinedMetric, match="all ratings are the same"):
            krippendorff_alpha(table, Level.INTERVAL)
        return
    assert krippendorff_alpha(table, Level.INTERVAL) == pytest.approx(1 - within / between)


@given(TABLES, st.randoms())
def test_who_rated_what_first_does_not_matter(table, random) -> None:
    rows = list(range(len(table)))
    random.shuffle(rows)
    other = np.array([random.sample(list(table[row]), table.shape[1]) for row in rows])
    for coefficient in (
        raw_agreement, fleiss_kappa, gwet_ac, lambda t: krippendorff_alpha(t, Level.ORDINAL)
    ):  # fmt: skip
        try:
            value = coefficient(table)
        except UndefinedMetric:
            with pytest.raises(UndefinedMetric):
                coefficient(other)
        else:
            assert coefficient(other) == pytest.approx(value)
            assert value <= 1 + 1e-12


def test_full_agreement_is_one() -> None:
    table = np.array([[0, 0, 0], [1, 1, 1], [2, 2, NO]], dtype=float)
    assert raw_agreement(table) == 1
    assert gwet_ac(table) == pytest.approx(1)
    for level in Level:
        assert krippendorff_alpha(table, level) == 1


def test_missing_ratings_count_as_missing() -> None:
    """A rater without any rating and a unit with one do not move alpha; Fleiss refuses, as it has no place for them."""
    wider = np.column_stack([OBSERVERS, np.full(12, NO)])
    assert krippendorff_alpha(wider, Level.ORDINAL) == pytest.approx(krippendorff_alpha(OBSERVERS, Level.ORDINAL))
    with pytest.raises(UndefinedMetric, match="same two or more"):
        fleiss_kappa(OBSERVERS)


@pytest.mark.parametrize(
    "table", [np.array([[1.0, NO], [NO, 2.0]]), np.full((3, 2), NO), np.array([[1.0, 1.0], [1.0, 1.0]])]
)
def test_where_there_is_nothing_to_compare_there_is_no_coefficient(table) -> None:
    for coefficient in (fleiss_kappa, gwet_ac, lambda t: krippendorff_alpha(t, Level.NOMINAL)):
        with pytest.raises(UndefinedMetric):
            coefficient(table)


@pytest.mark.parametrize("table", [np.zeros(3), np.zeros((0, 2)), np.array([[1.0, math.inf]])])
def test_what_is_no_table_is_refused(table) -> None:
    with pytest.raises(InputError):
        raw_agreement(table)
    with pytest.raises(InputError, match="too many"):
        krippendorff_alpha(np.arange(2002.0).reshape(-1, 2), Level.NOMINAL)


def test_verdicts_of_judges_as_a_table(vote) -> None:
    """Judge a: (1, 0) is a tie; (1, ½) a win if both count, a tie if not; b is missing on item 1."""
    votes = [vote("i0", 1.0, "AB"), vote("i0", 0.0, "BA"), vote("i1", 1.0, "AB"), vote("i1", 0.5, "BA")]
    votes += [vote("i0", 0.0, judge="b"), vote("i1", None, judge="b")]
    table, items, judges = ratings(votes)
    assert (judges, items.tolist()) == (("b", "j1"), [0, 1])
    np.testing.assert_array_equal(table, [[-1, 0], [NO, 1]])
    np.testing.assert_array_equal(ratings(votes, rule=Inconsistent.TIE)[0], [[-1, 0], [NO, 0]])


def test_agreement_of_votes_is_that_of_their_table(vote) -> None:
    random = np.random.default_rng(0)
    votes = []
    for item in range(40):
        mood = random.normal(0, 1.5)
        for judge in "abc":
            score = float(np.clip(round(mood + random.normal()), -1, 1) + 1) / 2
            votes.append(vote(f"i{item}", score, judge=judge))
    found, (table, items, _) = agreement(votes, resamples=2_000), ratings(votes)
    assert (found.judges, found.units, found.alone) == (("a", "b", "c"), 40, 0)
    assert found.raw.value == pytest.approx(raw_agreement(table))
    assert found.fleiss.value == pytest.approx(fleiss_kappa(table))
    assert found.ac1.value == pytest.approx(gwet_ac(table))
    assert found.ac2.value == pytest.approx(gwet_ac(table, level=Level.ORDINAL))
    assert found.alpha_nominal.value == pytest.approx(krippendorff_alpha(table, Level.NOMINAL))
    assert found.alpha.value == pytest.approx(krippendorff_alpha(table, Level.ORDINAL))
    for estimate, coefficient in (
        (found.raw, raw_agreement),
        (found.fleiss, fleiss_kappa),
        (found.ac1, lambda t: gwet_ac(t, categories=(-1, 0, 1))),
        (found.alpha, lambda t: krippendorff_alpha(t, Level.ORDINAL)),
    ):
        assert estimate.ci95[0] <= estimate.value <= estimate.ci95[1]
        slow = coefficient_interval(table, items, coefficient, resamples=2_000)
        assert estimate.ci95 == pytest.approx(slow, abs=0.03), "two ways to draw items"


def test_intervals_are_over_items(vote) -> None:
    """Four criteria that say the same are one item each time, so the interval is as wide as of one."""
    scores = [(float(k % 2), float(k % 3 == 0)) for k in range(30)]
    one = [vote(f"i{k}", s, judge=j) for k, pair in enumerate(scores) for s, j in zip(pair, "ab", strict=True)]
    four = [v.model_copy(update={"criterion": c}) for c in ("flow", "reaction", "overall", "grounding") for v in one]
    narrow, wide = agreement(one), agreement(four)
    assert wide.units == 4 * narrow.units
    assert wide.raw.ci95 == pytest.approx(narrow.raw.ci95)
    assert (wide.raw.items, wide.raw.n) == (30, 120)


def test_agreement_that_has_no_value(vote) -> None:
    with pytest.raises(UndefinedMetric, match="second judge"):
        agreement([vote("i0"), vote("i1"), vote("i2", judge="b")])
    found = agreement([vote(f"i{k}", 1.0, judge=j) for k in range(5) for j in "ab"])
    assert (found.raw.value, found.ac1.value) == (1.0, 1.0)
    assert found.fleiss is None
    assert found.alpha is None
    ragged = agreement([vote("i0", judge=j) for j in "abc"] + [vote("i1", 0.0, judge=j) for j in "ab"] + [vote("i2")])
    assert ragged.fleiss is None
    assert (ragged.units, ragged.alone) == (2, 1)
    assert ragged.alpha.value == 1.0


def test_judges_beside_people_by_hand(vote) -> None:
    """Item 0: judge 1, people 1 and 0: ½; they agree 0 times. Item 1: judge ½, people ½ and 1: ½; 0 times.

    Item 2: judge 0, people 0 and 0: 1 and 1. Without ties: items 0 and 2 for the judge, ½ and 1.
    """
    votes = [vote("i0", 1.0), vote("i1", 0.5), vote("i2", 0.0)]
    for person, scores in (("p1", (1.0, 0.5, 0.0)), ("p2", (0.0, 1.0, 0.0))):
        votes += [vote(f"i{k}", score, judge=person, kind="human") for k, score in enumerate(scores)]
    found = beside_people(votes)
    assert found.judges["j1"].value == pytest.approx(2 / 3)
    assert found.people.value == pytest.approx(1 / 3)
    assert found.judges_without_ties["j1"].value == pytest.approx(3 / 4)
    assert found.people_without_ties.value == pytest.approx(1 / 2)
    assert (found.judges["j1"].n, found.people.n) == (6, 3)
    with pytest.raises(UndefinedMetric, match="both"):
        beside_people(votes[:3])
    assert beside_people(votes[:6]).people is None


def test_many_votes_are_quick(vote) -> None:
    """3,000 units of three judges with 10,000 draws of items took 1.0 s."""
    one = vote()
    random = np.random.default_rng(0)
    votes = [
        one.model_copy(update={"item": f"i{k // 9}", "systems": ("a", f"b{k // 3 % 3}"), "judge": f"j{k % 3}",
                               "preference": int(random.integers(-1, 2))})
        for k in range(9_000)
    ]  # fmt: skip
    start = time.process_time()
    assert abs(agreement(votes).alpha.value) < 0.1
    assert time.process_time() - start < 10
