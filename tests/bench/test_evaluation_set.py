"""Evaluation sets: which folders are items, in which order, and what is said of that which cannot be used."""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocast.bench.evaluation_set import EvaluationSet, item_ids
from photocast.schema import ConfigError, InputError, UsageError
from photocast.stories import read_story

JPEG = b"\xff\xd8\xff\xe0" + bytes(20)
"""The first bytes of a JPEG: opening a set decodes nothing, so nothing behind them matters."""


def put(path: Path, data: bytes | str = JPEG) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def test_items_are_the_folders_in_the_order_people_count(tmp_path: Path) -> None:
    for name in ("story_10", "story_2", "story_1"):
        put(tmp_path / name / "b_10.jpg")
        put(tmp_path / name / "b_9.jpg")
    put(tmp_path / "README.md", "about the set")
    put(tmp_path / ".cache" / "x.jpg")
    found = EvaluationSet.open(tmp_path)
    assert [item.id for item in found.items] == ["story_1", "story_2", "story_10"]
    assert [photo.name for photo in found.items[0].photos] == ["b_9.jpg", "b_10.jpg"]
    assert found.problems == ()
    assert found.item("story_2") is found.items[1]
    assert found.item("story_3") is None


def test_photos_in_a_folder_of_the_item_belong_to_it(tmp_path: Path) -> None:
    inner = put(tmp_path / "a" / "photos" / "1.jpg")
    put(tmp_path / "a" / "made" / ".photocast" / "state.json", "{}")
    put(tmp_path / "a" / "made" / "photos" / "p01.jpg")
    (item,) = EvaluationSet.open(tmp_path).items
    assert item.photos == (inner,), "the copies in an episode are not photos of the album"


def test_a_folder_that_holds_photos_is_a_set_of_one(tmp_path: Path) -> None:
    put(tmp_path / "05_day_out" / "1.jpg")
    found = EvaluationSet.open(tmp_path / "05_day_out")
    assert [(item.id, item.title, item.heading) for item in found.items] == [("05_day_out", None, "day out")]


def test_the_human_story_is_what_to_compare_with_and_captions_are_told(tmp_path: Path) -> None:
    put(tmp_path / "told" / "a.jpg")
    put(tmp_path / "told" / "b.jpg")
    put(tmp_path / "told" / "c.jpg")
    put(tmp_path / "told" / "captions.csv", "file,caption\nc.jpg,The end\na.jpg,A beginning\n")
    put(tmp_path / "both" / "a.jpg")
    put(tmp_path / "both" / "captions.csv", "file,caption\na.jpg,A beginning\n")
    put(tmp_path / "both" / "human_story.txt", "we set out early .\nit rained .\n")
    both, told = EvaluationSet.open(tmp_path).items
    assert told.captions == ("A beginning", "The end"), "in the order of the photos, not of the file"
    assert told.story == ()
    assert both.captions == both.story == ("we set out early .", "it rained .")


def test_an_item_of_texts_alone_is_an_item(tmp_path: Path) -> None:
    put(tmp_path / "x" / "human_story.txt", "one line in all")
    (item,) = EvaluationSet.open(tmp_path).items
    assert (item.photos, item.captions) == ((), ("one line in all",))


@pytest.mark.parametrize(
    ("text", "texts"),
    [
        (
            "Story ID: 7\n=====\n\nA Heading:\n-----\n\n[Image 1]: one .\n\n[Image 2]: two\nand more .\n",
            ("one .", "two and more ."),
        ),
        ("[Image 1]:\nalone on its line\n[Image 2]: b", ("alone on its line", "b")),
        ("image 1: a\nImage 2: b\n", ("a", "b")),
        ("the whole story . in one line .", ("the whole story . in one line .",)),
        ("first\r\n\r\nsecond\r\n", ("first", "second")),
        ("", ()),
        ("Story ID: 7\n=====\n", ()),
        ("[Image 1]:\n[Image 2]: b", ("b",)),
    ],
)
def test_layouts_of_human_stories(text: str, texts: tuple[str, ...]) -> None:
    assert read_story(text) == texts


@given(st.text())
def test_no_text_breaks_the_reader_of_stories(text: str) -> None:
    assert all(one.strip() for one in read_story(text))


def test_item_toml_gives_title_order_and_what_ought_to_be_there(tmp_path: Path) -> None:
    for name in ("1.jpg", "2.jpg", "3.jpg"):
        put(tmp_path / "a" / name)
    put(
        tmp_path / "a" / "item.toml",
        'title = "At sea"\nabout = "crossing"\nphotos = ["3.jpg", "gone.jpg", "1.jpg"]\n',
    )
    found = EvaluationSet.open(tmp_path)
    (item,) = found.items
    assert (item.title, item.about) == ("At sea", "crossing")
    assert [photo.name for photo in item.photos] == ["3.jpg", "1.jpg"]
    assert [(one.item, one.file) for one in found.problems] == [("a", "gone.jpg")]
    assert "missing" in found.problems[0].reason


def test_an_item_toml_with_a_slip_is_refused_with_its_line(tmp_path: Path) -> None:
    put(tmp_path / "a" / "1.jpg")
    put(tmp_path / "a" / "item.toml", 'title = "x"\ntitel = "y"\n')
    with pytest.raises(ConfigError, match=r"line 2: unknown key `titel`"):
        EvaluationSet.open(tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="links and pipes")
def test_what_cannot_be_used_is_listed(tmp_path: Path) -> None:
    outside = put(tmp_path / "private.jpg")
    top = tmp_path / "set"
    good = put(top / "a" / "good.jpg")
    put(top / "a" / "empty.jpg", b"")
    put(top / "a" / "page.jpg", b"<!DOCTYPE html>")
    put(top / "a" / "notes.txt", "not a photo, and nobody says it is")
    (top / "a" / "broken.jpg").symlink_to(tmp_path / "nowhere.jpg")
    (top / "a" / "leads_out.jpg").symlink_to(outside)
    (top / "a" / "within.jpg").symlink_to(good)
    os.mkfifo(top / "a" / "pipe.jpg")
    (top / "nothing").mkdir()
    found = EvaluationSet.open(top)
    assert [photo.name for photo in found.items[0].photos] == ["good.jpg", "within.jpg"]
    assert {(one.item, one.file): one.reason for one in found.problems} == {
        ("a", "broken.jpg"): "it cannot be opened: there is no such file",
        ("a", "empty.jpg"): "it is empty",
        ("a", "leads_out.jpg"): "it is a link that leads out of the folder of albums",
        ("a", "page.jpg"): "not a photo: it is a web page or other marked-up text",
        ("a", "pipe.jpg"): "it is a pipe, a socket or a device, which is never opened",
        ("nothing", ""): "it holds no photo and no human story",
    }


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names themselves")
def test_names_that_no_file_can_hold_are_listed(tmp_path: Path) -> None:
    put(tmp_path / "a" / "good.jpg")
    for folder in (b"a", b"no\xfftext"):
        (Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + folder))).mkdir(exist_ok=True)
        put(Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + folder + b"/b\xe4d.jpg")))
    found = EvaluationSet.open(tmp_path)
    assert [(item.id, len(item.photos)) for item in found.items] == [("a", 1)]
    assert [(one.item, one.file, one.reason) for one in found.problems] == [
        ("a", "bd.jpg", "its name is not text in UTF-8"),
        ("notext", "", "its name is not text in UTF-8"),
    ]


@pytest.mark.parametrize(
    "data", [b"\x00\xff\xfe" * 40, b"\xff\xfe", "[Image 1]: naïve .".encode("utf-16"), b"[Image 1]:" * 9]
)
def test_a_story_in_any_bytes_does_no_harm(data: bytes, tmp_path: Path) -> None:
    put(tmp_path / "a" / "1.jpg")
    put(tmp_path / "a" / "human_story.txt", data)
    (item,) = EvaluationSet.open(tmp_path).items
    assert all(text.isprintable() for text in item.story)


def test_a_set_of_nothing_is_refused_and_says_what_is_in_it(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        EvaluationSet.open(tmp_path / "nowhere")
    with pytest.raises(InputError, match="it is a file"):
        EvaluationSet.open(put(tmp_path / "file.txt", "x"))
    (tmp_path / "set").mkdir()
    with pytest.raises(InputError, match="no folder in it holds a photo"):
        EvaluationSet.open(tmp_path / "set")
    put(tmp_path / "set" / "a" / "1.jpg", b"")
    with pytest.raises(InputError, match=r"a/1\.jpg: it is empty"):
        EvaluationSet.open(tmp_path / "set")


def test_transcripts_are_named_by_what_tells_them_apart() -> None:
    flat = [Path("out/beach.md"), Path("out/lisbon.md")]
    assert item_ids(flat) == {flat[0]: "beach", flat[1]: "lisbon"}
    nested = [Path("set/story_1/transcript_32b.txt"), Path("set/story_2/transcript_32b.txt")]
    assert item_ids(nested) == {nested[0]: "story_1", nested[1]: "story_2"}
    deep = [Path("set/story_1/model/t.txt"), Path("set/story_2/model/t.txt")]
    assert item_ids(deep) == {deep[0]: "story_1", deep[1]: "story_2"}
    assert item_ids([]) == {}


def test_names_of_a_known_set_come_first() -> None:
    # The stems differ, but it is the folders that are the items.
    paths = [Path("set/story_1/first.txt"), Path("set/story_2/second.txt")]
    assert list(item_ids(paths).values()) == ["first", "second"]
    assert list(item_ids(paths, known=("story_1", "story_2", "story_3")).values()) == ["story_1", "story_2"]
    assert list(item_ids(paths, known=("others",)).values()) == ["first", "second"]


@pytest.mark.parametrize("paths", [["x/a.txt", "x/a.md"], ["x/a.txt", "x/a.txt"], ["a/x/1.md", "b/x/1.md", "a/y/1.md"]])
def test_transcripts_that_nothing_tells_apart(paths: list[str]) -> None:
    with pytest.raises(UsageError, match=r"cannot tell what \d transcripts are about"):
        item_ids([Path(one) for one in paths])


@given(st.lists(st.lists(st.sampled_from("abc"), min_size=2, max_size=4).map("/".join), min_size=1, unique=True))
def test_names_are_different_and_come_from_the_paths(names: list[str]) -> None:
    paths = [Path(f"{name}.md") for name in names]
    try:
        found = item_ids(paths)
    except UsageError:
        # Nothing may tell them apart by one part: then the stems are not all different either.
        assert len({path.stem for path in paths}) < len(paths)
        return
    assert list(found) == paths
    assert len(set(found.values())) == len(paths)
    assert all(name in Path(os.path.abspath(path.with_suffix(""))).parts for path, name in found.items())


def test_the_transcripts_of_the_paper(shared: Path) -> None:
    stories = EvaluationSet.open(shared / "paper")
    files = sorted((shared / "paper").glob("*/transcript_32b.txt"))
    assert set(item_ids(files).values()) == {item.id for item in stories.items}
    # 20 files have a mark for each of five images, and 5 hold the story on one line.
    assert sorted({len(item.story) for item in stories.items}) == [1, 5]
    assert sum(len(item.story) == 5 for item in stories.items) == 20
