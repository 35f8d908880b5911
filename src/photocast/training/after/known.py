"""All that is known of a training, for its card."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from photocast.corpus import open_store
from photocast.corpus.packing import About, read_about
from photocast.schema import InputError
from photocast.training.after.curve import Curve, curves
from photocast.training.after.evaluation import FOLDER, Evaluation, read_evaluation
from photocast.training.after.origins import dataset_of, facts_of
from photocast.training.folder import RunFolder, read_lines
from photocast.training.recipe import Recipe, read_recipe


@dataclass(frozen=True)
class Known:
    """All that is known of a training.

    Attributes:
        run: its folder.
        recipe: with the values that were used.
        facts: of `run.json`; empty where it has not begun.
        about: what the dataset says of itself; None where it is not there, or says nothing.
        curves: of its figures.
        evaluation: before and after; None where there was none.
        licence: of what was trained; None where nobody has said.
    """

    run: RunFolder
    recipe: Recipe
    facts: Mapping[str, Any]
    about: About | None
    curves: tuple[Curve, ...]
    evaluation: Evaluation | None
    licence: str | None

    @property
    def of_sporc(self) -> bool:
        """Whether the talk that was learned from is out of SPoRC, which has terms of its own."""
        return self.about is not None and any(name.startswith("sporc") for name in self.about.census.sources)


def gather(run: RunFolder, *, licence: str | None = None, dataset: Path | None = None) -> Known:
    """Gather what is recorded of a training, also of one that is under way.

    Args:
        run: its folder.
        licence: of what was trained, as its owner gives it.
        dataset: where it is, if it was moved since.

    Raises:
        InputError: something that is there cannot be read.
    """
    facts = facts_of(run)
    folder = dataset or dataset_of(facts)
    return Known(
        run=run,
        recipe=read_recipe(str(run.recipe)),
        facts=facts,
        about=_about(folder) if folder else None,
        curves=curves(read_lines(run.log)),
        evaluation=read_evaluation(run.path / FOLDER),
        licence=licence,
    )


def _about(dataset: Path) -> About | None:
    try:
        return read_about(open_store(dataset))
    except InputError:
        return None  # any dataset can be trained on; not every one says what it is
