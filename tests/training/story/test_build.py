"""The dataset as a whole: what is in which split, that it is the same again, and that other programs read it."""

import hashlib
import io
import json
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from photocast.schema import InputError, UsageError
from photocast.testing.stories import picture, story, write_stories
from photocast.training.recipe import DataTable, StoryTable
from photocast.training.story import Built, Mixture, Reading, VisualStory, build, read_sources
from photocast.training.story.pictures import Pictures, groups_of

Book = Callable[..., Path]
Row = dict[str, Any]
ONLY = dict.fromkeys(StoryTable.model_fields, 0.0)


def built(file: Path, out: Path, table: StoryTable | None = None, **mixture: Any) -> Built:
    read = read_sources([file], Reading())
    return build(read.stories, out, Mixture(table or StoryTable(), **mixture), left_out=read.left_out)


def rows(out: Path, split: str) -> list[Row]:
    from pyarrow import parquet

    return [row for file in sorted(out.glob(f"data/{split}-*")) for row in parquet.read_table(file).to_pylist()]


def bytes_of(out: Path) -> dict[str, bytes]:
    return {file.relative_to(out).as_posix(): file.read_bytes() for file in sorted(out.rglob("*")) if file.is_file()}


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Built]:
    """Of 60 stories."""
    folder = tmp_path_factory.mktemp("stories")
    file = write_stories(folder / "book.jsonl", *(story(number) for number in range(60)))
    return folder / "out", built(file, folder / "out")


def test_shares_are_met_in_every_split_and_nothing_is_repeated(dataset: tuple[Path, Built]) -> None:
    out, result = dataset
    shares = StoryTable().model_dump()
    for split in ("train", "validation", "test"):
        tasks = Counter(row["task"] for row in rows(out, split))
        total = tasks.total()
        assert total >= 1
        assert all(abs(tasks[task] - total * share) < 1 for task, share in shares.items())
    assert {one.repeated for one in result.about.portions} == {0}
    assert result.about.samples == sum(len(rows(out, split)) for split in ("train", "validation", "test"))


def test_a_row_is_a_question_with_its_pictures_and_an_answer(dataset: tuple[Path, Built]) -> None:
    ids = []
    for row in rows(dataset[0], "train"):
        *places, asked = row["prompt"][0]["content"]
        assert [place["type"] for place in places] == ["image"] * len(row["images"])
        assert asked["type"] == "text"
        assert len(row["images"]) == len(row["shown"])
        assert row["completion"][0]["role"] == "assistant"
        assert (row["label"] != "") == (row["task"] in ("emotion", "consistency"))
        assert (row["source"], row["licence"]) == ("book", "cc-by-4.0")
        ids.append(row["id"])
    assert ids == sorted(set(ids))


def test_no_story_and_no_picture_is_in_two_splits(dataset: tuple[Path, Built]) -> None:
    where: defaultdict[str, set[str]] = defaultdict(set)
    for split in ("train", "validation", "test"):
        for row in rows(dataset[0], split):
            where[row["story"]].add(split)
            for image in row["images"]:
                where[hashlib.sha256(image["bytes"]).hexdigest()].add(split)
            if row["made"]:
                where[row["made"].partition("(of ")[2].partition(")")[0]].add(split)
    assert {len(splits) for splits in where.values()} == {1}


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(links=st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=3), min_size=1, max_size=8))
def test_stories_that_share_a_picture_however_far_are_one_group(links: list[list[int]], tmp_path: Path) -> None:
    images = [picture(tmp_path / f"{number}.png", number) for number in range(10)]
    stories = [
        VisualStory.model_validate({"id": str(at), "frames": [{"image": images[number]} for number in numbers]})
        for at, numbers in enumerate(links)
    ]
    pictures = Pictures(tmp_path)
    assert not any(pictures.take(one) for one in stories)
    groups = groups_of(stories, pictures)
    for at, one in enumerate(links):
        for place, other in enumerate(links):
            if set(one) & set(other):
                assert groups[f"/{at}"] == groups[f"/{place}"]
    reached = {number: {number} for number in range(10)}  # by pictures: the same question the slow way
    for _ in links:
        for one in links:
            together = set().union(*(reached[number] for number in one))
            for number in together:
                reached[number] = reached[number] | together
    for at, one in enumerate(links):
        for place, other in enumerate(links):
            assert (groups[f"/{at}"] == groups[f"/{place}"]) == bool(reached[one[0]] & set(other))


def test_one_file_under_two_names_is_one_picture(book: Book, tmp_path: Path) -> None:
    file = book(story(1, 2), story(2, 2))
    (tmp_path / "pictures/2-0.png").write_bytes((tmp_path / "pictures/1-0.png").read_bytes())
    stories = read_sources([file], Reading()).stories
    pictures = Pictures(tmp_path)
    assert not any(pictures.take(one) for one in stories)
    assert set(groups_of(stories, pictures).values()) == {"book/s1"}


def test_the_same_again_from_the_same_seed(book: Book, tmp_path: Path) -> None:
    file = book(*(story(number) for number in range(8)))
    built(file, tmp_path / "one", seed=5)
    built(file, tmp_path / "two", seed=5)
    built(file, tmp_path / "three", seed=6)
    assert bytes_of(tmp_path / "one") == bytes_of(tmp_path / "two")
    assert bytes_of(tmp_path / "one") != bytes_of(tmp_path / "three")


def test_the_order_of_stories_does_not_matter(book: Book, tmp_path: Path) -> None:
    stories = read_sources([book(*(story(number) for number in range(8)))], Reading()).stories
    build(stories, tmp_path / "one", Mixture(StoryTable()))
    build(stories[::-1], tmp_path / "two", Mixture(StoryTable()))
    assert bytes_of(tmp_path / "one") == bytes_of(tmp_path / "two")


def test_more_samples_than_there_are_repeat_those_of_scarce_tasks(book: Book, tmp_path: Path) -> None:
    table = StoryTable(**ONLY | {"caption": 0.5, "generation": 0.5})
    result = built(book(*(story(number) for number in range(8))), tmp_path / "out", table, samples=40)
    train = {one.task: one for one in result.about.portions if one.split == "train"}
    assert (train["caption"].taken, train["caption"].repeated) == (20, max(0, 20 - train["caption"].available))
    assert (train["generation"].taken, train["generation"].repeated) == (20, 20 - train["generation"].available)
    found = rows(tmp_path / "out", "train")
    assert len({row["id"] for row in found}) == 40
    assert {row["task"]: row for row in found if row["id"].endswith("-000-2")}.keys() >= {"generation"}


def test_pictures_stand_upright_and_carry_nothing_beside_their_pixels(book: Book, tmp_path: Path) -> None:
    file = book(story(1, frames=[{"image": "wide.jpg", "caption": "A wall."}]))
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "a secret"
    Image.new("RGB", (1600, 800), "red").save(tmp_path / "wide.jpg", exif=exif)
    built(file, tmp_path / "out", StoryTable(**ONLY | {"caption": 1}))
    (row,) = rows(tmp_path / "out", "train")
    shown = Image.open(io.BytesIO(row["images"][0]["bytes"]))
    assert shown.size == (512, 1024)
    assert not shown.getexif()
    assert b"a secret" not in row["images"][0]["bytes"]


# What goes wrong


def test_a_damaged_picture_costs_its_story_and_nothing_else(book: Book, tmp_path: Path) -> None:
    file = book(*(story(number) for number in range(12)))
    for at in range(3):
        path = tmp_path / f"pictures/4-{at}.png"
        path.write_bytes(path.read_bytes()[:60])
    result = built(file, tmp_path / "out")
    assert [(one.what, one.reason) for one in result.left_out] == [("book/s4", "picture_damaged")]
    assert result.about.left_out == {"picture_damaged": 1}
    shares = StoryTable().model_dump()
    tasks = Counter(row["task"] for row in rows(tmp_path / "out", "train"))
    assert all(abs(tasks[task] - tasks.total() * share) < 1 for task, share in shares.items())
    assert all(
        row["story"] != "book/s4" for split in ("train", "validation", "test") for row in rows(tmp_path / "out", split)
    )


def test_when_all_pictures_are_damaged_nothing_is_written(book: Book, tmp_path: Path) -> None:
    file = book(story(1), story(2))
    for path in (tmp_path / "pictures").iterdir():
        path.write_bytes(b"no picture")
    with pytest.raises(InputError, match="no story is left to make samples of"):
        built(file, tmp_path / "out")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["book.jsonl", "pictures"]


def test_a_task_without_a_sample_is_an_error_that_says_what_is_missing(book: Book, tmp_path: Path) -> None:
    frames = [{"image": f"{at}.png", "text": "They went on."} for at in range(2)]
    file = book({"id": "a", "frames": frames})
    with pytest.raises(InputError) as failed:
        built(file, tmp_path / "out")
    assert failed.value.what == "there is no sample to train caption, emotion, consistency with"
    assert failed.value.why == (
        "caption: no caption in 1; emotion: no emotion noted in 1; consistency: no character noted in 1"
    )
    assert "--set story.caption=0" in failed.value.do
    assert not (tmp_path / "out").exists()


def test_tasks_without_a_sample_can_be_skipped(book: Book, tmp_path: Path) -> None:
    tales = [
        {"id": f"t{n}", "frames": [{"image": f"{n}-{at}.png", "text": f"On and on, {n} {at}."} for at in range(3)]}
        for n in range(9)
    ]
    result = built(book(*tales), tmp_path / "out", skip_empty=True)
    tasks = Counter(row["task"] for row in rows(tmp_path / "out", "train"))
    assert set(tasks) == {"continuation", "generation"}
    assert abs(tasks["generation"] - 0.6 * tasks.total()) < 1, "of .2 and .3 that are left"
    assert "The train split has no sample of caption, emotion, consistency; the others share what is left." in (
        result.about.notes
    )


def test_captions_alone_cannot_be_asked_for_when_there_is_none(book: Book, tmp_path: Path) -> None:
    file = book({"id": "a", "frames": [{"image": "a.png"}]})
    with pytest.raises(InputError, match="no sample to train caption with: caption: no caption in 1"):
        built(file, tmp_path / "out", StoryTable(**ONLY | {"caption": 1}), skip_empty=True)


@pytest.mark.parametrize(
    ("table", "mixture", "why"),
    [
        (StoryTable(**ONLY), {}, "no task is asked"),
        (StoryTable(), {"samples": 0}, "cannot make 0 samples"),
    ],
)
def test_mixtures_that_cannot_be_meant(
    book: Book, tmp_path: Path, table: StoryTable, mixture: dict[str, Any], why: str
) -> None:
    with pytest.raises(UsageError, match=why):
        built(book(story(1)), tmp_path / "out", table, **mixture)


def test_a_folder_that_holds_something_is_left_alone(book: Book, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine", "utf-8")
    with pytest.raises(UsageError, match="it holds files, which are never overwritten"):
        built(book(story(1)), tmp_path / "out")
    assert (tmp_path / "out" / "mine.txt").read_text("utf-8") == "mine"


def test_an_empty_folder_is_taken_and_a_place_that_cannot_be_one_is_not(book: Book, tmp_path: Path) -> None:
    file = book(*(story(number) for number in range(6)))
    (tmp_path / "out").mkdir()
    built(file, tmp_path / "out")
    assert (tmp_path / "out" / "README.md").is_file()
    with pytest.raises(InputError, match="cannot write"):
        built(file, file / "out")


def test_stopped_on_the_way_nothing_is_left(book: Book, tmp_path: Path) -> None:
    file = book(*(story(number) for number in range(6)))
    before = sorted(tmp_path.rglob("*"))

    def stop(stage: str, done: int, of: int) -> None:
        if stage == "samples":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(read_sources([file], Reading()).stories, tmp_path / "out", Mixture(StoryTable()), told=stop)
    assert sorted(tmp_path.rglob("*")) == before


# Who reads it


def test_hugging_face_reads_the_folder(dataset: tuple[Path, Built], hugging_face: None) -> None:
    import datasets

    found = datasets.load_dataset(str(dataset[0]))
    assert {name: len(split) for name, split in found.items()} == {
        split: len(rows(dataset[0], split)) for split in ("train", "validation", "test")
    }
    first = found["train"][0]
    assert first["images"][0].size == (48, 40)
    assert first["prompt"][0]["content"][-1]["text"]


def test_training_reads_the_folder(dataset: tuple[Path, Built], hugging_face: None) -> None:
    from photocast.training.dataset import open_data, pictures_of, words_of

    data = open_data(dataset[0], DataTable())
    assert len(data.train) == len(rows(dataset[0], "train"))
    assert data.validation is not None
    for row in data.train:
        parts, answer = words_of(row)
        assert parts.count(None) == len(pictures_of(row, dataset[0]))
        assert answer


def test_the_card_says_what_is_in_it(dataset: tuple[Path, Built]) -> None:
    out, result = dataset
    card = (out / "README.md").read_text("utf-8")
    assert "license: cc-by-4.0" in card
    assert "  - split: train\n    path: data/train-*.parquet" in card
    for row in result.about.table:
        assert f"| {' | '.join(row)} |" in card
    assert f"{result.about.made} questions quote a statement that was made wrong" in card
    told = json.loads((out / "story.json").read_text("utf-8"))
    assert told["portions"][0]["task"] == "caption"
    for name, file in told["files"].items():
        assert file["sha256"] == hashlib.sha256((out / name).read_bytes()).hexdigest()
