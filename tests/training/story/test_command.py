"""`photocast train story` as a user meets it, real photos with real texts, and a training on what it makes."""

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from photocast.cli.main import run
from photocast.testing import torchvision_shim
from photocast.testing.stories import story, write_stories

Book = Callable[..., Path]
Captured = pytest.CaptureFixture[str]


def test_the_table_says_what_was_made_and_what_is_missing(book: Book, tmp_path: Path, capsys: Captured) -> None:
    tales = [story(number) for number in range(9)]
    tales[3] |= {"frames": tales[3]["frames"][:1]}
    file = book(*tales)
    (tmp_path / "pictures/5-1.png").unlink()
    assert run(["train", "story", str(file), "-o", str(tmp_path / "out"), "--samples", "40"]) == 0
    out = capsys.readouterr().out
    lines = {tuple(line.split()[:5]) for line in out.splitlines()}
    assert ("train", "caption", "8", "20.0%", "20.0%") in lines
    assert ("train", "generation", "12", "30.0%", "30.0%") in lines
    assert "generation: not asked of stories with one picture (1)" in out
    assert "left out: picture missing (1); such as book/s5: there is no file" in out


def test_programs_get_a_document(book: Book, tmp_path: Path, capsys: Captured) -> None:
    file = book(*(story(number) for number in range(9)))
    args = ["--set", "story.emotion=0", "--set", "story.caption=0.5", "--name", "Fox tales", "--seed", "3", "--json"]
    assert run(["train", "story", str(file), "-o", str(tmp_path / "out"), *args]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["folder"] == str(tmp_path / "out")
    assert (told["name"], told["seed"], told["shares"]["caption"]) == ("Fox tales", 3, 0.5)
    assert "emotion" not in {one["task"] for one in told["portions"]}


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["--recipe", "tiny-cpu"], 2, "the recipe tiny-cpu does not mix stories"),
        (["--set", "story.feeling=1"], 3, "there is no such value in a recipe"),
        (["--prompts", "nowhere"], 3, "it is not a folder"),
        (["--photos", "nowhere"], 2, "cannot look for photos in nowhere"),
        (["--samples", "-1"], 2, "cannot make -1 samples"),
    ],
)
def test_what_cannot_be_meant(
    book: Book, tmp_path: Path, capsys: Captured, args: list[str], code: int, words: str
) -> None:
    assert run(["train", "story", str(book(story(1))), "-o", str(tmp_path / "out"), *args]) == code
    assert words in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_real_photos_with_the_texts_of_vist(shared: Path, tmp_path: Path, capsys: Captured) -> None:
    """Five texts of VIST beside five photos of others: what is told does not fit, but everything else is real."""
    stories = sorted((shared / "paper").glob("sample_*/human_story.txt"))
    albums = [one for one in sorted((shared / "albums").iterdir()) if len(list(one.glob("*.jpg"))) >= 5][:8]
    for at, album in enumerate(albums):
        item = tmp_path / "trips" / album.name
        item.mkdir(parents=True)
        for photo in sorted(album.glob("*.jpg"))[:5]:
            shutil.copy(photo, item)
        shutil.copy(stories[at], item / "human_story.txt")
    args = ["--skip-empty", "--licence", "various", "--json"]
    assert run(["train", "story", str(tmp_path / "trips"), "-o", str(tmp_path / "out"), *args]) == 0
    told = json.loads(capsys.readouterr().out)
    taken = {(one["split"], one["task"]): one["taken"] for one in told["portions"]}
    assert taken["train", "generation"] == 6, "a story each, of the six that two splits leave"
    assert taken["train", "continuation"] == 4
    assert told["licences"] == {"various": sum(taken.values())}


def test_real_pictures_with_their_captions(shared: Path, tmp_path: Path, capsys: Captured) -> None:
    with (shared / "pairs" / "pairs.csv").open(encoding="utf-8", newline="") as file:
        pairs = list(csv.DictReader(file))[::15]
    tales = []
    for pair in pairs:
        target = tmp_path / pair["image"]
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(shared / "pairs" / pair["image"], target)
        frame = {"image": pair["image"], "caption": pair["caption"]}
        tales.append({"id": pair["image"], "licence": pair["licence"], "frames": [frame]})
    source = write_stories(tmp_path / "pairs.jsonl", *tales)
    assert run(["train", "story", str(source), "-o", str(tmp_path / "out"), "--skip-empty", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert sum(told["licences"].values()) == len(pairs)
    assert sum(one["taken"] for one in told["portions"] if one["task"] == "caption") == len(pairs)


@pytest.mark.slow
def test_the_smallest_recipe_trains_on_it(tmp_path: Path, capsys: Captured, hugging_face: None) -> None:
    torchvision_shim.install()
    source = write_stories(tmp_path / "book.jsonl", *(story(number) for number in range(16)))
    dataset = tmp_path / "stories"
    assert run(["train", "story", str(source), "-o", str(dataset)]) == 0
    capsys.readouterr()
    args = ["--recipe", "tiny-cpu", "-o", str(tmp_path / "run"), "--set", "optimisation.max_steps=4", "--json"]
    assert run(["train", "sft", str(dataset), *args]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["steps"] == 4
    assert (tmp_path / "run" / "final" / "photocast.json").is_file()
