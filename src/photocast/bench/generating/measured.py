"""From transcripts to `results.json` and `report.html`."""

import os
from collections.abc import Callable
from pathlib import Path

from photocast.bench.beside import Beside
from photocast.bench.evaluation_set import EvaluationSet, Item
from photocast.bench.generating.generate import Generated, SystemRun
from photocast.bench.report import write_report
from photocast.bench.results import BenchResult, ItemShown, Scores, SystemResult
from photocast.bench.score import score, versions
from photocast.bench.transcripts import read_transcripts
from photocast.metrics import METRICS, Target, fitting
from photocast.metrics import reference as reference_of
from photocast.models.encoders import TextImageEncoder
from photocast.runs import write_atomically
from photocast.schema import Brief

RESULTS = "results.json"


def measured(
    generated: Generated,
    albums: EvaluationSet,
    brief: Brief,
    *,
    title: str,
    reference: str | None = None,
    encoder: TextImageEncoder | None = None,
    seed: int = 0,
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> BenchResult:
    """The figures of every system of a run.

    Args:
        generated: what was written.
        albums: what it is about.
        brief: what was asked for.
        title: of the report.
        reference: the people to compare with; by default those who are as many as the speakers of most transcripts.
        encoder: compares words with pixels; without one, nothing does.
        seed: of the bootstrap.
        progress: is told the stage, how much of it is done, and how much there is.

    Raises:
        UsageError: there is no such reference.
    """
    people = reference or _fitting(generated)
    beside = Beside(albums, encoder, generated.seen, progress)
    target = Target(words=brief.words, labels=tuple(host.name for host in brief.cast))
    systems = []
    for run in generated.systems:
        figures = _scores(run, beside, people, target, seed, progress)
        systems.append(
            SystemResult(name=run.name, scores=_from_here(figures, generated.folder), generations=run.generations)
        )
    return BenchResult(
        title=title,
        systems=tuple(systems),
        items=tuple(_shown(item, generated) for item in albums.items),
        reference=reference_of(people).name,
        seed=seed,
        versions=versions(),
        notes=generated.notes,
    )


def save(result: BenchResult, folder: Path, *, reference: str | None = None) -> tuple[Path, Path]:
    """Write `results.json` and `report.html`, and return where they are.

    Args:
        result: the figures.
        folder: of the run.
        reference: name or file of the people to show beside the systems; by default the one of the result.

    Raises:
        InputError: they cannot be written.
        ModelError: a package that draws is missing; `results.json` is written then.
    """
    path = folder / RESULTS
    write_atomically(path, result.model_dump_json(indent=1) + "\n")
    named = reference or result.reference
    page = write_report(result, folder, glossary=METRICS, reference=reference_of(named) if named else None)
    return path, page


def _fitting(generated: Generated) -> str:
    """One reference for all systems, so that their distances compare."""
    read = [one for run in generated.systems for one in read_transcripts(list(run.files.values()))[0]]
    return fitting(*(one.script for one in read))


def _scores(
    run: SystemRun,
    beside: Beside,
    reference: str,
    target: Target,
    seed: int,
    progress: Callable[[str, int, int], None],
) -> Scores:
    if not run.files:
        return Scores(n=0, failed=(), metrics={}, files=(), seed=seed)
    return score(
        list(run.files.values()),
        beside=beside,
        reference_name=reference,
        target=target,
        seed=seed,
        progress=lambda done, total: progress(f"Measuring {run.name}", done, total),
    )


def _from_here(scores: Scores, folder: Path) -> Scores:
    """The scores with paths from the folder of the run, which can be moved then."""
    return scores.model_copy(
        update={
            "files": tuple(one.model_copy(update={"file": _inside(one.file, folder)}) for one in scores.files),
            "failed": tuple(one.model_copy(update={"file": _inside(one.file, folder)}) for one in scores.failed),
        }
    )


def _inside(file: str | Path, folder: Path) -> str:
    return Path(os.path.relpath(file, folder)).as_posix()


def _shown(item: Item, generated: Generated) -> ItemShown:
    return ItemShown(
        item=item.id,
        title=item.heading,
        photos=tuple(str(photo) for photo in item.photos),
        transcripts={
            run.name: _inside(run.files[item.id], generated.folder) for run in generated.systems if item.id in run.files
        },
    )
