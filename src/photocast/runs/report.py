"""What a run did: `report.json`."""

import platform
from collections.abc import Iterable, Mapping
from typing import Self

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


class Report(Record):
    """What a run used, how long it took, what left the machine, and what the checks found."""

    schema_version: SchemaVersion = SCHEMA_VERSION
    photocast: str
    python: str
    platform: str
    writer: str
    seed: int | None = None
    seconds: dict[str, float] = Field(default_factory=dict)
    """Elapsed seconds by step."""
    cpu_seconds: float = Field(default=0.0, ge=0)
    bytes_sent: int = Field(default=0, ge=0)
    """What left this machine."""
    photos: PhotoCount
    weights: dict[str, str] = Field(default_factory=dict)
    """SHA-256 of every file of weights that was used, by name."""
    checks: tuple[str, ...] = ()
    """Problems found in the script, a sentence each; empty when there are none."""
    style: tuple[Figure, ...] = ()

    @classmethod
    def of_this_machine(
        cls,
        *,
        writer: str,
        seed: int | None,
        photos: PhotoCount,
        seconds: Mapping[str, float],
        cpu_seconds: float,
        bytes_sent: int = 0,
        weights: Mapping[str, str] | None = None,
        checks: Iterable[str] = (),
        style: Iterable[Figure] = (),
    ) -> Self:
        """A report that names this version of photocast, of Python, and the kind of machine."""
        return cls(
            photocast=__version__,
            python=platform.python_version(),
            platform=f"{platform.system()} {platform.machine()}",
            writer=writer,
            seed=seed,
            seconds=dict(seconds),
            cpu_seconds=cpu_seconds,
            bytes_sent=bytes_sent,
            photos=photos,
            weights=dict(weights or {}),
            checks=tuple(checks),
            style=tuple(style),
        )
