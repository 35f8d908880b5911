"""Difficulty, and how prompts are dealt out, by hand and in general."""

from statistics import fmean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocast.training.grpo.difficulty import REASONS, Scored, partition, rewards_of, standing_of
from photocast.training.recipe import PartitionTable

EXACT = PartitionTable(rollouts=2, easy_share=0.5, least_deviation=0.01)
values = st.one_of(st.none(), st.floats(0, 1))
scored = st.lists(
    st.tuples(st.lists(st.tuples(values, values), min_size=4, max_size=4), st.sampled_from(["", "hard"])), max_size=30
).map(
    lambda prompts: [
        Scored(f"p{at}", {"a": [one for one, _ in rows], "b": [one for _, one in rows]}, frozenset({stratum}))
        for at, (rows, stratum) in enumerate(prompts)
    ]
)


def one(name: str, *rewards: float | None, strata: str = "") -> Scored:
    return Scored(name, {"a": list(rewards)}, frozenset(filter(None, [strata])))


def test_reward_by_hand() -> None:
    # b does not apply to this prompt, so weights are 2 and 1: (2 * 0.5 + 1 * 1) / 3; c counts 0 where it is missing
    scores = {"a": [0.5, 0.2], "b": [None, None], "c": [1.0, None]}
    assert rewards_of(scores, {"a": 2, "b": 5, "c": 1}) == [pytest.approx(2 / 3), pytest.approx(0.4 / 3)]


def test_an_answer_without_any_reward_is_left_out() -> None:
    assert rewards_of({"a": [None, 0.5, 1.0]}, {"a": 2}) == [None, 0.5, 1.0]
    found = standing_of([None, 0.5, 1.0])
    assert found is not None
    assert (found.mean, found.difficulty) == (0.75, 0.25)
    assert found.deviation == pytest.approx(stdev([0.5, 1.0]))


def test_partition_by_hand() -> None:
    prompts = [
        one("middling", 0.4, 0.6),  # difficulty 0.5
        one("easy", 0.8, 1.0),  # 0.1
        one("hard", 0.0, 0.2),  # 0.9
        one("easier than it looks", 0.7, 0.9, strata="3+ speakers"),  # 0.2, and hard by its stratum
        one("right", 1.0, 1.0),
        one("wrong", 0.0, 0.0),
        one("same", 0.5, 0.5),
        one("silent", None, None),
        one("alone", 0.3, None),
    ]
    table = EXACT.model_copy(update={"hard_strata": ("3+ speakers",)})
    found = partition(prompts, {"a": 1.0}, table, rollouts="before")
    assert found.easy == ("easy",)
    assert found.hard == ("easier than it looks", "middling", "hard")
    assert found.dropped == {
        "all_right": ("right",),
        "all_wrong": ("wrong",),
        "alike": ("same",),
        "unscored": ("alone", "silent"),
    }
    assert "reconstruction" in found.note
    assert found.prompts("all") == ("easy", "easier than it looks", "middling", "hard")


def test_ties_go_by_id_whatever_the_order() -> None:
    prompts = [one(name, 0.2, 0.8) for name in "dbca"]
    found = partition(prompts, {"a": 1.0}, EXACT, rollouts="before")
    assert (found.easy, found.hard) == (("a", "b"), ("c", "d"))
    assert found == partition(prompts[::-1], {"a": 1.0}, EXACT, rollouts="before")


def test_no_deviation_never_teaches_even_where_any_is_enough() -> None:
    table = EXACT.model_copy(update={"least_deviation": 0.0})
    assert partition([one("same", 0.5, 0.5)], {"a": 1.0}, table, rollouts="before").counts["alike"] == 1


@given(scored, st.floats(0.05, 0.95), st.floats(0, 0.5))
def test_every_prompt_is_in_one_place(prompts: list[Scored], share: float, least: float) -> None:
    table = PartitionTable(rollouts=4, easy_share=share, least_deviation=least, hard_strata=("hard",))
    found = partition(prompts, {"a": 1.0, "b": 0.5}, table, rollouts="before")
    places = [*found.easy, *found.hard, *(name for reason in REASONS for name in found.dropped[reason])]
    assert sorted(places) == sorted(prompt.id for prompt in prompts)
    assert sum(found.counts.values()) == len(prompts)


@given(scored, st.floats(0.05, 0.95))
def test_nothing_easy_is_harder_than_anything_hard(prompts: list[Scored], share: float) -> None:
    table = PartitionTable(rollouts=4, easy_share=share, least_deviation=0.01)
    found = partition(prompts, {"a": 1.0, "b": 0.5}, table, rollouts="before")
    of = found.standings
    assert all(of[easy].difficulty <= of[hard].difficulty for easy in found.easy for hard in found.hard)
    assert all(of[name].deviation >= 0.01 for name in found.prompts("all"))


@given(scored, st.floats(0.05, 0.5), st.floats(0.5, 0.95))
def test_a_larger_share_only_adds(prompts: list[Scored], less: float, more: float) -> None:
    few, many = (
        partition(prompts, {"a": 1.0, "b": 1.0}, PartitionTable(rollouts=4, easy_share=share), rollouts="before")
        for share in (less, more)
    )
    assert set(few.easy) <= set(many.easy)


@given(st.lists(st.lists(st.floats(0, 1), min_size=3, max_size=3), min_size=1, max_size=4), st.floats(0.1, 9))
def test_the_reward_does_not_depend_on_the_scale_of_weights(columns: list[list[float]], scale: float) -> None:
    scores = {f"r{at}": column for at, column in enumerate(columns)}
    weights = {name: 1.0 + at for at, name in enumerate(scores)}
    once = rewards_of(scores, weights)
    again = rewards_of(scores, {name: scale * weight for name, weight in weights.items()})
    assert once == pytest.approx(again)
    assert all(0 <= one <= 1 + 1e-9 for one in once if one is not None)
    alike = rewards_of(scores, dict.fromkeys(scores, 1.0))
    assert alike == pytest.approx([fmean(answer) for answer in zip(*columns, strict=True)])
