"""Which samples a training has seen, written down by each of its processes and added up at the end."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from photocast.runs import write_atomically
from photocast.training.folder import RunFolder

SEEN = "seen-{}.json"
"""In a checkpoint, by process: rows seen so far. Written last, so that a checkpoint without it is not whole."""


def whole_checkpoints(run: RunFolder, processes: int) -> list[Path]:
    """Checkpoints that every process has written to the end, the latest last."""
    found = [
        folder
        for folder in run.checkpoints.glob("checkpoint-*")
        if folder.name.rpartition("-")[2].isdigit()
        and (folder / "trainer_state.json").is_file()
        and all((folder / SEEN.format(rank)).is_file() for rank in range(processes))
    ]
    return sorted(found, key=lambda folder: int(folder.name.rpartition("-")[2]))


def add_up_coverage(run: RunFolder, rows: int, processes: int) -> dict[str, Any]:
    """What all processes have seen together, written into the run.

    Args:
        run: the training.
        rows: of the split.
        processes: that trained.
    """
    seen: Counter[str] = Counter()
    for rank in range(processes):
        file = run.path / SEEN.format(rank)
        seen.update(json.loads(file.read_text("ascii")))
        file.unlink()
    times = Counter(seen.values())
    found = {
        "rows": rows,
        "seen": len(seen),
        "never": rows - len(seen),
        "times": {str(count): number for count, number in sorted(times.items())},
    }
    write_atomically(run.coverage, json.dumps(found, indent=2) + "\n")
    return found
