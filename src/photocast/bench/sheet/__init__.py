"""Sheets: results that are tables, as one HTML file that loads nothing and as Markdown."""

from photocast.bench.sheet.sheet import Sheet, Table, as_html, as_markdown, write_sheet

__all__ = ["Sheet", "Table", "as_html", "as_markdown", "write_sheet"]
