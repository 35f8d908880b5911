"""How long until the first turn of a conversation is on the terminal, with a model that streams sixty tokens a second.

Run `python benchmarks/first_turn.py [RUNS]` on Linux. `photocast make` runs on a terminal of its own, on the ten photos
of `examples/`, against a provider on loopback that answers at once and streams at the usual pace. Seconds since the
start of the command; of several runs the medians. "Shown after it was said" is our own delay: from when the provider
had sent the last letter of the turn to when it stood on the terminal.
"""

import os
import pty
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from photocast.testing import FakeProvider, Say

EXAMPLES = Path(__file__).resolve().parents[1] / "examples" / "sourdough_loaf"
FIRST = "Ada: Is it ready, or is it only nearly ready, as it was an hour ago? [p01]\n"
REST = (
    "Leo: It's dough. [p02]\nAda: It was dough an hour ago.\n"
    "Leo: And it will be bread, which is dough that waited. [p03]\n"
)
PIECE, PAUSE = 12, 0.05
"""Three tokens every twentieth of a second."""


def main(runs: int) -> None:
    rows = [run() for _ in range(runs)]
    names = ("request received", "first turn said", "first turn shown", "shown after it was said", "done")
    print(f"medians of {runs}, seconds\n")
    for name, values in zip(names, zip(*rows, strict=True), strict=True):
        print(f"{statistics.median(values):7.3f}  {name}")


def run() -> tuple[float, ...]:
    received: list[float] = []

    def answer(_: object) -> Say:
        received.append(time.perf_counter())
        return Say(FIRST + REST, piece=PIECE, pause=PAUSE)

    with FakeProvider(answer) as provider, tempfile.TemporaryDirectory() as place:
        ours, theirs = pty.openpty()
        began = time.perf_counter()
        command = [
            "make",
            str(EXAMPLES),
            "-o",
            f"{place}/out",
            "--hosts",
            "Ada; Leo",
            "--length",
            "60w",
            "--yes",
            "--no-audio",
        ]
        process = subprocess.Popen(
            [sys.executable, "-m", "photocast", *command, "--model", "openai:any", "--base-url", provider.url],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=os.environ | {"PHOTOCAST_STATE": place, "TERM": "xterm", "COLUMNS": "150"},
        )
        os.close(theirs)
        shown, seen = b"", 0.0
        try:
            while part := os.read(ours, 65536):
                shown += part
                if not seen and b"an hour ago?" in shown:
                    seen = time.perf_counter()
        except OSError:
            pass
        if process.wait():
            sys.exit(shown.decode("utf-8", "replace"))
        done = time.perf_counter()
        os.close(ours)
    # A turn is known to be whole when the next begins: its last letter is the first of the following line.
    pieces = len(FIRST) // PIECE + 1
    said = received[0] + pieces * PAUSE
    return received[0] - began, said - began, seen - began, seen - said, done - began


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
