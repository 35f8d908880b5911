"""The folder of a training: what was used, what happened, and what came of it."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from photocast.models.local.trained import Trained, write_trained
from photocast.runs import write_atomically
from photocast.schema import InputError, UsageError
from photocast.training.recipe import Recipe, read_recipe, recipe_text


@dataclass(frozen=True)
class RunFolder:
    """Where everything of a run lies; docs/decisions/0011-training.md draws it."""

    path: Path

    @property
    def recipe(self) -> Path:
        """The recipe with every value that was used."""
        return self.path / "recipe.yaml"

    @property
    def facts(self) -> Path:
        """What was trained, on what, with which versions."""
        return self.path / "run.json"

    @property
    def log(self) -> Path:
        """A line a logged step."""
        return self.path / "log.jsonl"

    @property
    def samples(self) -> Path:
        """What the model said on the way, a line a talk."""
        return self.path / "samples.jsonl"

    @property
    def lengths(self) -> Path:
        """Tokens of every sample."""
        return self.path / "lengths.json"

    @property
    def coverage(self) -> Path:
        """Rows seen, and how often."""
        return self.path / "coverage.json"

    @property
    def checkpoints(self) -> Path:
        """As transformers writes them."""
        return self.path / "checkpoints"

    @property
    def final(self) -> Path:
        """What was trained; whole, or not there."""
        return self.path / "final"

    @property
    def is_done(self) -> bool:
        """Whether the training has come to its end."""
        return self.final.is_dir()

    def read_facts(self) -> dict[str, Any]:
        """What `run.json` says."""
        facts: dict[str, Any] = json.loads(self.facts.read_text("utf-8"))
        return facts

    def begin(self, recipe: Recipe) -> None:
        """Make the folder, or go on with one of the same recipe.

        Raises:
            UsageError: another training lies there, or something that is none.
        """
        if self.recipe.is_file():
            if read_recipe(str(self.recipe)) != recipe:
                self._begin_anew(recipe)
            return
        if self.path.exists() and any(self.path.iterdir()):
            why = "it holds files, and none of them is the recipe.yaml of a training"
            raise UsageError(f"{self.path} cannot take a training", why, "Name a folder that is empty or not there")
        self.checkpoints.mkdir(parents=True, exist_ok=True)
        write_atomically(self.recipe, recipe_text(recipe))

    def _begin_anew(self, recipe: Recipe) -> None:
        """Take other settings where nothing was done yet with the first: checks that failed tell what to change."""
        if self.facts.is_file() or any((self.path / made).exists() for made in ("rollouts", "stages")):
            self._refuse(recipe)
        self.lengths.unlink(missing_ok=True)
        write_atomically(self.recipe, recipe_text(recipe))

    def _refuse(self, recipe: Recipe) -> None:
        there = read_recipe(str(self.recipe))
        now, before = recipe.model_dump(mode="json"), there.model_dump(mode="json")
        changed = [f"{path} was {old!r} and is {new!r}" for path, old, new in _differences(before, now)]
        raise UsageError(
            f"{self.path} holds a training with other settings",
            "; ".join(changed[:3]) + ("" if len(changed) <= 3 else f"; and {len(changed) - 3} more"),
            "Use the same settings to go on with it, or another folder",
        )

    def finish(self, made: Path, trained: Trained) -> None:
        """Turn a folder that is whole, and lies beside it, into `final`."""
        (made / "training_args.bin").unlink(missing_ok=True)  # a pickle, and nothing that is not in recipe.yaml
        write_trained(made, trained)
        os.replace(made, self.final)


def read_run(path: Path) -> RunFolder:
    """The folder of a training that was begun.

    Raises:
        InputError: it is none.
    """
    run = RunFolder(path)
    if not run.recipe.is_file():
        raise InputError(
            f"{path} is no training", "there is no recipe.yaml in it", "Name the folder that photocast train wrote"
        )
    return run


def append_line(path: Path, line: dict[str, Any]) -> None:
    """Add a line to a file of JSON lines; on its own should the last one have been torn."""
    with path.open("ab+") as file:
        end = file.seek(0, os.SEEK_END)
        if end:
            file.seek(end - 1)
            if file.read(1) != b"\n":
                file.write(b"\n")
        file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of such a file; one that a stop has torn is passed over."""
    if not path.is_file():
        return
    with path.open("rb") as file:
        for line in file:
            try:
                yield json.loads(line)
            except ValueError:
                continue


def _differences(before: Any, now: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    if isinstance(before, dict) and isinstance(now, dict):
        for name in before | now:
            yield from _differences(before.get(name), now.get(name), f"{path}.{name}".lstrip("."))
    elif before != now:
        yield path, before, now
