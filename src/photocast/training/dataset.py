"""The data of a training: pictures, what is asked about them, and what people said."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from photocast._optional import require
from photocast.schema import InputError, UsageError
from photocast.training.recipe import DataTable

COLUMNS = ("prompt", "completion", "images")
ROW = "row"
"""Number of a row in its split; it goes with a sample to where the loss is worked out, to be ticked off there."""
_PACK = "photocast corpus pack and photocast train story write such a dataset; docs/training.md shows the columns"


@dataclass(frozen=True, eq=False)
class Data:
    """The splits that a recipe uses."""

    path: Path
    train: Any
    """A `datasets.Dataset`: `prompt` and `completion` in chat form, `images` as files, `row`."""
    validation: Any | None

    @property
    def splits(self) -> dict[str, Any]:
        """Those that are there, as `train` and `validation` whatever they are called."""
        return {"train": self.train} | ({"validation": self.validation} if self.validation is not None else {})


def open_data(path: Path, table: DataTable) -> Data:
    """Open a dataset: a folder in the layout of the Hugging Face hub, or one file of Parquet or JSON lines.

    Raises:
        UsageError: there is nothing, or no such split.
        InputError: it cannot be read, or its columns are others.
    """
    splits = _splits(path)
    for split in splits.values():
        _check_columns(split, path)
    wanted = {"train": table.train, "validation": table.validation}
    for what, name in wanted.items():
        if name and (name not in splits or not len(splits[name])):
            there = ", ".join(f"{split} ({len(rows):,} samples)" for split, rows in splits.items())
            why = f"it has no split {name!r} with samples in it, but {there}"
            raise UsageError(f"{path} cannot be trained on", why, f"Name another with --set data.{what}=…, or none")
    return Data(
        path,
        _prepared(splits[table.train], path),
        _prepared(splits[table.validation], path) if table.validation else None,
    )


def pictures_of(row: Mapping[str, Any], folder: Path) -> list[BinaryIO | Path]:
    """The picture files of a row, in order."""
    return [_file(picture, folder) for picture in row["images"] or ()]


def words_of(row: Mapping[str, Any]) -> tuple[tuple[str | None, ...], str]:
    """What is asked, with None where a picture is, and what is answered.

    Raises:
        ValueError: the row is of another form, or has another number of pictures than places for them.
    """
    asked, answered = row["prompt"], row["completion"]
    if [one["role"] for one in asked] != ["user"] or [one["role"] for one in answered] != ["assistant"]:
        raise ValueError("it is not one question of a user and one answer of an assistant")
    parts = tuple(None if part["type"] == "image" else part["text"] for part in _parts(asked[0]))
    answer = "".join(part["text"] or "" for part in _parts(answered[0]))
    if not answer.strip():
        raise ValueError("its answer is empty")
    places, pictures = parts.count(None), len(row["images"] or ())
    if places != pictures:
        raise ValueError(f"it has {pictures} pictures, and its question has places for {places}")
    return parts, answer


def _parts(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    content = message["content"]
    return [{"type": "text", "text": content}] if isinstance(content, str) else list(content)


def _splits(path: Path) -> dict[str, Any]:
    datasets = require("datasets", extra="train", purpose="a dataset")
    try:
        with _no_bars():
            if path.is_dir():
                return dict(datasets.load_dataset(str(path), cache_dir=str(_own_cache(path))))
            kind = {".parquet": "parquet", ".jsonl": "json", ".json": "json"}.get(path.suffix)
            if path.is_file() and kind:
                return dict(datasets.load_dataset(kind, data_files={"train": str(path)}))
    except Exception as error:  # the readers raise whatever their formats raise
        raise InputError(f"{path} cannot be read as a dataset", _reason(error), _PACK) from error
    why = "it is neither a folder nor a .parquet or .jsonl file" if path.exists() else "there is no such file or folder"
    raise UsageError(f"{path} is no dataset", why, _PACK)


def _own_cache(folder: Path) -> Path:
    """Where the library keeps what it has read of a folder: a place of its own for each state of its files.

    The library's own cache tells folders apart by their last name and their card alone. Of two datasets that are both
    called `dataset`, the one that was read first would be trained on both times.
    """
    datasets = require("datasets", extra="train", purpose="a dataset")
    state = sha256(os.fsencode(folder.resolve()))
    for file in sorted(one for one in folder.rglob("*") if one.is_file()):
        about = file.stat()
        state.update(os.fsencode(file) + f" {about.st_size} {about.st_mtime_ns}\n".encode())
    return Path(datasets.config.HF_DATASETS_CACHE) / "photocast" / state.hexdigest()[:16]


def _check_columns(split: Any, path: Path) -> None:
    if missing := [name for name in COLUMNS if name not in split.column_names]:
        why = f"it has no column {', '.join(missing)}; its columns are {', '.join(split.column_names)}"
        raise InputError(f"{path} cannot be trained on", why, _PACK)


def _prepared(split: Any, path: Path) -> Any:
    datasets = require("datasets", extra="train", purpose="a dataset")
    feature = split.features["images"]
    if isinstance(getattr(feature, "feature", None), datasets.Image):
        with _no_bars():
            split = split.cast_column("images", datasets.List(datasets.Image(decode=False)))
    elif json.dumps(feature, default=str) == "null":
        raise InputError(f"{path} cannot be trained on", "its column images is empty", _PACK)
    return split.add_column(ROW, list(range(len(split))))


@contextmanager
def _no_bars() -> Iterator[None]:
    """Without progress bars of the library; reading what lies on this disk takes a moment."""
    datasets = require("datasets", extra="train", purpose="a dataset")
    shown = datasets.is_progress_bar_enabled()
    datasets.disable_progress_bars()
    try:
        yield
    finally:
        if shown:
            datasets.enable_progress_bars()


def _file(picture: Any, folder: Path) -> BinaryIO | Path:
    if isinstance(picture, Mapping):
        if picture.get("bytes"):
            return BytesIO(picture["bytes"])
        picture = picture.get("path")
    if not isinstance(picture, str):
        raise ValueError("a picture is missing")
    base = folder if folder.is_dir() else folder.parent
    return base / picture


def _reason(error: BaseException) -> str:
    while error.__cause__ is not None:
        error = error.__cause__
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
