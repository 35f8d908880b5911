"""Votes: what a judge, a model or a person, said about one pair, kept so that everything can be counted again."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import Field

from photocast.bench.judging.lines import read_records
from photocast.schema import InputError
from photocast.schema.record import SCHEMA_VERSION, Record, SchemaVersion

VOTES = "votes.jsonl"
"""The file of a judging folder to which every vote is added, a line each."""
HUMAN_VOTES = "human-*.jsonl"
"""The files of the people who vote, one each."""


class Status(StrEnum):
    """What became of a question."""

    OK = "ok"
    UNREADABLE = "unreadable"
    """An answer came, twice, and no verdict can be read from it."""
    REFUSED = "refused"
    """The judge or its provider would not answer."""
    FAILED = "failed"
    """No answer came."""


class Vote(Record):
    """One answer to one question about one pair of transcripts."""

    schema_version: SchemaVersion = SCHEMA_VERSION
    item: str
    """The album that both transcripts are about."""
    systems: tuple[str, str]
    """The two systems, always in one order, whichever was shown first."""
    order: Literal["AB", "BA"]
    """AB when the first system was shown first."""
    criterion: str
    judge: str
    """Name of the model, or the pseudonym of the person."""
    kind: Literal["model", "human"] = "model"
    repeat: int = 0
    status: Status
    preference: int | None = Field(default=None, ge=-2, le=2)
    """2 and 1: the first system is much better, better; 0 a tie; -1 and -2 the second. None unless the status is ok."""
    words: tuple[int, int]
    """Spoken words of both, as they were shown."""
    reason: str = ""
    evidence: tuple[str, ...] = ()
    """Quotes that the judge gives and that are in the text."""
    not_found: tuple[str, ...] = ()
    """Quotes that the judge gives and that are not."""
    raw: str = ""
    """The answer as it came."""
    prompts: int = 0
    """Version of the question; 0 for people."""
    images: tuple[str, ...] = ()
    """SHA-256 of the pictures that were shown."""
    input_tokens: int | None = None
    output_tokens: int | None = None
    usd: float | None = None
    at: datetime | None = None

    @property
    def score(self) -> float | None:
        """Of the first system: 1 for a win, ½ for a tie, 0 for a loss; None without a verdict."""
        return None if self.preference is None else (1 + (self.preference > 0) - (self.preference < 0)) / 2

    @property
    def first_shown_won(self) -> float | None:
        """1 when the transcript that was shown first was preferred, ½ for a tie; None without a verdict."""
        return None if self.score is None else self.score if self.order == "AB" else 1 - self.score

    @property
    def question(self) -> tuple[object, ...]:
        """What tells this question from every other."""
        return (self.item, self.systems, self.order, self.criterion, self.judge, self.kind, self.repeat)


def read_votes(path: Path) -> list[Vote]:
    """The votes of a file, or of models and people in a judging folder; of votes on one question the last one counts.

    A line that was cut off while it was written is passed over: its question will be asked again.

    Raises:
        InputError: there is no such file, or a line that is whole is no vote.
    """
    files = [path / VOTES, *sorted(path.glob(HUMAN_VOTES))] if path.is_dir() else [path]
    if not any(file.is_file() for file in files):
        raise InputError(f"There are no votes in {path}", f"it has no {VOTES}", "Give a folder of photocast judge")
    votes = [vote for file in files for vote in read_records(file, Vote)]
    return list({vote.question: vote for vote in votes}.values())
