"""The weights that ship with photocast: where they are, whether they are whole, and a session for each."""

import tomllib
from functools import cache
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from pydantic import Field

from photocast.runs import sha256_of
from photocast.schema import ConfigError
from photocast.schema.record import Record

REINSTALL = "Reinstall photocast: pip install --force-reinstall photocast"
WEIGHTS = files("photocast.models") / "weights"


class Weights(Record):
    """One file of weights, as `weights.toml` describes it."""

    file: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    upstream: str
    """Name and version of what was converted, and the package it came in."""
    licence: str
    made_by: str
    """The script in this repository that made the file."""


def shelf(folder: Traversable = WEIGHTS) -> dict[str, Weights]:
    """All weights by the name of their network."""
    entries = tomllib.loads((folder / "weights.toml").read_text("utf-8"))
    return {name: Weights.model_validate(entry) for name, entry in entries.items()}


def verify(path: Path, weights: Weights) -> None:
    """Make sure that a file of weights is the one that was published.

    Raises:
        ConfigError: it is missing, cannot be read, or has another SHA-256.
    """
    try:
        found = sha256_of(path)
    except OSError as error:
        raise ConfigError(f"The weights {weights.file} cannot be read", str(error), REINSTALL) from error
    if found != weights.sha256:
        why = "their SHA-256 is not the one they were published with"
        raise ConfigError(f"The weights {weights.file} are damaged", why, REINSTALL)


def open_session(name: str, folder: Traversable = WEIGHTS) -> Any:
    """An `onnxruntime.InferenceSession` on one thread that gives memory back after every picture.

    One thread makes results independent of the number of cores; whoever wants more speed looks at several pictures at
    once. Without the arena and the patterns, a process that has seen a large picture does not stay large.
    """
    import onnxruntime

    weights = shelf(folder)[name]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    with as_file(folder / weights.file) as path:
        verify(path, weights)
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


@cache
def lines_of(file: str) -> tuple[str, ...]:
    """The lines of one of the label lists in `data/`."""
    return tuple((files("photocast.models") / "data" / file).read_text("utf-8").removesuffix("\n").split("\n"))


def imagenet_names() -> tuple[str, ...]:
    """The 1,000 classes of the classifier, in its order."""
    return lines_of("imagenet.txt")


def coco_names() -> tuple[str, ...]:
    """The 80 classes of the detector, in its order."""
    return lines_of("coco.txt")
