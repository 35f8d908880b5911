"""Contact sheets of a dataset: pages and one overview, for people who would rather look than count."""

from photocast.corpus.sheets.write import Sheets, write_sheets

__all__ = ["Sheets", "write_sheets"]
