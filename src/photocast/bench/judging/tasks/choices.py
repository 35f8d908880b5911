"""Questions with a closed list of answers, put to judges and kept as they come."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Literal

from photocast.bench.judging.lines import add_records, read_records
from photocast.bench.judging.rubric.run import Judge, JudgePlan, plan_of, status_of
from photocast.bench.judging.rubric.scores import LOCK
from photocast.bench.judging.votes import Status
from photocast.models import Image, Request, Sampling
from photocast.models.asking import Heard, NoAnswer
from photocast.runs import alone_in
from photocast.schema.record import SCHEMA_VERSION, Record, SchemaVersion

VERSION = "tasks 1"
"""Raised whenever a word of a question changes."""
SAMPLING = Sampling(temperature=0.0, top_p=1.0, max_tokens=1024, seed=0)
_ENDING = """

Give your reason in one or two short sentences. Then end with a line of its own that holds `Answer:` and one of these \
words, and nothing else: {words}"""
_AGAIN = "\n\nThe last line must be `Answer:` and one of these words, and nothing else: {words}"

TaskName = Literal["emotion", "characters"]


@dataclass(frozen=True, slots=True)
class Choice:
    """One question, and what is right."""

    task: TaskName
    item: str
    system: str
    """Empty where a photo is shown and no text."""
    character: str
    about: str
    """The photo, or the attribute; empty without."""
    right: str
    words: tuple[str, ...]
    """What may be answered."""
    question: str
    photos: tuple[Image, ...] = ()

    @property
    def name(self) -> tuple[str, str, str, str]:
        """What tells it from the others of its task."""
        return (self.item, self.system, self.character, self.about)

    @property
    def request(self) -> Request:
        """As a model gets it."""
        words = self.question + _ENDING.format(words=", ".join(self.words))
        return Request((*self.photos, words), sampling=SAMPLING, purpose=self.task)

    @property
    def again(self) -> str:
        """What is added where the answer could not be read."""
        return _AGAIN.format(words=", ".join(self.words))

    def read(self, answer: str) -> str | None:
        """The word in the last line, if it is one of the list and stands alone, perhaps after `Answer:`."""
        last = answer.strip().rsplit("\n", 1)[-1]
        said = re.sub(r"^\W*answer\W*", "", last, flags=re.IGNORECASE).strip(" \t\r*_`\"'.").casefold()
        return said if said in self.words else None


class Chosen(Record):
    """What one judge answered to one question."""

    schema_version: SchemaVersion = SCHEMA_VERSION
    task: TaskName
    item: str
    system: str
    character: str
    about: str = ""
    judge: str
    status: Status
    right: str
    said: str | None = None
    detail: str = ""
    """Why there is no answer."""
    raw: tuple[str, ...] = ()
    """All answers as they came."""
    images: tuple[str, ...] = ()
    prompts: str = VERSION
    key: str = ""
    """SHA-256 of the question and the judge."""
    input_tokens: int | None = None
    output_tokens: int | None = None
    usd: float | None = None
    at: datetime | None = None

    @property
    def question(self) -> tuple[str, str, str, str, str]:
        """What tells this answer from those to other questions."""
        return (self.item, self.system, self.character, self.about, self.judge)


class Choices:
    """Questions and judges, and the file of their answers.

    Args:
        choices: of one task.
        judges: who is asked.
        folder: the judging folder.

    Raises:
        InputError: the answers that are there cannot be read.
    """

    def __init__(self, choices: Sequence[Choice], judges: Sequence[Judge], folder: Path) -> None:
        self._choices, self._judges, self._folder = choices, judges, folder
        self._file = folder / f"rubric-{choices[0].task}.jsonl"
        self._kept = {one.question: one for one in read_records(self._file, Chosen)}

    def plan(self) -> list[JudgePlan]:
        """What every judge would be asked, and what it would cost."""
        everything = len(self._choices)
        return [
            plan_of(judge, [one.request for one in self._due(judge)], questions=everything) for judge in self._judges
        ]

    def ask(self) -> list[Chosen]:
        """All answers, those of earlier runs among them; what is right is taken from the questions as they are now.

        Raises:
            ModelError: nothing can be had from a judge.
            BudgetError: the next call could cost more than is left.
            InputError: the answers cannot be written.
        """
        with alone_in(self._folder, LOCK):
            for judge in self._judges:
                judge.asking.all(partial(self._asked, judge), list(self._due(judge)), f"Asking {judge.name}")
        return [
            self._kept[(*one.name, judge.name)].model_copy(update={"right": one.right})
            for judge in self._judges
            for one in self._choices
        ]

    def _due(self, judge: Judge) -> Iterator[Choice]:
        for one in self._choices:
            kept = self._kept.get((*one.name, judge.name))
            if kept is None or kept.status is Status.FAILED or kept.key != one.request.key(judge.name):
                yield one

    async def _asked(self, judge: Judge, one: Choice) -> None:
        chosen = chosen_of(judge, one, await judge.asking.hear(one.request, one.read, one.again))
        add_records(self._file, [chosen])
        self._kept[chosen.question] = chosen


def chosen_of(judge: Judge, one: Choice, heard: Heard[str]) -> Chosen:
    """The record of an answer."""
    missing = heard.found if isinstance(heard.found, NoAnswer) else None
    return Chosen(
        task=one.task,
        item=one.item,
        system=one.system,
        character=one.character,
        about=one.about,
        judge=judge.name,
        status=status_of(missing, heard.answers) if missing else Status.OK,
        right=one.right,
        said=None if missing else str(heard.found),
        detail=missing.reason if missing else "",
        raw=heard.answers,
        images=tuple(photo.sha256 for photo in one.photos),
        key=one.request.key(judge.name),
        at=datetime.now(UTC),
        input_tokens=heard.usage.input_tokens,
        output_tokens=heard.usage.output_tokens,
        usd=heard.usd,
    )
