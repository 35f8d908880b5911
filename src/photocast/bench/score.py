"""Measures transcripts: the figures of each, their means with intervals, and all that was left out."""

import platform
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from statistics import fmean

import numpy as np

from photocast.bench import as_published
from photocast.bench.beside import Beside
from photocast.bench.results import FileScore, Scores, Summary
from photocast.bench.statistics import intervals
from photocast.bench.transcripts import Transcript, Unread, read_transcripts
from photocast.metrics import LEXICON_VERSION, METRICS, Figures, Reference, Target, across, fitting, measure, reference
from photocast.metrics.measure import add_to_each
from photocast.schema import Script, UndefinedMetric

Progress = Callable[[int, int], None]

_SET = (across.self_bleu, across.shared_5grams, across.shared_opening)


def score(
    files: Sequence[Path],
    *,
    beside: Beside | None = None,
    reference_name: str | None = None,
    target: Target | None = None,
    seed: int = 0,
    progress: Progress = lambda done, total: None,
) -> Scores:
    """Measure the transcripts of one system.

    A transcript that cannot be read is a failure, which is counted and listed. A metric without a value for a
    transcript is left out of its mean, counted, and said why with the file.

    Args:
        files: the transcripts.
        beside: adds what compares them with photos, facts or captions.
        reference_name: the people to compare with; by default those who are as many as the speakers of most files.
        target: what the scripts were asked to be.
        seed: of the bootstrap.
        progress: is told how many files are measured, and how many there are.

    Raises:
        UsageError: there is no such reference.
    """
    read, unread = read_transcripts(files, beside.items if beside else ())
    people = reference(reference_name or fitting(*(one.script for one in read)))
    figures: list[Figures] = []
    for done, one in enumerate(read, start=1):
        figures.append(measure(one.script, reference=people, target=target))
        progress(done, len(read))
    add_set_figures(read, figures)
    notes = beside.add(read, figures) if beside else ()
    return Scores(
        n=len(read),
        failed=tuple(one.failure for one in unread),
        metrics=summaries(figures, seed=seed, people=people) | _of_the_set(read),
        files=_files(read, figures),
        reference=people.name,
        notes=tuple(notes),
        versions=versions(),
        seed=seed,
    )


def score_as_published(
    files: Sequence[Path],
    *,
    beside: Beside | None = None,
    seed: int = 0,
) -> Scores:
    """The figures of SPoRC-VIST as its printed values come about: failures are zeros, and every defect is named.

    Args:
        files: the transcripts.
        beside: with an encoder, adds the published CLIPScore.
        seed: of the bootstrap, which the paper does not have.
    """
    read, unread = read_transcripts(files, beside.items if beside else ())
    place = {file: at for at, file in enumerate(files)}
    found: list[Transcript | Unread] = [*read, *(one for one in unread if one.text is not None)]
    texts = sorted(found, key=lambda one: place[one.file])
    rows = []
    for one in texts:
        figures = Figures(as_published.published_figures(one.text or ""))
        if beside and beside.encoder:
            figures.add("clip_score", partial(beside.published_clip_score, one.item, one.text or ""))
        rows.append(figures)
    zeros = [str(one.file) for one in texts if as_published.finds_no_turn(one.text or "")]
    notes = [f"As published: {defect}." for defect in as_published.DEFECTS]
    notes += [f"Counted as zeros, because the published parser finds no turn: {', '.join(zeros)}."] if zeros else []
    return Scores(
        n=len(texts),
        failed=tuple(one.failure for one in unread if one.text is None),
        metrics=summaries(rows, seed=seed, units=as_published.METRICS, population=True),
        files=tuple(
            FileScore(file=str(one.file), item=one.item, values=row.values, undefined=row.undefined)
            for one, row in zip(texts, rows, strict=True)
        ),
        as_published=True,
        notes=tuple(notes),
        versions=versions(),
        seed=seed,
    )


def summaries(
    rows: Sequence[Figures],
    *,
    seed: int = 0,
    people: Reference | None = None,
    units: Mapping[str, str] | None = None,
    population: bool = False,
) -> dict[str, Summary]:
    """Means over items with what goes with them; metrics of which no item has a value are left out."""
    units = units or {name: metric.unit for name, metric in METRICS.items()}
    names = [name for name in units if any(name in row.values for row in rows)]
    matrix = np.array([[row.values.get(name, np.nan) for name in names] for row in rows]).reshape(len(rows), len(names))
    ends = intervals(matrix, seed=seed)
    found = {}
    for name, column, (low, high) in zip(names, matrix.T, ends.tolist(), strict=True):
        values = column[~np.isnan(column)].tolist()
        quantiles = people.figures.get(name) if people else None
        nulls = [row.nulls[name] for row in rows if name in row.nulls]
        found[name] = Summary(
            mean=fmean(values),
            sd=_sd(values, population=population),
            ci95=None if np.isnan(low) else (low, high),
            unit=units[name],
            n=len(values),
            undefined=len(rows) - len(values),
            null=fmean(nulls) if nulls else None,
            people=(quantiles.at(0.1), quantiles.at(0.5), quantiles.at(0.9)) if quantiles else None,
            people_above=fmean(map(quantiles.above, values)) if quantiles else None,
        )
    return found


def add_set_figures(read: Sequence[Transcript], figures: Sequence[Figures]) -> None:
    """Work out how alike the scripts of the set are; one that cannot be compared is left out of the set."""
    able: list[tuple[Script, Figures]] = []
    for one, found in zip(read, figures, strict=True):
        try:
            across.check_comparable(one.script)
        except UndefinedMetric as error:
            found.undefined |= {metric.__name__: error.why for metric in _SET}
        else:
            able.append((one.script, found))
    scripts = [script for script, _ in able]
    for metric in _SET:
        add_to_each([found for _, found in able], metric.__name__, partial(metric, scripts))


def versions() -> dict[str, str]:
    """What the figures depend on beside the transcripts."""
    return {
        "photocast": version("photocast"),
        "word lists": str(LEXICON_VERSION),
        "python": platform.python_version(),
        "numpy": np.__version__,
    }


def _of_the_set(read: Sequence[Transcript]) -> dict[str, Summary]:
    name = across.opening_diversity.__name__
    try:
        value = across.opening_diversity([one.script for one in read])
    except UndefinedMetric:
        return {}
    return {name: Summary(mean=value, sd=None, ci95=None, unit=METRICS[name].unit, n=len(read))}


def _files(read: Sequence[Transcript], figures: Sequence[Figures]) -> tuple[FileScore, ...]:
    return tuple(
        FileScore(file=str(one.file), item=one.item, values=found.values, undefined=found.undefined, nulls=found.nulls)
        for one, found in zip(read, figures, strict=True)
    )


def _sd(values: Sequence[float], *, population: bool) -> float | None:
    if len(values) < 2:
        return None
    return float(np.std(values, ddof=0 if population else 1))
