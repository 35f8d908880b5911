"""What commands with a model say of themselves: what is sent this time, what was refused, and what was spent."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from photocast import Album
from photocast.testing import FakeProvider, Say
from photocast.testing.behaviours import Behaviour

TALK = (
    "Ada: Is it ready? [p01]\nLeo: It's dough. [p02]\nAda: Is it nearly—\nLeo: No, and I say that as a friend. [p03]\n"
)
HOSTS = ("--hosts", "Ada; Leo", "--length", "60w")


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider(TALK) as server:
        yield server


@pytest.fixture
def away(provider: FakeProvider, tmp_path: Path) -> tuple[dict[str, str], Path]:
    """A provider that is not on this machine, as far as photocast can tell, and a brief that names it."""
    brief = tmp_path / "brief.toml"
    brief.write_text(
        'model = "openai:any"\nbase_url = "http://models.example/v1"\nprice = [1.0, 10.0]\nway = "facts"\n'
        'length = "60w"\nhosts = "Ada; Leo"\n',
        "utf-8",
    )
    return {"HTTP_PROXY": provider.url, "PHOTOCAST_API_KEY": "k-of-the-tests-123456"}, brief


def test_writing_again_and_one_turn_say_what_they_send(
    few: Path, tmp_path: Path, inside: Any, provider: FakeProvider, away: tuple[dict[str, str], Path]
) -> None:
    env, brief = away
    provider.queue("p01: a bowl of wet dough (0.9)\np02: a hand (0.6)\np03: a loaf (0.95)")
    made = inside("make", few, "-o", tmp_path / "out", "--brief", brief, "--yes", env=env)
    assert made.code == 0, made.err
    assert "  Sends    3 photos of at most 1024 pixels" in made.err
    assert "in up to 3 calls" in made.err

    untrusted = inside("write", tmp_path / "out", "--seed", "5", "--yes", env=env)
    assert untrusted.code == 3
    assert "the episode names a server of its own" in untrusted.err
    env = env | {"PHOTOCAST_BASE_URL": "http://models.example/v1"}
    again = inside("write", tmp_path / "out", "--seed", "5", "--yes", env=env)
    assert again.code == 0, again.err
    assert "  Sends    no photos, to models.example" in again.err
    assert "in up to 2 calls" in again.err
    assert provider.requests[-1].asked.images == []

    provider.queue("t002 Leo: It is flour. [p02]")
    redone = inside("redo", tmp_path / "out", "t002", "drier", "--yes", env=env)
    assert redone.code == 0, redone.err
    assert "in up to 1 call" in redone.err
    changed, spent, *_ = redone.out.splitlines()
    assert changed == "t002  Leo: It is flour."
    assert spent.startswith("  openai:any@models.example: 1 call; ")
    assert spent.endswith(" paid")
    before = len(provider.requests)
    refused = inside("redo", tmp_path / "out", "t099", "--yes", env=env)
    assert refused.code == 2
    assert "there is no turn t099" in refused.err
    assert len(provider.requests) == before


def test_a_look_says_what_was_refused(few: Path, tmp_path: Path, inside: Any) -> None:
    with Album.open(few) as album:
        refused = album.model_image("p02").read_bytes()

    def answer(received: Any) -> Behaviour:
        if refused in received.asked.images:
            return Say("", finish="content_filter")
        return Say("p01: a bowl of wet dough (0.9)\np03: a loaf (0.95)")

    with FakeProvider(answer) as provider:
        flags = ("--model", "openai:any", "--base-url", provider.url, "--way", "facts")
        ran = inside("look", few, "-o", tmp_path / "facts.json", *flags, "--yes")
    assert ran.code == 0, ran.err
    assert "in up to 1 call" in ran.err  # the look alone; nothing is written
    assert "  note: the provider refused to look at p02" in ran.out.splitlines()
    assert "a bowl of wet dough" in (tmp_path / "facts.json").read_text("utf-8")


def test_pocket_does_not_take_a_models_words_apart(
    few: Path, tmp_path: Path, inside: Any, provider: FakeProvider
) -> None:
    flags = ("--model", "openai:any", "--base-url", provider.url)
    made = inside("make", few, "-o", tmp_path / "out", *HOSTS, *flags, "--yes")
    assert made.code == 0, made.err
    before = (tmp_path / "out" / "script.md").read_bytes()
    ran = inside("redo", tmp_path / "out", "t001", "--model", "pocket")
    assert ran.code == 2
    assert "another way to say t001 needs a language model" in ran.err
    assert (tmp_path / "out" / "script.md").read_bytes() == before
