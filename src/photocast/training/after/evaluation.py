"""`eval.json`: what a model was before its training and after it, on albums that it was not trained on.

The benchmark writes it (`photocast train eval`), and the model card reads it. It is a record of numbers: the training
room itself measures nothing here, since whoever trains must not see how the evaluation is made.
"""

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from photocast.runs import write_atomically
from photocast.schema import InputError
from photocast.schema.record import Record

FILE = "eval.json"
FOLDER = "eval"
"""Where it lies in the folder of a training, unless one is named."""


class Mean(Record):
    """A figure over the items of one model."""

    value: float
    ci95: tuple[float, float] | None = None
    """Bootstrap interval over items; none for one item."""


class Change(Record):
    """One figure before and after, on the items that both have."""

    metric: str
    title: str
    unit: str
    before: Mean
    after: Mean
    difference: float
    """After less before."""
    ci95: tuple[float, float] | None
    """Interval of the difference over items."""
    p_holm: float
    """Chance of such a difference if there were none, corrected for all figures of the comparison."""
    n: int
    people: float | None = None
    """Median of the human reference, where it has the figure."""
    better: Literal["before", "after"] | None = None
    """Where a difference was shown, and one direction is better."""


class Comparison(Record):
    """The trained model beside another one."""

    other: str
    """`before`, or the name of a further system."""
    changes: tuple[Change, ...]


class Preference(Record):
    """How often judges prefer the trained model over the one before."""

    criterion: str
    rate: float
    """Ties count half; 0.5 is no preference."""
    ci95: tuple[float, float] | None
    items: int


class Leak(Record):
    """Whether pictures of the evaluation were among those of the training."""

    compared: bool
    """False where nobody knows the pictures of the training."""
    pictures: int = 0
    """That are in both, by SHA-256 of their files; pictures that were saved anew are not found."""
    items: tuple[str, ...] = ()
    """Albums that have one."""


class Evaluation(Record):
    """What `photocast train eval` leaves for the model card."""

    format: Literal[1] = 1
    photocast: str
    before: str
    """Name of the model that was trained, as it was asked."""
    after: str
    also: dict[str, str] = Field(default_factory=dict)
    """Further models, by the name of their column."""
    items: tuple[str, ...]
    style: str
    words: int | None
    """That every talk was to have; none where each album decided."""
    reference: str | None
    """People that figures are compared with."""
    leak: Leak
    comparisons: tuple[Comparison, ...]
    judges: tuple[str, ...] = ()
    preferences: tuple[Preference, ...] = ()
    notes: tuple[str, ...] = ()


def write_evaluation(folder: Path, evaluation: Evaluation) -> Path:
    """Put it into the folder of the evaluation; returns where it is.

    Raises:
        InputError: it cannot be written.
    """
    write_atomically(folder / FILE, evaluation.model_dump_json(indent=1) + "\n")
    return folder / FILE


def read_evaluation(folder: Path) -> Evaluation | None:
    """What an evaluation has left in a folder; None where there was none, or it has not come to its end.

    Raises:
        InputError: there is a file, and it cannot be read.
    """
    path = folder / FILE
    try:
        return Evaluation.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        why = "it is damaged, or another photocast wrote it" if isinstance(error, ValidationError) else str(error)
        raise InputError(f"{path} cannot be read", why, "Run photocast train eval again") from error
