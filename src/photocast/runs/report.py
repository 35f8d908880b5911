"""What a run did: `report.json`."""

import platform
from typing import Any, Self

from pydantic import Field

from photocast import __version__
from photocast.schema import SCHEMA_VERSION
from photocast.schema.record import Record, SchemaVersion


class PhotoCount(Record):
    """What became of the files that were found."""

    found: int = Field(ge=0)
    used: int = Field(ge=0)
    set_aside: int = Field(ge=0)


class Figure(Record):
    """One figure of the script's shape beside the band in which people lie."""

    name: str
    value: float | None
    """None: the script is too short to define it."""
    unit: str = ""
    low: float | None = None
    """Lower end of the human band; none when people were not measured."""
    high: float | None = None
    reference: str = ""
    """The set of human conversations the band comes from."""

    @property
    def inside(self) -> bool | None:
        """Whether the value lies in the band; none when either is missing."""
        if self.value is None or self.low is None or self.high is None:
            return None
        return self.low <= self.value <= self.high


class ModelUse(Record):
    """What was asked of a language model, and what it cost."""

    model: str
    host: str | None = None
    """Where photos and words were sent; none when the model ran on this machine."""
    way: str
    prompts: str
    """Version of the prompts."""
    calls: int = Field(default=0, ge=0)
    """Calls that were answered in this run."""
    from_journal: int = Field(default=0, ge=0)
    """Answers of earlier runs that were not asked for, nor paid, again."""
    input_tokens: int = Field(default=0, ge=0)
    output_tokens: int = Field(default=0, ge=0)
    usd: float | None = Field(default=0.0, ge=0)
    """US dollars paid in this run; none when the price is not known."""
    possibly_paid_usd: float = Field(default=0.0, ge=0)
    """US dollars at most for calls whose answers never came."""
    prices: str = ""
    """The price table and its date."""
    bytes_sent: int = Field(default=0, ge=0)
    """Bytes that left this machine in this run."""


class Report(Record):
    """What a run used, how long it took, what left the machine, and what the checks found."""

    schema_version: SchemaVersion = SCHEMA_VERSION
    photocast: str
    python: str
    platform: str
    writer: str
    model: ModelUse | None = None
    """None when no language model was asked."""
    seed: int | None = None
    seconds: dict[str, float] = Field(default_factory=dict)
    """Elapsed seconds by step."""
    cpu_seconds: float = Field(default=0.0, ge=0)
    bytes_sent: int = Field(default=0, ge=0)
    """What left this machine."""
    photos: PhotoCount
    weights: dict[str, str] = Field(default_factory=dict)
    """SHA-256 of every file of weights that was used, by name."""
    notes: tuple[str, ...] = ()
    """What happened on the way that the user should know, a sentence each."""
    checks: tuple[str, ...] = ()
    """Problems found in the script, a sentence each; empty when there are none."""
    style: tuple[Figure, ...] = ()

    @classmethod
    def of_this_machine(cls, **values: Any) -> Self:
        """A report that names this version of photocast, of Python, and the kind of machine."""
        return cls(
            photocast=__version__,
            python=platform.python_version(),
            platform=f"{platform.system()} {platform.machine()}",
            **values,
        )
