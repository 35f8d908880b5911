"""What `photocast bench diadem --json` prints. Every figure is in per cent."""

from pydantic import Field

from photocast.runs import ModelUse
from photocast.schema.record import SCHEMA_VERSION, Record, SchemaVersion


class Score(Record):
    """REF or ASR of some clips."""

    n: int
    """Clips that were scored and, for REF, judged."""
    recall: float | None
    """Mean over the clips that have one; None where none has."""
    precision: float | None
    f1: float | None
    """Of the two means: not the mean of the F1 of the clips."""
    ci95: tuple[float, float] | None
    """Of `f1`: percentile bootstrap over clips, recall and precision drawn together. None for fewer than two clips."""
    undefined_recall: int
    """Clips in which nobody speaks: they are not in the mean."""
    undefined_precision: int
    """Clips for which nothing was predicted: they are not in the mean."""


class Group(Record):
    """The figures of all clips, or of one kind."""

    n: int
    """Clips of this kind that there are references for."""
    ref: Score
    asr: Score
    cpwer: float | None
    """Word errors over words of all clips that were scored; None where there should be no word."""


class VideoFailure(Record):
    """A clip that has not all of its figures, or has them for an empty prediction."""

    video_id: str
    stage: str
    """`prediction` (missing, and scored as empty), `extraction`, `matching` or `judge`."""
    reason: str


class Judged(Record):
    """One match with its verdict."""

    predicted: str
    """The speaker as the prediction describes them."""
    reference: str
    similarity: float
    same: bool | None
    """None where nobody could judge."""


class Video(Record):
    """The figures of one clip; None where they are undefined or missing."""

    video_id: str
    ref_recall: float | None = None
    ref_precision: float | None = None
    asr_recall: float | None = None
    asr_precision: float | None = None
    word_errors: int | None = None
    words: int | None = None
    matches: tuple[Judged, ...] = ()


class DiademResult(Record):
    """REF and ASR of a set of predictions, and everything that is not in them."""

    schema_version: SchemaVersion = SCHEMA_VERSION
    unit: str = "per cent"
    n: int
    """Clips that there are references for."""
    coverage: float
    """Share of them, from 0 to 1, that were predicted, scored and judged."""
    failed: tuple[VideoFailure, ...]
    without_reference: tuple[str, ...]
    """Clips that were predicted and are in no reference: not scored."""
    overall: Group
    strata: dict[str, Group]
    """By kind of clip; kinds without a clip are left out."""
    cpwer: float | None
    official: bool
    judge: str
    extractor: str | None = None
    use: tuple[ModelUse, ...] = ()
    """What models were asked, and what it cost."""
    notes: tuple[str, ...] = ()
    videos: tuple[Video, ...] = Field(repr=False)
    resamples: int
    seed: int
