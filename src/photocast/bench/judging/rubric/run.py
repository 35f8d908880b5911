"""Asks judges about texts, plans what that takes, and writes every score down as it comes."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from photocast.bench.judging.lines import add_records
from photocast.bench.judging.rubric.questions import (
    AGAIN,
    Expected,
    Read,
    Text,
    certain,
    drawn,
    expected,
    question,
    read,
)
from photocast.bench.judging.rubric.scales import VERSION, Scale
from photocast.bench.judging.rubric.scores import LOCK, SCORES, Score, read_scores
from photocast.bench.judging.votes import Status
from photocast.models import Request, VisionModel
from photocast.models.answers import refuses
from photocast.models.asking import Asking, Heard, NoAnswer, Run
from photocast.models.budget import Budget
from photocast.models.names import open_model
from photocast.models.tokens import request_tokens
from photocast.models.vision import tells_logprobs
from photocast.pipeline.front import Front
from photocast.runs import alone_in
from photocast.schema import UsageError
from photocast.schema.record import Record

_SAID = 120
"""Tokens of an answer that are likely: three short sentences and a line."""
_AS_BEFORE = frozenset({Status.UNREADABLE, Status.REFUSED})
"""Outcomes that would be the same the next time."""


class Judge:
    """A model that rates.

    Args:
        name: of the model, as in `--judges`.
        run: in which it is asked.
        budget: of all judges.
        front: is told of progress and waits.
        model: used instead of opening the one of that name.
        what: it is asked for, in a word.
        prompts: version of the questions.

    Raises:
        ModelError: there is no such model, or it cannot be opened.
    """

    def __init__(
        self,
        name: str,
        *,
        run: Run | None = None,
        budget: Budget | None = None,
        front: Front | None = None,
        model: VisionModel | None = None,
        what: str = "rubric",
        prompts: str = VERSION,
    ) -> None:
        model, run = model or open_model(name), run or Run(f"judge {what}")
        self.logprobs = tells_logprobs(model)
        self.asking = Asking(name, what, run=run, prompts=prompts, budget=budget, front=front, model=model)

    @property
    def name(self) -> str:
        """Of the model."""
        return self.asking.name


def open_judges(
    names: Sequence[str],
    budget: Budget,
    front: Front,
    *,
    what: str,
    prompts: str,
    urls: Mapping[str, str],
) -> tuple[Judge, ...]:
    """The judges of a command line.

    Args:
        names: of the models.
        budget: of all of them.
        front: is told of progress and waits.
        what: they are asked for, in a word.
        prompts: version of the questions.
        urls: servers by judge, for those that have one of their own.

    Raises:
        UsageError: one is named twice, or none is.
        ModelError: there is no such model, or it cannot be opened.
    """
    if not names:
        raise UsageError("nobody is there to judge", "no model was named", "Add --judges MODEL")
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise UsageError(f"{twice} is named twice", "it would give every score once all the same", "Name it once")
    run = Run(f"judge {what}")
    models = [open_model(name, base_url=urls.get(name)) for name in names]
    return tuple(
        Judge(name, run=run, budget=budget, front=front, model=model, what=what, prompts=prompts)
        for name, model in zip(names, models, strict=True)
    )


class JudgePlan(Record):
    """What one judge would be asked."""

    judge: str
    host: str | None
    """Where texts and photos are sent; None when they stay on this machine."""
    questions: int
    done: int
    """Questions that were answered before and are not asked again."""
    calls: tuple[int, int]
    """If all goes well, and at most."""
    photos: int
    """Photos in all of these calls together, if all goes well."""
    input_tokens: int
    output_tokens: int
    """Of the calls that are made if all goes well."""
    usd: tuple[float, float] | None
    """Likely, and at most; None when nobody knows the price."""


class Rubric:
    """A grid of questions, every text on every scale by every judge, and the file of their scores.

    Args:
        texts: what is rated.
        scales: what it is rated on.
        judges: who rates.
        folder: the judging folder.
        repeats: answers to a question where the judge tells no probabilities.

    Raises:
        InputError: the scores that are there cannot be read.
    """

    def __init__(
        self, texts: Sequence[Text], scales: Sequence[Scale], judges: Sequence[Judge], folder: Path, repeats: int = 5
    ) -> None:
        self._texts, self._scales, self._judges, self._folder = texts, scales, judges, folder
        self._repeats = repeats
        self._kept = {score.question: score for score in read_scores(folder)}

    def plan(self) -> list[JudgePlan]:
        """What every judge would be asked, and what it would cost."""
        return [self._plan(judge) for judge in self._judges]

    def ask(self) -> list[Score]:
        """All scores of the grid. Those that are in the folder are taken from there, the others are asked for.

        Raises:
            ModelError: nothing can be had from a judge.
            BudgetError: the next call could cost more than is left.
            InputError: the scores cannot be written.
        """
        with alone_in(self._folder, LOCK):
            for judge in self._judges:
                judge.asking.all(partial(self._asked, judge), list(self._open(judge)), f"Rating with {judge.name}")
        return [self._kept[text.item, text.system, scale.name, judge.name] for judge, text, scale in self._grid()]

    def _grid(self) -> Iterator[tuple[Judge, Text, Scale]]:
        return ((judge, text, scale) for judge in self._judges for scale in self._scales for text in self._texts)

    def _open(self, judge: Judge) -> Iterator[tuple[Text, Scale]]:
        """What this judge has not said yet, text by text: the photos of one come from the provider's cache then."""
        grid = ((text, scale) for text in self._texts for scale in self._scales)
        return (one for one in grid if not self._is_done(judge, *one))

    def _is_done(self, judge: Judge, text: Text, scale: Scale) -> bool:
        score = self._kept.get((text.item, text.system, scale.name, judge.name))
        if score is None or score.key != _key(judge, text, scale):
            return False
        if score.how == "mean":
            return score.asked >= self._repeats
        return score.how == "expected" or score.status in _AS_BEFORE

    async def _asked(self, judge: Judge, asked: tuple[Text, Scale]) -> None:
        score = await rated(judge, *asked, repeats=self._repeats)
        add_records(self._folder / SCORES, [score])
        self._kept[score.question] = score

    def _plan(self, judge: Judge) -> JudgePlan:
        asked = [question(text, scale, certain(logprobs=judge.logprobs)) for text, scale in self._open(judge)]
        everything = len(self._texts) * len(self._scales)
        calls = 1 if judge.logprobs else self._repeats
        # at most: no answer is read the first time, and no probabilities come although they should
        most = 2 * (self._repeats + judge.logprobs)
        return plan_of(judge, asked, questions=everything, calls=calls, most=most)


def plan_of(judge: Judge, asked: Sequence[Request], *, questions: int, calls: int = 1, most: int = 2) -> JudgePlan:
    """What a judge would be asked, and what it would cost.

    Args:
        judge: who is asked.
        asked: the questions that are not answered yet.
        questions: how many there are in all.
        calls: how often each is asked if all goes well.
        most: how often at most.
    """
    price = judge.asking.price
    usd = None
    if price is not None:
        likely = sum(price.expected(one, _SAID) for one in asked)
        usd = (calls * likely, most * sum(price.worst(one) for one in asked))
    return JudgePlan(
        judge=judge.name,
        host=judge.asking.host,
        questions=questions,
        done=questions - len(asked),
        calls=(calls * len(asked), most * len(asked)),
        photos=calls * sum(len(one.images) for one in asked),
        input_tokens=calls * sum(request_tokens(judge.name, one).expected for one in asked),
        output_tokens=calls * _SAID * len(asked),
        usd=usd,
    )


async def rated(judge: Judge, text: Text, scale: Scale, *, repeats: int) -> Score:
    """One score: by probabilities if the judge tells them, else the mean of several answers.

    A judge that ought to tell probabilities and does not is asked for several answers instead.

    Raises:
        ModelError: nothing can be had from the judge.
        BudgetError: the next call could cost more than is left.
    """
    begun = _begun(judge, text, scale)
    heard: list[Heard[Read]] = []
    if judge.logprobs:
        first = await judge.asking.hear(question(text, scale, certain(logprobs=True)), read, AGAIN)
        if isinstance(first.found, NoAnswer):
            return _with_answers(begun, [first], asked=1)
        if likely := expected(first.answers[-1], first.endings[-1]):
            return _by_chances(_with_answers(begun, [first], asked=1), likely)
    for repeat in range(repeats):
        heard.append(await judge.asking.hear(question(text, scale, drawn(repeat)), read, AGAIN))
        if isinstance(last := heard[-1].found, NoAnswer) and (last.refused or last.failed):
            break  # it would be the same the next time
    return _with_answers(begun, heard, asked=repeats)


def _key(judge: Judge, text: Text, scale: Scale) -> str:
    return question(text, scale, certain(logprobs=False)).key(judge.name)


def _begun(judge: Judge, text: Text, scale: Scale) -> Score:
    return Score(
        item=text.item,
        system=text.system,
        criterion=scale.name,
        judge=judge.name,
        status=Status.FAILED,
        words=text.words,
        images=tuple(photo.sha256 for photo in question(text, scale, certain(logprobs=False)).images),
        prompts=VERSION,
        key=_key(judge, text, scale),
        at=datetime.now(UTC),
    )


def _with_answers(score: Score, heard: Sequence[Heard[Read]], *, asked: int) -> Score:
    """The score as the mean of the digits that can be read, or why there is none."""
    found = [one.found for one in heard if isinstance(one.found, Read)]
    missing = [one.found for one in heard if isinstance(one.found, NoAnswer)]
    digits = tuple(one.digit for one in found)
    return score.model_copy(
        update={
            "status": Status.OK if digits else status_of(missing[-1], heard[-1].answers),
            "score": sum(digits) / len(digits) if digits else None,
            "how": "mean" if digits else None,
            "asked": asked,
            "n": len(digits),
            "digits": digits,
            "detail": missing[-1].reason if missing else "",
            "reason": found[0].reason if found else "",
            "raw": tuple(answer for one in heard for answer in one.answers),
            **_used(heard),
        }
    )


def _by_chances(score: Score, likely: Expected) -> Score:
    return score.model_copy(update={"score": likely.score, "how": "expected", "mass": likely.mass})


def status_of(missing: NoAnswer, answers: Sequence[str]) -> Status:
    """What became of a question that has no answer, or one that says nothing."""
    if missing.refused or (answers and refuses(answers[-1])):
        return Status.REFUSED
    return Status.FAILED if missing.failed else Status.UNREADABLE


def _used(heard: Sequence[Heard[Read]]) -> dict[str, float | None]:
    """Tokens and dollars of all answers together; None where one was not counted."""
    answered = [one for one in heard if one.endings]
    return {
        "input_tokens": _sum([one.usage.input_tokens for one in answered]),
        "output_tokens": _sum([one.usage.output_tokens for one in answered]),
        "usd": _sum([one.usd for one in answered]),
    }


def _sum(counts: Sequence[float | None]) -> float | None:
    return None if None in counts or not counts else sum(one for one in counts if one is not None)
