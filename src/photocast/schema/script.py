"""What is said, by whom, about which photos, and what each claim rests on."""

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from photocast.schema.record import SCHEMA_VERSION, Record, SchemaVersion


class Speaker(Record):
    """Somebody who talks."""

    name: str = Field(pattern=r"\S")
    character: str | None = None
    voice: str | None = None


class Source(StrEnum):
    """What a claim rests on."""

    SEEN = "seen"
    METADATA = "metadata"
    TOLD = "told"
    INVENTED = "invented"


class Claim(Record):
    """A stretch of a turn's text that says something is so."""

    start: int = Field(ge=0)
    """First character, counted from 0 in `Turn.text`."""
    end: int
    """One past the last character."""
    source: Source
    observations: tuple[str, ...] = ()
    """Ids of the observations behind it; empty only for what is invented."""
    inferred: bool = False
    """Whether the link was found afterwards instead of written by the writer."""


class Delivery(Record):
    """How a turn is said."""

    pause_before_ms: int | None = Field(default=None, ge=0)
    overlap_ms: int | None = Field(default=None, ge=0)
    """How far the turn starts before the end of the previous one."""
    manner: str | None = None
    """A stage direction in a word or two: `laughing`, `quietly`; `schema.delivery.MANNERS` has those that are heard."""
    events: tuple[str, ...] = ()
    """Sounds that are not words: `laugh`, `sigh`; `beat` is a moment of silence."""
    emphasis: tuple[tuple[int, int], ...] = ()
    """Stretches of `Turn.text` that are stressed, each from its first character to one past its last."""


class Turn(Record):
    """One uninterrupted stretch of speech by one speaker."""

    id: str = Field(pattern=r"^t\d{3,}$")
    speaker: str
    text: str = Field(pattern=r"\S")
    photos: tuple[str, ...] = ()
    """Ids of the photos the turn talks about; empty for small talk."""
    photos_inferred: bool = False
    """Whether the photos were found afterwards, by what the turn says, instead of named by the writer."""
    claims: tuple[Claim, ...] = ()
    delivery: Delivery = Delivery()
    locked: bool = False
    """Set by the user: writing again keeps the turn as it is."""

    @model_validator(mode="after")
    def _claims_lie_in_the_text(self) -> Self:
        for claim in self.claims:
            if not claim.start < claim.end <= len(self.text):
                raise ValueError(
                    f"turn {self.id} has a claim from {claim.start} to {claim.end}, but its text ends at "
                    f"{len(self.text)}. Correct the claim or remove it."
                )
            if claim.source is not Source.INVENTED and not claim.observations and not claim.inferred:
                raise ValueError(
                    f"turn {self.id} claims {self.text[claim.start : claim.end]!r} as {claim.source} without an "
                    "observation. Name the observation or mark the claim as invented."
                )
        return self

    @model_validator(mode="after")
    def _emphasis_lies_in_the_text(self) -> Self:
        before = 0
        for start, end in self.delivery.emphasis:
            if not before <= start < end <= len(self.text):
                raise ValueError(
                    f"turn {self.id} is stressed from {start} to {end}, but its text ends at {len(self.text)} and what "
                    f"is stressed before ends at {before}. Correct the stretch or remove it."
                )
            before = end
        return self


class Provenance(Record):
    """Where a script comes from."""

    writer: str
    writer_version: str
    model: str | None = None
    """None: no language model was used."""
    prompts: str | None = None
    """Version of the prompts that the model was given."""
    seed: int | None = None
    machine_made: bool = True
    disclosure: str
    delivery: bool = False
    """Whether the writer was asked to say how turns are said: manners and sounds are then wanted."""


class Script(Record):
    """What is said, by whom, about which photos."""

    schema_version: SchemaVersion = SCHEMA_VERSION
    title: str
    speakers: tuple[Speaker, ...] = Field(min_length=1)
    turns: tuple[Turn, ...] = Field(min_length=1)
    language: str = "en"
    provenance: Provenance | None = None
    """None for a transcript that was read from elsewhere."""

    @model_validator(mode="after")
    def _cast_covers_every_turn(self) -> Self:
        cast = [speaker.name for speaker in self.speakers]
        if len(set(cast)) != len(cast):
            raise ValueError(f"two speakers share a name in {', '.join(cast)}. Give each a name of its own.")
        for turn in self.turns:
            if turn.speaker not in cast:
                raise ValueError(
                    f"turn {turn.id} is spoken by {turn.speaker!r}: the cast is {', '.join(cast)}, so no voice can "
                    "read it. Add the speaker to `speakers` or correct the name in the turn."
                )
        ids = [turn.id for turn in self.turns]
        if len(set(ids)) != len(ids):
            raise ValueError("two turns share an id. Give each turn an id of its own.")
        return self

    def words(self) -> int:
        """Whitespace-separated words of all turns."""
        return sum(len(turn.text.split()) for turn in self.turns)
