"""CPU seconds, time and peak memory of `photocast make` on photos of 12 megapixels, and of `photocast demo`.

Run `python benchmarks/make.py [COUNT ...]` on Linux, by default with 10, 30, 100 and 300 photos. The photos are made as
in `benchmarks/album.py`; all are kept, though they repeat, so that each is decoded and looked at. Each row is a fresh
process; memory is the most it ever held.
"""

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from album import fill, make_scenes

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
COUNTS = (10, 30, 100, 300)
RUN = """
import re, sys, time
from photocast.cli.main import run
code = run(sys.argv[1:])
# The peak of this process alone: what the system tells of an ended child starts from its parent.
peak = re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]
print(f"\\n{time.process_time()} {peak}", file=sys.stderr)
sys.exit(code)
"""


def main(counts: list[int]) -> None:
    print("command           CPU s  CPU s/photo  wall s  peak MB")
    with tempfile.TemporaryDirectory() as place:
        report("demo", 6, ["demo", "-o", f"{place}/demo"])
        scenes = make_scenes(Path(place) / "scenes", sorted(EXAMPLES.glob("*/*.jpg")))
        for count in counts:
            folder = Path(place) / f"album {count}"
            fill(folder, scenes, count)
            kept = [flag for photo in folder.iterdir() for flag in ("--keep", photo.name)]
            report(
                f"make, {count} photos",
                count,
                ["make", str(folder), "-o", f"{place}/{count}", "--local", "--no-audio", *kept],
            )


def report(name: str, photos: int, args: list[str]) -> None:
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", RUN, *args], capture_output=True, text=True, check=False)
    wall = time.perf_counter() - began
    if done.returncode:
        sys.exit(done.stderr)
    cpu, peak = (float(figure) for figure in done.stderr.split()[-2:])
    if used := re.search(r"(\d+) photos, ", done.stdout):
        assert int(used[1]) == photos, done.stdout
    print(f"{name:16}  {cpu:5.1f}  {cpu / photos:11.2f}  {wall:6.1f}  {peak / 1024:7.0f}", flush=True)


if __name__ == "__main__":
    main([int(count) for count in sys.argv[1:]] or list(COUNTS))
