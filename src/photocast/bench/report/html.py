"""One HTML file with everything in it: it loads nothing, runs from a disk, and shows what it is given as text."""

from collections.abc import Mapping
from pathlib import Path

from photocast._page import filled
from photocast.bench.compare import figure_text
from photocast.bench.report.sources import Sources
from photocast.bench.report.view import page_view
from photocast.bench.report.words import counted
from photocast.bench.results import BenchResult
from photocast.metrics import Metric, Reference
from photocast.schema import InputError

NAME = "report.html"


def write_report(
    result: BenchResult, folder: Path, *, glossary: Mapping[str, Metric], reference: Reference | None
) -> Path:
    """Write `report.html` of a run.

    Args:
        result: the figures; photos and transcripts are read where it says they lie.
        folder: of the run; relative paths start here, and the report lands here.
        glossary: what every metric means; `METRICS`, and those of others.
        reference: people to show beside the systems.

    Returns:
        Path of the file.

    Raises:
        InputError: the file cannot be written.
        ModelError: matplotlib or SciPy is not installed.
    """
    path = folder / NAME
    page = report_bytes(result, folder, glossary, reference)
    try:
        path.write_bytes(page)
    except OSError as error:
        raise InputError(
            f"cannot write {path}", error.strerror or "the folder does not take it", "Give a folder that can be written"
        ) from error
    return path


def report_bytes(
    result: BenchResult, folder: Path, glossary: Mapping[str, Metric], reference: Reference | None
) -> bytes:
    """The report in UTF-8."""
    return filled(
        "photocast.bench.report",
        "report",
        {"figure": figure_text, "counted": counted},
        page=page_view(Sources(result, folder, glossary, reference)),
    )
