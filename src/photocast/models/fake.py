r"""Models that are none: one says what it was handed, one repeats what another model once said.

The little JSON form of `scripted:FILE.json`:

    {"structured": false, "context": 8192,
     "answers": ["Speaker 1: Hello.\nSpeaker 2: Hi.",
                 {"when": "three questions", "text": "Who is the lady in green?"},
                 {"text": "Speaker 1: And th", "finish": "length"},
                 {"fault": "rate_limited", "retry_after": 2}]}

An answer with `when` is given as often as the question contains these words; the others are given in order, one each.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, TypeAlias

from photocast.models.names import Spec, open_model
from photocast.models.vision import Ending, Finish, Request, Usage, VisionModel, tells_logprobs, tokens_of
from photocast.runs import write_atomically
from photocast.schema import Fault, ModelError

Step: TypeAlias = str | Ending | Exception
Answer: TypeAlias = Step | tuple[Step, ...]
"""Text to say, a way to end, an exception to raise, or some of these one after the other."""

PIECE = 7
"""Characters that come at a time: few enough to break names and lines apart."""


class ScriptedModel:
    """Gives the answers it was handed, in order and in small pieces, and keeps the requests it got."""

    def __init__(
        self,
        answers: Iterable[Answer] | Callable[[Request], Answer],
        *,
        name: str = "scripted:test",
        structured: bool = False,
        host: str | None = None,
        context: int | None = None,
        logprobs: bool = False,
    ) -> None:
        self.name, self.structured, self.host, self.context = name, structured, host, context
        self.logprobs = logprobs
        self.requests: list[Request] = []
        """What was asked, in order."""
        self._answer = answers if callable(answers) else _one_by_one(answers, name)

    async def stream(self, request: Request) -> AsyncIterator[str | Ending]:
        """Yield the next answer. Without an `Ending` among its steps it ends as done, and its words are counted.

        Raises:
            ModelError: there is no answer left.
        """
        self.requests.append(request)
        answer = self._answer(request)
        steps = answer if isinstance(answer, tuple) else (answer,)
        words = 0
        for step in steps:
            if isinstance(step, Exception):
                raise step
            if isinstance(step, Ending):
                yield step
                return
            words += len(step.split())
            for at in range(0, len(step), PIECE):
                await asyncio.sleep(0)  # where a real model would wait, others get their turn
                yield step[at : at + PIECE]
        asked = sum(len(part.split()) for part in (request.system, *request.parts) if isinstance(part, str))
        yield Ending(usage=Usage(asked, words))


def open_scripted(spec: Spec) -> ScriptedModel:
    """The model of `scripted:FILE.json`.

    Raises:
        ModelError: the file cannot be read or is not in the form above.
    """
    _no_options(spec)
    script = _read(Path(spec.model))
    try:
        answers = [_answer(entry) for entry in script["answers"]]
        structured, context = bool(script.get("structured", False)), _number(script.get("context"))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _broken(Path(spec.model), f"its answers are not in the form that scripted: reads ({error})") from error
    in_order = _one_by_one((answer for when, answer in answers if when is None), spec.name)

    def choose(request: Request) -> Answer:
        asked = "\n".join([request.system, *(part for part in request.parts if isinstance(part, str))])
        return next((answer for when, answer in answers if when is not None and when in asked), None) or in_order(
            request
        )

    return ScriptedModel(choose, name=spec.name, structured=structured, context=context)


class RecordedModel:
    """Repeats from a file what another model answered to the same request; asks that model first where it may.

    With a `source`, requests that are not in the file go to it, and its answers are added: the model then has the
    source's own name and host. Without one it has the name of the recorded model behind `recorded:`, and nothing
    leaves this machine. Failures are not recorded.

    Raises:
        ModelError: there is no such recording, and no source to make one.
    """

    def __init__(self, file: Path, source: VisionModel | None = None) -> None:
        self._file, self._source = file, source
        if file.exists():
            self._tape = _read(file)
        elif source is not None:
            self._tape = {"model": source.name, "structured": source.structured, "context": source.context}
            self._tape["logprobs"] = tells_logprobs(source)
        else:
            raise ModelError(
                Fault.BROKEN_FILES,
                f"there is no recording {file}",
                "without one there is nothing to repeat",
                f"Make it with --model 'recorded:{file}?from=openai:gpt-5-mini'",
            )
        try:
            self._of, self.structured, self.context = (self._tape[key] for key in ("model", "structured", "context"))
            self._answers: dict[str, dict[str, Any]] = self._tape.setdefault("answers", {})
        except KeyError as error:
            raise _broken(file, f"it is no recording: {error} is missing") from error
        self.logprobs = bool(self._tape.get("logprobs", False))
        if source is not None and source.name != self._of:
            raise _broken(file, f"it was recorded from {self._of}, not from {source.name}")
        self.name = f"recorded:{self._of}" if source is None else source.name
        self.host = None if source is None else source.host

    async def stream(self, request: Request) -> AsyncIterator[str | Ending]:
        """Yield the recorded answer, or that of the source while it is being recorded.

        Raises:
            ModelError: the request was not recorded, and there is no source; or what the source raises.
        """
        key = request.key(self._of)
        if (known := self._answers.get(key)) is not None:
            for at in range(0, len(known["text"]), PIECE):
                await asyncio.sleep(0)
                yield known["text"][at : at + PIECE]
            yield _ending(known["ending"])
            return
        if self._source is None:
            why = "its words, photos or settings differ from everything in the recording"
            do = f"Record it with --model 'recorded:{self._file}?from={self._of}'"
            raise ModelError(Fault.REJECTED, f"this request is not in the recording {self._file}", why, do)
        text, ending = "", Ending()
        async for piece in self._source.stream(request):
            if isinstance(piece, Ending):
                ending = piece
            else:
                text += piece
            yield piece
        self._answers[key] = {"purpose": request.purpose, "text": text, "ending": asdict(replace(ending, raw={}))}
        write_atomically(self._file, json.dumps(self._tape, ensure_ascii=False, indent=1) + "\n")


def open_recorded(spec: Spec) -> RecordedModel:
    """The model of `recorded:FILE`, or of `recorded:FILE?from=openai:gpt-5-mini` to record through another.

    Raises:
        ModelError: there is no such recording, or the other model cannot be opened.
    """
    _no_options(spec, known="from")
    source = spec.options.get("from")
    return RecordedModel(Path(spec.model), open_model(source, base_url=spec.base_url) if source else None)


def _one_by_one(answers: Iterable[Answer], name: str) -> Callable[[Request], Answer]:
    left = iter(answers)

    def answer(request: Request) -> Answer:
        for step in left:
            return step
        why = "all the answers it was handed have been given"
        raise ModelError(Fault.REJECTED, f"{name} has nothing more to say", why, "Hand it an answer for every request")

    return answer


def _answer(entry: str | Mapping[str, Any]) -> tuple[str | None, Answer]:
    """The words that call for it, and the answer."""
    if isinstance(entry, str):
        return None, entry
    when = None if entry.get("when") is None else str(entry["when"])
    if "fault" in entry:
        fault = Fault(entry["fault"])
        do = "Change the file to have it otherwise"
        wait = None if entry.get("retry_after") is None else float(entry["retry_after"])
        return when, ModelError(fault, "the scripted model failed", "its file says so", do, wait)
    text, finish = str(entry["text"]), Finish(entry.get("finish", "done"))
    return when, text if finish is Finish.DONE else (text, Ending(finish))


def _number(value: Any) -> int | None:
    if value is None or (isinstance(value, int) and value > 0):
        return value
    raise ValueError(f"context is {value!r}")


def _ending(recorded: Mapping[str, Any]) -> Ending:
    known = {"finish": Finish(recorded["finish"]), "usage": Usage(**recorded["usage"]), "raw": {"recorded": True}}
    return Ending(**{**recorded, **known, "logprobs": tokens_of(recorded.get("logprobs", ()))})


def _read(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text("utf-8"))
    except OSError as error:
        raise _broken(file, (error.strerror or str(error)).lower()) from error
    except ValueError as error:
        raise _broken(file, f"it is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise _broken(file, "it holds no JSON object")
    return found


def _broken(file: Path, why: str) -> ModelError:
    return ModelError(Fault.BROKEN_FILES, f"{file} cannot be used as a model", why, "Correct the file or name another")


def _no_options(spec: Spec, known: str | None = None) -> None:
    if unknown := set(spec.options) - {known}:
        takes = f"the only one is {known}=" if known else "there are none"
        why = f"{spec.provider}: does not know the option {min(unknown)!r}; {takes}"
        raise ModelError(Fault.UNKNOWN_MODEL, f"{spec.name} cannot be opened", why, "Leave the option out")
