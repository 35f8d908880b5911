"""Two systems side by side: who is called better, and what cannot be compared."""

import math

import pytest

from photocast.bench.compare import compare, figure_text, goal_of, nearer
from photocast.bench.results import Failure, FileScore, Scores, Summary
from photocast.metrics import METRICS, reference
from photocast.schema import InputError

PEOPLE = reference("interview")


def scores(values: dict[str, dict[str, float]], *, units: dict[str, str] | None = None, **more: object) -> Scores:
    """Figures of a system: values by metric for every item."""
    names = dict.fromkeys(name for one in values.values() for name in one)
    metrics = {
        name: Summary(mean=0.0, sd=None, ci95=None, unit=(units or {}).get(name, "share"), n=len(values))
        for name in names
    }
    files = tuple(FileScore(file=f"{item}.txt", item=item, values=one) for item, one in values.items())
    return Scores.model_validate({"n": len(files), "failed": (), "metrics": metrics, "files": files, **more})


def many(metric: str, base: float, step: float = 0.01, count: int = 12) -> dict[str, dict[str, float]]:
    return {f"item {number}": {metric: base + step * (number % 3)} for number in range(count)}


def test_the_figures_of_a_pair_by_hand() -> None:
    """Items y and z are common: a has 3 and 5, b has 1 and 1, so the differences are 2 and 4."""
    a = scores({"x": {"rep_4": 9.0}, "y": {"rep_4": 3.0}, "z": {"rep_4": 5.0}})
    b = scores({"z": {"rep_4": 1.0}, "y": {"rep_4": 1.0}, "w": {"rep_4": 7.0}})
    found = compare(a, b, names=("ours", "theirs"))
    (row,) = found.metrics
    assert (found.a, found.b, found.only_a, found.only_b) == ("ours", "theirs", ("x",), ("w",))
    assert (row.n, row.left_out, row.mean_a, row.mean_b, row.difference) == (2, 0, 4.0, 1.0, 3.0)
    assert row.d_z == pytest.approx(3 / math.sqrt(2))
    assert row.p == 0.5  # 2 of the 4 patterns of signs reach ±6
    assert (row.family, row.direction, row.better) == ("diversity", "lower", None)


def test_a_value_that_one_system_lacks_is_left_out_and_counted() -> None:
    a = scores({"x": {"mtld": 1.0, "rep_4": 0.1}, "y": {"rep_4": 0.2}, "z": {"mtld": 3.0, "rep_4": 0.3}})
    b = scores({"x": {"mtld": 2.0, "rep_4": 0.1}, "y": {"mtld": 2.0, "rep_4": 0.2}, "z": {"mtld": 2.0, "rep_4": 0.4}})
    rows = {row.metric: row for row in compare(a, b).metrics}
    assert (rows["mtld"].n, rows["mtld"].left_out) == (2, 1)
    assert (rows["rep_4"].n, rows["rep_4"].left_out) == (3, 0)


def test_less_repetition_is_better() -> None:
    assert _better("rep_4", 0.1, 0.9) == "a"
    assert _better("rep_4", 0.9, 0.1) == "b"


def test_near_people_is_better_whether_more_or_less() -> None:
    """People of the shipped interviews have a median turn-length CV near 1."""
    human = PEOPLE.figures["turn_length_cv"].at(0.5)
    assert _better("turn_length_cv", human - 0.1, human - 0.7) == "a"
    assert _better("turn_length_cv", human + 0.7, human + 0.1) == "b"


def test_nobody_is_better_without_people_or_without_a_direction() -> None:
    assert _better("turn_length_cv", 0.3, 1.0, people=False) is None
    assert _better("distinct_2", 0.3, 1.0) is None


def test_nobody_is_better_by_chance() -> None:
    a = scores({str(number): {"rep_4": 0.1 if number % 2 else 0.3} for number in range(12)})
    b = scores({str(number): {"rep_4": 0.3 if number % 3 else 0.1} for number in range(12)})
    (row,) = compare(a, b).metrics
    assert row.p_holm > 0.05
    assert row.better is None


def test_p_values_allow_for_the_number_of_metrics() -> None:
    a = scores({str(n): {"rep_4": 0.1, "mtld": 70.0, "mattr": 0.7 + 0.001 * n} for n in range(12)})
    b = scores({str(n): {"rep_4": 0.2 + n / 100, "mtld": 70.0, "mattr": 0.7} for n in range(12)})
    rows = {row.metric: row for row in compare(a, b).metrics}
    assert rows["rep_4"].p_holm == pytest.approx(3 * rows["rep_4"].p)  # 2 / 4096 each, or less
    assert rows["mtld"].p_holm == 1.0


def test_metrics_stand_by_family_and_the_unknown_last() -> None:
    values = {"unheard_of": 1.0, "rep_4": 0.1, "turn_length_cv": 1.0, "words": 900.0}
    a, b = scores({"x": values, "y": values}), scores({"x": values, "y": values})
    rows = compare(a, b).metrics
    assert [row.metric for row in rows] == ["words", "turn_length_cv", "rep_4", "unheard_of"]
    assert (rows[-1].family, rows[-1].direction, rows[-1].title) == ("other", "", "unheard of")


def test_what_cannot_be_paired_is_named() -> None:
    a = scores({"x": {"rep_4": 1.0, "mtld": 70.0, "mattr": 0.5}, "y": {"rep_4": 1.0}}, units={"mattr": "percent"})
    b = scores({"x": {"rep_4": 1.0, "words": 9.0, "mattr": 0.5}, "y": {"rep_4": 1.0}})
    of_set = Summary(mean=0.5, sd=None, ci95=None, unit="share", n=2)
    both = [one.model_copy(update={"metrics": {**one.metrics, "opening_diversity": of_set}}) for one in (a, b)]
    found = compare(both[0], both[1])
    assert [row.metric for row in found.metrics] == ["rep_4"]
    assert found.unpaired == {
        "mtld": "only one system has it",
        "mattr": "in percent for one and in share for the other",
        "opening_diversity": "it is of a whole set, not of single items",
        "words": "only one system has it",
    }


def test_a_metric_without_a_common_item_is_named() -> None:
    a = scores({"x": {"rep_4": 1.0, "mtld": 70.0}, "y": {"rep_4": 1.0}})
    b = scores({"x": {"rep_4": 1.0}, "y": {"rep_4": 1.0, "mtld": 70.0}})
    assert compare(a, b).unpaired == {"mtld": "no item has it from both systems"}


def test_no_common_item_is_an_error() -> None:
    with pytest.raises(InputError, match="no item in common"):
        compare(scores({"x": {"rep_4": 1.0}}), scores({"y": {"rep_4": 1.0}}))


def test_two_transcripts_of_one_item_are_an_error() -> None:
    file = FileScore(file="x.txt", item="x", values={"rep_4": 1.0})
    twice = scores({"x": {"rep_4": 1.0}}).model_copy(update={"files": (file, file)})
    with pytest.raises(InputError, match="several are about x"):
        compare(twice, scores({"x": {"rep_4": 1.0}}))


def test_figures_by_other_definitions_are_not_compared() -> None:
    a = scores({"x": {"rep_4": 1.0}}, as_published=True)
    with pytest.raises(InputError, match="scored as published"):
        compare(a, scores({"x": {"rep_4": 1.0}}))


def test_a_value_that_is_not_finite_is_an_error() -> None:
    with pytest.raises(InputError, match=r"rep_4 of x\.txt is not finite"):
        compare(scores({"x": {"rep_4": math.nan}}), scores({"x": {"rep_4": 1.0}}))


def test_failures_notes_and_versions_go_along() -> None:
    a = scores({"x": {"rep_4": 1.0}}, failed=(Failure(file="y.txt", reason="empty"),), versions={"photocast": "1"})
    b = scores({"x": {"rep_4": 1.0}}, notes=("Something to know.",), versions={"photocast": "2"})
    found = compare(a, b)
    assert [one.reason for one in found.failed_a] == ["empty"]
    assert found.failed_b == ()
    assert found.notes == ("Something to know.", "photocast 1 measured the first system, 2 the second.")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (math.nan, "–"),
        (math.inf, "–"),
        (0.0, "0"),
        (-0.0, "0"),
        (-0.0001, "0"),
        (0.3141, "0.314"),
        (-1.234, "−1.23"),
        (31.41, "31.4"),
        (12.0, "12"),
        (1234.5, "1,234"),
    ],
)
def test_a_figure_as_people_read_it(value: float | None, text: str) -> None:
    assert figure_text(value) == text


def test_which_value_is_better() -> None:
    assert nearer(1.0, 2.0, "higher", None) == "b"
    assert nearer(1.0, 2.0, "lower", None) == "a"
    assert nearer(0.5, 1.2, "distance to 1", None) == "b"
    assert nearer(0.5, 1.5, "distance to reference", 1.0) is None  # equally far
    assert nearer(1.0, 2.0, "none", 1.0) is None


def test_the_goal_of_every_metric_of_the_registry_is_understood() -> None:
    for metric in METRICS.values():
        assert goal_of(metric.direction, 3.0) in {None, 3.0, 1.0, 0.0}, metric.name


def _better(metric: str, a: float, b: float, *, people: bool = True) -> str | None:
    (row,) = compare(
        scores(many(metric, a)), scores(many(metric, b, step=0.013)), reference=PEOPLE if people else None
    ).metrics
    assert row.p_holm < 0.05
    return row.better
