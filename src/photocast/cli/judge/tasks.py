"""The two tasks of `photocast judge rubric`: emotion recognition and character consistency."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from photocast.cli.judge.panel import figure, limited

if TYPE_CHECKING:
    from photocast.bench.judging.rubric.texts import Texts
    from photocast.bench.judging.tasks.choices import Choice
    from photocast.bench.judging.tasks.results import ConsistencyResult, TaskResult
    from photocast.cli.judge.panel import Panel
    from photocast.cli.screen import Screen

NOTHING_ANSWERED = 5
_TITLES = {"emotion": "emotion recognition", "characters": "character consistency"}


def asked_for(task: str | None) -> tuple[str, str]:
    """What judges are asked for, in a word, and the version of the questions."""
    from photocast.bench.judging.rubric.scales import VERSION
    from photocast.bench.judging.tasks.choices import VERSION as TASKS

    return ("rubric", VERSION) if task is None else (task, TASKS)


def do_task(
    task: str, panel: "Panel", systems: tuple[str, ...], *, annotations: Path | None, emotions: tuple[str, ...]
) -> int:
    """Ask, measure and tell."""
    if annotations is None:
        return _search(panel, systems)
    with ExitStack() as stack:
        choices, unmatched, texts = _choices(task, panel, systems, annotations, emotions, stack)
        return _measure(panel, choices, unmatched, texts)


def _choices(
    task: str,
    panel: "Panel",
    systems: tuple[str, ...],
    annotations: Path,
    emotions: tuple[str, ...],
    stack: ExitStack,
) -> "tuple[list[Choice], list[str], Texts]":
    """The questions, the annotations that fit nothing, and the texts."""
    from photocast.bench.judging.tasks.questions import character_choices, emotion_choices
    from photocast.stories.notes import EMOTIONS, read_characters, read_emotions

    if task == "characters":
        notes = read_characters(annotations)
        texts = _texts(panel, systems)
        return *character_choices(notes, texts.texts), texts
    words = emotions or EMOTIONS
    felt = read_emotions(annotations, words)
    texts = _texts(panel, systems, needed=any(note.photo is None for note in felt))
    return *emotion_choices(felt, words, texts.texts, panel.albums, stack), texts


def _texts(panel: "Panel", systems: tuple[str, ...], *, needed: bool = True) -> "Texts":
    from photocast.bench.judging.rubric.texts import Texts, read_texts
    from photocast.schema import UsageError

    if systems:
        return read_texts(systems, panel.albums, stories=panel.stories, names=True)
    if needed:
        raise UsageError("there is nothing to judge", "no system was named", "Name a folder of transcripts")
    return Texts(())


def _measure(panel: "Panel", choices: "list[Choice]", unmatched: list[str], texts: "Texts") -> int:
    from photocast.bench.judging.tasks.choices import Choices
    from photocast.bench.judging.tasks.results import task_result

    asked = Choices(choices, panel.judges, panel.out)
    if not panel.agreed(asked.plan(), texts.failed):
        return 0
    answers = asked.ask()
    result = task_result(
        answers,
        unmatched=unmatched,
        failed=texts.failed,
        notes=(*texts.notes, *panel.own_work(texts.writers)),
        use=[judge.asking.use for judge in panel.judges],
        seed=panel.seed,
    )
    _show(panel.screen, result)
    panel.screen.document(result.model_dump(mode="json"))
    return 0 if any(one.n for one in result.measured) else NOTHING_ANSWERED


def _search(panel: "Panel", systems: tuple[str, ...]) -> int:
    from photocast.bench.judging.tasks.contradictions import Search
    from photocast.bench.judging.tasks.results import consistency_result

    texts = _texts(panel, systems)
    search = Search(texts.texts, panel.judges, panel.out)
    if not panel.agreed(search.plan(), texts.failed):
        return 0
    found = search.ask()
    result = consistency_result(
        found,
        failed=texts.failed,
        notes=(*texts.notes, *panel.own_work(texts.writers)),
        use=[judge.asking.use for judge in panel.judges],
    )
    _show_found(panel.screen, result)
    panel.screen.document(result.model_dump(mode="json"))
    return 0 if any(one.n for one in result.measured) else NOTHING_ANSWERED


def _show(screen: "Screen", result: "TaskResult") -> None:
    """Accuracy by judge and system, and what is not in it."""
    screen.say(_TITLES[result.task], *(line for line in _rows(result)))
    screen.say(*_rest(result))
    screen.say(*limited([f"  no text or photo: {one}" for one in result.unmatched]))


def _rows(result: "TaskResult") -> Iterator[str]:
    for one in result.measured:
        ci = f" ({one.ci95[0]:.2f} to {one.ci95[1]:.2f})" if one.ci95 else ""
        yield (
            f"  {one.judge}, {one.system or 'photos'}: accuracy {figure(one.accuracy)}{ci}, macro F1 "
            f"{figure(one.macro_f1)}, {one.n} answered, {one.missing} not; the commonest alone "
            f"{figure(one.majority)}"
        )
        for right, said in one.confusion.items():
            yield f"    {right}: {', '.join(f'{count} {word}' for word, count in said.items())}"


def _show_found(screen: "Screen", result: "ConsistencyResult") -> None:
    """How many texts contradict themselves, and where."""
    screen.say(_TITLES["characters"])
    for one in result.measured:
        ci = f" ({one.ci95[0]:.2f} to {one.ci95[1]:.2f})" if one.ci95 else ""
        screen.say(
            f"  {one.judge}, {one.system}: {one.with_contradictions} of {one.n} texts contradict themselves, "
            f"{figure(one.share)}{ci}; {one.contradictions} contradictions, {figure(one.per_1000_words)} in 1,000 "
            f"words; {one.unverified} more with passages that are not in the text"
        )
    shown = [one for one in result.contradictions if one.verified]
    screen.say(
        *limited([f"    {one.item}, {one.character}: “{one.first}” / “{one.second}”: {one.why}" for one in shown])
    )
    screen.say(*_rest(result))


def _rest(result: "TaskResult | ConsistencyResult") -> Iterator[str]:
    from photocast.cli.shown import spent_line

    yield from limited(
        [f"  no answer: {one.item}, {one.judge}: {one.status}: {one.detail}" for one in result.unanswered]
    )
    yield from limited([f"  not read: {one.file}: {one.reason}" for one in result.failed])
    yield from (f"  {spent_line(use)}" for use in result.use)
    yield from (f"  note: {note}" for note in result.notes)
