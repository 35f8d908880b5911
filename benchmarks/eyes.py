"""What the eyes cost: CPU seconds per photo and part, memory, and size on disk.

Run: python benchmarks/eyes.py [FOLDER]   (default: the album in examples/)
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from photocast.models import Eyes, shelf
from photocast.models.weights import WEIGHTS, open_session

EXAMPLE = Path(__file__).parents[1] / "examples" / "sourdough_loaf"
PICTURES = (".jpg", ".jpeg", ".png")


def cpu_seconds(work: Callable[[Path], object], photos: Iterable[Path]) -> float:
    """Mean CPU seconds of this process per photo."""
    spent = []
    for photo in photos:
        start = time.process_time()
        work(photo)
        spent.append(time.process_time() - start)
    return sum(spent) / len(spent)


def loading() -> dict[str, tuple[float, float]]:
    """CPU seconds to check and load every network, and its size in megabytes."""
    import onnxruntime  # noqa: F401  (its own start is not part of what a network costs)

    costs = {}
    for name, weights in shelf().items():
        start = time.process_time()
        open_session(name)
        costs[name] = (time.process_time() - start, (Path(str(WEIGHTS)) / weights.file).stat().st_size / 1e6)
    return costs


def peak_megabytes(photos: list[Path]) -> float:
    """Peak memory of a fresh process that uses all four networks on the photos."""
    code = (
        "import json, resource, sys\n"
        "from pathlib import Path\n"
        "from photocast.models import Eyes\n"
        "eyes = Eyes()\n"
        "for photo in map(Path, json.loads(sys.argv[1])):\n"
        "    eyes.glance(photo), eyes.detect(photo), eyes.read(photo)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )
    names = json.dumps([str(photo) for photo in photos])
    told = subprocess.run([sys.executable, "-c", code, names], capture_output=True, text=True, check=True)
    unit = 1e6 if sys.platform == "darwin" else 1e3  # bytes there, kilobytes elsewhere
    return int(told.stdout) / unit


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="What the eyes cost")
    parser.add_argument("folder", type=Path, nargs="?", default=EXAMPLE)
    folder = parser.parse_args().folder
    photos = sorted(path for path in folder.rglob("*") if path.suffix.lower() in PICTURES)
    if len(photos) < 2:
        parser.error(
            f"{folder} holds {len(photos)} photos; the first one loads the networks, so at least two are needed"
        )
    print(f"{'network':<12} {'MB':>6} {'to load, CPU-s':>15}")
    for name, (seconds, size) in loading().items():
        print(f"{name:<12} {size:>6.1f} {seconds:>15.2f}")
    eyes = Eyes()
    parts = {"glance (three views)": eyes.glance, "detect": eyes.detect, "read": eyes.read}
    for work in parts.values():
        work(photos[0])  # loads the network
    print(f"\n{'part':<22} {'CPU-s per photo':>15}   ({len(photos) - 1} photos)")
    for name, work in parts.items():
        print(f"{name:<22} {cpu_seconds(work, photos[1:]):>15.3f}")
    print(f"\npeak memory with all four networks: {peak_megabytes(photos):.0f} MB")


if __name__ == "__main__":
    main()
