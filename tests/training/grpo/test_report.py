"""The report of what changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocast.training.grpo.prompts import Prompts
from photocast.training.grpo.report import GrpoReport, bootstrap, lines_of, markdown, measures_of
from photocast.training.grpo.rollouts import Rollout
from photocast.training.grpo.scoring import Score

PROMPTS = Prompts(
    "train", None, "", ("a", "b", "c"), (frozenset({"2 speakers"}), frozenset({"2 speakers"}), frozenset())
)


def test_measures_by_hand() -> None:
    rollout = Rollout(id="a", key="k", texts=("a b c d a b c d", "x"), tokens=(9, 2), ended=(True, False))
    score = Score(id="a", key="k", scores={"one": (1.0, 0.0), "two": (None, None)})
    # of the runs of four words, abcd bcda cdab dabc abcd, one of five was said before; one word has none
    assert measures_of(rollout, score, {"one": 2.0, "two": 1.0}) == {
        "reward": 0.5,
        "one": 0.5,
        "two": None,
        "rep_4": pytest.approx(0.2),
        "tokens": 5.5,
        "ended": 0.5,
    }


def test_lines_by_hand() -> None:
    before = {"a": {"reward": 0.2}, "b": {"reward": 0.4}, "c": {"reward": None}}
    after = {"a": {"reward": 0.5}, "b": {"reward": 0.9}, "c": {"reward": 1.0}}
    found = {line.stratum: line for line in lines_of(PROMPTS, [before, after], seed=0)}
    assert list(found) == ["all", "2 speakers"]
    everything = found["all"]
    assert everything.prompts == 2  # c has no reward before
    first, last = everything.means
    assert first is not None
    assert last is not None
    assert everything.change is not None
    assert (first.mean, last.mean, everything.change.mean) == pytest.approx((0.3, 0.8, 0.4))
    assert everything.change.low == pytest.approx(0.3)  # the least that two of these two can have on average
    assert everything.change.high == pytest.approx(0.5)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=30), st.integers(0, 9))
def test_the_interval_holds_the_mean_and_lies_among_the_values(values: list[float], seed: int) -> None:
    found = bootstrap(values, seed)
    assert found.low is not None
    assert found.high is not None
    assert min(values) - 1e-9 <= found.low <= found.high <= max(values) + 1e-9
    assert found == bootstrap(values, seed)


def test_the_interval_has_about_the_width_of_theory() -> None:
    values = [float(at % 2) for at in range(400)]  # standard error 0.5 / 20
    found = bootstrap(values, 3)
    assert found.low == pytest.approx(0.5 - 1.96 * 0.025, abs=0.006)
    assert found.high == pytest.approx(0.5 + 1.96 * 0.025, abs=0.006)


def test_one_prompt_has_no_interval() -> None:
    assert bootstrap([0.5], 0).low is None


def test_as_markdown() -> None:
    steps = [{name: {"reward": value, "labels": None} for name in PROMPTS.ids} for value in (0.25, 0.5, 0.75)]
    report = GrpoReport(
        steps=("before", "easy", "hard"),
        weights={"labels": 1.0},
        answers=4,
        partitions={"easy": {"easy": 2, "hard": 1, "all_right": 0}},
        lines=tuple(lines_of(PROMPTS, steps, seed=0)),
    )
    text = markdown(report)
    assert "a reconstruction" in text
    assert "| stage | easy | hard | all right |\n| --- | ---: | ---: | ---: |\n| easy | 2 | 1 | 0 |" in text
    assert "| all | 3 | 0.25 (0.25 to 0.25) | 0.5 (0.5 to 0.5) | 0.75 (0.75 to 0.75) | +0.5 (+0.5 to +0.5) |" in text
    assert "## train: reward `labels`\n\n| prompts | n | before | after easy | after hard | change |" in text
    assert "| all | 0 | – | – | – | – |" in text
    assert GrpoReport.model_validate_json(report.model_dump_json()) == report
