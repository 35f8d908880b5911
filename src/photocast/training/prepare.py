"""What is known of a training before a weight is loaded: its data, its base, how long its samples are."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from photocast._optional import require
from photocast.models.local.installed import check_working
from photocast.runs import write_atomically
from photocast.schema import UsageError
from photocast.training.arguments import processes
from photocast.training.base import base_folder, open_processor
from photocast.training.collator import DialogueCollator
from photocast.training.dataset import Data, open_data
from photocast.training.folder import RunFolder
from photocast.training.lengths import Lengths, kept_rows, measure, texts_of
from photocast.training.machines.machine import this_machine
from photocast.training.recipe import Recipe
from photocast.training.told import Told


@dataclass(frozen=True)
class Prepared:
    """All that is known before a weight is loaded."""

    recipe: Recipe
    run: RunFolder
    data: Data
    folder: Path
    """Of the base."""
    lengths: dict[str, Lengths]
    """By split."""

    def kept(self, split: str) -> Any | None:
        """The samples of `train` or `validation` that are not too long; None where there is no such split."""
        rows = self.data.splits.get(split)
        if rows is None:
            return None
        table = self.recipe.data
        numbers = kept_rows(self.lengths[split], table.max_length, table.too_long, split=split)
        return rows if len(numbers) == len(rows) else rows.select(numbers)


def prepare(recipe: Recipe, dataset: Path, run: RunFolder, told: Told) -> Prepared:
    """Check everything that can be checked before the first step; what was measured is kept in the run's folder.

    Raises:
        UsageError, InputError: the dataset cannot be used, holds samples that are too long, or is another than the one
            that the training was begun with.
        ModelError: the base cannot be found or read, or the packages that models need do not work here.
    """
    os.environ.setdefault("DS_ACCELERATOR", this_machine().device)  # DeepSpeed, where it is installed, asks in public
    check_working()
    require("trl", extra="train", purpose="training")
    with _first_before_others(run):
        run.begin(recipe)
        data = open_data(dataset, recipe.data)
        folder = base_folder(recipe.model.base, run.path / "base")
        processor, fit = open_processor(recipe.model.base, folder, recipe.images)
        lengths = _lengths(run, data, DialogueCollator(processor, fit, dataset), told)
    for split, rows in data.splits.items():
        kept = kept_rows(lengths[split], recipe.data.max_length, recipe.data.too_long, split=split)
        if left := len(rows) - len(kept):
            told.note(
                f"{left} of {len(rows)} samples of {split} are longer than {recipe.data.max_length:,} tokens: left out"
            )
    return Prepared(recipe, run, data, folder, lengths)


def _lengths(run: RunFolder, data: Data, collator: DialogueCollator, told: Told) -> dict[str, Lengths]:
    """Of every split; measured once, and read again when the training goes on or in another of its processes."""
    if run.lengths.is_file():
        kept = json.loads(run.lengths.read_text("utf-8"))
        found = {split: Lengths.model_validate(lengths) for split, lengths in kept.items()}
        _check_same(data, found, run)
        return found
    found = {split: _measured(split, rows, collator, told) for split, rows in data.splits.items()}
    write_atomically(run.lengths, json.dumps({split: lengths.model_dump() for split, lengths in found.items()}))
    return found


def _check_same(data: Data, lengths: Mapping[str, Lengths], run: RunFolder) -> None:
    there = {split: texts_of(rows) for split, rows in data.splits.items()}
    if there != {split: found.texts for split, found in lengths.items()}:
        why = "its questions or answers are not those that the training was begun with"
        raise UsageError(
            f"{run.path} cannot go on with {data.path}", why, "Name that dataset, or another folder with -o"
        )


@contextmanager
def _first_before_others(run: RunFolder) -> Iterator[None]:
    """Where several processes were begun together, and not by us: the first prepares, the others find it done."""
    if processes() == 1 or run.lengths.is_file():
        yield
        return
    state = require("accelerate", extra="train", purpose="several processes").PartialState(cpu=not this_machine().gpus)
    with state.main_process_first():
        yield


def _measured(split: str, rows: Any, collator: DialogueCollator, told: Told) -> Lengths:
    return measure(rows, collator, lambda done: told.stages(f"measuring {split}", done, len(rows)))
