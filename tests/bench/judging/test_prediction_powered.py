"""Few votes of people joined with many of models: closed forms and coverage."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocast.bench.judging.prediction_powered import joined_win_rate, prediction_powered_mean
from photocast.schema import InputError, UndefinedMetric

VALUES = st.lists(st.floats(-10, 10), min_size=2, max_size=12)


def test_the_plain_form_by_hand() -> None:
    """mean(Ŷ) = ½ of 4; Y - Ŷ = 0, 0, 1: θ = ½ + ⅓. var = ⅓ / 4 + ⅓ / 3 = 7/36; t(2) = 4.30265."""
    found = prediction_powered_mean([1, 0, 1], [1, 0, 0], [1, 1, 0, 0], tuned=False)
    assert found.value == pytest.approx(5 / 6)
    reach = 4.302653 * math.sqrt(7 / 36)
    assert found.ci95 == pytest.approx((5 / 6 - reach, 5 / 6 + reach), abs=1e-5)
    assert (found.weight, found.labelled, found.unlabelled) == (1.0, 3, 4)
    assert found.bias == pytest.approx(-1 / 3)
    assert found.people_alone == pytest.approx(2 / 3)


def test_the_tuned_weight_by_hand() -> None:
    """cov(Y, Ŷ) = ⅙ (of n - 1); var of all seven Ŷ = (3 · 4 / 7) / 6 = 2/7; λ = ⅙ / ((1 + ¾) · 2/7) = ⅓."""
    found = prediction_powered_mean([1, 0, 1], [1, 0, 0], [1, 1, 0, 0])
    assert found.weight == pytest.approx(1 / 3)
    assert found.value == pytest.approx(1 / 3 * 1 / 2 + 2 / 3 - 1 / 3 * 1 / 3)


def test_a_model_that_knows_nothing_is_not_trusted() -> None:
    """Against or without people: λ = 0, and people alone are the answer."""
    for judged in ([0, 1, 0, 1], [1, 1, 1, 1]):
        found = prediction_powered_mean([1, 0, 1, 0], judged, [judged[0]] * 50)
        assert found.weight == 0
        assert (found.value, found.ci95) == (found.people_alone, found.people_ci95)


@given(VALUES, VALUES, st.randoms())
def test_a_shifted_model_changes_nothing(people, rest, random) -> None:
    """Whatever constant the model adds is taken off again."""
    judged = [value + random.uniform(-1, 1) for value in people]
    one = prediction_powered_mean(people, judged, rest)
    other = prediction_powered_mean(people, [value + 3 for value in judged], [value + 3 for value in rest])
    assert one.value == pytest.approx(other.value, abs=1e-6)
    assert 0 <= one.weight <= 1


def test_what_cannot_be_joined_is_refused() -> None:
    with pytest.raises(InputError, match="do not match"):
        prediction_powered_mean([1, 0], [1], [1, 0])
    with pytest.raises(InputError, match="finite"):
        prediction_powered_mean([1, math.nan], [1, 0], [1, 0])
    with pytest.raises(UndefinedMetric, match="1 items are labelled"):
        prediction_powered_mean([1], [1], [1, 0])
    with pytest.raises(UndefinedMetric, match="0 are not"):
        prediction_powered_mean([1, 0], [1, 1], [])


def sample(seed, n, others, bias):
    """People win 60 % on average; the model follows them with noise and adds `bias`."""
    random = np.random.default_rng(seed)
    chance = random.beta(3, 2, n + others)
    people = (random.random(n + others) < chance).astype(float)
    agree = random.random(n + others) < 0.85
    judged = np.where(agree, people, 1 - people) * 0.8 + bias
    return people[:n].tolist(), judged[:n].tolist(), judged[n:].tolist()


@pytest.mark.parametrize("bias", [0.0, 0.2])
@pytest.mark.parametrize("tuned", [True, False])
def test_the_interval_holds_the_truth_and_is_narrower(bias, tuned) -> None:
    """E(people) = 3 / 5. Binomial(400, .95): fewer than 368 in less than 1 %."""
    found = [prediction_powered_mean(*sample(seed, 60, 600, bias), tuned=tuned) for seed in range(400)]
    held = sum(one.ci95[0] <= 0.6 <= one.ci95[1] for one in found)
    assert held >= 368
    narrower = np.mean([(one.ci95[1] - one.ci95[0]) / (one.people_ci95[1] - one.people_ci95[0]) for one in found])
    assert narrower < (0.85 if tuned else 0.9)


def test_the_model_alone_would_miss_it() -> None:
    alone = [np.mean(sample(seed, 60, 600, 0.2)[2]) for seed in range(50)]
    assert min(alone) > 0.6


def test_votes_become_means_of_items(vote) -> None:
    """People on items 0 to 3, two on item 0; two judges on all of 10. The systems are turned in one file."""
    votes = [vote("i0", 1.0, judge="p1", kind="human"), vote("i0", 0.0, judge="p2", kind="human")]
    votes += [vote(f"i{k}", float(k % 2), judge="p1", kind="human") for k in (1, 2, 3)]
    votes += [vote("i99", 1.0, judge="p1", kind="human")]
    votes += [vote(f"i{k}", float(k % 2), judge="a") for k in range(10)]
    votes += [vote(f"i{k}", 1.0, judge="b", systems=("theirs", "ours")) for k in range(10)]
    found = joined_win_rate(votes)
    judged = [k % 2 / 2 for k in range(10)]  # judge a k % 2, judge b always theirs
    wanted = prediction_powered_mean([0.5, 1.0, 0.0, 1.0], judged[:4], judged[4:])
    assert found == wanted
    assert (found.labelled, found.unlabelled) == (4, 6)


def test_votes_that_cannot_be_joined(vote) -> None:
    people = [vote(f"i{k}", judge="p", kind="human") for k in range(3)]
    with pytest.raises(UndefinedMetric):
        joined_win_rate([])
    with pytest.raises(UndefinedMetric):
        joined_win_rate(people)
    with pytest.raises(InputError, match="different systems"):
        joined_win_rate([*people, *(vote(f"i{k}", systems=("ours", "third")) for k in range(6))])
    with pytest.raises(InputError, match="flow, overall"):
        joined_win_rate([*people, vote(criterion="flow"), vote()])


def test_the_planted_rate_of_people_is_held(habits) -> None:
    """People see quality; judges also love what comes first and what is long. 60 of 300 items have a person."""
    people, models = habits(quality=0.3, item_sd=2.0), habits(quality=0.3, item_sd=2.0, first=0.6, length=1.5)
    truth = people.chance(lambda h, e: h.quality + e)
    found = []
    for seed in range(60):
        told = [one for one in people.votes(seed, items=300, judges=["p"]) if int(one.item[1:]) < 60]
        told = [one.model_copy(update={"kind": "human"}) for one in told]
        found.append(joined_win_rate([*told, *models.votes(seed, items=300)]))
    assert sum(one.ci95[0] <= truth <= one.ci95[1] for one in found) >= 53
    assert np.mean([one.bias for one in found]) > 0.03
    widths = [(high - low) / (b - a) for (low, high), (a, b) in ((one.ci95, one.people_ci95) for one in found)]
    assert np.mean(widths) < 0.9
