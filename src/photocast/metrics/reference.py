"""How people talk: quantiles of every figure over human transcripts, and how far a script is from them."""

from functools import cache
from importlib.resources import files
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, ValidationError

from photocast.metrics.lexicons import LEXICON_VERSION
from photocast.metrics.reading import read
from photocast.schema import InputError, Script, UsageError
from photocast.schema.record import SCHEMA_VERSION, Record, SchemaVersion

STEPS = 100
"""Quantiles are kept at 0, 1, …, 100 %."""
TURN_STEPS = 200
"""Turn lengths are kept at the middles of so many equal shares of the turns."""


class Quantiles(Record):
    """One figure over the windows in which it is defined."""

    n: int
    mean: float
    sd: float
    values: tuple[float, ...] = Field(min_length=STEPS + 1, max_length=STEPS + 1)

    def at(self, p: float) -> float:
        """The quantile at p, from 0 to 1."""
        return float(np.interp(p * STEPS, np.arange(STEPS + 1), self.values))

    def above(self, value: float) -> float:
        """Share of people with more than `value`, ties counted half: P(h > v) + ½ P(h = v), to a hundredth.

        The mean of it over scripts is the area under the curve: 0.5 when scripts cannot be told from people.
        """
        people = np.asarray(self.values)
        return float(((people > value).mean() + (people >= value).mean()) / 2)


class Reference(Record):
    """People that scripts are compared with. Always name it beside a distance."""

    schema_version: SchemaVersion = SCHEMA_VERSION
    name: str
    title: str
    source: str
    licence: str
    attribution: str
    recipe: str
    """Which stretches of which conversations, and how they were cut."""
    speakers: str
    """`two`, or `three or more`."""
    conversations: int
    windows: int
    lexicon_version: int
    turn_lengths: tuple[float, ...] = Field(min_length=TURN_STEPS, max_length=TURN_STEPS)
    """Quantiles of the words of a turn, at (i + ½) / 200."""
    figures: dict[str, Quantiles]


def turn_length_w1(script: Script, reference: Reference) -> float:
    """How far the lengths of the turns are from those of people.

    Wasserstein-1 distance ∫ |F⁻¹(script) - F⁻¹(reference)| of log(1 + words of a turn).

    Unit: log words
    Direction: lower
    Source: this project; depends on the reference that is named beside it.
    Weakness: stretches of people have a distance too: compare with their band, not with 0.
    """
    people = np.log1p(np.asarray(reference.turn_lengths))
    return float(np.abs(_quantiles(np.log1p(read(script).lengths)) - people).mean())


def turn_length_quantiles(lengths: NDArray[np.int64]) -> tuple[float, ...]:
    """What `Reference.turn_lengths` holds, for the lengths of all turns, (turns,)."""
    return tuple(_quantiles(lengths.astype(float)).tolist())


def reference_names() -> tuple[str, ...]:
    """The references that ship with photocast."""
    folder = files("photocast.metrics").joinpath("references")
    return tuple(sorted(one.name.removesuffix(".json") for one in folder.iterdir() if one.name.endswith(".json")))


@cache
def reference(name: str) -> Reference:
    """A reference by its name, or by the path of its file.

    Raises:
        UsageError: there is none of this name.
        InputError: the file is no reference, or one made with other word lists.
    """
    shipped = files("photocast.metrics").joinpath("references", f"{name}.json")
    path = Path(name)
    if name in reference_names():
        return Reference.model_validate_json(shipped.read_text("utf-8"))
    if path.suffix != ".json" or not path.is_file():
        raise UsageError(
            f"There is no human reference {name!r}",
            f"photocast ships {', '.join(reference_names())}, and no such file exists",
            "Name one of them, or the JSON file that photocast bench reference build wrote",
        )
    return _from_file(path)


def fitting(*scripts: Script) -> str:
    """The shipped reference with as many speakers as most scripts have: `interview` for two, `panel` for more."""
    counts = [len({turn.speaker for turn in script.turns}) for script in scripts]
    return "interview" if not counts or median(counts) <= 2 else "panel"


def _from_file(path: Path) -> Reference:
    try:
        found = Reference.model_validate_json(path.read_text("utf-8"))
    except (ValidationError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path} is no human reference", str(error).splitlines()[0], "Build it with photocast bench reference build"
        ) from error
    if found.lexicon_version != LEXICON_VERSION:
        raise InputError(
            f"{path} was made with other word lists",
            f"they have version {found.lexicon_version}, and this photocast has {LEXICON_VERSION}",
            "Build the reference again",
        )
    return found


def _quantiles(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The values at the middles of equal shares; the inverse of the empirical distribution, not interpolated."""
    ordered = np.sort(values)
    at = ((np.arange(TURN_STEPS) + 0.5) / TURN_STEPS * len(ordered)).astype(int)
    found: NDArray[np.float64] = ordered[at]
    return found
