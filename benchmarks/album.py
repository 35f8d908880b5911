"""CPU seconds and peak memory of `Album.open`, for 10 photos of 12 megapixels and for more of them.

Run `python benchmarks/album.py [COUNT ...]` on Linux, by default with 1, 10, 30, 100 and 300 photos. Those of
`examples/` are cropped and enlarged to 4000 x 3000 with grain, about 2 MB each, until there are 40 scenes; larger
albums repeat these under other hashes, and every file is decoded. Each row is a fresh process; both figures include
the interpreter and all imports.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
COUNTS = (1, 10, 30, 100, 300)
SCENES = 40
SIZE = (4000, 3000)
OPEN = """
import re, sys, time
from photocast.album import Album
with Album.open(sys.argv[1]):
    # The peak of this process alone: what the system tells of an ended child starts from its parent.
    print(time.process_time(), re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
"""


def main(counts: list[int]) -> None:
    print("photos  CPU s  CPU s/photo  wall s  peak MB")
    with tempfile.TemporaryDirectory() as place:
        scenes = make_scenes(Path(place) / "scenes", sorted(EXAMPLES.glob("*/*.jpg")))
        for count in counts:
            folder = Path(place) / str(count)
            fill(folder, scenes, count)
            cpu, wall, peak = measure(folder)
            print(f"{count:6}  {cpu:5.1f}  {cpu / count:11.3f}  {wall:6.1f}  {peak:7.0f}", flush=True)


def make_scenes(folder: Path, sources: list[Path]) -> list[bytes]:
    folder.mkdir()
    dice = np.random.default_rng(0)
    scenes = []
    for number in range(SCENES):
        with Image.open(sources[number % len(sources)]) as source:
            left, upper = dice.uniform(0, 0.4, 2)
            box = (
                left * source.width,
                upper * source.height,
                (left + 0.6) * source.width,
                (upper + 0.6) * source.height,
            )
            photo = source.convert("RGB").resize(SIZE, Image.Resampling.BICUBIC, box=box)
        if number // len(sources) % 2:
            photo = photo.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        grain = dice.integers(-6, 7, (SIZE[1], SIZE[0], 1), dtype=np.int16)
        path = folder / f"{number}.jpg"
        grainy = (np.asarray(photo, dtype=np.int16) + grain).clip(0, 255).astype(np.uint8)
        Image.fromarray(grainy).save(path, quality=88)
        scenes.append(path.read_bytes())
    return scenes


def fill(folder: Path, scenes: list[bytes], count: int) -> None:
    folder.mkdir()
    for number in range(count):
        # Bytes after the end of a JPEG change its hash and not its picture.
        (folder / f"IMG_{number:04}.jpg").write_bytes(scenes[number % len(scenes)] + bytes(number // len(scenes)))


def measure(folder: Path) -> tuple[float, float, float]:
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", OPEN, str(folder)],
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    cpu, peak = done.stdout.split()
    return float(cpu), time.perf_counter() - began, float(peak) / 1024


if __name__ == "__main__":
    main([int(count) for count in sys.argv[1:]] or list(COUNTS))
