"""`photocast corpus`: from a generated SPoRC to a dataset, with a server on loopback that marks, writes and draws."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from photocast.testing import FakeProvider
from photocast.testing.annotators import PlantedAnnotator, annotator_who_draws
from photocast.testing.sporc import write_legacy


@pytest.fixture(scope="module")
def server() -> Iterator[FakeProvider]:
    with FakeProvider(annotator_who_draws()) as provider:
        yield provider


@pytest.fixture(scope="module")
def sporc(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sporc")
    write_legacy(folder, episodes=60, seed=3)
    return folder


@pytest.fixture
def recipe(tmp_path: Path, sporc: Path, server: FakeProvider, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PHOTOCAST_STATE", str(tmp_path / "state"))
    path = tmp_path / "recipe.toml"
    path.write_text(
        f'[source]\npath = "{sporc}"\n[select]\ncompare = ["paper"]\n[choose]\nwindows = 3\npart_size = 2\n'
        f'[excerpt]\nmodel = "openai:marks"\nbase_url = "{server.url}"\n'
        f'[illustrate]\nmodel = "openai:draws"\nbase_url = "{server.url}"\n'
    )
    return path


def test_from_a_source_to_a_dataset(inside: Any, recipe: Path, tmp_path: Path, server: FakeProvider) -> None:
    out = tmp_path / "corpus"
    ran = inside("corpus", "run", recipe, "-o", out, "--yes", "--local", "--json")
    assert ran.code == 0, ran.err
    stages = {one["stage"]: one for one in ran.document["funnel"]["stages"]}
    assert list(stages) == ["read", "select", "window", "choose", "excerpt", "scenes", "illustrate", "pack"]
    assert stages["pack"]["kept"] == stages["choose"]["kept"] == 3
    assert all(one["taken"] == one["kept"] + sum(one["dropped"].values()) for one in stages.values())
    assert set(ran.document["funnel"]["rules"]) == {"paper"}
    assert (out / "dataset" / "README.md").is_file()
    charged = server.charges
    again = inside("corpus", "run", recipe, "-o", out, "--yes", "--local", "--json")
    assert again.document["funnel"] == ran.document["funnel"]
    assert server.charges == charged

    shown = inside("corpus", "funnel", out)
    assert shown.code == 0, shown.err
    assert "not two main speakers" in shown.out
    assert "this corpus" in shown.out

    sheet = inside("corpus", "sheet", out, "-o", tmp_path / "sheet")
    assert sheet.code == 0, sheet.err
    assert (tmp_path / "sheet" / "sheet-001.html").is_file()

    exported = inside("corpus", "export", out, "recipe-with-pictures", "-o", tmp_path / "recipe")
    assert exported.code == 0, exported.err
    source = json.loads(ran.out)["corpus"] and recipe.read_text().split('"')[1]
    rebuilt = inside("corpus", "rebuild", tmp_path / "recipe", "--source", source, "-o", tmp_path / "again", "--json")
    assert rebuilt.code == 0, rebuilt.err
    assert rebuilt.document["packed"] == 3
    name = "data/train-00000-of-00001.parquet"
    assert (tmp_path / "again/dataset" / name).read_bytes() == (out / "dataset" / name).read_bytes()


def test_a_dry_run_asks_nothing(inside: Any, recipe: Path, tmp_path: Path, server: FakeProvider) -> None:
    before = len(server.requests)
    ran = inside("corpus", "run", recipe, "-o", tmp_path / "corpus", "--dry-run")
    assert ran.code == 0, ran.err
    assert "excerpt: 3 questions to openai:marks" in ran.err
    assert "Stopped before excerpt" in ran.out
    assert len(server.requests) == before


def test_batches_are_waited_for(inside: Any, recipe: Path, tmp_path: Path, server: FakeProvider) -> None:
    command = ("corpus", "scenes", recipe, "-o", tmp_path / "corpus", "--yes", "--set", "excerpt.batch=true")
    before = server.charges
    ran = inside(*command)
    assert ran.code == 0, ran.err
    assert "3 questions of excerpt wait for their answers in batches" in ran.out
    assert inside("collect", tmp_path / "corpus").code == 0
    ran = inside(*command)
    assert ran.code == 0, ran.err
    assert "wait for their answers" not in ran.out
    assert server.charges - before == 6  # three in a batch, and three scenes, which may not go into one


def test_text_of_sporc_is_not_sent_away_unasked(inside: Any, recipe: Path, tmp_path: Path) -> None:
    ran = inside(
        "corpus", "run", recipe, "-o", tmp_path / "corpus", "--yes",
        "--set", "excerpt.base_url=", "--set", "excerpt.model=openai:gpt-5-mini",
        env={"OPENAI_API_KEY": "sk-nobody"},
    )  # fmt: skip
    assert ran.code == 2
    assert "third party" in ran.err
    assert "--accept-terms sporc" in ran.err


def test_what_is_missing_is_said_before_anything_is_done(inside: Any, recipe: Path, tmp_path: Path) -> None:
    ran = inside("corpus", "run", recipe, "-o", tmp_path / "corpus", "--set", "illustrate.model=")
    assert ran.code == 3
    assert "no model for illustrate" in ran.err
    assert not (tmp_path / "corpus").exists()


def test_stages_by_themselves_give_the_same_bytes(inside: Any, recipe: Path, tmp_path: Path) -> None:
    for stage in ("read", "select", "window"):
        assert inside("corpus", stage, recipe, "-o", tmp_path / "one").code == 0
    assert inside("corpus", "window", recipe, "-o", tmp_path / "joined").code == 0
    names = sorted(path.name for path in (tmp_path / "one/window").iterdir())
    assert names == sorted(path.name for path in (tmp_path / "joined/window").iterdir())
    for name in names:
        assert (tmp_path / "one/window" / name).read_bytes() == (tmp_path / "joined/window" / name).read_bytes()


def test_a_changed_recipe_redoes_what_it_changes(inside: Any, recipe: Path, tmp_path: Path) -> None:
    out = tmp_path / "corpus"
    assert inside("corpus", "choose", recipe, "-o", out).code == 0
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
    assert inside("corpus", "choose", recipe, "-o", out, "--set", "choose.windows=2").code == 0
    now = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
    changed = {path.parent.name for path, time in before.items() if now.get(path) != time}
    assert changed == {"choose"}


def test_a_damaged_part_is_named(inside: Any, recipe: Path, tmp_path: Path) -> None:
    out = tmp_path / "corpus"
    assert inside("corpus", "window", recipe, "-o", out).code == 0
    (part,) = (out / "window").glob("*[0-9].jsonl.gz")
    part.write_bytes(gzip.compress(b"not what it was"))
    ran = inside("corpus", "choose", recipe, "-o", out)
    assert ran.code == 4
    assert f"window/{part.name}" in ran.err


def test_no_corpus_there(inside: Any, tmp_path: Path) -> None:
    ran = inside("corpus", "funnel", tmp_path)
    assert ran.code == 4
    assert "no corpus" in ran.err


def test_rules_are_listed_and_shown(inside: Any) -> None:
    listed = inside("corpus", "rules")
    assert "monologue:" in listed.out
    assert "strict, conversation, paper" in listed.out
    assert "most 0.85" in inside("corpus", "rules", "strict").out
    assert inside("corpus", "rules", "loose").code == 3


def test_an_object_store_holds_the_same(inside: Any, recipe: Path, tmp_path: Path) -> None:
    from photocast.corpus import open_store

    remote = open_store(f"memory://{tmp_path.name}/corpus")
    for out in (tmp_path / "corpus", remote.where):
        ran = inside("corpus", "run", recipe, "-o", out, "--yes", "--now")
        assert ran.code == 0, ran.err
    local = open_store(tmp_path / "corpus")
    names = [name for name in local.names("") if not name.startswith("split/")]
    assert names == [name for name in remote.names("") if not name.startswith("split/")]
    assert all(local.read(name) == remote.read(name) for name in names)


@pytest.mark.parametrize("command", [("funnel", "corpus"), ("rules",), ("run", "recipe.toml", "-o", "corpus")])
def test_without_its_packages_it_says_which_extra_brings_them(
    run: Any, tmp_path: Path, command: tuple[str, ...]
) -> None:
    (tmp_path / "msgspec.py").write_text("raise ModuleNotFoundError('no msgspec', name='msgspec')")
    ran = run("corpus", *command, env={"PYTHONPATH": str(tmp_path)})
    assert ran.code == 3
    assert "pip install 'photocast[corpus]'" in ran.err


def test_whatever_models_do_the_funnel_adds_up(inside: Any, recipe: Path, tmp_path: Path) -> None:
    faults = PlantedAnnotator(
        not_visual=0.06, unsafe=0.06, poor=0.06, outside=0.06, retyped=0.06, cut=0.06, refused=0.06, named=0.3
    )
    out = tmp_path / "corpus"
    write_legacy(tmp_path / "sporc", episodes=400, seed=8)
    with FakeProvider(annotator_who_draws(faults)) as server:
        changes = (
            f"source.path={tmp_path / 'sporc'}",
            f"excerpt.base_url={server.url}",
            f"illustrate.base_url={server.url}",
            "choose.windows=60",
        )
        options = [word for change in changes for word in ("--set", change)]
        ran = inside("corpus", "run", recipe, "-o", out, "--yes", "--json", *options)
    assert ran.code == 0, ran.err
    stages = {one["stage"]: one for one in ran.document["funnel"]["stages"]}
    assert set(stages["excerpt"]["dropped"]) >= {"not_marked", "refused", "unsafe"}
    assert stages["excerpt"]["kept"] == stages["scenes"]["taken"] > 0
    assert all(one["taken"] == one["kept"] + sum(one["dropped"].values()) for one in stages.values())
