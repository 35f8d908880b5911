"""Figures of transcripts as people read them."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table

    from photocast.bench.results import Scores, Summary


def score_table(scores: "Scores") -> "Table":
    """One line for every metric, in the order of the glossary, beside people where there is a reference."""
    from rich.table import Table

    from photocast.metrics import METRICS

    table = Table(box=None, pad_edge=False, title_justify="left", title=_title(scores))
    table.add_column("metric", no_wrap=True)
    for name in ("mean", "95 % of it", *(("people: 10, 50, 90 %",) if scores.reference else ())):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("unit", overflow="fold")
    family = None
    for name in [*(name for name in METRICS if name in scores.metrics), *(set(scores.metrics) - set(METRICS))]:
        metric, summary = METRICS.get(name), scores.metrics[name]
        if metric and not scores.as_published and family is not metric.family:
            family = metric.family
            table.add_row(family.capitalize(), style="bold")
        people = (_people(summary),) if scores.reference else ()
        table.add_row(name, figure(summary.mean), _ends(summary), *people, summary.unit)
    return table


def figure(value: float) -> str:
    """A number in three or four digits that carry something."""
    size = abs(value)
    digits = 0 if size >= 1000 else 1 if size >= 10 else 2 if size >= 1 else 3
    return f"{value:,.{digits}f}"


def _title(scores: "Scores") -> str:
    transcripts = f"{scores.n} transcript{'' if scores.n == 1 else 's'}"
    failed = f", {len(scores.failed)} could not be read" if scores.failed else ""
    beside = f", beside {scores.reference}" if scores.reference else ""
    return transcripts + failed + (", as published" if scores.as_published else beside)


def _ends(summary: "Summary") -> str:
    return f"{figure(summary.ci95[0])} to {figure(summary.ci95[1])}" if summary.ci95 else ""


def _people(summary: "Summary") -> str:
    return ", ".join(map(figure, summary.people)) if summary.people else ""
