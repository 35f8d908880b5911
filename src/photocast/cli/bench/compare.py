"""`photocast bench compare A B`."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from photocast.cli import options

if TYPE_CHECKING:
    from pydantic import ValidationError

    from photocast.bench.compare import Comparison, MetricComparison
    from photocast.bench.results import Scores
    from photocast.metrics import Reference
    from photocast.schema import InputError

    Cell = Callable[[MetricComparison], str]

_BETTER = {"higher": "higher", "lower": "lower", "none": "", "distance to reference": "near people"}


@click.command(
    epilog=options.examples(
        "photocast bench compare ours.json theirs.json",
        "photocast bench compare runs/may:pocket runs/may:openai:gpt-5-mini --json",
    )
)
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.option("--reference", metavar="NAME", help="People to be near.  [default: the reference both were scored with]")
@click.option("--seed", type=int, default=0, show_default=True, metavar="N", help="Of the resamples.")
@click.option(
    "--resamples",
    type=click.IntRange(1, 1_000_000),
    default=10_000,
    show_default=True,
    metavar="N",
    help="How often items are drawn.",
)
@options.common
def compare(a: str, b: str, reference: str | None, seed: int, resamples: int, as_json: bool) -> None:
    """Compare two systems on the items that both have.

    A and B are files that photocast score --json wrote, or systems of a run as RUN:SYSTEM. Differences are A less B,
    with a 95 % interval over items; p is corrected for the number of metrics.
    """
    from photocast.bench.compare import compare as compared
    from photocast.cli.screen import Screen

    screen = Screen(as_json=as_json)
    (name_a, scores_a), (name_b, scores_b) = _scores(a), _scores(b)
    if name_a == name_b:
        name_a, name_b = a, b
    result = compared(
        scores_a,
        scores_b,
        names=(name_a, name_b),
        reference=_people(reference, scores_a, scores_b),
        resamples=resamples,
        seed=seed,
    )
    screen.say(f"A: {result.a}", f"B: {result.b}", *_table(result))
    screen.note(*_meaning(result))
    screen.say(*_left_out(result))
    screen.document(result.model_dump(mode="json"))


def _people(named: str | None, a: "Scores", b: "Scores") -> "Reference | None":
    """The reference that is asked for, or the one of both files."""
    from photocast.metrics import reference

    name = named or (a.reference if a.reference == b.reference else None)
    return reference(name) if name else None


def _scores(named: str) -> "tuple[str, Scores]":
    """The figures that an argument names, and what to call them."""
    path, system = _place(named)
    text = _text(path / "results.json" if path.is_dir() else path)
    return _system(named, path, text, system) if '"systems"' in text else (path.stem, _alone(path, text, system))


def _place(named: str) -> tuple[Path, str | None]:
    """Where a file or a run lies, and which system of it is meant; names of systems have colons too."""
    parts = named.split(":")
    for end in range(len(parts), 0, -1):
        if (path := Path(":".join(parts[:end]))).exists():
            return path, ":".join(parts[end:]) or None
    from photocast.schema import InputError

    raise InputError(f"cannot find {named}", "there is no such file and no such run", "Give a file or RUN:SYSTEM")


def _text(file: Path) -> str:
    from photocast.schema import InputError

    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = "it is not text" if isinstance(error, UnicodeDecodeError) else error.strerror or "it cannot be read"
        raise InputError(f"cannot read {file}", why, "Give what photocast score --json wrote, or a run") from error


def _system(named: str, path: Path, text: str, system: str | None) -> "tuple[str, Scores]":
    from pydantic import ValidationError

    from photocast.bench.results import BenchResult
    from photocast.schema import InputError

    try:
        systems = {one.name: one.scores for one in BenchResult.model_validate_json(text).systems}
    except ValidationError as error:
        raise _unlike(path, error) from error
    if system is None and len(systems) == 1:
        return next(iter(systems.items()))
    if system is None or system not in systems:
        why = "it has several systems" if system is None else f"it has no system {system}"
        choice = ", ".join(f"{path}:{name}" for name in systems)
        raise InputError(f"cannot tell what {named} is", why, f"Give one of {choice}")
    return system, systems[system]


def _alone(path: Path, text: str, system: str | None) -> "Scores":
    from pydantic import ValidationError

    from photocast.bench.results import Scores
    from photocast.schema import InputError

    if system is not None:
        raise InputError(f"{path} has no system {system}", "it holds figures of one system", f"Give {path} alone")
    try:
        return Scores.model_validate_json(text)
    except ValidationError as error:
        raise _unlike(path, error) from error


def _unlike(path: Path, error: "ValidationError") -> "InputError":
    from photocast.schema import InputError

    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(map(str, first["loc"]))
    why = f"{where}: {first['msg']}" if where else first["msg"]
    return InputError(f"cannot read {path} as figures", why, "Give what photocast score --json wrote, or a run")


def _table(result: "Comparison") -> list[str]:
    """The table as lines: all columns off a terminal, and on one as many as it has room for."""
    import shutil
    import sys

    columns, room = dict(_COLUMNS), shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    lines = _drawn(result, columns)
    for name in _LEAST_FIRST:
        if room is None or max(map(len, lines)) <= room:
            break
        del columns[name]
        lines = _drawn(result, columns)
    return lines


def _drawn(result: "Comparison", columns: "Mapping[str, Cell]") -> list[str]:
    from io import StringIO

    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from photocast.cli.plain import plain

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        table.add_column(name, justify="left" if name in _WORDS else "right", no_wrap=True)
    family = ""
    for one in result.metrics:
        if one.family != family:
            family = one.family
            table.add_row(Text(plain(family)))
        table.add_row(*(Text(plain(cell(one))) for cell in columns.values()))
    out = StringIO()
    Console(file=out, width=400, no_color=True).print(table)
    return [line.rstrip() for line in out.getvalue().splitlines() if line.strip()]


def _number(value: float | None) -> str:
    from photocast.bench.compare import figure_text

    return figure_text(value)


def _interval(one: "MetricComparison") -> str:
    return f"{_number(one.ci95[0])} to {_number(one.ci95[1])}" if one.ci95 else "–"


def _p(one: "MetricComparison") -> str:
    return f"{one.p_holm:.3f}" if one.p_holm >= 0.001 else "<0.001"


_COLUMNS: "dict[str, Cell]" = {
    "metric": lambda one: f"  {one.metric}",
    "unit": lambda one: one.unit,
    "A": lambda one: _number(one.mean_a),
    "B": lambda one: _number(one.mean_b),
    "A - B": lambda one: _number(one.difference),
    "95 %": _interval,
    "d": lambda one: _number(one.g_z),
    "p": _p,
    "n": lambda one: str(one.n),
    "needed": lambda one: f"{one.items_needed:,}" if one.items_needed else "–",
    "people": lambda one: _number(one.human),
    "better if": lambda one: _BETTER.get(one.direction, one.direction.replace("distance to", "near")),
    "better": lambda one: (one.better or "").upper(),
}
_LEAST_FIRST = ("unit", "better if", "needed", "n", "d", "people", "A - B")
"""Columns that a narrow terminal does without, in this order."""
_WORDS = {"metric", "unit", "better if", "better"}


def _meaning(result: "Comparison") -> Iterator[str]:
    yield "  95 %    interval of the difference over items"
    yield "  d       mean difference in standard deviations of the differences (Hedges' g for pairs)"
    yield f"  p       chance of such a difference if there were none, by Holm for {len(result.metrics)} metrics"
    yield "  needed  items with which a difference of this size is found four times in five"
    yield f"  people  median of {result.reference}" if result.reference else "  people  no reference was given"


def _left_out(result: "Comparison") -> Iterator[str]:
    for name, items, failed in ((result.a, result.only_a, result.failed_a), (result.b, result.only_b, result.failed_b)):
        if items:
            yield f"  Only {name} has {', '.join(items)}"
        yield from (f"  {name}: {one.file} failed: {one.reason}" for one in failed)
    yield from (f"  {metric} is not compared: {reason}" for metric, reason in result.unpaired.items())
    yield from (f"  {note}" for note in result.notes)
