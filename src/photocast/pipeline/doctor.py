"""Whether this installation is whole, and what could be better."""

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module, metadata
from importlib.resources import as_file
from pathlib import Path

from photocast import __version__
from photocast.pipeline.pen import POCKET
from photocast.schema import PhotocastError

REINSTALL = "Run: pip install --force-reinstall photocast"
PACKAGES = {
    "numpy": "numpy",
    "onnxruntime": "onnxruntime",
    "pillow": "PIL",
    "pi-heif": "pi_heif",
    "jinja2": "jinja2",
    "pydantic": "pydantic",
    "click": "click",
    "rich": "rich",
}
_ROOM_BYTES = 500_000_000
"""What 300 prepared photos and an episode of them take, with some air."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked into."""

    name: str
    ok: bool
    found: str
    do: str | None = None
    needed: bool = True
    """Whether photocast cannot do its work when this is not well."""


def examine() -> list[Finding]:
    """Everything that was found, what is needed first."""
    return [_itself(), *_packages(), *_formats(), *_weights(), *_places(), _machine(), _writer(), _voices()]


def _itself() -> Finding:
    python = platform.python_version()
    return Finding("photocast", True, f"{__version__} on Python {python}, {platform.system()} {platform.machine()}")


def _packages() -> Iterator[Finding]:
    for package, module in PACKAGES.items():
        try:
            import_module(module)
            yield Finding(package, True, metadata.version(package))
        except Exception as error:  # a broken wheel fails in many ways, and this is where to hear of it
            yield Finding(package, False, f"cannot be loaded: {error}", REINSTALL)


def _formats() -> Iterator[Finding]:
    try:
        from PIL import features
    except ImportError:
        return  # said above
    for name, feature in {"JPEG": "jpg", "WebP": "webp", "AVIF": "avif", "TIFF": "libtiff"}.items():
        known = bool(features.check(feature))
        do = None if known else f"{name} files will be set aside. {REINSTALL}"
        yield Finding(name, known, "can be read" if known else "cannot be read", do, needed=name == "JPEG")
    heif = "pi_heif" in sys.modules
    do = None if heif else f"HEIC photos of phones will be set aside. {REINSTALL}"
    yield Finding("HEIC", heif, "can be read" if heif else "cannot be read", do, needed=False)


def _weights() -> Iterator[Finding]:
    try:
        from photocast.models.weights import WEIGHTS, shelf, verify

        networks = shelf()
    except Exception as error:
        yield Finding("weights", False, f"cannot be found: {error}", REINSTALL)
        return
    for name, weights in networks.items():
        try:
            with as_file(WEIGHTS / weights.file) as path:
                verify(path, weights)
                megabytes = path.stat().st_size / 1e6
            yield Finding(name, True, f"whole, {megabytes:.0f} MB, {weights.upstream}")
        except Exception as error:
            yield Finding(name, False, str(error), REINSTALL)


def _places() -> Iterator[Finding]:
    for name, place in {"this folder": Path.cwd(), "temporary": Path(tempfile.gettempdir())}.items():
        free = shutil.disk_usage(place).free
        if not os.access(place, os.W_OK):
            do = "Write elsewhere with -o" if name == "this folder" else "Set TMPDIR to a folder you may write to"
            yield Finding(name, False, f"{place} cannot be written to", do, needed=name == "temporary")
        elif free < _ROOM_BYTES:
            yield Finding(name, False, f"{free / 1e6:.0f} MB free in {place}", "Free some space", needed=False)
        else:
            yield Finding(name, True, f"{free / 1e9:.0f} GB free in {place}")


def _machine() -> Finding:
    return Finding("machine", True, f"{os.cpu_count()} cores")


def _writer() -> Finding:
    """Who writes when no model is named on the command line."""
    from photocast.pipeline.settings import gather

    try:
        writer = gather({}).writer
    except PhotocastError as error:
        return Finding("writer", False, f"{error.what}: {error.why}", error.do, needed=False)
    if writer.model != POCKET:
        return Finding("writer", True, f"{writer.model}, {writer.because}")
    do = "For what happens between people, and for long episodes, a model will be better: photocast models"
    return Finding("writer", False, f"{POCKET}, which is no language model: {writer.because}", do, needed=False)


def _voices() -> Finding:
    """Who speaks when no engine is named on the command line."""
    from photocast.models.speech import default_engine, silenced

    engine = default_engine()
    if silenced():
        return Finding("voices", True, "PHOTOCAST_ENGINE says that nobody speaks")
    if engine is None:
        do = "To hear episodes, run: pip install 'photocast[speech]'"
        return Finding("voices", False, "there are none on this machine", do, needed=False)
    if engine == "espeak":
        do = "For pleasant voices, run: pip install 'photocast[speech]'"
        return Finding("voices", False, "espeak-ng alone, a program", do, needed=False)
    return Finding("voices", True, engine)
