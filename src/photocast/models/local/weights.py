"""The files of weights of a model: whether they are whole, and what they hold, read from their first bytes alone.

A safetensors file begins with the length of its header (8 bytes, little endian), then the header: JSON with the dtype,
the shape and the place of every tensor (https://huggingface.co/docs/safetensors, "Format").
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from photocast.schema import Fault, ModelError

BYTES = {"float32": 4.0, "bfloat16": 2.0, "float16": 2.0, "8bit": 1.0, "4bit": 0.52}
"""Of one weight in memory; 4 bits carry along the scales of their blocks."""
_LONGEST_HEADER = 100_000_000
_FLOATS = frozenset({"F64", "F32", "F16", "BF16"})
NOT_QUANTISED = ("embed", "lm_head", "norm", "bias", "visual", "vision", "merger", "connector", "projector")
"""Parts of names of what keeps its numbers when a model is quantised: what sees, and what chooses the word. They are a
small share of a model and suffer most; and widths of what sees are not always those that bitsandbytes can pack."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """A tensor as the header of its file describes it."""

    name: str
    dtype: str
    weights: int
    stored: int
    """Bytes in the file."""
    is_matrix: bool


def weight_files(folder: Path, what: str) -> list[Path]:
    """The files that hold the weights, in the order of their names.

    Raises:
        ModelError: there are none, or one that the index lists is missing.
    """
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        listed = sorted(set(read_json(index, what).get("weight_map", {}).values()))
        missing = [name for name in listed if not (folder / name).is_file()]
        if missing:
            raise broken(what, f"{len(missing)} of {len(listed)} files are missing: {', '.join(missing[:3])}")
        return [folder / name for name in listed]
    alone = folder / "model.safetensors"
    if not alone.is_file():
        raise broken(what, "there is no file model.safetensors in it")
    return [alone]


def read_tensors(files: Iterable[Path], what: str) -> list[Tensor]:
    """What the files hold.

    Raises:
        ModelError: a file is cut off, or its header makes no sense.
    """
    return [tensor for file in files for tensor in _header(file, what)]


def _header(file: Path, what: str) -> list[Tensor]:
    size = file.stat().st_size
    with file.open("rb") as opened:
        length = int.from_bytes(opened.read(8), "little")
        if size < 8 or length > min(size - 8, _LONGEST_HEADER):
            raise broken(what, f"{file.name} is cut off: it has {size:,} bytes")
        try:
            header = json.loads(opened.read(length))
            header.pop("__metadata__", None)
            tensors = [_tensor(name, entry) for name, entry in header.items()]
            promised = 8 + length + max((entry["data_offsets"][1] for entry in header.values()), default=0)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            raise broken(what, f"the beginning of {file.name} makes no sense") from error
    if promised > size:
        raise broken(what, f"{file.name} is cut off: it has {size:,} of {promised:,} bytes")
    return tensors


def _tensor(name: str, entry: Mapping[str, Any]) -> Tensor:
    begin, end = entry["data_offsets"]
    return Tensor(name, entry["dtype"], prod(entry["shape"]), end - begin, len(entry["shape"]) == 2)


def bytes_in_memory(tensors: Iterable[Tensor], dtype: str, quantize: str | None) -> int:
    """Bytes that the tensors take once loaded in a dtype, their linear layers quantised or not.

    Numbers that are not fractions, such as weights that were quantised before, stay as they are stored.
    """
    total = 0.0
    for tensor in tensors:
        if tensor.dtype not in _FLOATS:
            total += tensor.stored
        elif quantize is not None and tensor.is_matrix and not any(part in tensor.name for part in NOT_QUANTISED):
            total += tensor.weights * BYTES[quantize]
        else:
            total += tensor.weights * BYTES[dtype]
    return round(total)


def read_json(file: Path, what: str) -> dict[str, Any]:
    """A file of settings.

    Raises:
        ModelError: it cannot be read as JSON.
    """
    try:
        read = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise broken(what, f"{file.name} cannot be read") from error
    if not isinstance(read, dict):
        raise broken(what, f"{file.name} does not hold settings")
    return read


def broken(what: str, why: str) -> ModelError:
    """The error about files that are missing or damaged."""
    return ModelError(Fault.BROKEN_FILES, f"the files of {what} are not whole", why, "Copy or download them again")
