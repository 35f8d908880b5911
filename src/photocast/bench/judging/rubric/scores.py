"""Scores: what a judge said about one text on one scale, kept so that everything can be counted again."""

from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import Field

from photocast.bench.judging.lines import read_records
from photocast.bench.judging.votes import Status
from photocast.schema.record import SCHEMA_VERSION, Record, SchemaVersion

SCORES = "scores.jsonl"
"""The file of a judging folder to which every score is added, a line each."""
LOCK = ".rubric.lock"


class Score(Record):
    """What one judge says about one text on one scale."""

    schema_version: SchemaVersion = SCHEMA_VERSION
    item: str
    system: str
    criterion: str
    judge: str
    status: Status
    score: float | None = Field(default=None, ge=1, le=5)
    """None unless the status is ok."""
    how: Literal["expected", "mean"] | None = None
    """By the probabilities of all digits in one answer, or the mean of the digits of several."""
    asked: int = 1
    """Answers that the score was to be made of."""
    n: int = 0
    """Answers that it is made of."""
    digits: tuple[int, ...] = ()
    """What these answers say."""
    mass: float | None = Field(default=None, ge=0, le=1)
    """Probability that was on the digits from 1 to 5 together; None without probabilities."""
    detail: str = ""
    """Why there is no score, or why it is made of fewer answers than were asked for."""
    reason: str = ""
    """Of the first answer that could be read."""
    raw: tuple[str, ...] = ()
    """All answers as they came, in order, also those that cannot be read."""
    words: int = 0
    """Spoken words of the text."""
    images: tuple[str, ...] = ()
    """SHA-256 of the photos that were shown."""
    prompts: str = ""
    """Version of scales and question."""
    key: str = ""
    """SHA-256 of the question: text, scale, photos and judge."""
    input_tokens: int | None = None
    output_tokens: int | None = None
    usd: float | None = None
    """US dollars of all answers; None when not known."""
    at: datetime | None = None

    @property
    def question(self) -> tuple[str, str, str, str]:
        """What tells this question from every other."""
        return (self.item, self.system, self.criterion, self.judge)


def read_scores(folder: Path) -> list[Score]:
    """The scores of a judging folder; of scores on one question the last one counts. None where no file is.

    Raises:
        InputError: a line that is whole is no score.
    """
    scores = read_records(folder / SCORES, Score)
    return list({score.question: score for score in scores}.values())
