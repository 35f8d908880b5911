"""Judgements that people made: what docs/judging_statistics.md says of them is what comes out."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from photocast.bench.judging.ranking import rank, resample
from photocast.bench.judging.winning import contests

pytest.importorskip("scipy")

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    """The script that prints the tables of the document."""
    spec = importlib.util.spec_from_file_location("judging_statistics", ROOT / "benchmarks" / "judging_statistics.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def summaries(shared: Path, bench: ModuleType):
    return bench.comparisons(shared / "judgements" / "squality")


@pytest.fixture(scope="module")
def stories(shared: Path, bench: ModuleType):
    return bench.Stories(shared / "judgements" / "hanna")


def in_the_document(rows: list[tuple[str, str]]) -> None:
    text = (ROOT / "docs" / "judging_statistics.md").read_text("utf-8")
    missing = [row for row in (f"| {name} | {figure} |" for name, figure in rows) if row not in text]
    assert rows
    assert not missing


def test_the_table_of_summaries_is_what_comes_out(shared, bench, summaries) -> None:
    in_the_document(bench.squality(shared / "judgements" / "squality", summaries))


def test_the_table_of_stories_is_what_comes_out(bench, stories) -> None:
    in_the_document(bench.hanna(stories) + bench.hanna_joined(stories))


def test_win_rates_of_summaries_are_those_that_one_counts(summaries) -> None:
    """From the file alone: of 300 comparisons each, every item three times, so the plain share is the mean of items."""
    for found in contests(summaries):
        mine = [one for one in summaries if one.systems == found.systems]
        assert (len(mine), found.overall.items) == (300, 100)
        assert found.overall.rate == pytest.approx(sum(one.preference > 0 for one in mine) / 300)
        assert set(found.by_judge) == set(found.without) == {"2", "3", "6", "8"}


def test_bradley_terry_puts_summaries_in_the_order_of_their_scores(shared, bench, summaries) -> None:
    _, means = bench.scores_of_reviewers(shared / "judgements" / "squality" / "ratings_long.csv")
    found = rank(summaries)
    assert list(found.systems) == sorted(means, key=means.get)[::-1]
    low, _ = found.lead("bart-dpr", "bart").ci95
    assert low > 0
    assert resample(summaries, resamples=50).undefined == 0


def test_bradley_terry_puts_stories_in_nearly_the_order_of_their_means(stories) -> None:
    found = rank(stories.votes)
    means = [np.mean([stories.score[prompt, name] for prompt in stories.prompts]) for name in found.systems]
    places = np.argsort(np.argsort(means)[::-1])
    assert np.abs(places - np.arange(11)).max() <= 1, "only neighbours change places"


def test_intervals_of_items_hold_and_those_of_votes_do_not(bench, summaries, stories) -> None:
    of_items, of_votes = np.mean([*bench.squality_coverage(summaries, draws=200).values()], axis=0)
    assert 0.91 <= of_items <= 0.98
    assert of_votes < of_items - 0.03
    of_items, of_votes = np.mean([*bench.hanna_coverage(stories, draws=15).values()], axis=0)
    assert of_items >= 0.9
    assert of_votes < 0.85
