"""What the user asks for, and what will be done about it."""

from enum import StrEnum
from typing import Any

from pydantic import Field, model_validator

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
    style: str = Field(default="banter", pattern="^(banter|story|interview|bedtime|paper)$")
    """`paper` follows the conditions of SPoRC-VIST (arXiv:2601.01062) and needs a language model."""
    about: str | None = Field(default=None, max_length=500)
    people: tuple[Person, ...] = ()
    playful: float = Field(default=0.4, ge=0, le=1)
    """0 keeps to facts; 1 lets the hosts invent freely about themselves."""
    language: str = "en"
    disclosure: bool = True
    """Whether the hosts say that they are made by a machine; the page and the files always do."""
    delivery: bool = False
    """Whether the model also writes how turns are said; `pocket` cannot, and the style `paper` forbids it."""
    seed: int = 0


class Way(StrEnum):
    """How a model that sees comes to write."""

    DIRECT = "direct"
    """The photos and the brief in one prompt, as in SPoRC-VIST (arXiv:2601.01062)."""
    FACTS = "facts"
    """First the photos become a fact sheet, which the user may edit, and then the facts alone a conversation."""


class Permission(StrEnum):
    """What beside the pixels may leave this machine; each is allowed by itself."""

    NAMES = "names"
    """Names of the people in the photos. Otherwise `Person A` stands for them until the answer is here."""
    PLACES = "places"
    """The city nearest to where a photo was taken."""
    TIMES = "times"
    """Season, time of day, and the gaps between photos."""
    CAPTIONS = "captions"
    """Captions and keywords from the files or beside them."""
    FILENAMES = "filenames"
    """Names of the files and of the folder, where they are words."""


class Writer(Record):
    """Who is to write, and under which conditions."""

    model: str = "pocket"
    """`pocket`, or a model such as `openai:gpt-5-mini`."""
    because: str = "nothing else is configured"
    """Why this model: the flag, the variable or the file that names it."""
    base_url: str | None = None
    way: Way | None = None
    """None: what suits the album."""
    allow: tuple[Permission, ...] = ()
    prompts: str | None = None
    """Folder of prompts of the user's own."""
    price: tuple[float, float] | None = None
    """Dollars for a million tokens in and out, for models that the price table does not know."""
    max_cost: float | None = Field(default=None, ge=0)
    """Dollars that a run may cost; before a call that could go beyond, it stops."""
    patience: float = Field(default=120.0, ge=0)
    """Seconds for all attempts at a call together, with the waits that a provider asks for."""


class Cost(Record):
    """What the calls to a model may cost."""

    low_usd: float = Field(ge=0)
    high_usd: float = Field(ge=0)
    """If every answer is as long as it may be."""
    table: str
    """Where the prices come from, with their date."""


class Concern(Record):
    """Something in a photo that its owner may not want to send."""

    photo: str
    what: str
    """In a few words, with who noticed it."""


class Sending(Record):
    """What goes to a model."""

    host: str | None
    """Where to; None when the model runs on this machine and nothing leaves it."""
    photos: tuple[str, ...]
    """Ids of the photos that are sent as pixels."""
    photo_bytes: int = Field(ge=0)
    words: tuple[str, ...] = ()
    """What is sent beside the pixels and the instructions, a line each."""
    withheld: tuple[str, ...] = ()
    """What is known and stays here, a line each, with how to allow it."""
    concerns: tuple[Concern, ...] = ()
    calls: int = Field(ge=1)
    input_tokens: int = Field(ge=0)
    output_tokens: int = Field(ge=0)
    """Both estimated."""
    cost: Cost | None = None
    """None when the price is not known."""
    needs: tuple[str, ...] = ()
    """What a model on this machine has to download, and how much memory it takes, a line each."""


class Plan(Record):
    """What would be done: which photos, what leaves the machine, what it costs."""

    schema_version: SchemaVersion = SCHEMA_VERSION
    brief: Brief
    album: AlbumRecord
    writer: Writer = Writer()
    words: int
    """Words the script will aim at."""
    sending: Sending | None = None
    """None for `pocket`, which sends nothing to anybody."""
    seconds: float
    """Estimated time of the whole run."""

    @model_validator(mode="before")
    @classmethod
    def _without_models(cls, value: Any) -> Any:
        """Reads plans from before there were models: the writer was a name, and nothing was sent or paid."""
        if isinstance(value, dict) and isinstance(value.get("writer"), str):
            gone = {"will_send", "cost_usd"}
            return {name: one for name, one in value.items() if name not in gone} | {
                "writer": {"model": value["writer"]}
            }
        return value
