"""What is known about the photos, how it is known, and what the user made of it."""

from enum import StrEnum

from pydantic import Field

from photocast.schema.record import SCHEMA_VERSION, Record, SchemaVersion


class Known(StrEnum):
    """How something is known."""

    SEEN = "seen"
    METADATA = "metadata"
    TOLD = "told"


class Kind(StrEnum):
    """What an observation is about."""

    SUBJECT = "subject"
    """A thing, an animal, a dish, a building: `what` is a concept of `concepts.toml`."""
    SCENE = "scene"
    """What kind of place it is: `what` is a concept (`street`, `coast`, `kitchen`)."""
    PEOPLE = "people"
    """How many people; `quantity` is the count, `what` is `one person`, `two people`, `a group`, `a crowd`."""
    DETAIL = "detail"
    """What a model that sees says of the picture; `what` is its words, and `sources` names it. Untrusted."""
    PRIVATE = "private"
    """Something that its owner may not want to show: `a screen`. Said before photos are sent, never talked about."""
    SETTING = "setting"
    """`indoors` or `outdoors`."""
    LIGHT = "light"
    """`dark`, `low sun`, `bright`, `overcast`, `artificial`, `black and white`."""
    SIGN = "sign"
    """Text read in the picture; `what` is the text. Untrusted."""
    TIME = "time"
    """Part of the day by the clock: `morning`, `midday`, `afternoon`, `evening`, `night`."""
    SEASON = "season"
    PLACE = "place"
    """`what` is `city, country`."""
    CAPTION = "caption"
    """`what` is the text. Untrusted."""
    NAME = "name"
    """Name of the file when it is words (`window pane effect`), not a number of the camera. Untrusted."""
    KEYWORD = "keyword"
    GAP = "gap"
    """Time between the photo before and this one; `quantity` is seconds, `what` is `three hours later`."""
    RECURS = "recurs"
    """A concept seen in several photos, all of them in `photos`; `quantity` is their number."""
    CHANGE = "change"
    """Something that differs from the photo before: `indoors`, `outdoors`, a new place or a new light."""
    NOTE = "note"
    """Told by the user in the brief or in `facts.json`, about one photo or about the album."""


class State(StrEnum):
    """What the user decided about an observation."""

    OPEN = "open"
    LOCKED = "locked"
    """Certain, and never changed by looking again."""
    STRUCK = "struck"
    """Wrong or unwanted, and never said."""


class Observation(Record):
    """One thing known about one photo, or about several."""

    id: str
    """Stable between runs over the same photos: `p03.subject.dog`, `album.recurs.dog`."""
    photos: tuple[str, ...] = Field(min_length=1)
    """Ids of the photos it is about; the first is where it shows best."""
    kind: Kind
    what: str
    known: Known
    sources: tuple[str, ...]
    """Who says so: `classifier`, `detector`, `ocr`, `colour`, `exif`, `iptc`, `xmp`, `sidecar`, `folder`, `user`; or a
    model, by its name."""
    confidence: float = Field(ge=0, le=1)
    quantity: float | None = None
    state: State = State.OPEN


class FactSheet(Record):
    """All that a writer may take for true. `facts.json`: the user edits, strikes and locks here."""

    schema_version: SchemaVersion = SCHEMA_VERSION
    observations: tuple[Observation, ...]

    def usable(self) -> tuple[Observation, ...]:
        """The observations that are not struck."""
        return tuple(one for one in self.observations if one.state is not State.STRUCK)

    def of(self, photo: str) -> tuple[Observation, ...]:
        """The usable observations whose first photo is `photo`."""
        return tuple(one for one in self.usable() if one.photos[0] == photo)
