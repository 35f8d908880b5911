"""From what the benchmark has found to the record of an evaluation, and to the table that people read."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table

    from photocast.bench.compare import MetricComparison
    from photocast.bench.results import BenchResult, Scores, SystemResult
    from photocast.schema import Brief
    from photocast.training.after.before_after import BeforeAfter
    from photocast.training.after.evaluation import Change, Comparison, Evaluation, Leak, Mean, Preference

BEFORE, AFTER = "before", "after"
"""Names of the two systems in a run of the benchmark."""


def evaluation_of(
    models: "BeforeAfter",
    result: "BenchResult",
    brief: "Brief",
    leak: "Leak",
    judges: tuple[str, ...],
    preferences: "tuple[Preference, ...]",
) -> "Evaluation":
    """The record: the trained model beside the one before, then beside every further system.

    A system that has written nothing is beside nothing.
    """
    from photocast import __version__
    from photocast.training.after.evaluation import Evaluation

    systems = {one.name: one for one in result.systems}
    after = systems.pop(AFTER)
    others = [one for one in systems.values() if one.scores.n and after.scores.n]
    return Evaluation(
        photocast=__version__,
        before=models.before,
        after=models.after,
        also={name: _writer(one) for name, one in systems.items() if name != BEFORE},
        items=tuple(one.item for one in result.items),
        style=brief.style,
        words=brief.words,
        reference=result.reference,
        leak=leak,
        comparisons=tuple(_comparison(after.scores, one, result.reference) for one in others),
        judges=judges,
        preferences=preferences,
        notes=result.notes,
    )


def tables(found: "Evaluation") -> "Iterator[Table | str]":
    """The figures before and after, and what judges prefer."""
    from rich.table import Table

    from photocast.bench.compare import figure_text

    for comparison in found.comparisons:
        table = Table(box=None, pad_edge=False, show_edge=False)
        for name in ("metric", comparison.other, AFTER, "change", "95 %", "p", "n", "people", "better"):
            table.add_column(name, justify="left" if name in {"metric", "better"} else "right")
        for one in comparison.changes:
            table.add_row(
                one.metric,
                figure_text(one.before.value),
                figure_text(one.after.value),
                figure_text(one.difference),
                f"{figure_text(one.ci95[0])} to {figure_text(one.ci95[1])}" if one.ci95 else "–",
                f"{one.p_holm:.3f}" if one.p_holm >= 0.001 else "<0.001",
                str(one.n),
                figure_text(one.people),
                {"before": comparison.other, "after": AFTER}.get(one.better or "", ""),
            )
        yield table
    for preferred in found.preferences:
        band = f" ({preferred.ci95[0]:.0%} to {preferred.ci95[1]:.0%})" if preferred.ci95 else ""
        yield f"judges prefer {AFTER} for {preferred.criterion}: {preferred.rate:.0%}{band} of {preferred.items} items"


def _comparison(after: "Scores", other: "SystemResult", reference: str | None) -> "Comparison":
    from photocast.bench.compare import compare
    from photocast.metrics import reference as reference_of
    from photocast.training.after.evaluation import Comparison

    people = reference_of(reference) if reference else None
    found = compare(after, other.scores, names=(AFTER, other.name), reference=people)
    return Comparison(other=other.name, changes=tuple(_change(one, after, other.scores) for one in found.metrics))


def _change(one: "MetricComparison", after: "Scores", before: "Scores") -> "Change":
    from photocast.training.after.evaluation import Change

    return Change(
        metric=one.metric,
        title=one.title,
        unit=one.unit,
        before=_mean(one.mean_b, one.n, before, one.metric),
        after=_mean(one.mean_a, one.n, after, one.metric),
        difference=one.difference,
        ci95=one.ci95,
        p_holm=one.p_holm,
        n=one.n,
        people=one.human,
        better={"a": "after", "b": "before"}.get(one.better or ""),  # type: ignore[arg-type]
    )


def _mean(value: float, n: int, scores: "Scores", metric: str) -> "Mean":
    """The mean with its interval, where that is over the same items."""
    from photocast.training.after.evaluation import Mean

    summary = scores.metrics[metric]
    return Mean(value=value, ci95=summary.ci95 if summary.n == n else None)


def _writer(system: "SystemResult") -> str:
    """Who wrote: the model, or `transcripts` that were there before."""
    names: Mapping[str, None] = dict.fromkeys(one.writer for one in system.generations)
    return ", ".join(names) or "transcripts"
