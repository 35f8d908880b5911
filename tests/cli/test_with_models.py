"""The same album through `pocket`, a model on this machine and one behind a wire: one command, one kind of folder."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from photocast.models.tiny import Size, build_adapter, build_tiny
from photocast.testing import FakeProvider, Say, torchvision_shim

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
HOSTS = ("--hosts", "Ada: impatient; Leo: patient", "--length", "60w")


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider(TALK) as server:
        yield server


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of a few hundred thousand weights that has learnt one conversation by heart."""
    torchvision_shim.install()
    return build_tiny("qwen3_vl", tmp_path_factory.mktemp("tiny") / "model", recites=TALK, size=Size(context=8192))


@pytest.fixture(scope="session")
def shim(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What a process of its own needs to load tiny models, also where torchvision was built for another torch."""
    folder = torchvision_shim.folder_for_subprocesses(tmp_path_factory.mktemp("shim"))
    return {"PYTHONPATH": str(folder), "OMP_NUM_THREADS": "1"}


def _json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def _names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.name != "lock"}


@pytest.mark.slow
def test_one_album_three_writers_one_kind_of_folder(
    few: Path, tmp_path: Path, run: Any, tiny: Path, shim: dict[str, str], provider: FakeProvider
) -> None:
    writers = {
        "pocket": [],
        "local": ["--model", f"hf:{tiny}"],
        "remote": ["--model", "openai:any", "--base-url", provider.url],
    }
    for name, flags in writers.items():
        ran = run("make", few, "-o", tmp_path / name, *HOSTS, *flags, "--local", "--yes", "--json", env=shim)
        assert ran.code == 0, ran.err
        assert ran.err == ""
    assert _names(tmp_path / "pocket") == _names(tmp_path / "local") == _names(tmp_path / "remote")
    local, remote = (_json(tmp_path / name / "script.json") for name in ("local", "remote"))
    assert [turn["text"] for turn in local["turns"]] == [turn["text"] for turn in remote["turns"]]
    assert [turn["photos"] for turn in local["turns"]] == [turn["photos"] for turn in remote["turns"]]
    assert local["turns"][0]["photos"] == ["p01"]
    assert "language model hf:" in local["provenance"]["disclosure"]
    for name in ("local", "remote"):
        assert _json(tmp_path / name / "report.json")["bytes_sent"] == 0  # a server on this machine is this machine
        assert "trainedAlgorithmicMedia" in (tmp_path / name / "index.html").read_text("utf-8")


@pytest.mark.slow
def test_a_local_model_says_what_it_needs_and_is_not_asked_twice(
    few: Path, tmp_path: Path, run: Any, tiny: Path, shim: dict[str, str]
) -> None:
    args = ("make", few, *HOSTS, "--model", f"hf:{tiny}", "--yes")
    first = run(*args, "-o", tmp_path / "a", env=shim)
    assert first.code == 0, first.err
    assert "Needs    nothing to download; about " in first.err
    again = run(*args, "-o", tmp_path / "b", env=shim)
    assert _json(tmp_path / "b" / "script.json") == _json(tmp_path / "a" / "script.json")
    assert "0 calls; 1 answered before and not paid again" in again.out


def test_the_plan_of_a_model_tells_who_is_sent_what(few: Path, run: Any, provider: FakeProvider) -> None:
    ran = run("plan", few, "--model", "openai:any", "--base-url", provider.url, "--about", "the bake in Utrecht")
    assert ran.code == 0, ran.err
    assert "Writer   openai:any, as --model says" in ran.out
    assert "3 photos of at most 1024 pixels, no metadata" in ran.out
    assert "nothing leaves it" in ran.out
    assert provider.requests == []


def test_facts_first_then_words_without_a_photo(few: Path, tmp_path: Path, run: Any, provider: FakeProvider) -> None:
    notes = "p01: a bowl of wet dough under a cloth (0.9)\np02: a hand that folds dough (0.6)\np03: a loaf (0.95)"
    provider.queue(notes)
    flags = ("--model", "openai:any", "--base-url", provider.url, "--way", "facts")
    ran = run("make", few, "-o", tmp_path / "out", *HOSTS, *flags, "--yes", "--json")
    assert ran.code == 0, ran.err
    look, write = provider.requests[:2]
    assert (len(look.asked.images), len(write.asked.images)) == (3, 0)
    assert "a bowl of wet dough under a cloth" in write.asked.text
    assert "a hand that folds dough (not sure)" in write.asked.text
    facts = {one["what"]: one for one in _json(tmp_path / "out" / "facts.json")["observations"]}
    assert facts["a loaf"]["kind"] == "detail"
    assert facts["a loaf"]["sources"][0].startswith("openai:any")

    edited = _json(tmp_path / "out" / "facts.json")
    next(one for one in edited["observations"] if one["what"] == "a loaf")["state"] = "struck"
    (tmp_path / "out" / "facts.json").write_text(json.dumps(edited), "utf-8")
    ran = run("write", tmp_path / "out", "--seed", "5", "--yes", "--json")
    assert ran.code == 0, ran.err
    last = provider.requests[-1]
    assert last.asked.images == []
    assert "a loaf" not in last.asked.text
    assert "a bowl of wet dough" in last.asked.text


def test_redo_follows_a_wish_and_locks(few: Path, tmp_path: Path, run: Any, provider: FakeProvider) -> None:
    flags = ("--model", "openai:any", "--base-url", provider.url)
    made = run("make", few, "-o", tmp_path / "out", *HOSTS, *flags, "--yes", "--json")
    assert made.code == 0, made.err
    before = {turn["id"]: turn for turn in _json(tmp_path / "out" / "script.json")["turns"]}
    provider.queue("t004 Leo: As ready as dough. [p02]")
    ran = run("redo", tmp_path / "out", "t004", "shorter", "--lock", "--yes", "--json")
    assert ran.code == 0, ran.err
    assert "t004 (Leo): shorter" in provider.requests[-1].asked.text
    (changed,) = ran.document["changed"]
    assert (changed["text"], changed["locked"], changed["photos"]) == ("As ready as dough.", True, ["p02"])
    after = {turn["id"]: turn for turn in _json(tmp_path / "out" / "script.json")["turns"]}
    assert {name for name in after if after[name] != before[name]} == {"t004"}
    written = run("write", tmp_path / "out", "--seed", "8", "--yes", "--json")
    assert written.code == 0, written.err
    assert "As ready as dough." in [turn["text"] for turn in _json(tmp_path / "out" / "script.json")["turns"]]
    assert "As ready as dough." in provider.requests[-1].asked.text


def test_pocket_follows_no_wish(episode: Path, run: Any) -> None:
    ran = run("redo", episode, "t002", "funnier")
    assert ran.code == 2
    assert "needs a language model" in ran.err
    assert "--model" in ran.err


def test_the_environment_and_files_name_a_model(few: Path, tmp_path: Path, run: Any, provider: FakeProvider) -> None:
    (tmp_path / "photocast.toml").write_text(f'model = "openai:from-file"\nbase_url = "{provider.url}"\n', "utf-8")
    by_file = run("plan", few, "--json", cwd=tmp_path).document["plan"]["writer"]
    assert (by_file["model"], by_file["base_url"]) == ("openai:from-file", provider.url)
    assert "photocast.toml" in by_file["because"]
    by_variable = run(
        "plan", few, "--json", cwd=tmp_path, env={"PHOTOCAST_MODEL": "openai:other", "PHOTOCAST_BASE_URL": provider.url}
    ).document["plan"]["writer"]
    assert by_variable["model"] == "openai:other"
    assert "PHOTOCAST_MODEL" in by_variable["because"]
    by_flag = run("plan", few, "--json", "--model", "pocket", cwd=tmp_path).document["plan"]["writer"]
    assert (by_flag["model"], by_flag["base_url"]) == ("pocket", None)


def test_an_album_may_not_decide_where_photos_go(few: Path, tmp_path: Path, run: Any) -> None:
    import shutil

    album = Path(shutil.copytree(few, tmp_path / "album"))
    (album / "photocast.toml").write_text('base_url = "http://models.example"\n', "utf-8")
    ran = run("make", album, "-o", tmp_path / "out", "--yes")
    assert ran.code == 3
    assert "`base_url` is not taken from an album's folder" in ran.err
    (album / "photocast.toml").write_text('style = "story"\n', "utf-8")
    assert run("plan", album, "--json").document["plan"]["brief"]["style"] == "story"


def test_what_only_a_model_can_do(few: Path, tmp_path: Path, run: Any) -> None:
    for flags in (["--style", "paper"], ["--language", "de"]):
        ran = run("make", few, "-o", tmp_path / "out", *flags, "--yes")
        assert ran.code == 2
        assert "needs a language model" in ran.err
    assert not (tmp_path / "out").exists()


def test_the_paper_style_asks_as_the_paper_does(few: Path, tmp_path: Path, run: Any, provider: FakeProvider) -> None:
    provider.queue(Say("Speaker 1: It was dough, back then.\nSpeaker 2: You always say that.\n" * 2))
    flags = ("--model", "openai:any", "--base-url", provider.url, "--style", "paper")
    ran = run("make", few, "-o", tmp_path / "out", *flags, "--yes", "--json")
    assert ran.code == 0, ran.err
    assert ran.document["speakers"] == ["Speaker 1", "Speaker 2"]
    sent = provider.requests[0].json
    assert (sent["temperature"], sent["top_p"]) == (0.7, 0.8)
    assert 2048 in (sent.get("max_tokens"), sent.get("max_completion_tokens"))
    assert [message["role"] for message in sent["messages"]] == ["user"]
    assert [part["type"] for part in sent["messages"][0]["content"]] == ["image_url"] * 3 + ["text"]


def test_models_lists_who_can_write(run: Any, tmp_path: Path) -> None:
    listed = run("models", "--json", env={"OPENAI_API_KEY": "sk-a-key-of-tests"})
    assert listed.code == 0, listed.err
    offers = {one["name"].partition(":")[0]: one for one in listed.document["models"]}
    assert offers["pocket"]["usable"]
    assert offers["openai"]["usable"]
    assert "OPENAI_API_KEY" in offers["openai"]["found"]
    assert not offers["anthropic"]["usable"]
    assert "ANTHROPIC_API_KEY" in offers["anthropic"]["need"]
    assert listed.document["default"]["model"] == "pocket"
    assert "sk-a-key" not in listed.out


def test_doctor_makes_one_tiny_call(run: Any, provider: FakeProvider) -> None:
    ran = run("doctor", "--model", "ollama:tiny", "--json", env={"OLLAMA_HOST": provider.url})
    assert ran.code == 0, ran.out
    (call,) = ran.document["calls"]
    assert call["ok"]
    assert len(provider.requests) == 1
    assert provider.requests[0].asked.images == []


@pytest.mark.slow
@pytest.mark.parametrize("family", ["qwen3_vl", "qwen2_5_vl", "smolvlm", "idefics3", "gemma3", "internvl"])
def test_models_of_many_families_write_an_episode(family: str, few: Path, tmp_path: Path, inside: Any) -> None:
    torchvision_shim.install()
    model = build_tiny(family, tmp_path / "model", recites=TALK, size=Size(context=16_384))
    adapter = build_adapter(model, tmp_path / "adapter", strength=1e-6)
    for name in (f"hf:{model}", f"hf:{model}+{adapter}"):
        ran = inside("make", few, "-o", tmp_path / "out", *HOSTS, "--model", name, "--local", "--yes", "--json")
        assert ran.code == 0, ran.err
        script = _json(tmp_path / "out" / "script.json")
        assert [turn["text"] for turn in script["turns"]][:3] == ["Is it ready?", "It's dough.", "Is it nearly—"]
        assert ("+adapter@" in script["provenance"]["model"]) == ("+" in name)
        assert ran.document["report"]["model"]["output_tokens"] > 20
