"""Intervals, paired differences and effect sizes, against arithmetic on paper and against what they promise."""

import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocast.bench import statistics
from photocast.schema import InputError

FEW = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=12)


def test_the_interval_of_two_values_is_theirs() -> None:
    """Of 0 and 1, a quarter of the draws has the mean 0, half ½, a quarter 1: both tails of 2.5 % lie at the ends."""
    assert statistics.interval([0.0, 1.0]) == (0.0, 1.0)


def test_the_interval_of_a_rare_one_is_that_of_counts() -> None:
    """A single 1 among 10: P(drawn 0 times) = .9^10 = .35; P(4 or more) = .013, P(3 or more) = .070. So 0 to .3."""
    low, high = statistics.interval([1.0] + [0.0] * 9) or (None, None)
    assert low == 0.0
    assert high == pytest.approx(0.3)


def test_the_interval_is_that_of_the_normal_law() -> None:
    """100 values, sd .5 (population) by hand: half 0, half 1. Standard error .05, so .5 ± .098."""
    low, high = statistics.interval([0.0, 1.0] * 50) or (0.0, 0.0)
    assert low == pytest.approx(0.402, abs=0.01)
    assert high == pytest.approx(0.598, abs=0.01)


@pytest.mark.parametrize("values", [[], [None, None], [3.0], [None, 3.0]])
def test_there_is_no_interval_of_fewer_than_two(values: list[float | None]) -> None:
    assert statistics.interval(values) is None


def test_constant_values_give_no_width() -> None:
    assert statistics.interval([0.1] * 7) == (0.1, 0.1)
    assert statistics.interval([1e9 + 0.1, None, 1e9 + 0.1]) == (1e9 + 0.1, 1e9 + 0.1)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_refused(bad: float) -> None:
    with pytest.raises(InputError, match="not finite"):
        statistics.interval([1.0, bad, 2.0])
    with pytest.raises(InputError, match="not finite"):
        statistics.paired([1.0, 2.0], [1.0, bad])
    with pytest.raises(InputError, match="not finite"):
        statistics.superiority([bad], [1.0])


def test_an_infinite_value_in_a_matrix_is_refused() -> None:
    with pytest.raises(InputError, match="infinite"):
        statistics.intervals(np.array([[1.0], [math.inf]]))
    with pytest.raises(InputError, match="dimensions"):
        statistics.intervals(np.array([1.0, 2.0]))
    with pytest.raises(InputError, match="0 resamples"):
        statistics.interval([1.0, 2.0], resamples=0)


@given(FEW, st.integers(0, 9))
def test_the_interval_lies_among_the_values(values: list[float], seed: int) -> None:
    low, high = statistics.interval(values, resamples=200, seed=seed) or (math.nan, math.nan)
    slack = 1e-9 * max(map(abs, values))
    assert min(values) - slack <= low <= high <= max(values) + slack


@given(FEW)
def test_a_seed_gives_the_same_interval_again(values: list[float]) -> None:
    assert statistics.interval(values, resamples=200, seed=3) == statistics.interval(values, resamples=200, seed=3)


def test_another_seed_draws_other_items() -> None:
    values = [float(value) ** 1.5 for value in range(30)]
    assert statistics.interval(values, seed=1) != statistics.interval(values, seed=2)


def test_columns_do_not_disturb_one_another() -> None:
    """Each column of a matrix gets the interval that it would get alone, missing values or not."""
    columns = [[1.0, 2.0, 4.0, 8.0], [None, 2.0, 4.0, 8.0], [None] * 4, [None, None, None, 5.0], [7.0] * 4]
    matrix = np.array([[math.nan if value is None else value for value in column] for column in columns]).T
    ends = statistics.intervals(matrix, seed=5)
    for column, found in zip(columns, ends, strict=True):
        alone = statistics.interval(column, seed=5)
        assert np.isnan(found).all() if alone is None else found == pytest.approx(alone, abs=1e-12)


def test_missing_values_count_neither_as_zero_nor_as_an_item() -> None:
    """A draw without any of the two values is left out; with either, the mean lies between 10 and 12."""
    low, high = statistics.interval([10.0, 12.0, *[None] * 20]) or (0.0, 0.0)
    assert (low, high) == (10.0, 12.0)


def test_many_items_are_drawn_in_blocks_that_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    values = [math.sin(number) for number in range(40)]
    whole = statistics.interval(values, resamples=1_000)
    monkeypatch.setattr(statistics, "_AT_ONCE", 40 * 7)
    assert statistics.interval(values, resamples=1_000) == pytest.approx(whole, abs=1e-12)


def test_95_of_100_intervals_hold_the_truth() -> None:
    """Normal data with mean 0, 40 items, 600 times: the percentile bootstrap covers about .94 at this size."""
    matrix = np.random.default_rng(0).normal(size=(40, 600))
    ends = statistics.intervals(matrix, resamples=2_000)
    covered = ((ends[:, 0] <= 0) & (ends[:, 1] >= 0)).mean()
    assert 0.91 <= covered <= 0.97


def test_a_paired_difference_by_hand() -> None:
    """Differences 1, 2, 3: mean 2, sd 1, d_z 2. J = Γ(1) / (√1 Γ(.5)) = 1 / √π. All signs: 2 of 8 reach ±6."""
    found = statistics.paired([2.0, 4.0, 6.0, None, 1.0], [1.0, 2.0, 3.0, 9.0, None])
    assert found is not None
    assert (found.n, found.left_out) == (3, 2)
    assert (found.mean_a, found.mean_b, found.difference) == (4.0, 2.0, 2.0)
    assert found.d_z == pytest.approx(2.0)
    assert found.g_z == pytest.approx(2 / math.sqrt(math.pi))
    assert found.superiority == 1.0
    assert found.p == 0.25
    assert found.ci95 is not None
    assert found.ci95 == pytest.approx((1.0, 3.0))


def test_the_order_of_the_systems_turns_the_signs() -> None:
    a, b = [1.0, 5.0, 2.0, 8.0], [2.0, 2.0, 2.0, 3.0]
    one, other = statistics.paired(a, b), statistics.paired(b, a)
    assert one
    assert other
    assert one.difference == -other.difference
    assert one.d_z == pytest.approx(-(other.d_z or 0))
    assert one.superiority == 1 - other.superiority == 0.625  # 2 larger, 1 tie, 1 smaller of 4
    assert one.p == other.p


@pytest.mark.parametrize(
    ("a", "b", "n"), [([1.0, 2.0], [1.0, 2.0], 2), ([3.0, 4.0], [1.0, 2.0], 2), ([0.3, 0.1], [0.2, 0.0], 2)]
)
def test_differences_that_do_not_vary_have_no_effect_size(a: list[float], b: list[float], n: int) -> None:
    """.3 - .2 and .1 - 0 differ in the last bit alone; that is no variation."""
    found = statistics.paired(a, b)
    assert found
    assert (found.n, found.d_z, found.g_z) == (n, None, None)


def test_one_pair_has_a_difference_and_nothing_else() -> None:
    found = statistics.paired([3.0], [1.0])
    assert found
    assert (found.difference, found.ci95, found.d_z, found.p) == (2.0, None, None, 1.0)


def test_without_pairs_there_is_no_comparison() -> None:
    assert statistics.paired([None, 1.0], [2.0, None]) is None
    assert statistics.paired([], []) is None


def test_systems_of_other_items_cannot_be_paired() -> None:
    with pytest.raises(InputError, match="the other"):
        statistics.paired([1.0, 2.0], [1.0])


def test_equal_systems_have_a_p_value_of_one() -> None:
    found = statistics.paired([1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    assert found
    assert (found.p, found.superiority) == (1.0, 0.5)


def test_the_exact_p_value_counts_patterns() -> None:
    """|±1 ±2 ±3 ±4| >= 8 for 4 of the 16 patterns: all alike (10), and the 1 alone turned (8), each with its mirror."""
    differences = np.array([[-1.0], [2.0], [3.0], [4.0]])
    assert statistics.sign_flip_p(differences) == pytest.approx(4 / 16)


def test_drawn_p_values_come_near_the_exact_one() -> None:
    differences = np.random.default_rng(1).normal(0.4, 1, size=(14, 3))
    exact = statistics.sign_flip_p(differences, resamples=8_192)  # 2 ** 13 patterns
    drawn = statistics.sign_flip_p(differences, resamples=8_191)
    assert drawn == pytest.approx(exact, abs=0.02)
    assert (drawn != exact).any()


def test_no_drawn_p_value_is_zero() -> None:
    assert statistics.sign_flip_p(np.full((60, 1), 2.0), resamples=999)[0] == pytest.approx(1 / 1_000)


def test_chance_gives_small_p_values_as_often_as_they_say() -> None:
    differences = np.random.default_rng(2).normal(size=(20, 500))
    ps = statistics.sign_flip_p(differences, resamples=1_000)
    assert 0.02 <= (ps <= 0.05).mean() <= 0.08


def test_holm_by_hand() -> None:
    """Sorted .01, .03, .04: 3 × .01 = .03; 2 × .03 = .06; 1 × .04 would be less than that, so .06."""
    assert statistics.holm([0.03, 0.01, 0.04]) == pytest.approx([0.06, 0.03, 0.06])
    assert statistics.holm([0.5, 0.9]) == [1.0, 1.0]
    assert statistics.holm([]) == []
    with pytest.raises(InputError, match="between 0 and 1"):
        statistics.holm([0.1, math.nan])


@given(st.lists(st.floats(0, 1), max_size=20))
def test_holm_keeps_the_order_and_makes_nothing_smaller(ps: list[float]) -> None:
    corrected = statistics.holm(ps)
    assert all(after >= before for before, after in zip(ps, corrected, strict=True))
    ranks = sorted(range(len(ps)), key=ps.__getitem__)
    assert [corrected[one] for one in ranks] == sorted(corrected)


def test_superiority_by_hand() -> None:
    """Pairs of 1, 2 with 2, 3: larger in (1,2), (1,3), (2,3), equal in (2,2): 3.5 of 4."""
    assert statistics.superiority([1.0, 2.0], [2.0, 3.0]) == 0.875
    assert statistics.cliffs_delta([2.0, 3.0], [1.0, 2.0]) == 0.75
    with pytest.raises(InputError, match="empty"):
        statistics.superiority([], [1.0])


@given(st.lists(st.integers(0, 5), min_size=1), st.lists(st.integers(0, 5), min_size=1))
def test_superiority_is_what_counting_all_pairs_gives(a: list[int], b: list[int]) -> None:
    counted = sum((y > x) + (y == x) / 2 for x in a for y in b) / (len(a) * len(b))
    assert statistics.superiority(a, b) == pytest.approx(counted)


@pytest.mark.parametrize(("d", "n"), [(0.2, 199), (0.5, 34), (-0.5, 34), (0.8, 15), (1.0, 10)])
def test_the_items_needed_are_those_of_the_tables(d: float, n: int) -> None:
    """As G*Power 3.1 gives them for two-sided paired t-tests with alpha .05 and power .8."""
    assert statistics.items_needed(d) == n


def test_more_power_needs_more_items() -> None:
    """The classic table: d = .5 at power .9 takes 44 pairs."""
    assert statistics.items_needed(0.5, power=0.9) == 44


def test_no_difference_is_never_found() -> None:
    assert statistics.items_needed(0.0) is None
    assert statistics.items_needed(1e-9) is None
    assert statistics.items_needed(1e6) == 2
    with pytest.raises(InputError, match="cannot plan"):
        statistics.items_needed(math.nan)


def test_wilson_by_hand() -> None:
    """40 of 50, as in the facts about reporting: .67 to .89."""
    assert statistics.wilson(40, 50) == pytest.approx((0.670, 0.888), abs=5e-4)
    assert statistics.wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=5e-4)  # z² / (n + z²) = 3.84 / 13.84
    assert statistics.wilson(10, 10) == pytest.approx((0.7225, 1.0), abs=5e-4)
    for successes, n in ((1, 0), (3, 2), (-1, 2)):
        with pytest.raises(InputError, match="no interval"):
            statistics.wilson(successes, n)


def test_hedges_is_less_for_few_and_nothing_for_two() -> None:
    """n = 10: 1 - 3 / (4 × 9 - 1) = .914 by the usual approximation; the exact factor is .9139."""
    assert statistics.hedges(1.0, 10) == pytest.approx(0.9139, abs=1e-4)
    assert statistics.hedges(1.0, 2) is None


def test_intervals_need_no_scipy() -> None:
    code = (
        "import sys; from photocast.bench import statistics;"
        "statistics.interval([1.0, 2.0]); statistics.paired([1.0, 2.0], [2.0, 2.0]); print('scipy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
