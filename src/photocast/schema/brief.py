"""What the user asks for, and what will be done about it."""

from pydantic import Field

from photocast.schema.album import AlbumRecord
from photocast.schema.record import SCHEMA_VERSION, Record, SchemaVersion

WORDS_PER_MINUTE = 150
"""Speaking rate that turns minutes into words: the usual figure for conversational English."""


class Host(Record):
    """Who talks: a name, and optionally a character in a few words."""

    name: str = Field(pattern=r"\S", max_length=40)
    character: str | None = Field(default=None, max_length=200)


class Person(Record):
    """Somebody in the photos, in the user's words. Nothing else is ever said about people."""

    name: str = Field(pattern=r"\S", max_length=60)
    who: str | None = Field(default=None, max_length=200)
    """As the user would say it: `my aunt`, `the neighbour's boy`."""
    photos: tuple[str, ...] = ()
    """Source names of the photos the person is in; empty when the user does not say."""


class Brief(Record):
    """What the user asks for."""

    hosts: int = Field(default=2, ge=2, le=4)
    cast: tuple[Host, ...] = Field(default=(), max_length=4)
    """Named hosts; the writer casts the rest of `hosts`."""
    words: int | None = Field(default=None, ge=60, le=6000)
    """Words to aim at; none lets the album decide."""
    style: str = Field(default="banter", pattern="^(banter|story|interview|bedtime)$")
    about: str | None = Field(default=None, max_length=500)
    people: tuple[Person, ...] = ()
    playful: float = Field(default=0.4, ge=0, le=1)
    """0 keeps to facts; 1 lets the hosts invent freely about themselves."""
    language: str = "en"
    disclosure: bool = True
    """Whether the hosts say that they are made by a machine; the page and the files always do."""
    seed: int = 0


class Plan(Record):
    """What would be done: which photos, what leaves the machine, what it costs."""

    schema_version: SchemaVersion = SCHEMA_VERSION
    brief: Brief
    album: AlbumRecord
    writer: str
    words: int
    """Words the script will aim at."""
    will_send: tuple[str, ...] = ()
    """What leaves this machine, a line each; empty for a local writer."""
    cost_usd: float = 0.0
    seconds: float
    """Estimated time of the whole run."""
