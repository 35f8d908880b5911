"""What a sheet holds, and how it is printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from photocast import __version__
from photocast._page import clean, csp_hash, shown
from photocast.bench.report.words import anchor
from photocast.runs import write_atomically

_SPECIAL = str.maketrans({one: f"\\{one}" for one in "\\`*<|"})


@dataclass(frozen=True, slots=True)
class Table:
    """One table: the first cell of a row says what it is about, the others are figures."""

    title: str
    lead: str
    """What the figures are, and how to read them."""
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def id(self) -> str:
        """Where links lead."""
        return anchor(self.title)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of tables."""

    over: str
    """What made it: `photocast judge`."""
    title: str
    facts: tuple[str, ...]
    """What the figures depend on: counts, seeds, versions."""
    verdict: str
    tables: tuple[Table, ...]
    notes: tuple[str, ...] = ()
    """What was left out, and what a reader must know."""


def write_sheet(sheet: Sheet, folder: Path, name: str) -> tuple[Path, Path]:
    """Write `NAME.html` and `NAME.md` into a folder, and return where they are.

    Raises:
        InputError: they cannot be written.
    """
    html, markdown = folder / f"{name}.html", folder / f"{name}.md"
    write_atomically(html, as_html(sheet))
    write_atomically(markdown, as_markdown(sheet))
    return html, markdown


def as_html(sheet: Sheet) -> str:
    """One HTML file; every text is shown as text, whatever is in it."""
    style = files("photocast.bench.report").joinpath("template", "report.css").read_text("utf-8")
    page = files("photocast.bench.sheet").joinpath("sheet.html.jinja").read_text("utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=shown
    )
    return environment.from_string(page).render(
        sheet=sheet, version=__version__, style=Markup(style), style_hash=csp_hash(style)
    )


def as_markdown(sheet: Sheet) -> str:
    """The same tables in Markdown."""
    parts = [f"# {_plain(sheet.title)}", _plain(" · ".join(sheet.facts)), _plain(sheet.verdict)]
    for table in sheet.tables:
        parts += [f"## {_plain(table.title)}", _plain(table.lead), _grid(table)]
    if sheet.notes:
        parts += ["## Left out, and to know", "\n".join(f"- {_plain(note)}" for note in sheet.notes)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _grid(table: Table) -> str:
    rule = ("---", *("---:" for _ in table.columns[1:]))
    return "\n".join(_row(cells) for cells in (tuple(map(_plain, table.columns)), rule, *_plain_rows(table)))


def _plain_rows(table: Table) -> list[tuple[str, ...]]:
    return [tuple(map(_plain, row)) for row in table.rows]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _plain(text: str) -> str:
    """Text on one line that Markdown shows as it is."""
    return " ".join(clean(text).split()).translate(_SPECIAL).replace("](", "]\\(")
