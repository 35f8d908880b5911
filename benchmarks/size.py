"""What `pip install photocast` puts on the disk, package by package.

Run `python benchmarks/size.py`: makes a fresh environment in a temporary folder, installs this checkout into it without
extras, and adds up the files of each package as the disk holds them (whole blocks, compiled Python included). What pip
itself takes is left out: it is there before.
"""

import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EYES = ("onnxruntime", "numpy", "flatbuffers", "protobuf")
"""The engine of the detectors and what it requires. Of photocast, only the rooms that run detectors import NumPy."""
LIMIT_MB, LIMIT_CORE_MB = 350, 120

WEIGH = """
import json
from importlib.metadata import distributions
sizes = {}
for one in distributions():
    if one.name.lower() not in ("pip", "setuptools"):
        places = {one.locate_file(file).resolve() for file in one.files or ()}
        sizes[one.name.lower()] = sum(place.stat().st_blocks * 512 for place in places if place.is_file())
import photocast
from pathlib import Path
weights = Path(photocast.__file__).parent / "models"
sizes["photocast's eyes"] = sum(file.stat().st_blocks * 512 for file in weights.rglob("*") if file.is_file())
sizes["photocast"] -= sizes["photocast's eyes"]
print(json.dumps(sizes))
"""


def main() -> int:
    sizes = installed()
    eyes = {name: size for name, size in sizes.items() if name in EYES or name == "photocast's eyes"}
    core = {name: size for name, size in sizes.items() if name not in eyes}
    for title, part in (("core", core), ("pocket's detectors and their engines", eyes)):
        print(f"{sum(part.values()) / 1e6:7.1f} MB  {title}")
        for name, size in sorted(part.items(), key=lambda item: -item[1]):
            print(f"{size / 1e6:7.1f} MB    {name}")
    total, light = sum(sizes.values()) / 1e6, sum(core.values()) / 1e6
    print(f"{total:7.1f} MB  in all (limit {LIMIT_MB}); without the detectors {light:.1f} MB (limit {LIMIT_CORE_MB})")
    return 0 if total <= LIMIT_MB and light <= LIMIT_CORE_MB else 1


def installed() -> dict[str, int]:
    """Bytes by package in a fresh environment."""
    with tempfile.TemporaryDirectory() as place:
        venv.create(place, with_pip=True)
        python = Path(place, "Scripts" if sys.platform == "win32" else "bin", "python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", ROOT], check=True)
        weighed = subprocess.run([python, "-c", WEIGH], cwd=place, capture_output=True, text=True, check=True)
        sizes: dict[str, int] = json.loads(weighed.stdout)
        return sizes


if __name__ == "__main__":
    sys.exit(main())
