"""What the two tasks leave: how often judges are right, or what contradicts itself."""

from collections.abc import Iterator, Sequence

from photocast.bench.judging.tasks.choices import Chosen, TaskName
from photocast.bench.judging.tasks.contradictions import Contradiction, Found
from photocast.bench.judging.tasks.measures import (
    Case,
    accuracy,
    accuracy_interval,
    confusion,
    labels,
    macro_f1,
    majority,
)
from photocast.bench.judging.votes import Status
from photocast.bench.results import Failure
from photocast.bench.statistics import wilson
from photocast.runs import ModelUse
from photocast.schema.record import SCHEMA_VERSION, Record, SchemaVersion


class LabelScore(Record):
    """One word of the list."""

    precision: float | None
    """None where nobody said it."""
    recall: float | None
    """None where it is never right."""
    f1: float
    right: int
    said: int


class Measured(Record):
    """One judge on the texts of one system, or on photos."""

    judge: str
    system: str
    """Empty for photos."""
    n: int
    """Questions that were answered."""
    missing: int
    """Questions that were not; they are in no figure."""
    accuracy: float | None
    ci95: tuple[float, float] | None
    """Of the accuracy, bootstrap over items; None for fewer than two."""
    macro_f1: float | None
    majority: float | None
    """Accuracy of always saying the word that is right most often."""
    labels: dict[str, LabelScore]
    confusion: dict[str, dict[str, int]]
    """Answers by what is right."""


class Unanswered(Record):
    """A question that has no answer."""

    item: str
    system: str
    judge: str
    status: Status
    detail: str
    character: str = ""


class TaskResult(Record):
    """What a task with annotations prints with `--json`."""

    schema_version: SchemaVersion = SCHEMA_VERSION
    task: TaskName
    measured: tuple[Measured, ...]
    unanswered: tuple[Unanswered, ...]
    unmatched: tuple[str, ...]
    """Annotations that fit no text and no photo."""
    failed: tuple[Failure, ...]
    notes: tuple[str, ...]
    use: tuple[ModelUse, ...]
    answers: tuple[Chosen, ...]
    seed: int


class Consistency(Record):
    """What one judge finds in the texts of one system."""

    judge: str
    system: str
    n: int
    """Texts that were read."""
    missing: int
    with_contradictions: int
    """Texts with a contradiction whose passages are in them."""
    share: float | None
    ci95: tuple[float, float] | None
    """Wilson."""
    contradictions: int
    """Those whose passages are in the text."""
    unverified: int
    """Those whose passages are not: they count for nothing."""
    per_1000_words: float | None


class Passage(Contradiction):
    """A contradiction with its text."""

    item: str
    system: str
    judge: str


class ConsistencyResult(Record):
    """What `--task characters` prints without annotations."""

    schema_version: SchemaVersion = SCHEMA_VERSION
    measured: tuple[Consistency, ...]
    contradictions: tuple[Passage, ...]
    unanswered: tuple[Unanswered, ...]
    failed: tuple[Failure, ...]
    notes: tuple[str, ...]
    use: tuple[ModelUse, ...]


def task_result(
    answers: Sequence[Chosen],
    *,
    unmatched: Sequence[str] = (),
    failed: Sequence[Failure] = (),
    notes: Sequence[str] = (),
    use: Sequence[ModelUse] = (),
    seed: int = 0,
) -> TaskResult:
    """How well judges do, by system.

    Args:
        answers: of one task, one at least.
        unmatched: annotations that fit nothing.
        failed: files that could not be read.
        notes: what else a reader must know.
        use: what the judges were asked in this run.
        seed: of the bootstrap.
    """
    groups = dict.fromkeys((one.judge, one.system) for one in answers)
    return TaskResult(
        task=answers[0].task,
        measured=tuple(_measured(judge, system, answers, seed) for judge, system in groups),
        unanswered=tuple(_unanswered(answers)),
        unmatched=tuple(unmatched),
        failed=tuple(failed),
        notes=tuple(notes),
        use=tuple(use),
        answers=tuple(answers),
        seed=seed,
    )


def consistency_result(
    found: Sequence[Found],
    *,
    failed: Sequence[Failure] = (),
    notes: Sequence[str] = (),
    use: Sequence[ModelUse] = (),
) -> ConsistencyResult:
    """What judges find, by system."""
    groups = dict.fromkeys((one.judge, one.system) for one in found)
    return ConsistencyResult(
        measured=tuple(_consistency(judge, system, found) for judge, system in groups),
        contradictions=tuple(
            Passage(item=text.item, system=text.system, judge=text.judge, **one.model_dump())
            for text in found
            for one in text.contradictions
        ),
        unanswered=tuple(_unanswered(found)),
        failed=tuple(failed),
        notes=tuple(notes),
        use=tuple(use),
    )


def _measured(judge: str, system: str, answers: Sequence[Chosen], seed: int) -> Measured:
    own = [one for one in answers if (one.judge, one.system) == (judge, system)]
    cases = [Case(one.item, one.right, one.said) for one in own if one.said is not None]
    return Measured(
        judge=judge,
        system=system,
        n=len(cases),
        missing=len(own) - len(cases),
        accuracy=accuracy(cases) if cases else None,
        ci95=accuracy_interval(cases, seed=seed),
        macro_f1=macro_f1(cases) if cases else None,
        majority=majority(cases) if cases else None,
        labels={
            name: LabelScore(precision=one.precision, recall=one.recall, f1=one.f1, right=one.right, said=one.said)
            for name, one in labels(cases).items()
        },
        confusion=confusion(cases),
    )


def _consistency(judge: str, system: str, found: Sequence[Found]) -> Consistency:
    own = [one for one in found if (one.judge, one.system) == (judge, system)]
    read = [one for one in own if one.status is Status.OK]
    bad, words = sum(bool(one.verified) for one in read), sum(one.words for one in read)
    count = sum(len(one.verified) for one in read)
    return Consistency(
        judge=judge,
        system=system,
        n=len(read),
        missing=len(own) - len(read),
        with_contradictions=bad,
        share=bad / len(read) if read else None,
        ci95=wilson(bad, len(read)) if read else None,
        contradictions=count,
        unverified=sum(len(one.contradictions) for one in read) - count,
        per_1000_words=1000 * count / words if words else None,
    )


def _unanswered(answers: Sequence[Chosen] | Sequence[Found]) -> Iterator[Unanswered]:
    for one in answers:
        if one.status is not Status.OK:
            who = one.character if isinstance(one, Chosen) else ""
            yield Unanswered(
                item=one.item, system=one.system, judge=one.judge, status=one.status, detail=one.detail, character=who
            )
