"""Models for tests: what they were handed comes out in small pieces, and what was recorded comes again."""

import asyncio
import json
from pathlib import Path

import pytest

from photocast.models import Ending, Finish, Image, Request, Sampling, Usage, VisionModel
from photocast.models.names import open_model
from photocast.schema import Fault, ModelError
from photocast.testing import RecordedModel, ScriptedModel


def ask(model: VisionModel, request: Request) -> list[str | Ending]:
    async def gather() -> list[str | Ending]:
        return [piece async for piece in model.stream(request)]

    return asyncio.run(gather())


def said(pieces: list[str | Ending]) -> str:
    return "".join(piece for piece in pieces if isinstance(piece, str))


def question(words: str) -> Request:
    return Request(parts=(words,))


def test_answers_come_in_order_and_in_small_pieces() -> None:
    model = ScriptedModel(["Ada: Look at that.", "Leo: Where?"])
    first = ask(model, Request(parts=("One two", "three"), system="You write."))
    assert said(first) == "Ada: Look at that."
    assert max(len(piece) for piece in first if isinstance(piece, str)) < 8
    assert first[-1] == Ending(usage=Usage(5, 4))  # "You write." and "One two", "three"; "Ada: Look at that."
    assert said(ask(model, question("next"))) == "Leo: Where?"
    assert [request.parts for request in model.requests] == [("One two", "three"), ("next",)]


def test_an_answer_may_break_off_or_fail() -> None:
    busy = ModelError(Fault.RATE_LIMITED, "too many", "a limit", "Wait", retry_after=2)
    model = ScriptedModel([("Ada: And th", Ending(Finish.CUT)), busy, Ending(Finish.REFUSED, detail="refusal")])
    cut = ask(model, question("one"))
    assert (said(cut), cut[-1]) == ("Ada: And th", Ending(Finish.CUT))
    with pytest.raises(ModelError) as failed:
        ask(model, question("two"))
    assert failed.value is busy
    assert ask(model, question("three")) == [Ending(Finish.REFUSED, detail="refusal")]


def test_no_answer_left_is_told() -> None:
    model = ScriptedModel(["one"])
    ask(model, question("one"))
    with pytest.raises(ModelError, match="nothing more to say") as failed:
        ask(model, question("two"))
    assert (failed.value.fault, failed.value.retryable) == (Fault.REJECTED, False)


def test_a_function_may_answer() -> None:
    model = ScriptedModel(lambda request: f"Ada: {request.parts[0]}", structured=True, context=99)
    assert said(ask(model, question("Hm"))) == "Ada: Hm"
    assert (model.structured, model.context, model.host) == (True, 99, None)


def test_a_script_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "script.json"
    answers = [
        "Ada: First.",
        {"when": "three questions", "text": "Who is that?"},
        {"text": "Ada: Sec", "finish": "length"},
        {"fault": "rate_limited", "retry_after": 2},
    ]
    file.write_text(json.dumps({"structured": True, "context": 8192, "answers": answers}))
    model = open_model(f"scripted:{file}")
    assert (model.name, model.structured, model.context) == (f"scripted:{file}", True, 8192)
    assert said(ask(model, question("Write"))) == "Ada: First."
    assert said(ask(model, question("Ask three questions"))) == "Who is that?"
    assert said(ask(model, Request(parts=("Go",), system="Ask three questions"))) == "Who is that?"
    assert ask(model, question("Write"))[-1] == Ending(Finish.LENGTH)
    with pytest.raises(ModelError) as failed:
        ask(model, question("Write"))
    assert (failed.value.fault, failed.value.retry_after) == (Fault.RATE_LIMITED, 2)


@pytest.mark.parametrize(
    "content",
    [
        None,
        "not json",
        "[]",
        "{}",
        '{"answers": [{"text": "a", "finish": "bored"}]}',
        '{"answers": [7]}',
        '{"answers": [], "context": "many"}',
        '{"answers": [{"fault": "empty", "retry_after": "soon"}]}',
    ],
)
def test_a_script_that_cannot_be_read(content: str | None, tmp_path: Path) -> None:
    file = tmp_path / "script.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(ModelError, match="cannot be used as a model") as failed:
        open_model(f"scripted:{file}")
    assert (failed.value.fault, failed.value.exit_code) == (Fault.BROKEN_FILES, 3)


def test_what_was_recorded_is_repeated_without_the_model(tmp_path: Path) -> None:
    photo = tmp_path / "p.jpg"
    photo.write_bytes(b"a picture")
    request = Request(parts=("Look", Image("p01", photo)), purpose="script")
    told = Ending(Finish.LENGTH, Usage(100, 7, 20), bytes_sent=5, answered_by="exact", detail="length", raw={"id": 1})
    source = ScriptedModel([("Ada: Ünder the bridge", told)], name="openai:big", host="api.example", structured=True)
    file = tmp_path / "tape.json"
    recorder = RecordedModel(file, source)
    assert (recorder.name, recorder.host, recorder.structured) == ("openai:big", "api.example", True)
    first = ask(recorder, request)
    assert said(first) == "Ada: Ünder the bridge"
    assert first[-1] == told

    again = open_model(f"recorded:{file}")
    assert (again.name, again.host, again.structured) == ("recorded:openai:big", None, True)
    repeated = ask(again, request)
    assert said(repeated) == said(first)
    assert isinstance(repeated[-1], Ending)
    assert (repeated[-1].usage, repeated[-1].finish) == (Usage(100, 7, 20), Finish.LENGTH)
    assert said(ask(recorder, request)) == said(first)  # the source had one answer: it was not asked again


@pytest.mark.parametrize(
    "changed",
    [
        {"parts": ("Look closer",)},
        {"system": "Be brief"},
        {"sampling": Sampling(seed=1)},
        {"schema": {"type": "object"}},
    ],
)
def test_another_request_is_not_in_the_recording(changed: dict[str, object], tmp_path: Path) -> None:
    file = tmp_path / "tape.json"
    ask(RecordedModel(file, ScriptedModel(["Ada: Oh."], name="openai:big")), question("Look"))
    with pytest.raises(ModelError, match=r"not in the recording.*from=openai:big") as failed:
        ask(RecordedModel(file), Request(**{"parts": ("Look",), **changed}))  # type: ignore[arg-type]
    assert failed.value.fault is Fault.REJECTED


def test_recordings_grow_and_failures_are_not_kept(tmp_path: Path) -> None:
    file = tmp_path / "tape.json"
    busy = ModelError(Fault.SERVER_ERROR, "failed", "it did", "Wait")
    recorder = RecordedModel(file, ScriptedModel(["Ada: One.", busy, "Ada: Two."], name="openai:big"))
    ask(recorder, question("1"))
    with pytest.raises(ModelError, match="it did"):
        ask(recorder, question("2"))
    ask(recorder, question("2"))
    replay = RecordedModel(file)
    assert [said(ask(replay, question(one))) for one in "12"] == ["Ada: One.", "Ada: Two."]


def test_recording_through_a_model_by_name(tmp_path: Path) -> None:
    script, tape = tmp_path / "script.json", tmp_path / "tape.json"
    script.write_text('{"answers": ["Ada: Oh."]}')
    ask(open_model(f"recorded:{tape}?from=scripted:{script}"), question("Look"))
    script.unlink()
    assert said(ask(open_model(f"recorded:{tape}"), question("Look"))) == "Ada: Oh."


def test_no_recording_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"\?from=") as failed:
        open_model(f"recorded:{tmp_path / 'none.json'}")
    assert failed.value.fault is Fault.BROKEN_FILES


def test_a_recording_of_another_model_is_not_added_to(tmp_path: Path) -> None:
    file = tmp_path / "tape.json"
    ask(RecordedModel(file, ScriptedModel(["Ada: Oh."], name="openai:big")), question("Look"))
    with pytest.raises(ModelError, match="recorded from openai:big, not from openai:small"):
        RecordedModel(file, ScriptedModel([], name="openai:small"))


@pytest.mark.parametrize("name", ["scripted:x.json?speed=9", "recorded:x.json?to=openai:big"])
def test_unknown_options_are_told(name: str) -> None:
    with pytest.raises(ModelError, match="does not know the option"):
        open_model(name)
