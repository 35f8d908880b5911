"""All rewards of some texts at once, as tables and cards have them."""

from collections.abc import Mapping, Sequence
from statistics import fmean

from photocast.schema.record import SCHEMA_VERSION, Record, SchemaVersion
from photocast.training.rewards.asked import Asked
from photocast.training.rewards.table import REWARDS


class Summary(Record):
    """One reward over some texts."""

    mean: float | None
    """Of the texts to which it applies; None where there is none."""
    least: float | None
    most: float | None
    n: int
    none: int
    """Texts to which it does not apply."""


class Rewarded(Record):
    """The rewards of one text."""

    file: str
    rewards: dict[str, float | None]


class Rewards(Record):
    """The rewards of some texts."""

    schema_version: SchemaVersion = SCHEMA_VERSION
    n: int
    rewards: dict[str, Summary]
    files: tuple[Rewarded, ...]


def measured(texts: Mapping[str, str], asked: Asked) -> Rewards:
    """Every reward that is a function of a text, for texts that were all asked the same.

    Args:
        texts: by the names of their files.
        asked: what each of them was asked to be.

    Raises:
        UsageError: there is no human reference of the name.
        InputError: the human reference cannot be used.
    """
    files = tuple(
        Rewarded(file=file, rewards={name: reward(text, asked) for name, reward in REWARDS.items()})
        for file, text in texts.items()
    )
    return Rewards(
        n=len(files), rewards={name: summary([one.rewards[name] for one in files]) for name in REWARDS}, files=files
    )


def summary(values: Sequence[float | None]) -> Summary:
    """Of the values of one reward."""
    there = [value for value in values if value is not None]
    return Summary(
        mean=fmean(there) if there else None,
        least=min(there, default=None),
        most=max(there, default=None),
        n=len(there),
        none=len(values) - len(there),
    )
