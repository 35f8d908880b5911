"""Talks about many albums: dealt out, kept part by part, gone on with after a kill, asked as `photocast make` asks."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Picture

from photocast.models import Request
from photocast.models.local.trained import Trained, write_trained
from photocast.models.names import open_model
from photocast.models.tiny import build_tiny
from photocast.pipeline import Studio
from photocast.prompts import Prompts
from photocast.schema import Fault, InputError, ModelError, UsageError
from photocast.testing import ScriptedModel, torchvision_shim
from photocast.testing.pairs import make_pairs, write_dataset
from photocast.training.generate import (
    Answer,
    Question,
    Shard,
    TransformersEngine,
    generate,
    open_source,
    read_answers,
)

TALK = "Speaker 1: Is that yours?\nSpeaker 2: It was, before the tide.\n"
QUESTION = Question(Prompts())


@pytest.fixture(scope="module", autouse=True)
def _usable_torchvision() -> None:
    torchvision_shim.install()


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trained model that says `TALK` whatever it is asked."""
    folder = build_tiny("qwen3_vl", tmp_path_factory.mktemp("models") / "reciting", recites=TALK)
    write_trained(folder, Trained(image_tokens=16, base="tiny:qwen3_vl", recipe="tiny-cpu", method="sft"))
    return folder


@pytest.fixture(scope="session")
def albums(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eleven albums of one to three pictures, and one whose only picture is broken."""
    folder = tmp_path_factory.mktemp("many")
    for number in range(1, 12):
        (folder / f"trip {number}").mkdir()
        for at in range(1 + number % 3):
            colour = (20 * number, 80 * at, 255 - 20 * number)
            picture = Picture.new("RGB", (80, 60), colour)
            for corner in range(20):  # so that no two are alike
                picture.putpixel((number + corner, 10 * at + corner), (255, 255, 255))
            picture.save(folder / f"trip {number}" / f"{at}.png")
    (folder / "trip 12").mkdir()
    (folder / "trip 12" / "0.png").write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    return folder


class Echo:
    """Answers with what it was asked, and counts how often."""

    name = "echo"

    def __init__(self, stop_after: int | None = None) -> None:
        self.batches: list[list[Request]] = []
        self._stop_after = stop_after

    def generate(self, requests: Sequence[Request]) -> list[Answer]:
        if len(self.batches) == self._stop_after:
            raise ModelError(Fault.SERVER_ERROR, "the machine is gone", "it was needed elsewhere", "Go on with another")
        assert all(image.path.is_file() for request in requests for image in request.images)
        self.batches.append(list(requests))
        return [Answer(text=str(request.parts[-1]), finish="done", tokens=1) for request in requests]


def test_every_album_is_written_about_once(albums: Path, tmp_path: Path) -> None:
    engine = Echo()
    made = generate(open_source(albums, QUESTION), engine, tmp_path, QUESTION, each=5)
    assert (made.items, made.written, made.failed, made.tokens) == (12, 12, 1, 11)
    answers = list(read_answers(tmp_path))
    assert [one["id"] for one in answers] == [f"trip {number}" for number in range(1, 13)]
    assert "picture" in answers[-1]["error"] or "photo" in answers[-1]["error"]
    assert [one["photos"] for one in answers[:3]] == [2, 3, 1]
    assert [len(batch) for batch in engine.batches] == [5, 5, 1]

    again = Echo()
    assert generate(open_source(albums, QUESTION), again, tmp_path, QUESTION, each=5).written == 0
    assert again.batches == []


def test_a_run_that_was_ended_goes_on_with_the_first_part_that_is_missing(albums: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="the machine is gone"):
        generate(open_source(albums, QUESTION), Echo(stop_after=2), tmp_path, QUESTION, each=4)
    folder = Shard().folder(tmp_path)
    assert sorted(path.name for path in folder.glob("part-*")) == ["part-00000.jsonl", "part-00001.jsonl"]
    with pytest.raises(InputError, match="it has no part 2"):
        list(read_answers(tmp_path))
    (folder / "part-00000.jsonl").unlink()
    made = generate(open_source(albums, QUESTION), Echo(), tmp_path, QUESTION, each=4)
    assert (made.items, made.written) == (12, 8)

    whole = tmp_path / "whole"
    generate(open_source(albums, QUESTION), Echo(), whole, QUESTION, each=4)
    for part in folder.glob("part-*"):
        assert part.read_bytes() == (Shard().folder(whole) / part.name).read_bytes()


def test_another_request_is_refused(albums: Path, tmp_path: Path) -> None:
    generate(open_source(albums, QUESTION), Echo(), tmp_path, QUESTION)
    longer = Question(Prompts(), words=900)
    with pytest.raises(InputError, match="words was 750 and is 900"):
        generate(open_source(albums, longer), Echo(), tmp_path, longer)
    fewer = shutil.copytree(albums, tmp_path / "fewer")
    shutil.rmtree(fewer / "trip 3")
    with pytest.raises(InputError, match="items was 12 and is 11"):
        generate(open_source(fewer, QUESTION), Echo(), tmp_path, QUESTION)


@given(items=st.integers(0, 60), of=st.integers(1, 9))
def test_shards_are_disjoint_and_complete(items: int, of: int) -> None:
    ids = list(range(items))
    dealt = [ids[shard.number :: shard.of] for shard in (Shard.read(f"{number}/{of}") for number in range(of))]
    assert sorted(one for share in dealt for one in share) == ids
    assert max(map(len, dealt)) - min(map(len, dealt)) <= 1


def test_shards_together_write_what_one_run_writes(albums: Path, tmp_path: Path) -> None:
    for number in (2, 0, 1):
        if number == 1:
            with pytest.raises(InputError, match="it has 2 shards"):
                list(read_answers(tmp_path / "three"))
        generate(open_source(albums, QUESTION), Echo(), tmp_path / "three", QUESTION, shard=Shard(number, 3), each=2)
    generate(open_source(albums, QUESTION), Echo(), tmp_path / "one", QUESTION)
    together = sorted(read_answers(tmp_path / "three"), key=lambda one: int(one["id"].split()[1]))
    assert together == list(read_answers(tmp_path / "one"))


@pytest.mark.parametrize("said", ["8/8", "1", "-1/2", "a/b", "0/0", "1/2/3"])
def test_shards_that_cannot_be(said: str) -> None:
    with pytest.raises(UsageError, match="shards are numbered"):
        Shard.read(said)


def test_it_asks_as_photocast_make_does(albums: Path, tmp_path: Path) -> None:
    """The same words, the same pictures byte for byte, the same sampling."""
    from photocast.album import Album

    engine = Echo()
    generate(open_source(albums, QUESTION), engine, tmp_path, QUESTION)
    ours = engine.batches[0][1]  # `trip 2`
    model = ScriptedModel([])
    studio = Studio(model=model)
    with Album.open(albums / "trip 2", title="photos") as album:  # a title that says nothing is not told
        plan = studio.plan(album, style="paper", length="750w", disclosure=False)
        with pytest.raises(ModelError, match="nothing more to say"):
            studio.write(album, plan, studio.look(album, plan))
        (asked,) = model.requests
        assert asked.parts[-1] == ours.parts[-1]
        assert len(asked.images) == len(ours.images) == 3
        assert asked.sampling == ours.sampling
        assert (asked.system, asked.schema) == (ours.system, ours.schema)


def test_samples_of_a_dataset_are_asked_in_their_own_words(tmp_path: Path) -> None:
    from photocast.corpus.packing import read_split
    from photocast.corpus.store import LocalStore

    write_dataset(tmp_path / "data", make_pairs(12, exchanges=1))
    engine = Echo()
    made = generate(open_source(tmp_path / "data", QUESTION, split="train"), engine, tmp_path / "out", QUESTION, each=3)
    rows = list(read_split(LocalStore(tmp_path / "data"), "train"))
    assert made.items == len(rows) > 3
    asked = [request for batch in engine.batches for request in batch]
    assert [request.parts[-1] for request in asked] == [sample.instruction for sample, _ in rows]
    assert [len(request.images) for request in asked] == [len(pictures) for _, pictures in rows]
    assert [one["id"] for one in read_answers(tmp_path / "out")] == [sample.id for sample, _ in rows]
    with pytest.raises(InputError, match="it has no split 'other'"):
        generate(open_source(tmp_path / "data", QUESTION, split="other"), Echo(), tmp_path / "none", QUESTION)


def test_albums_beyond_one_question_have_a_reason(tmp_path: Path) -> None:
    (tmp_path / "albums" / "long").mkdir(parents=True)
    for number in range(17):
        picture = Picture.effect_noise((64, 64), 90).convert("RGB")
        picture.paste((15 * number, 255 - 15 * number, 100), (0, 0, 20 + 2 * number, 40))
        picture.save(tmp_path / "albums" / "long" / f"{number}.png")
    made = generate(open_source(tmp_path / "albums", QUESTION), Echo(), tmp_path / "out", QUESTION)
    (line,) = read_answers(tmp_path / "out")
    assert made.failed == 1
    assert line["error"] == "it has 17 photos, and one question shows 16"


def test_faults_of_one_question_stop_nothing_and_others_do(albums: Path, tmp_path: Path) -> None:
    too_long = ModelError(Fault.TOO_LONG, "this is too much", "it is", "Less")
    engine = TransformersEngine(ScriptedModel([too_long, TALK] * 6))
    made = generate(open_source(albums, QUESTION), engine, tmp_path / "out", QUESTION)
    answers = list(read_answers(tmp_path / "out"))
    assert [bool(one["error"]) for one in answers[:4]] == [True, False, True, False]
    assert answers[1]["text"] == TALK
    assert made.failed == 7
    gone = ModelError(Fault.SERVER_ERROR, "it is gone", "it is", "Wait")
    with pytest.raises(ModelError, match="it is gone"):
        generate(open_source(albums, QUESTION), TransformersEngine(ScriptedModel([gone])), tmp_path / "else", QUESTION)
    assert not list((tmp_path / "else").rglob("part-*"))


def test_the_command_with_a_model(
    model: Path, albums: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from photocast.cli.main import run

    args = ["train", "generate", str(albums), "--model", str(model), "-o", str(tmp_path / "out"), "--json"]
    assert run(args) == 4  # one album is broken
    document = json.loads(capsys.readouterr().out)
    assert (document["items"], document["written"], document["failed"], document["cut"]) == (12, 12, 1, 0)
    answers = list(read_answers(tmp_path / "out"))
    assert {one["text"] for one in answers[:-1]} == {TALK}
    assert {one["finish"] for one in answers[:-1]} == {"done"}
    (one, two, _) = (answer["asked_tokens"] for answer in answers[:3])
    assert 0 < two - one <= 16 + 2, "pictures have the size of the training"
    pinned = json.loads((Shard().folder(tmp_path / "out") / "request.json").read_text("utf-8"))
    assert pinned["model"].startswith("hf:reciting@")
    assert pinned["model"].endswith("?image_tokens=16")


def test_without_vllm_it_says_what_to_do(
    model: Path, albums: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from photocast.cli.main import run

    args = ["train", "generate", str(albums), "-o", str(tmp_path / "out"), "--engine", "vllm", "--model"]
    assert run([*args, str(model)]) == 3
    assert "vllm is not installed" in capsys.readouterr().err
    (tmp_path / "adapter").mkdir()
    assert run([*args, str(tmp_path / "adapter")]) == 2
    assert "Make it one with photocast train merge" in capsys.readouterr().err


def test_it_runs_without_what_a_training_needs(model: Path, albums: Path, tmp_path: Path) -> None:
    """As beside vLLM, where the packages of the extra `train` may not be."""
    code = """
import sys
from photocast.cli.main import run
code = run(sys.argv[1:])
print("loaded:", *{"trl", "datasets", "msgspec", "pyarrow"} & set(sys.modules))
sys.exit(code)
"""
    one = tmp_path / "albums"
    shutil.copytree(albums / "trip 1", one / "trip 1")
    done = _python(tmp_path, "-c", code, "train", "generate", one, "--model", model, "-o", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "1 items, 1 written about now" in done.stdout
    assert done.stdout.splitlines()[-1] == "loaded:"


DIES = """
import os, signal, sys
from pathlib import Path
from photocast.models.names import open_model
from photocast.prompts import Prompts
from photocast.training.generate import Question, TransformersEngine, generate, open_source

albums, model, out, at, when = sys.argv[1:]
question = Question(Prompts())

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

class Dying(TransformersEngine):
    asked = 0

    def generate(self, requests):
        self.asked += 1
        if self.asked == int(at):
            if when == "asking":
                die()
            os.fsync = die  # when the part is on the disk, and has not got its name
        return super().generate(requests)

engine = Dying(open_model(f"hf:{model}?image_tokens=16"))
generate(open_source(Path(albums), question), engine, Path(out), question, each=2)
"""


@pytest.mark.slow
def test_after_kill_9_nothing_is_partial_and_nothing_is_missing(model: Path, albums: Path, tmp_path: Path) -> None:
    """Killed while the second part is asked about, and while the third one is written; then left alone."""
    out = tmp_path / "out"
    folder = Shard().folder(out)
    for at, when, there in (("2", "asking", 1), ("2", "writing", 2)):
        killed = _python(tmp_path, "-c", DIES, albums, model, out, at, when)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        parts = sorted(folder.glob("part-*.jsonl"))
        assert len(parts) == there
        for part in parts:
            assert [json.loads(line)["text"] for line in part.read_text("utf-8").splitlines()] == [TALK, TALK]
    question = Question(Prompts())
    engine = TransformersEngine(open_model(f"hf:{model}?image_tokens=16"))
    made = generate(open_source(albums, question), engine, out, question, each=2)
    assert (made.items, made.written, made.failed) == (12, 8, 1)
    assert [one["id"] for one in read_answers(out)] == [f"trip {number}" for number in range(1, 13)]


def _python(tmp_path: Path, *args: Any) -> "subprocess.CompletedProcess[str]":
    shim = tmp_path / "shim"
    shim.mkdir(exist_ok=True)
    torchvision_shim.folder_for_subprocesses(shim)
    path = os.pathsep.join([str(shim), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.run(
        [sys.executable, *map(str, args)],
        env=os.environ | {"PYTHONPATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=100,
    )
