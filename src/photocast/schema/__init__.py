"""The nouns that every room shares."""

from photocast.schema.album import AlbumRecord, Photo, Place, Reason, SetAside
from photocast.schema.brief import (
    WORDS_PER_MINUTE,
    Brief,
    Concern,
    Cost,
    Host,
    Permission,
    Person,
    Plan,
    Sending,
    Way,
    Writer,
)
from photocast.schema.concepts import Concept, concepts
from photocast.schema.errors import (
    AnswerLost,
    BudgetError,
    ConfigError,
    Fault,
    InputError,
    LocalOnlyError,
    ModelError,
    PhotocastError,
    TranscriptError,
    UndefinedMetric,
    UsageError,
)
from photocast.schema.facts import FactSheet, Kind, Known, Observation, State
from photocast.schema.markdown import parse_markdown, print_markdown
from photocast.schema.printing import print_transcript
from photocast.schema.record import SCHEMA_VERSION
from photocast.schema.script import Claim, Delivery, Provenance, Script, Source, Speaker, Turn
from photocast.schema.timeline import Cue, Timeline, as_heard, fingerprint
from photocast.schema.transcript import parse_transcript

__all__ = [
    "SCHEMA_VERSION",
    "WORDS_PER_MINUTE",
    "AlbumRecord",
    "AnswerLost",
    "Brief",
    "BudgetError",
    "Claim",
    "Concept",
    "Concern",
    "ConfigError",
    "Cost",
    "Cue",
    "Delivery",
    "FactSheet",
    "Fault",
    "Host",
    "InputError",
    "Kind",
    "Known",
    "LocalOnlyError",
    "ModelError",
    "Observation",
    "Permission",
    "Person",
    "Photo",
    "PhotocastError",
    "Place",
    "Plan",
    "Provenance",
    "Reason",
    "Script",
    "Sending",
    "SetAside",
    "Source",
    "Speaker",
    "State",
    "Timeline",
    "TranscriptError",
    "Turn",
    "UndefinedMetric",
    "UsageError",
    "Way",
    "Writer",
    "as_heard",
    "concepts",
    "fingerprint",
    "parse_markdown",
    "parse_transcript",
    "print_markdown",
    "print_transcript",
]
