"""Pages of docs/ that are written from the code: write one, or say that it is stale."""

import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parents[1] / "docs"


def write_or_check(name: str, fresh: str) -> int:
    """Write a page; with `--check`, write nothing and return 1 when it is stale."""
    page = DOCS / name
    if "--check" not in sys.argv[1:]:
        page.write_text(fresh, "utf-8")
    elif not page.is_file() or page.read_text("utf-8") != fresh:
        print(f"{name} is stale: run python scripts/{Path(sys.argv[0]).name}", file=sys.stderr)
        return 1
    return 0
