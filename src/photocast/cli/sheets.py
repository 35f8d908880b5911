"""Sheets on a terminal."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import RenderableType

    from photocast.bench.sheet import Sheet, Table


def sheet_parts(sheet: "Sheet") -> "Iterator[RenderableType]":
    """The verdict, every table, and what was left out."""
    yield sheet.verdict
    for table in sheet.tables:
        yield ""
        yield table.title
        yield _grid(table)
    yield from (f"  note: {note}" for note in sheet.notes)


def _grid(table: "Table") -> "RenderableType":
    from rich.table import Table as Grid

    grid = Grid(box=None, pad_edge=False)
    for number, column in enumerate(table.columns):
        grid.add_column(column, justify="right" if number else "left", overflow="fold")
    for row in table.rows:
        grid.add_row(*row)
    return grid
