"""What the user sees when a model fails: what, why and what to do; the episode as it was; and the next run goes on."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from photocast.testing import Drop, Fail, FakeProvider, Raw, Say
from photocast.testing.answers import ENDLESS, NO_LABELS, ONE_GIANT_TURN, WRONG_LANGUAGE
from photocast.testing.behaviours import Behaviour

TALK = """\
Ada: Is it ready? [p01]
Leo: It's dough.
Ada: Is it nearly—
Leo: It is exactly as ready as dough is, and I say that as somebody who has waited for a bus in the rain. [p02]
Ada: You could poke it.
Leo: Nobody is poking it. We agreed. You poked the last one, and then it was a plate.
Ada: A good plate. [p03]
Leo: It was a very good plate, I'll give you that.
"""


@dataclass(frozen=True)
class Case:
    """A way to fail, always."""

    name: str
    behaviour: Behaviour
    code: int
    says: tuple[str, ...]
    """Words on stderr."""


CASES = (
    Case("wrong key", Fail("wrong_key"), 3, ("does not accept the key", "PHOTOCAST_API_KEY")),
    Case("unknown model", Fail("unknown_model"), 3, ("has no model", "--base-url")),
    Case("no money", Fail("no_money"), 5, ("has no credit left", "Add credit")),
    Case("429 for minutes", Fail("rate_limited", 0.2), 5, ("wants fewer requests", "it was tried", "pays for nothing")),
    Case("500", Fail("server_error", 0.2), 5, ("could not answer", "it was tried")),
    Case("overloaded", Fail("overloaded", 0.2), 5, ("could not answer", "it was tried")),
    Case("dropped", Drop(), 5, ("the connection", "broke")),
    Case("malformed JSON", Raw(b"data: {not json\n\n"), 5, ("is not what it promises",)),
    Case("a page of HTML", Raw(b"<html><h1>Hello</h1></html>", "text/html"), 5, ("is not what it promises",)),
    Case("empty", Say(""), 5, ("gave no conversation", "it was empty")),
    Case("no labels", Say(NO_LABELS), 5, ("gave no conversation", "host")),
    Case("wrong language", Say(WRONG_LANGUAGE), 5, ("gave no conversation", "language de")),
    Case("one giant turn", Say(ONE_GIANT_TURN), 5, ("gave no conversation",)),
    Case("refusal", Say("I cannot help with that.", finish="refusal"), 5, ("will not write about these photos",)),
    Case("safety block", Say("", finish="content_filter"), 5, ("will not write about these photos", "--about")),
    Case("too long", Fail("too_long"), 5, ("too much for", "larger context")),
    Case("no images", Fail("no_images"), 3, ("cannot look at photos", "VL")),
    Case("rejected", Fail("rejected"), 5, ("does not take this request",)),
)


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider(TALK) as server:
        yield server


def _flags(provider: FakeProvider) -> tuple[str, ...]:
    return ("--model", "openai:any?timeout=2", "--base-url", provider.url, "--hosts", "Ada; Leo", "--length", "60w")


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_fault_is_said_and_leaves_the_episode_as_it_was(
    case: Case, episode: Path, tmp_path: Path, inside: Any, provider: FakeProvider
) -> None:
    env = {
        "PHOTOCAST_API_KEY": "k-of-the-tests-123456",
        "PHOTOCAST_PATIENCE": "1",
        "PHOTOCAST_STATE": str(tmp_path / "state"),
    }
    before = _contents(episode)
    with FakeProvider(case.behaviour) as failing:
        ran = inside("write", episode, *_flags(failing), "--yes", "--json", env=env)
        assert ran.code == case.code, ran.err
        error = ran.document["error"]
        for words in case.says:
            assert words in f"{error['what']} {error['why']} {error['do']}"
        assert "k-of-the-tests" not in ran.out + ran.err
        assert _contents(episode) == before
    ran = inside("write", episode, *_flags(provider), "--seed", "9", "--yes", "--json", env=env)
    assert ran.code == 0, ran.err
    assert ran.document["speakers"] == ["Ada", "Leo"]


def test_a_key_that_the_server_repeats_is_hidden(
    few: Path, tmp_path: Path, inside: Any, provider: FakeProvider
) -> None:
    provider.queue(Fail("key_repeated"))
    key = "k-very-secret-0123456789"
    for flag in ([], ["--debug"]):
        ran = inside(
            "make", few, "-o", tmp_path / "out", *_flags(provider), "--yes", *flag, env={"PHOTOCAST_API_KEY": key}
        )
        provider.queue(Fail("key_repeated"))
        assert ran.code == 3, ran.err
        assert "does not accept the key" in ran.err
        assert key not in ran.err + ran.out


def test_endless_repetition_is_stopped(few: Path, tmp_path: Path, inside: Any, provider: FakeProvider) -> None:
    provider.queue(Say(ENDLESS))
    ran = inside("make", few, "-o", tmp_path / "out", *_flags(provider), "--yes", "--json")
    assert ran.code == 0, ran.err
    texts = [turn["text"] for turn in json.loads((tmp_path / "out" / "script.json").read_text("utf-8"))["turns"]]
    assert texts.count("It is the same loaf again, you know.") <= 1
    assert any("the model was stopped" in note for note in ran.document["notes"])


def test_an_answer_cut_off_goes_on_where_it_stopped(
    few: Path, tmp_path: Path, inside: Any, provider: FakeProvider
) -> None:
    provider.queue(Say(TALK, cut_after=900), Say("Leo: It was a very good plate. [p03]\nAda: With a rim. [p03]\n" * 1))
    ran = inside("make", few, "-o", tmp_path / "out", *_flags(provider), "--yes", "--json")
    assert ran.code == 0, ran.err
    assert "Ada: Is it ready?" in provider.requests[1].asked.text
    texts = [turn["text"] for turn in json.loads((tmp_path / "out" / "script.json").read_text("utf-8"))["turns"]]
    assert len(texts) == len(set(texts))


def test_a_silent_stream_is_given_up(few: Path, tmp_path: Path, inside: Any, provider: FakeProvider) -> None:
    provider.queue(Say(TALK, silent_after=14))
    ran = inside("make", few, "-o", tmp_path / "out", *_flags(provider), "--yes", "--json")
    assert ran.code == 0, ran.err
    assert len(provider.requests) >= 2


def test_one_photo_is_refused_and_the_others_are_spoken_of(few: Path, tmp_path: Path, inside: Any) -> None:
    """The provider refuses whatever shows the second photo."""
    from photocast import Album

    with Album.open(few) as album:
        refused = album.model_image("p02").read_bytes()

    def answer(received: Any) -> Behaviour:
        if refused in received.asked.images:
            return Say("", finish="content_filter")
        photo = "p01" if "p01\n" in received.asked.text else "p03"
        return Say(f"Ada: That's a loaf of {photo}. [{photo}]\nLeo: It was dough once, in {photo}.\n")

    with FakeProvider(answer) as provider:
        ran = inside("make", few, "-o", tmp_path / "out", *_flags(provider), "--yes", "--json")
    assert ran.code == 0, ran.err
    assert "the provider refused photo p02; nobody speaks of it" in ran.document["notes"]
    turns = json.loads((tmp_path / "out" / "script.json").read_text("utf-8"))["turns"]
    assert {photo for turn in turns for photo in turn["photos"]} == {"p01", "p03"}


def test_a_budget_is_a_hard_stop(few: Path, tmp_path: Path, inside: Any, provider: FakeProvider) -> None:
    (tmp_path / "photocast.toml").write_text("price = [1000.0, 1000.0]\n", "utf-8")
    flags = ("--model", "openai:any", "--base-url", "http://models.example/v1", "--max-cost", "0.01")
    env = {"HTTP_PROXY": provider.url, "PHOTOCAST_API_KEY": "k-of-the-tests-123456"}
    brief = tmp_path / "brief.toml"
    brief.write_text('model = "openai:any"\nbase_url = "http://models.example/v1"\nprice = [1000.0, 1000.0]\n', "utf-8")
    ran = inside("make", few, "-o", tmp_path / "out", "--brief", brief, "--max-cost", "0.01", "--yes", env=env)
    assert ran.code == 6, ran.err
    assert "the next call could cost more than --max-cost leaves" in ran.err
    assert provider.requests == []
    assert not (tmp_path / "out").exists()
    unknown = inside("make", few, "-o", tmp_path / "out", *flags, "--yes", env=env)
    assert unknown.code == 6
    assert "the price of openai:any@models.example is not known" in unknown.err
    assert provider.requests == []


def test_nothing_is_sent_where_nobody_can_agree(few: Path, tmp_path: Path, inside: Any, provider: FakeProvider) -> None:
    flags = ("--model", "openai:any", "--base-url", "http://models.example/v1")
    env = {"HTTP_PROXY": provider.url, "PHOTOCAST_API_KEY": "k-of-the-tests-123456"}
    ran = inside("make", few, "-o", tmp_path / "out", *flags, env=env)
    assert ran.code == 2
    assert "photos and words would be sent to models.example" in ran.err
    local = inside("make", few, "-o", tmp_path / "out", *flags, "--local", "--yes", env=env)
    assert local.code == 2
    assert "--local and openai:any exclude each other" in local.err
    assert provider.requests == []


@pytest.mark.parametrize(
    ("model", "code", "says"),
    [
        ("gpt-5-mini", 3, "a model is written with one of these before it"),
        ("opneai:gpt-5-mini", 3, "Write openai: before the model"),
        ("openai:gpt-5-mini", 3, "there is no key for openai"),
        ("openai:gpt-5-mini?tmeout=3", 3, "timeout"),
        ("hf:./nowhere", 3, "nowhere"),
        ("scripted:nowhere.json", 3, "nowhere.json"),
    ],
)
def test_a_model_that_cannot_be_had(model: str, code: int, says: str, few: Path, tmp_path: Path, inside: Any) -> None:
    ran = inside("make", few, "-o", tmp_path / "out", "--model", model, "--yes")
    assert ran.code == code, ran.err
    assert says in ran.err
    assert ran.err.splitlines()[-1].startswith("do: ")
    assert not (tmp_path / "out").exists()
