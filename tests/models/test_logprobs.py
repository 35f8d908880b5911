"""Probabilities of tokens: asked for, told, kept in the journal, and no part of requests that do not want them."""

import asyncio
import json
import math
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from photocast.models import Ending, Request, Sampling, VisionModel
from photocast.models.budget import Free
from photocast.models.calls import Calls
from photocast.models.fake import RecordedModel
from photocast.models.local import open_local
from photocast.models.names import open_model, parse_name
from photocast.models.tiny import build_tiny
from photocast.models.vision import LAST_TOKENS, Token, tells_logprobs, tokens_of
from photocast.runs import Journal
from photocast.testing import FakeProvider, Say, ScriptedModel, torchvision_shim

pytestmark = pytest.mark.usefixtures("no_keys")

Ask = Callable[[VisionModel, Request], Any]

HALF, QUARTER = math.log(0.5), math.log(0.25)
TOLD = (Token("Score: ", (("Score: ", -0.01),)), Token("4", (("4", HALF), ("5", QUARTER), ("3", QUARTER))))
WANTED = Sampling(temperature=0.0, logprobs=20)


def test_who_wants_no_probabilities_asks_what_was_asked_before_there_were_any() -> None:
    """The key of 8e31ecd, the last commit without them."""
    before = "87efc0540f46acec5e46fac8d0a1595836390387ea172e1018c88349d9627aed"
    request = Request(("Describe.",), system="Be brief.", sampling=Sampling(0.2, 0.9, 64, 7))
    assert request.key("openai:any") == before
    keys = {replace(request, sampling=replace(request.sampling, logprobs=n)).key("m") for n in (0, 5, 20)}
    assert len(keys) == 3


@pytest.mark.parametrize("name", ["openai:qwen3-vl-8b", "openrouter:qwen/qwen3-vl-8b-instruct", "ollama:qwen3-vl:8b"])
def test_probabilities_are_asked_for_and_told(name: str, ask: Ask) -> None:
    with FakeProvider(Say("Well told. Score: 4", logprobs=TOLD)) as server:
        model = open_model(name, base_url=server.url)
        heard = ask(model, Request(("How good?",), sampling=WANTED))
        (received,) = server.requests
    assert tells_logprobs(model)
    assert (received.json["logprobs"], received.json["top_logprobs"]) == (True, 20)
    assert (heard.text, heard.ending.logprobs) == ("Well told. Score: 4", TOLD)
    assert "logprobs" not in json.dumps(heard.ending.raw)  # not kept twice


def test_nothing_is_said_of_probabilities_that_nobody_wants(ask: Ask) -> None:
    with FakeProvider(Say("Score: 4", logprobs=TOLD)) as server:
        heard = ask(open_model("openai:qwen3-vl-8b", base_url=server.url), Request(("How good?",)))
        assert not {"logprobs", "top_logprobs"} & set(server.requests[0].json)
    assert (heard.text, heard.ending.logprobs) == ("Score: 4", ())


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("anthropic:claude-haiku-4-5", False),
        ("google:gemini-2.5-flash", False),
        ("openrouter:anthropic/claude-haiku-4.5", False),
        ("openai:gpt-5-mini", False),  # reasons, and refuses them while it does
        ("openai:gpt-4o-mini", True),
        ("openai:gpt-5.2?thinking=off", True),
    ],
)
def test_models_that_tell_none_are_not_asked(name: str, told: bool, ask: Ask) -> None:
    """A provider would refuse the whole question."""
    with FakeProvider("Score: 4") as server:
        model = open_model(name, base_url=server.url)
        assert ask(model, Request(("How good?",), sampling=WANTED)).text == "Score: 4"
        assert ("logprobs" in server.requests[0].json) == told
    assert tells_logprobs(model) == told


def test_a_server_that_leaves_them_out_is_no_fault(ask: Ask) -> None:
    with FakeProvider("Score: 4") as server:
        heard = ask(open_model("openai:any", base_url=server.url), Request(("How good?",), sampling=WANTED))
    assert (heard.text, heard.ending.logprobs) == ("Score: 4", ())


def test_of_a_long_answer_the_last_tokens_are_kept_and_what_is_no_probability_is_not(ask: Ask) -> None:
    words = tuple(Token(f"w{n} ", ((f"w{n} ", -0.5),)) for n in range(40))
    odd = Token("5", (("4", -2.0), ("3", math.nan), ("5", -0.25), ("2", 0.7), ("1", -math.inf)))
    text = "".join(token.text for token in (*words, odd))
    with FakeProvider(Say(text, logprobs=(*words, odd))) as server:
        heard = ask(open_model("openai:any", base_url=server.url), Request(("How good?",), sampling=WANTED))
    assert heard.text == text
    assert heard.ending.logprobs == (*words[-LAST_TOKENS + 1 :], Token("5", (("5", -0.25), ("4", -2.0))))


def test_what_was_told_comes_out_of_the_journal_as_it_went_in(tmp_path: Path) -> None:
    model = ScriptedModel([("Score: 4", Ending(logprobs=TOLD))], host="far.example")
    request = Request(("How good?",), sampling=WANTED)
    with Journal(tmp_path / "journal.db") as journal:
        calls = Calls(model, journal, journal.begin("test"), price=Free())
        endings = [asyncio.run(_ending(calls, request)) for _ in range(2)]
    assert len(model.requests) == 1
    assert [ending.logprobs for ending in endings] == [TOLD, TOLD]


def test_what_was_told_is_recorded_and_repeated(tmp_path: Path) -> None:
    source = ScriptedModel([("Score: 4", Ending(logprobs=TOLD))], name="openai:big", logprobs=True)
    request = Request(("How good?",), sampling=WANTED)
    recording = RecordedModel(tmp_path / "tape.json", source)
    assert tells_logprobs(recording)
    asyncio.run(_ending(recording, request))
    again = RecordedModel(tmp_path / "tape.json")
    assert tells_logprobs(again)
    assert asyncio.run(_ending(again, request)).logprobs == TOLD


def test_json_and_back() -> None:
    assert tokens_of(json.loads(json.dumps([asdict(token) for token in TOLD]))) == TOLD


def test_a_model_on_this_machine_tells_what_it_found_likely(tmp_path: Path, ask: Ask) -> None:
    """What it drew without temperature is the likeliest at every place, with probabilities that add up."""
    torchvision_shim.install()
    model = open_local(parse_name(f"hf:{build_tiny('qwen3_vl', tmp_path / 'tiny', recites='Fine. Score: 4')}"))
    sampling = Sampling(temperature=0.0, max_tokens=40, logprobs=5)
    heard = ask(model, Request(("How good?",), sampling=sampling))
    told = heard.ending.logprobs
    assert heard.text == "Fine. Score: 4\n"
    assert heard.text.endswith("".join(token.text for token in told))
    assert told[-1].text == ""  # the token that ends the answer
    assert all(len(token.top) == 5 and token.top[0][0] == token.text for token in told)
    for token in told:
        chances = [math.exp(logprob) for _, logprob in token.top]
        assert chances == sorted(chances, reverse=True)
        assert 0 < sum(chances) <= 1 + 1e-6
    everything = ask(model, Request(("How good?",), sampling=replace(sampling, logprobs=10**6)))
    assert sum(math.exp(logprob) for _, logprob in everything.ending.logprobs[0].top) == pytest.approx(1, abs=1e-4)
    drawn = ask(model, Request(("How good?",), sampling=replace(sampling, temperature=1e-4, top_p=0.5)))
    assert drawn.ending.logprobs == told  # they are the model's, whatever the sampling makes of them
    assert ask(model, Request(("How good?",), sampling=replace(sampling, logprobs=0))).ending.logprobs == ()


async def _ending(model: Any, request: Request) -> Ending:
    async with aclosing(model.stream(request)) as answer:
        *_, ending = [piece async for piece in answer]
    assert isinstance(ending, Ending)
    return ending
