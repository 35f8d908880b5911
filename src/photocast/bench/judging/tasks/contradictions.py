"""Contradictions about characters that judges find by themselves, each with two passages that must be in the text."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from photocast.bench.judging.lines import add_records, read_records
from photocast.bench.judging.rubric.questions import Text
from photocast.bench.judging.rubric.run import Judge, JudgePlan, plan_of, status_of
from photocast.bench.judging.rubric.scores import LOCK
from photocast.bench.judging.tasks.choices import SAMPLING, VERSION
from photocast.bench.judging.tasks.questions import text_of
from photocast.bench.judging.verdicts import Answer, check_quotes
from photocast.bench.judging.votes import Status
from photocast.models import Request
from photocast.models.asking import Heard, NoAnswer
from photocast.runs import alone_in
from photocast.schema.record import SCHEMA_VERSION, Record, SchemaVersion

CONTRADICTIONS = "rubric-contradictions.jsonl"
MOST = 20
"""Of one text; what an answer has beyond is passed over."""

_ASK = """\
Find the places where a character in the text does not stay the same: two statements about the same character that \
cannot both be true (name, age, kin, looks, work, past, where somebody is), or a character who is taken for another. \
Change that the text tells as change is no contradiction, and neither are two opinions, a joke, or a slip that is put \
right.

Write one line for each contradiction, with three bars in it:

character | first passage | second passage | what contradicts, in a few words

Both passages are copied word for word from the text, each from within one line of it, and as short as can be. Take \
only what you are sure of. If there is none, write the one word None. Write nothing else."""
_AGAIN = "\n\nWrite nothing but lines of `character | first passage | second passage | why`, or the one word None."
_NONE = re.compile(r"\W*none\W*", re.IGNORECASE)


class Contradiction(Record):
    """Two passages about a character that do not go together."""

    character: str
    first: str
    second: str
    why: str
    verified: bool = False
    """Whether both passages are in the text, and are two."""


class Found(Record):
    """What one judge finds in one text."""

    schema_version: SchemaVersion = SCHEMA_VERSION
    item: str
    system: str
    judge: str
    status: Status
    contradictions: tuple[Contradiction, ...] = ()
    words: int = 0
    """Spoken words of the text."""
    detail: str = ""
    raw: tuple[str, ...] = ()
    prompts: str = VERSION
    key: str = ""
    input_tokens: int | None = None
    output_tokens: int | None = None
    usd: float | None = None
    at: datetime | None = None

    @property
    def question(self) -> tuple[str, str, str]:
        """What tells this from what is found elsewhere."""
        return (self.item, self.system, self.judge)

    @property
    def verified(self) -> tuple[Contradiction, ...]:
        """Those whose passages are in the text."""
        return tuple(one for one in self.contradictions if one.verified)


@dataclass(frozen=True, slots=True)
class _Asked:
    text: Text

    @property
    def request(self) -> Request:
        return Request((text_of(self.text) + _ASK,), sampling=SAMPLING, purpose="characters")


class Search:
    """Texts and judges, and the file of what is found.

    Args:
        texts: with the names of their speakers.
        judges: who is asked.
        folder: the judging folder.

    Raises:
        InputError: what is there cannot be read.
    """

    def __init__(self, texts: Sequence[Text], judges: Sequence[Judge], folder: Path) -> None:
        self._asked, self._judges, self._folder = [_Asked(text) for text in texts], judges, folder
        self._kept = {one.question: one for one in read_records(folder / CONTRADICTIONS, Found)}

    def plan(self) -> list[JudgePlan]:
        """What every judge would be asked, and what it would cost."""
        return [
            plan_of(judge, [one.request for one in self._due(judge)], questions=len(self._asked))
            for judge in self._judges
        ]

    def ask(self) -> list[Found]:
        """What is found in every text, also in earlier runs.

        Raises:
            ModelError: nothing can be had from a judge.
            BudgetError: the next call could cost more than is left.
            InputError: what is found cannot be written.
        """
        with alone_in(self._folder, LOCK):
            for judge in self._judges:
                judge.asking.all(partial(self._search, judge), list(self._due(judge)), f"Asking {judge.name}")
        return [self._kept[one.text.item, one.text.system, judge.name] for judge in self._judges for one in self._asked]

    def _due(self, judge: Judge) -> Iterator[_Asked]:
        for one in self._asked:
            kept = self._kept.get((one.text.item, one.text.system, judge.name))
            if kept is None or kept.status is Status.FAILED or kept.key != one.request.key(judge.name):
                yield one

    async def _search(self, judge: Judge, one: _Asked) -> None:
        found = _found(judge, one, await judge.asking.hear(one.request, read_contradictions, _AGAIN))
        add_records(self._folder / CONTRADICTIONS, [found])
        self._kept[found.question] = found


def read_contradictions(answer: str) -> tuple[Contradiction, ...] | None:
    """The lines of an answer; empty for `None`, and None where a line is neither."""
    lines = [line.strip() for line in answer.strip().splitlines() if line.strip()]
    if len(lines) == 1 and _NONE.fullmatch(lines[0]):
        return ()
    found = [_line(line) for line in lines]
    if not found or None in found:
        return None
    return tuple(one for one in found if one)[:MOST]


def verified(found: Contradiction, text: str) -> Contradiction:
    """The same, with whether its passages are two and in the text: blanks and forms of quotation marks do not count."""
    there, _ = check_quotes(Answer(0, quotes=(("first", found.first), ("first", found.second))), text, "")
    return found.model_copy(update={"verified": len(there) == 2 and found.first != found.second})


def _line(line: str) -> Contradiction | None:
    parts = [part.strip() for part in line.strip("|- ").split("|")]
    if len(parts) != 4 or not all(parts):
        return None
    character, first, second, why = parts
    return Contradiction(character=character, first=first, second=second, why=why)


def _found(judge: Judge, one: _Asked, heard: Heard[tuple[Contradiction, ...]]) -> Found:
    missing = heard.found if isinstance(heard.found, NoAnswer) else None
    contradictions = () if isinstance(heard.found, NoAnswer) else heard.found
    return Found(
        item=one.text.item,
        system=one.text.system,
        judge=judge.name,
        status=status_of(missing, heard.answers) if missing else Status.OK,
        contradictions=tuple(verified(found, one.text.body) for found in contradictions),
        words=one.text.words,
        detail=missing.reason if missing else "",
        raw=heard.answers,
        key=one.request.key(judge.name),
        at=datetime.now(UTC),
        input_tokens=heard.usage.input_tokens,
        output_tokens=heard.usage.output_tokens,
        usd=heard.usd,
    )
