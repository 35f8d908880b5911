"""`photocast train eval`: what a model wrote before its training and after, on pictures that it has not seen."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Picture

from photocast.bench.results import BenchResult
from photocast.models.local.trained import Trained, write_trained
from photocast.models.tiny import build_adapter, build_tiny
from photocast.runs.report import ModelUse
from photocast.testing import FakeProvider, torchvision_shim
from photocast.testing.pairs import make_pairs, write_dataset
from photocast.training import read_recipe, recipe_text
from photocast.training.after.evaluation import read_evaluation
from photocast.training.folder import RunFolder
from photocast.training.rewards import Judged

BEFORE = """\
Speaker 1: The boat is red and the sky is grey and I would not go out in it.
Speaker 2: It is a boat. It is red. I agree with all of that, and with the sky as well.
Speaker 1: Then we agree.
Speaker 2: We do.
"""
AFTER = """\
Speaker 1: So who painted it?
Speaker 2: My uncle. And then he could not find it in the fog, which was the point of the colour, he said, for years.
Speaker 1: Did he—
Speaker 2: He found the pier. With the boat.
Speaker 1: Oh no.
"""


@pytest.fixture(scope="module", autouse=True)
def _usable_torchvision() -> None:
    torchvision_shim.install()


@pytest.fixture(autouse=True)
def _no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHOTOCAST_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path / "cache"))


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base that recites one talk, the dataset of a training, and the model that recites another talk after it."""
    shelf = tmp_path_factory.mktemp("shelf")
    build_tiny("qwen3_vl", shelf / "base", recites=BEFORE)
    build_tiny("qwen3_vl", shelf / "trained", recites=AFTER)
    write_trained(
        shelf / "trained", Trained(image_tokens=16, base=str(shelf / "base"), recipe="tiny-cpu", method="sft")
    )
    write_dataset(shelf / "dataset", make_pairs(12, exchanges=1))
    return shelf


@pytest.fixture
def run(shelf: Path, tmp_path: Path) -> RunFolder:
    """The folder of a training that has come to its end."""
    folder = RunFolder(tmp_path / "run")
    folder.path.mkdir()
    recipe = read_recipe("tiny-cpu", [f"model.base={shelf / 'base'}"])
    folder.recipe.write_text(recipe_text(recipe), "utf-8")
    pleased = ModelUse(model="openai:pleased", way="direct", prompts="1")
    judge = Judged(judge="openai:pleased", prompts="1", texts=8, empty=0, unanswered=0, use=pleased)
    facts = {"dataset": str(shelf / "dataset"), "rewarded_by": [judge.model_dump(mode="json")]}
    folder.facts.write_text(json.dumps(facts), "utf-8")
    shutil.copytree(shelf / "trained", folder.final)
    return folder


@pytest.fixture
def albums(tmp_path: Path) -> Path:
    """Three albums of two pictures each."""
    folder = tmp_path / "albums"
    for number in range(3):
        (folder / f"trip_{number}").mkdir(parents=True)
        for at, colour in enumerate(("red", "navy")):
            picture = Picture.new("RGB", (64, 48), colour)
            picture.putpixel((number, at), (255, 255, 255))
            picture.save(folder / f"trip_{number}" / f"{at}.png")
    return folder


def test_both_models_write_and_stand_beside_each_other(run: RunFolder, albums: Path, inside: Any) -> None:
    ran = inside("train", "eval", run.path, albums, "--length", "60w", "--local")
    assert ran.code == 0, ran.err
    out = run.path / "eval"
    result = BenchResult.model_validate_json((out / "results.json").read_bytes())
    assert [(one.name, one.scores.n) for one in result.systems] == [("before", 3), ("after", 3)]
    found = read_evaluation(out)
    assert found is not None
    assert found.leak.compared
    assert found.leak.pictures == 0
    assert (found.style, found.words) == ("paper", 60)
    assert found.before.endswith("base?image_tokens=16")
    assert found.after.endswith("final?image_tokens=16")
    (comparison,) = found.comparisons
    turns = next(one for one in comparison.changes if one.metric == "turns")
    assert (turns.before.value, turns.after.value, turns.difference) == (4, 5, 1)
    assert turns.ci95 == (1, 1)  # every album has the same talk
    assert "my uncle" in (out / "systems" / "after" / "trip_0.md").read_text("utf-8").casefold()
    assert "my uncle" in (out / "report.html").read_text("utf-8").casefold()
    line = next(line for line in ran.out.splitlines() if line.startswith("turns "))
    assert line.split()[:4] == ["turns", "4", "5", "1"]
    assert str(out / "eval.json") in ran.out

    (out / "eval.json").unlink()
    kept = {path: path.stat().st_mtime_ns for path in (out / "systems").rglob("*")}
    again = inside("train", "eval", run.path / "final", albums, "--length", "60w", "--json")
    assert again.code == 0, again.err
    assert again.document["comparisons"][0]["other"] == "before"
    assert read_evaluation(out) == found
    assert kept == {path: path.stat().st_mtime_ns for path in (out / "systems").rglob("*")}, "nothing is written twice"


def test_pictures_of_the_training_are_refused(
    run: RunFolder, shelf: Path, albums: Path, tmp_path: Path, inside: Any
) -> None:
    files = make_pairs(12, exchanges=1).files
    learned = _pictures_of(shelf / "dataset", "train")
    (albums / "trip_1" / "9.png").write_bytes(files[learned])
    flags = (albums, "--length", "60w")
    ran = inside("train", "eval", run.path, *flags)
    assert ran.code == 4
    assert "the model was trained on pictures of the evaluation: 1 pictures, in trip_1" in ran.err
    assert not (run.path / "eval").exists()

    moved = run.path.with_name("dataset")
    shutil.copytree(shelf / "dataset", moved)
    run.facts.write_text("{}", "utf-8")
    unknown = inside("train", "eval", run.path, *flags)
    assert unknown.code == 4
    assert "nobody can tell" in unknown.err
    found = inside("train", "eval", run.path, *flags, "--dataset", moved)
    assert "1 pictures, in trip_1" in found.err

    allowed = inside("train", "eval", run.path, *flags, "--dataset", moved, "--allow-leak", "--json")
    assert allowed.code == 0, allowed.err
    assert allowed.document["leak"] == {"compared": True, "pictures": 1, "items": ["trip_1"]}


def _pictures_of(dataset: Path, split: str) -> str:
    """SHA-256 of one picture that is in a split and in no other place."""
    from photocast.corpus.packing import read_split
    from photocast.corpus.store import LocalStore

    sample, _ = next(iter(read_split(LocalStore(dataset), split)))
    return sample.pictures[0].sha256


def test_a_judge_that_has_rewarded_does_not_judge(run: RunFolder, albums: Path, inside: Any) -> None:
    ran = inside("train", "eval", run.path, albums, "--judges", "openai:other,openai:Pleased?effort=low")
    assert ran.code == 2
    assert "openai:Pleased?effort=low cannot judge this model: its training was rewarded by openai:pleased" in ran.err
    assert not (run.path / "eval").exists()


@pytest.mark.slow
def test_judges_say_which_they_prefer(run: RunFolder, albums: Path, inside: Any) -> None:
    first = json.dumps({"reason": "it flows", "verdict": "first better"})
    flags = ("--length", "60w", "--judges", "ollama:x", "--yes", "--json")
    with FakeProvider(first) as judge:
        ran = inside("train", "eval", run.path, albums, *flags, env={"OLLAMA_HOST": judge.url})
    assert ran.code == 0, ran.err
    assert ran.document["judges"] == ["ollama:x"]
    preferred = {one["criterion"]: (one["rate"], one["items"]) for one in ran.document["preferences"]}
    assert preferred["flow"] == (0.5, 3)  # whoever always takes the first prefers neither
    assert ran.document["judging"]["votes"] == 5 * 3 * 2  # criteria, albums, orders
    assert (run.path / "eval" / "judged" / "judging.html").is_file()


def test_adapters_go_on_their_base(run: RunFolder, shelf: Path, albums: Path, tmp_path: Path, inside: Any) -> None:
    shutil.rmtree(run.final)
    build_adapter(shelf / "base", run.final, strength=0)
    write_trained(run.final, Trained(image_tokens=16, base=str(shelf / "base"), recipe="tiny-cpu", method="sft"))
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "trip_1.txt").write_text(AFTER, "utf-8")
    one = tmp_path / "one"
    shutil.copytree(albums / "trip_2", one / "else")
    ran = inside(
        *("train", "eval", run.path, albums / "trip_1", one, "--also", f"people={theirs}", "--length", "60w"),
        *("-o", tmp_path / "out", "--json"),
    )
    assert ran.code == 0, ran.err
    assert ran.document["items"] == ["trip_1", "else"]
    assert ran.document["also"] == {"people": "transcripts"}
    before, people = ran.document["comparisons"]
    assert {one["difference"] for one in before["changes"]} == {0.0}  # an adapter that changes nothing
    assert people["other"] == "people"


@pytest.mark.parametrize(
    ("change", "code", "why"),
    [
        (lambda run: shutil.rmtree(run.final), 4, "has not come to its end"),
        (lambda run: (run.final / "photocast.json").unlink(), 4, "has not come to its end"),
        (lambda run: run.recipe.unlink(), 4, "there is no photocast.json in it"),
    ],
)
def test_what_cannot_be_evaluated(change: Any, code: int, why: str, run: RunFolder, albums: Path, inside: Any) -> None:
    change(run)
    ran = inside("train", "eval", run.path, albums)
    assert ran.code == code, ran.err
    assert why in ran.err


def test_a_merged_model_needs_a_place_for_its_evaluation(shelf: Path, albums: Path, inside: Any) -> None:
    ran = inside("train", "eval", shelf / "trained", albums)
    assert ran.code == 2
    assert "Name a folder with -o" in ran.err


@pytest.mark.slow
def test_a_model_that_writes_nothing_is_an_error_with_a_record(
    run: RunFolder, albums: Path, tmp_path: Path, inside: Any
) -> None:
    shutil.rmtree(run.final)
    build_tiny("qwen3_vl", run.final, recites="Nobody says anything here.")
    write_trained(
        run.final,
        Trained(image_tokens=16, base=str(read_base(run)), recipe="tiny-cpu", method="sft"),
    )
    ran = inside("train", "eval", run.path, albums, "--length", "60w", "--json")
    assert ran.code == 5, ran.err
    found = read_evaluation(run.path / "eval")
    assert found is not None
    assert found.comparisons == ()
    assert all(one.error for one in _generations(run.path / "eval", "after"))


def read_base(run: RunFolder) -> str:
    return read_recipe(str(run.recipe)).model.base


def _generations(out: Path, system: str) -> Any:
    result = BenchResult.model_validate_json((out / "results.json").read_bytes())
    return next(one.generations for one in result.systems if one.name == system)
