"""What rating leaves: the means of systems, and everything that is not in them."""

from pydantic import Field

from photocast.bench.judging.votes import Status
from photocast.bench.results import Failure
from photocast.runs import ModelUse
from photocast.schema.record import SCHEMA_VERSION, Record, SchemaVersion

RESULT = "rubric.json"
"""The file of a judging folder that holds a `RubricResult`."""


class Mean(Record):
    """One system on one scale."""

    system: str
    criterion: str
    judge: str = ""
    """Empty for all judges together: the mean of their scores on every item that all of them scored."""
    mean: float | None
    """From 1 to 5; None where there is no score."""
    ci95: tuple[float, float] | None
    """Bootstrap over items; None for fewer than two."""
    n: int
    """Items in the mean."""
    left_out: int = 0
    """Items that were rated and lack a score of a judge."""


class Difference(Record):
    """Two systems on one scale, over the items that both have: the first less the second."""

    a: str
    b: str
    criterion: str
    difference: float
    ci95: tuple[float, float] | None
    n: int
    p: float
    """Two-sided, of the sign-flip permutation test over items."""
    p_holm: float
    """Corrected for all differences of the result."""


class Together(Record):
    """Two judges on one scale, over the texts that both scored."""

    judges: tuple[str, str]
    n: int
    pearson: float | None
    """None where one of them gave every text the same."""
    difference: float | None
    """By how much the first scores higher."""


class Agreement(Record):
    """How far judges agree on one scale."""

    criterion: str
    alpha: float | None
    """Krippendorff's, interval level; None where it is not defined."""
    ci95: tuple[float, float] | None
    """Bootstrap over items."""
    pairs: tuple[Together, ...]


class JudgeSummary(Record):
    """What one judge did."""

    judge: str
    statuses: dict[str, int]
    """How many questions came to what."""
    expected: int
    """Scores by probabilities."""
    averaged: int
    """Scores by the mean of several answers."""
    answers: int
    """Answers that all scores are made of."""
    lost: int
    """Answers that scores were to be made of, and that could not be read or did not come."""
    mass: float | None
    """Mean probability on the digits from 1 to 5, of scores by probabilities."""
    least_mass: float | None
    input_tokens: int
    output_tokens: int
    usd: float | None
    """US dollars of all scores, whenever they were paid; None when not known of all."""


class Missing(Record):
    """A question without a score."""

    item: str
    system: str
    criterion: str
    judge: str
    status: Status
    detail: str


class RubricResult(Record):
    """What `photocast judge rubric --json` prints."""

    schema_version: SchemaVersion = SCHEMA_VERSION
    scale: tuple[int, int] = (1, 5)
    n: int
    """Items that were rated."""
    systems: tuple[str, ...]
    criteria: tuple[str, ...]
    means: tuple[Mean, ...]
    judges: tuple[JudgeSummary, ...]
    by_judge: tuple[Mean, ...] = Field(repr=False)
    differences: tuple[Difference, ...]
    agreement: tuple[Agreement, ...]
    """Empty for one judge."""
    missing: tuple[Missing, ...]
    failed: tuple[Failure, ...]
    """Files that were not rated."""
    notes: tuple[str, ...]
    use: tuple[ModelUse, ...] = ()
    """What was asked in this run."""
    resamples: int
    seed: int
