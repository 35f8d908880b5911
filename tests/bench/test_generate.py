"""Generating with systems: what is written, what is written down when it fails, and that nothing is written twice."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from photocast import local_only
from photocast.bench.evaluation_set import EvaluationSet
from photocast.bench.generating import Generated, RunPlan, System, generate, parse_systems
from photocast.bench.results import Generation
from photocast.models import Request
from photocast.models.prices import set_price
from photocast.pipeline import Front, Settings
from photocast.runs import Lock
from photocast.schema import (
    Brief,
    BudgetError,
    Fault,
    InputError,
    ModelError,
    UsageError,
    Writer,
    parse_transcript,
)
from photocast.testing import ScriptedModel

TALK = """\
Ada: There is a square. [p01]
Leo: It is a very plain square.
Ada: And then another one. [p02]
Leo: I like that one better, I have to say.
"""
BRIEF = Brief(words=120, seed=3)
SETTINGS = Settings(brief=BRIEF)
POCKET = System("pocket", Writer())


def picture(path: Path, colour: tuple[int, int, int]) -> None:
    """A small photo that differs from the others in colour and in shape."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.new("RGB", (160, 120), colour)
    draw = ImageDraw.Draw(image)
    for step in range(6):
        draw.rectangle((step * 20, colour[0] % 60, step * 20 + 9, 60 + step * 8), fill=(255 - colour[2], step * 40, 90))
    image.save(path, quality=90)


@pytest.fixture(scope="session")
def _photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three albums, the first of two photos; the second has a title, and is about something."""
    folder = tmp_path_factory.mktemp("photos") / "set"
    for number, name in enumerate(("one", "three", "two")):
        picture(folder / name / "1.jpg", (number * 90, 70, 40 + number * 50))
    picture(folder / "one" / "2.jpg", (200, 10, 90))
    (folder / "three" / "item.toml").write_text('title = "At sea"\nabout = "a crossing"\n', "utf-8")
    (folder / "one" / "human_story.txt").write_text("a secret that nobody is told .\n", "utf-8")
    return folder


@pytest.fixture(scope="session")
def _run_of_pocket(_photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pocket") / "run"
    generate([POCKET], EvaluationSet.open(_photos), folder, settings=SETTINGS)
    return folder


@pytest.fixture
def albums(_photos: Path, tmp_path: Path) -> EvaluationSet:
    return EvaluationSet.open(shutil.copytree(_photos, tmp_path / "set"))


@pytest.fixture
def done(_run_of_pocket: Path, tmp_path: Path) -> Path:
    """A run of pocket that is complete, to go on in."""
    return Path(shutil.copytree(_run_of_pocket, tmp_path / "done"))


@pytest.fixture(autouse=True)
def _no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal for each test: what one test asked is not answered in another."""
    monkeypatch.setenv("PHOTOCAST_STATE", str(tmp_path / "state"))


def always(model_name: str = "scripted:test") -> ScriptedModel:
    return ScriptedModel(lambda request: TALK, name=model_name)


def ready(generated: Generated | None) -> Generated:
    assert generated is not None
    return generated


def written(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.md")}


def record(folder: Path, system: str, item: str) -> Generation:
    return Generation.model_validate_json((folder / "systems" / system / f"{item}.json").read_bytes())


def test_pocket_writes_about_every_item(albums: EvaluationSet, tmp_path: Path) -> None:
    plans: list[RunPlan] = []

    def approve(plan: RunPlan) -> bool:
        plans.append(plan)
        return True

    run = ready(generate([POCKET], albums, tmp_path / "run", settings=SETTINGS, approve=approve))
    assert [(one.name, one.to_do, one.done, one.host, one.cost) for one in plans[0].systems] == [
        ("pocket", 3, 0, None, None)
    ]
    (system,) = run.systems
    assert list(system.files) == ["one", "three", "two"]
    for item, path in system.files.items():
        assert path == tmp_path / "run" / "systems" / "pocket" / f"{item}.md"
        script = parse_transcript(path.read_text("utf-8"))
        made = record(tmp_path / "run", "pocket", item)
        assert made.words == script.words()
        assert (made.writer, made.photos, made.error) == ("pocket", 2 if item == "one" else 1, None)
        assert (made.output_tokens, made.cost_usd) == (None, None)
        assert made.seconds > 0
    assert run.notes == ()
    assert "crossing" in system.files["three"].read_text("utf-8").lower(), "the writer is told what it is about"


def test_the_same_request_gives_the_same_words_and_writes_nothing_again(
    albums: EvaluationSet, done: Path, tmp_path: Path
) -> None:
    generate([POCKET], albums, tmp_path / "again", settings=SETTINGS)
    assert written(tmp_path / "again") == written(done)
    stamps = {path: path.stat().st_mtime_ns for path in done.rglob("*.*")}
    plans: list[RunPlan] = []
    run = generate([POCKET], albums, done, settings=SETTINGS, approve=lambda plan: not plans.append(plan))
    assert (plans[0].to_do, plans[0].systems[0].done) == (0, 3)
    assert len(ready(run).systems[0].generations) == 3
    assert {path: path.stat().st_mtime_ns for path in done.rglob("*.*")} == stamps


def test_a_transcript_that_was_lost_is_written_again_as_it_was(albums: EvaluationSet, done: Path) -> None:
    before = written(done)
    (done / "systems" / "pocket" / "two.md").unlink()
    (done / "systems" / "pocket" / "three.json").write_text("{", "utf-8")
    generate([POCKET], albums, done, settings=SETTINGS)
    assert written(done) == before
    assert record(done, "pocket", "three").error is None


def test_a_model_is_shown_the_photos_in_order_and_neither_folder_nor_story(
    albums: EvaluationSet, tmp_path: Path
) -> None:
    (tmp_path / "set" / "two").rename(tmp_path / "set" / "two_graduation")
    albums = EvaluationSet.open(albums.folder)
    model = always()
    system = System("mine", Writer(model=model.name), model=model)
    run = ready(generate([system], albums, tmp_path / "run", settings=SETTINGS))
    assert len(model.requests) == 3
    assert [[image.photo for image in request.images] for request in model.requests] == [
        ["p01", "p02"],
        ["p01"],
        ["p01"],
    ]
    said = [" ".join(part for part in request.parts if isinstance(part, str)) for request in model.requests]
    assert "a crossing" in said[1]
    assert "At sea" in said[1], "a title that somebody gave is told to a model on this machine"
    assert not any("secret" in text or "graduation" in text for text in said)
    made = record(tmp_path / "run", "mine", "one")
    assert made.writer == "scripted:test"
    # The scripted model counts words: what it said is TALK, once for each item.
    assert made.output_tokens == len(TALK.split())
    assert len(parse_transcript(run.systems[0].files["one"].read_text("utf-8")).turns) == TALK.count("\n")


def test_all_systems_share_one_look(albums: EvaluationSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import photocast.looking

    looks = []
    look = photocast.looking.look
    monkeypatch.setattr(photocast.looking, "look", lambda *a, **k: looks.append(a) or look(*a, **k))
    models = [System(name, Writer(model=f"scripted:{name}"), model=always(f"scripted:{name}")) for name in ("a", "b")]
    generate([*models, POCKET], albums, tmp_path / "run", settings=SETTINGS)
    assert len(looks) == 3


def test_photos_that_are_alike_and_broken_ones(albums: EvaluationSet, tmp_path: Path) -> None:
    folder = tmp_path / "set"
    (folder / "one" / "3.jpg").write_bytes((folder / "one" / "2.jpg").read_bytes())  # the same again
    whole = (folder / "two" / "1.jpg").read_bytes()
    (folder / "two" / "1.jpg").write_bytes(whole[:60])  # begins like a photo, and is none
    (folder / "three" / "2.jpg").write_bytes(whole[:60])
    albums = EvaluationSet.open(folder)
    run = ready(generate([POCKET], albums, tmp_path / "run", settings=SETTINGS))
    assert record(tmp_path / "run", "pocket", "one").photos == 3, "an item is shown whole"
    failed = record(tmp_path / "run", "pocket", "two")
    assert failed.error
    assert "none of its 1 files can be used" in failed.error
    assert failed.words == 0
    assert sorted(run.systems[0].files) == ["one", "three"]
    assert record(tmp_path / "run", "pocket", "three").photos == 1
    assert any(note.startswith("shown to no system: three/2.jpg") for note in run.notes)


def test_a_failed_item_is_tried_again_only_when_that_is_asked_for(albums: EvaluationSet, tmp_path: Path) -> None:
    refusal = ModelError(Fault.REFUSED, "the model refuses", "it will not talk about squares", "Ask another one")
    model = ScriptedModel([TALK, refusal, TALK])
    system = System("mine", Writer(model=model.name), model=model)
    run = ready(generate([system], albums, tmp_path / "run", settings=SETTINGS))
    errors = [one.error for one in run.systems[0].generations]
    assert (errors[0], errors[2]) == (None, None)
    assert errors[1]
    assert "it will not talk about squares" in errors[1]
    assert sorted(run.systems[0].files) == ["one", "two"]
    better = replace(system, model=always())
    generate([better], albums, tmp_path / "run", settings=SETTINGS)
    assert record(tmp_path / "run", "mine", "three").error
    run = ready(generate([better], albums, tmp_path / "run", settings=SETTINGS, again_failed=True))
    assert [one.error for one in run.systems[0].generations] == [None, None, None]
    assert better.model is not None
    assert len(better.model.requests) == 1  # type: ignore[attr-defined]


def test_a_model_that_is_not_set_up_ends_the_run_at_once(albums: EvaluationSet, tmp_path: Path) -> None:
    wrong = ModelError(Fault.WRONG_KEY, "the key is wrong", "the provider says so", "Set another")
    model = ScriptedModel(lambda request: wrong)
    with pytest.raises(ModelError, match="the key is wrong"):
        generate([System("mine", Writer(model=model.name), model=model)], albums, tmp_path / "run", settings=SETTINGS)
    assert len(model.requests) == 1
    assert not (tmp_path / "run" / "systems").exists(), "an item that was not to blame is not written down as failed"


def test_transcripts_that_are_there_are_a_system(albums: EvaluationSet, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    for item in ("one", "two", "elsewhere"):
        (theirs / item).mkdir(parents=True)
        (theirs / item / "transcript_32b.txt").write_bytes(f"Words: 9\n====\n\nSpeaker 1: {item}\r\n".encode())
    given = [f"ft={theirs}/*/transcript_32b.txt", "pocket"]
    systems = parse_systems(given, albums, lambda model: Writer(model=model))
    assert [system.name for system in systems] == ["ft", "pocket"]
    run = ready(generate(systems, albums, tmp_path / "run", settings=SETTINGS))
    assert sorted(run.systems[0].files) == ["one", "two"]
    copy = run.systems[0].files["one"]
    assert copy.name == "one.txt"
    assert copy.read_bytes() == (theirs / "one" / "transcript_32b.txt").read_bytes()
    assert run.systems[0].generations == ()
    assert run.notes == (
        "ft: there is no transcript of: three",
        "ft: transcripts that are about no item are not measured: elsewhere",
    )


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("pocket", "pocket"),
        ("base=pocket", "base"),
        ("openai:gpt-5-mini", "openai-gpt-5-mini"),
        ("hf:Qwen/Qwen3-VL-8B-Instruct?quantize=4bit", "hf-Qwen-Qwen3-VL-8B-Instruct"),
        ("mini=openai:gpt-5-mini", "mini"),
        ("recorded:tape.json?from=openai:x", "recorded-tape.json"),
    ],
)
def test_names_of_systems(given: str, name: str, albums: EvaluationSet) -> None:
    (system,) = parse_systems([given], albums, lambda model: Writer(model=model))
    assert system.name == name
    assert system.writer
    assert system.writer.model == given.removeprefix(f"{name}=")


@pytest.mark.parametrize(
    ("given", "error", "why"),
    [
        (["nothing"], UsageError, "neither pocket nor a model"),
        (["pocket", "Pocket=pocket"], UsageError, "two systems are called"),
        (["empty"], InputError, "No transcript in"),
        (["others"], InputError, "the evaluation set has none of its 1 items, such as 'elsewhere'"),
        ([f"{'n' * 61}=pocket"], UsageError, "the name is too long"),
    ],
)
def test_systems_that_cannot_be(
    given: list[str], error: type[Exception], why: str, albums: EvaluationSet, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "others").mkdir()
    (tmp_path / "others" / "elsewhere.md").write_text("A: x\n", "utf-8")
    with pytest.raises(error, match=why):
        parse_systems(given, albums, lambda model: Writer(model=model))


def _another_seed(folder: Path) -> dict[str, Any]:
    return {"settings": Settings(brief=BRIEF.model_copy(update={"seed": 4}))}


def _another_style(folder: Path) -> dict[str, Any]:
    return {"settings": Settings(brief=BRIEF.model_copy(update={"style": "story"}))}


def _another_photo(folder: Path) -> dict[str, Any]:
    picture(folder / "one" / "1.jpg", (7, 7, 7))
    return {"albums": EvaluationSet.open(folder)}


def _another_order(folder: Path) -> dict[str, Any]:
    (folder / "one" / "item.toml").write_text('photos = ["2.jpg", "1.jpg"]\n', "utf-8")
    return {"albums": EvaluationSet.open(folder)}


def _another_item(folder: Path) -> dict[str, Any]:
    picture(folder / "four" / "1.jpg", (7, 7, 7))
    return {"albums": EvaluationSet.open(folder)}


def _another_system(folder: Path) -> dict[str, Any]:
    return {"systems": [POCKET, replace(POCKET, name="again")]}


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (_another_seed, r"brief\.seed was 3 and is 4"),
        (_another_style, r"brief\.style was banter and is story"),
        (_another_photo, r"items\.one\.photos\.1\.jpg was [0-9a-f]{12}… and is [0-9a-f]{12}…"),
        (_another_order, r"items\.one\.photos come in another order"),
        (_another_item, r"items\.four is new"),
        (_another_system, r"systems\.again is new"),
    ],
)
def test_another_request_into_the_same_folder_is_refused_with_what_differs(
    change: Callable[[Path], dict[str, Any]], what: str, albums: EvaluationSet, done: Path, tmp_path: Path
) -> None:
    request: dict[str, Any] = {"systems": [POCKET], "albums": albums, "settings": SETTINGS}
    before = written(done)
    with pytest.raises(InputError, match=what):
        generate(folder=done, **(request | change(tmp_path / "set")))
    assert written(done) == before


def test_what_a_run_may_cost_is_not_part_of_the_request(albums: EvaluationSet, done: Path) -> None:
    richer = replace(SETTINGS, writer=Writer(max_cost=5.0, patience=9.0, because="another reason"))
    patient = replace(POCKET, writer=Writer(max_cost=5.0, patience=9.0, because="another reason"))
    assert generate([patient], albums, done, settings=richer)


def test_a_folder_that_holds_other_things_is_left_alone(albums: EvaluationSet, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "thesis.tex").write_text("x", "utf-8")
    with pytest.raises(InputError, match="it holds other files"):
        generate([POCKET], albums, tmp_path / "run", settings=SETTINGS)


def test_two_runs_do_not_write_into_one_folder(albums: EvaluationSet, done: Path) -> None:
    lock = Lock(done / ".bench.lock")
    assert lock.take()
    with pytest.raises(InputError, match="another run is writing"):
        generate([POCKET], albums, done, settings=SETTINGS)
    lock.let_go()
    assert generate([POCKET], albums, done, settings=SETTINGS)


def test_no_leaves_nothing_and_another_request_may_follow(albums: EvaluationSet, tmp_path: Path) -> None:
    model = always()
    system = System("mine", Writer(model=model.name), model=model)
    assert generate([system], albums, tmp_path / "run", settings=SETTINGS, approve=lambda plan: False) is None
    assert model.requests == []
    assert written(tmp_path / "run") == {}
    for _ in range(2):  # the second time it is the request that the folder holds
        assert generate([POCKET], albums, tmp_path / "run", settings=SETTINGS)


def test_the_plan_adds_up_what_all_items_send_and_cost(albums: EvaluationSet, tmp_path: Path) -> None:
    model = ScriptedModel(lambda request: TALK, name="scripted:far", host="models.example")
    writer = Writer(model=model.name, price=(1000.0, 10_000.0))
    plans: list[RunPlan] = []
    front = Front()
    generate(
        [System("far", writer, model=model), POCKET],
        albums,
        tmp_path / "run",
        settings=SETTINGS,
        front=front,
        approve=lambda plan: bool(plans.append(plan)),
    )
    far, pocket = plans[0].systems
    assert (far.host, far.photos, far.to_do) == ("models.example", 4, 3)
    assert far.cost
    assert far.cost.high_usd == pytest.approx(sum(one.cost.high_usd for one in far.sendings if one.cost))
    assert far.calls == sum(one.calls for one in far.sendings) >= 3
    assert pocket.host is None
    assert plans[0].hosts == ("models.example",)


def test_the_money_is_that_of_the_whole_run_and_what_is_written_stays(
    albums: EvaluationSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    price = (0.0, 1_000_000.0)  # a dollar for a token that is said

    worst = 0.0

    def answer(request: Request) -> str:
        nonlocal worst
        worst = max(worst, set_price(*price, "x").worst(request))
        return TALK

    def systems(*names: str) -> list[System]:
        models = [ScriptedModel(answer, name=f"scripted:{name}", host="far.example") for name in names]
        return [System(model.name[-1], Writer(model=model.name, price=price), model=model) for model in models]

    (alone,) = systems("a")
    run = ready(generate([alone], albums, tmp_path / "alone", settings=SETTINGS))
    words = len(TALK.split())
    assert [one.cost_usd for one in run.systems[0].generations] == [words] * 3

    # Enough for the third call of the first system, when two are paid; not for a call when three are.
    purse = replace(SETTINGS, writer=Writer(max_cost=worst + 2 * words + 1))
    monkeypatch.setenv("PHOTOCAST_STATE", str(tmp_path / "another state"))
    with pytest.raises(BudgetError, match="more than --max-cost leaves"):
        generate(systems("a", "b"), albums, tmp_path / "run", settings=purse)
    assert sorted(written(tmp_path / "run")) == [f"systems/a/{item}.md" for item in ("one", "three", "two")]


def test_a_local_run_sends_nothing_to_anybody(albums: EvaluationSet, tmp_path: Path) -> None:
    model = ScriptedModel(lambda request: TALK, name="scripted:far", host="models.example")
    system = System("far", Writer(model=model.name), model=model)
    with local_only() as guard, pytest.raises(UsageError, match="--local and far exclude each other"):
        generate([system], albums, tmp_path / "run", settings=SETTINGS, front=Front(guard=guard))
    assert model.requests == []


def test_pocket_refuses_what_only_a_model_can_do_before_a_model_is_asked(albums: EvaluationSet, tmp_path: Path) -> None:
    model = always()
    systems = [System("mine", Writer(model=model.name), model=model), POCKET]
    paper = Settings(brief=BRIEF.model_copy(update={"style": "paper"}))
    with pytest.raises(UsageError, match="the style paper needs a language model"):
        generate(systems, albums, tmp_path / "run", settings=paper)
    assert model.requests == []


def test_answers_from_the_journal_have_no_tokens_and_are_named(albums: EvaluationSet, tmp_path: Path) -> None:
    brief = Settings(brief=BRIEF.model_copy(update={"seed": 77}))
    system = System("mine", Writer(model="scripted:test"), model=always())
    first = ready(generate([system], albums, tmp_path / "a", settings=brief))
    again = ready(generate([replace(system, model=always())], albums, tmp_path / "b", settings=brief))
    assert written(tmp_path / "a") == written(tmp_path / "b")
    assert first.notes == ()
    assert [one.output_tokens for one in again.systems[0].generations] == [None, None, None]
    assert again.notes == (
        "mine: from the journal, so that seconds mean nothing and tokens are unknown: one, three, two",
    )


def test_an_item_of_texts_alone_cannot_be_written_about(tmp_path: Path) -> None:
    (tmp_path / "set" / "x").mkdir(parents=True)
    (tmp_path / "set" / "x" / "human_story.txt").write_text("a .\n", "utf-8")
    albums = EvaluationSet.open(tmp_path / "set")
    run = ready(generate([POCKET], albums, tmp_path / "run", settings=SETTINGS))
    assert run.systems[0].files == {}
    assert run.systems[0].generations[0].error == "cannot write about x: it has no photos"


KILLED = """
import os, signal, sys
from pathlib import Path
import photocast.runs.files
from photocast.bench.evaluation_set import EvaluationSet
from photocast.bench.generating import System, generate
from photocast.pipeline import Settings
from photocast.schema import Brief, Writer

folder, albums, at = Path(sys.argv[1]), EvaluationSet.open(sys.argv[2]), sys.argv[3]
replace = Path.replace

def die_before(self, target):
    if Path(target).name == at:
        os.kill(os.getpid(), signal.SIGKILL)
    return replace(self, target)

Path.replace = die_before
generate([System("pocket", Writer())], albums, folder, settings=Settings(brief=Brief(words=120, seed=3)))
"""


@pytest.mark.skipif(os.name == "nt", reason="signals")
@pytest.mark.parametrize("at", ["three.md", "three.json", "bench.json"])
def test_a_killed_run_leaves_no_half_file_and_goes_on(
    at: str, albums: EvaluationSet, done: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, folder, tmp_path / "set", at], check=False, timeout=100, capture_output=True
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    for path in folder.rglob("*.json"):
        if not path.name.startswith("."):
            json.loads(path.read_text("utf-8"))
    run = ready(generate([POCKET], albums, folder, settings=SETTINGS))
    assert [one.error for one in run.systems[0].generations] == [None, None, None]
    assert written(folder) == written(done)
