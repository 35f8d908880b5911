"""What measuring leaves: figures of every file, their summary, and all that was left out."""

from pydantic import Field

from photocast.schema.record import SCHEMA_VERSION, Record, SchemaVersion


class Failure(Record):
    """A transcript that could not be read: it is counted and listed, and has no figures."""

    file: str
    reason: str


class Summary(Record):
    """One metric over the items of one system."""

    mean: float
    sd: float | None
    """Of the sample (n - 1); of the population with `as_published`. None for one item."""
    ci95: tuple[float, float] | None
    """Bootstrap interval of the mean over items; None for fewer than two items and for figures of a whole set."""
    unit: str
    n: int
    """Items that have a value."""
    undefined: int = 0
    """Items that were read and have none; the reasons stand with each file."""
    null: float | None = None
    """Mean of the same figure on albums that the scripts are not about, for figures of likeness: those of grounding,
    coverage and order are reported minus it, CLIPScore beside it."""
    people: tuple[float, float, float] | None = None
    """10th, 50th and 90th percentile of the human reference; None where it has no such figure."""
    people_above: float | None = None
    """P(people > item) + ½ P(people = item), mean over the items: 0.5 when they cannot be told apart."""


class FileScore(Record):
    """The figures of one transcript."""

    file: str
    item: str
    """What the transcript is about: the same for all systems."""
    values: dict[str, float]
    undefined: dict[str, str] = Field(default_factory=dict)
    """Why a metric has no value, by its name."""
    nulls: dict[str, float] = Field(default_factory=dict)
    """The null of every figure of likeness, as in `Summary.null`."""


class Scores(Record):
    """What `photocast score --json` prints."""

    schema_version: SchemaVersion = SCHEMA_VERSION
    n: int
    """Transcripts that the means are over; those that failed are among them only with `as_published`."""
    failed: tuple[Failure, ...]
    metrics: dict[str, Summary]
    files: tuple[FileScore, ...]
    reference: str | None = None
    """Name of the human reference of the distances."""
    as_published: bool = False
    notes: tuple[str, ...] = ()
    """What a reader of the figures must know: defects reproduced, metrics that do not apply."""
    versions: dict[str, str] = Field(default_factory=dict)
    seed: int = 0


class Generation(Record):
    """How one transcript was made; what nobody counted is None."""

    item: str
    writer: str
    words: int
    seconds: float
    output_tokens: int | None = None
    cost_usd: float | None = None
    photos: int = 0
    error: str | None = None
    """Why there is no transcript."""


class SystemResult(Record):
    """One system of a run: how it wrote, and how what it wrote measures."""

    name: str
    scores: Scores
    generations: tuple[Generation, ...] = ()
    """Empty for transcripts that were there before."""


class ItemShown(Record):
    """What the report shows of one item."""

    item: str
    title: str
    photos: tuple[str, ...]
    """Paths of the pictures, from the folder of the run or absolute."""
    transcripts: dict[str, str]
    """Path of the transcript by system; a system that failed is missing."""


class BenchResult(Record):
    """`results.json` of a run: all that the report is made of."""

    schema_version: SchemaVersion = SCHEMA_VERSION
    title: str
    systems: tuple[SystemResult, ...] = Field(min_length=1)
    items: tuple[ItemShown, ...]
    reference: str | None = None
    seed: int = 0
    versions: dict[str, str] = Field(default_factory=dict)
    notes: tuple[str, ...] = ()
