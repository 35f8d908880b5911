"""What judges have said, told in one way by the commands that ask and the one that counts."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from photocast.bench.judging.results import Judged, Result
    from photocast.cli.screen import Screen


def tell(screen: "Screen", found: "Judged", folder: Path, out: Path, *lines: str, also: Mapping[str, Any] = {}) -> None:
    """Write judging.html and judging.md into `out`, and show the same.

    Args:
        screen: where it is shown.
        found: the votes, counted.
        folder: of the judgements.
        out: where the pages go.
        lines: said below the tables.
        also: put into the document for programs.
    """
    from photocast.bench.judging.report import judging_sheet
    from photocast.bench.sheet import write_sheet
    from photocast.cli.sheets import sheet_parts

    sheet = judging_sheet(found, folder)
    html, markdown = write_sheet(sheet, out, "judging")
    screen.say(*sheet_parts(sheet), *lines, str(html), str(markdown))
    screen.document(
        {
            **also,
            "html": str(html),
            "markdown": str(markdown),
            "votes": found.votes,
            "items": found.items,
            "results": [_result(one) for one in found.results],
            "judges": [asdict(one) for one in found.judges],
            "self_preference": [asdict(one) for one in found.self_preferences],
            "controls": [asdict(one) for one in found.controls],
            "notes": list(found.notes),
        }
    )


def _result(one: "Result") -> dict[str, Any]:
    """A result for programs: its contest on top."""
    fields = asdict(one)
    return {**fields.pop("contest"), **fields}
