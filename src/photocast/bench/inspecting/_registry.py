"""What Inspect knows by name: `photocast/podcast`, `photocast/transcripts`, and the parts they are made of.

Importing this module registers them, so it is imported through the entry point of Inspect alone.
"""

from collections.abc import Sequence
from pathlib import Path

from anyio import to_thread
from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import GenerateConfig, ModelOutput
from inspect_ai.scorer import Metric, SampleScore, Score, Scorer, Target, Value, metric, scorer
from inspect_ai.solver import Generate, Solver, TaskState, generate, solver

from photocast.bench.evaluation_set import EvaluationSet, Item
from photocast.bench.inspecting.asking import Asked, Hosts, brief_of, question, room_for
from photocast.bench.inspecting.scoring import UNREADABLE, counts, interval_ends, means, score_answer
from photocast.bench.score import versions
from photocast.bench.transcripts import Transcript, Unread, find_transcripts, read_transcripts
from photocast.metrics import fitting
from photocast.metrics import reference as people_of
from photocast.models import Sampling
from photocast.prompts import VERSION
from photocast.schema import InputError, print_transcript

_ASKED, _UNREAD = "asked", "unread"


@task
def podcast(
    albums: str,
    hosts: Hosts = 2,
    words: int | str | None = None,
    style: str = "paper",
    language: str = "en",
    seed: int = 0,
    reference: str | None = None,
) -> Task:
    """Write a podcast about each album of an evaluation set; it is measured as `photocast score` measures.

    Args:
        albums: folder of the evaluation set.
        hosts: how many talk (2 to 4), or who: `Ada,Leo`, or `"Ada: curious; Leo: warm"` in quotation marks.
        words: how long, or `5m`; by default the album decides.
        style: `paper` asks as SPoRC-VIST does; `banter`, `story`, `interview` and `bedtime` as the product does.
        language: code of the language.
        seed: of the cast, of the bootstrap, and of the model where it takes one.
        reference: the people to compare with; by default `interview` for two hosts, else `panel`.

    Raises:
        InputError: there is no such evaluation set, or none of its items has a photo.
        ConfigError: an `item.toml` cannot be used.
        UsageError: one of the others cannot be meant.
    """
    brief = brief_of(hosts, words, style, language, seed)
    named = people_of(reference or ("interview" if brief.hosts == 2 else "panel")).name
    found = EvaluationSet.open(albums)
    items = [item for item in found.items if item.photos]
    if not items:
        do = "Add photos, or measure transcripts with photocast/transcripts"
        raise InputError(f"cannot write about {found.folder}", "none of its items has a photo", do)
    sampling = Sampling()
    return Task(
        dataset=MemoryDataset([_sample(item) for item in items], name=found.folder.name, location=str(found.folder)),
        setup=ask(albums, hosts, words, style, language, seed),
        solver=generate(),
        scorer=figures(reference or named),
        metrics=[mean(), interval(seed), count()],
        config=GenerateConfig(
            temperature=sampling.temperature, top_p=sampling.top_p, max_tokens=room_for(brief), seed=seed
        ),
        metadata=_noted(found, items, named),
    )


@task
def transcripts(
    transcripts: str,
    albums: str | None = None,
    words: int | None = None,
    labels: Sequence[str] | str = (),
    seed: int = 0,
    reference: str | None = None,
) -> Task:
    """Measure transcripts that are there: no model is asked, so `--model none` will do.

    Args:
        transcripts: a transcript, or a folder of them, as for `photocast score`.
        albums: folder of the evaluation set that they are about; adds what compares them with captions of people.
        words: how long they were to be.
        labels: names that turns may carry, by default `Speaker 1`, `Speaker 2`, …
        seed: of the bootstrap.
        reference: the people to compare with; by default those who are as many as the speakers of most files.

    Raises:
        InputError: there is no transcript, or no such evaluation set.
        UsageError: there is no such reference.
    """
    found = EvaluationSet.open(albums) if albums else None
    files = _read(transcripts, found)
    asked = Asked(words=words, labels=(labels,) if isinstance(labels, str) else tuple(labels))
    named = reference or fitting(*(one.script for one in files if isinstance(one, Transcript)))
    return Task(
        dataset=MemoryDataset([_given(one, found, asked) for one in files], name=Path(transcripts).name),
        setup=take(transcripts, albums),
        solver=leave(),
        scorer=figures(named),
        metrics=[mean(), interval(seed), count()],
        metadata=_noted(found, found.items if found else (), people_of(named).name),
    )


@solver
def ask(
    albums: str,
    hosts: Hosts = 2,
    words: int | str | None = None,
    style: str = "paper",
    language: str = "en",
    seed: int = 0,
) -> Solver:
    """Put the prompt of photocast with the photos of the item in the place of the input; `podcast` says what is what.

    The photos are prepared when their item is due, so that `--limit` saves that as well.
    """
    brief, found = brief_of(hosts, words, style, language, seed), EvaluationSet.open(albums)

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        item = found.item(str(state.sample_id))
        if item is None:
            raise InputError(f"cannot ask about {state.sample_id}", f"{found.folder} has no such item", "Name its set")
        asking = await to_thread.run_sync(question, item, brief)
        state.messages = asking.messages
        state.metadata[_ASKED] = asking.asked.model_dump(mode="json")
        state.metadata["set_aside"] = list(asking.set_aside)
        return state

    return solve


@solver
def take(transcripts: str, albums: str | None = None) -> Solver:
    """Take a transcript that is there for the answer."""
    files = {one.item: one for one in _read(transcripts, EvaluationSet.open(albums) if albums else None)}

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        one = files[str(state.sample_id)]
        state.output = ModelOutput.from_content("transcripts", _text(one))
        state.messages.append(state.output.message)
        return state

    return solve


@solver
def leave() -> Solver:
    """Change nothing: the answer is there."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        return state

    return solve


@metric(scores="unreduced")
def mean() -> Metric:
    """The mean of every figure over items, each under its name."""

    def work_out(scores: list[SampleScore]) -> Value:
        return means(scores)

    return work_out


@metric(scores="unreduced")
def interval(seed: int = 0) -> Metric:
    """Where the means would lie with other items: 95 % bootstrap, as `NAME_low` and `NAME_high`."""

    def work_out(scores: list[SampleScore]) -> Value:
        return interval_ends(scores, seed)

    return work_out


@metric(scores="unreduced")
def count() -> Metric:
    """Answers that could be read and that could not, and items without a value as `NAME_undefined`."""

    def work_out(scores: list[SampleScore]) -> Value:
        return counts(scores)

    return work_out


@scorer(metrics=[mean(), interval(), count()])
def figures(reference: str = "interview") -> Scorer:
    """Every figure of a transcript that needs no weights, or that it cannot be read.

    Args:
        reference: the people to compare with.
    """

    async def score(state: TaskState, target: Target) -> Score:
        if unread := state.metadata.get(_UNREAD):
            return Score(
                value={UNREADABLE: 1.0},
                explanation=unread,
                reason="invalid_response_format",
                metadata={"epoch": state.epoch, "captions": target.text, "reference": reference},
            )
        return score_answer(
            state.output.completion,
            Asked.model_validate(state.metadata.get(_ASKED, {})),
            reference,
            epoch=state.epoch,
            captions=target.text,
            ended=str(state.output.stop_reason),
        )

    return score


def _sample(item: Item) -> Sample:
    about = f"“{item.heading}”, {len(item.photos)} photos"
    return Sample(
        input=f"Write a podcast about {about}.", target=" ".join(item.captions), id=item.id, metadata=_of_item(item)
    )


def _of_item(item: Item) -> dict[str, object]:
    photos = [photo.relative_to(item.folder).as_posix() for photo in item.photos]
    return {"title": item.heading, "photos": photos, "captions": len(item.captions)}


def _given(one: Transcript | Unread, found: EvaluationSet | None, asked: Asked) -> Sample:
    item = found.item(one.item) if found else None
    metadata: dict[str, object] = {"file": str(one.file), _ASKED: asked.model_dump(mode="json")}
    metadata |= _of_item(item) if item else {}
    metadata |= {_UNREAD: one.reason} if isinstance(one, Unread) else {}
    target = " ".join(item.captions) if item else ""
    return Sample(input=f"The transcript {one.file.name}.", target=target, id=one.item, metadata=metadata)


def _read(path: str, found: EvaluationSet | None) -> list[Transcript | Unread]:
    """The transcripts in the order of their files, those that cannot be read among them."""
    files = find_transcripts([Path(path).expanduser()])
    read, unread = read_transcripts(files, [item.id for item in found.items] if found else ())
    return sorted([*read, *unread], key=lambda one: files.index(one.file))


def _text(one: Transcript | Unread) -> str:
    """What is measured: the text of a file as it is, an episode as its transcript."""
    if isinstance(one, Unread):
        return one.text or ""
    return print_transcript(one.script) if one.file.suffix == ".json" else one.text


def _noted(found: EvaluationSet | None, items: Sequence[Item], people: str) -> dict[str, object]:
    """What the figures depend on, and what of the evaluation set is not measured."""
    noted: dict[str, object] = {"reference": people, "prompts": VERSION, "versions": versions()}
    if found:
        left_out = [f"{item.id}: it has no photos" for item in found.items if item not in items]
        places = ["/".join(part for part in (one.item, one.file) if part) for one in found.problems]
        problems = [f"{place}: {one.reason}" for place, one in zip(places, found.problems, strict=True)]
        noted |= {"left_out": left_out, "problems": problems}
    return noted
