"""What is read of each kind of source, what is left out and why, and which files are refused."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from photocast.schema import InputError, UsageError
from photocast.testing.stories import picture, story, write_stories
from photocast.training.story import Kept, Read, Reading, Shown, VisualStory, read_sources

Book = Callable[..., Path]


def read(*sources: Path, **reading: Any) -> Read:
    return read_sources(sources, Reading(**reading))


def reasons(found: Read) -> list[tuple[str, str]]:
    return [(one.what, one.reason) for one in found.left_out]


# Lines


def test_a_line_is_a_story_with_pictures_beside_the_file(book: Book, tmp_path: Path) -> None:
    (found,) = read(book(story(3, pictures=2))).stories
    assert (found.key, found.licence) == ("book/s3", "cc-by-4.0")
    assert [frame.image for frame in found.frames] == [tmp_path / "pictures/3-0.png", tmp_path / "pictures/3-1.png"]
    assert found.frames[1].characters == (Shown(name="Ines", emotion="joy", look={"hair": "yellow", "bag": "bag3"}),)
    assert found.whole == "Ines came to place 0 of tale 3. Ines came to place 1 of tale 3."


def test_texts_come_on_one_line_and_emotions_in_lower_case(book: Book) -> None:
    frame = {"image": "a.png", "text": " It\n rained. ", "characters": [{"name": "the  girl", "emotion": " Joy"}]}
    (found,) = read(book({"id": "x", "frames": [frame]}), licence="mit").stories
    assert found.frames[0].text == "It rained."
    assert found.frames[0].characters[0] == Shown(name="the girl", emotion="joy")
    assert found.licence == "mit", "what the file does not state, the command does"


def test_a_story_without_one_of_its_pictures_is_left_out(book: Book, tmp_path: Path) -> None:
    file = book(story(1), story(2))
    (tmp_path / "pictures/1-2.png").unlink()
    found = read(file)
    assert [one.id for one in found.stories] == ["s2"]
    assert reasons(found) == [("book/s1", "picture_missing")]
    assert "1-2.png" in found.left_out[0].detail


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('{"id": "a", ', "it is not JSON"),
        ("[" * 100_000, "it is not JSON"),
        ('{"id": "a", "frames": []}', "frames: Tuple should have at least 1 item"),
        ('{"id": "a", "frames": [{"image": "a.png", "mood": 1}]}', "frames.0.mood: Extra inputs"),
        ('{"id": "a", "frames": [{"image": "a.png", "text": " "}]}', "frames.0.text: String should match"),
        ('{"id": "a", "frames": [{"image": "../../etc/a.png"}]}', "lies outside of the folder"),
        ('{"id": "a", "frames": [{"image": "/etc/a.png"}]}', "lies outside of the folder"),
        ('{"id": "s1", "frames": [{"image": "a.png"}]}', "line 1 has the same id, 's1'"),
        ('{"id": "a", "source": "x", "frames": [{"image": "a.png"}]}', "`source` is for readers"),
        (
            '{"id": "a", "frames": [{"image": "a.png", "characters": [{"name": "A", "emotion": "bliss"}]}]}',
            "frames.0.characters.0.emotion: 'bliss' is none of joy",
        ),
        (
            '{"id": "a", "frames": [{"image": "a.png", "characters": [{"name": "A"}, {"name": "a"}]}]}',
            "a is noted twice in one picture",
        ),
    ],
)
def test_a_line_that_is_no_story_is_named(book: Book, line: str, why: str) -> None:
    with pytest.raises(InputError) as failed:
        read(book(story(1), "", line))
    assert "line 3, cannot be used" in failed.value.what
    assert why in failed.value.why


@pytest.mark.parametrize(("content", "why"), [(b"\n \n", "the file is empty"), (b"\xff\xfe{", "not text in UTF-8")])
def test_files_without_stories_are_refused(tmp_path: Path, content: bytes, why: str) -> None:
    (tmp_path / "x.jsonl").write_bytes(content)
    with pytest.raises(InputError, match=why):
        read(tmp_path / "x.jsonl")


# VIST


def vist(tmp_path: Path, *stories: tuple[str, tuple[int, ...]]) -> Path:
    """A story-in-sequence file and a description-in-isolation file of the same photos."""
    photos = sorted({photo for _, numbers in stories for photo in numbers})
    sentences = [
        [
            {
                "story_id": name,
                "album_id": "1",
                "photo_flickr_id": str(photo),
                "worker_arranged_photo_order": place,
                "text": f"[male] saw {photo} .",
                "original_text": f"Tom saw {photo}.",
            }
        ]
        for name, numbers in stories
        for place, photo in enumerate(numbers)
    ]
    singles = [
        [{"photo_flickr_id": str(photo), "text": "x .", "original_text": f"Photo {photo}, {time}."}]
        for photo in photos
        for time in (1, 2)
    ]
    images = [{"id": str(photo)} for photo in photos]
    file = tmp_path / "train.story-in-sequence.json"
    file.write_text(json.dumps({"images": images, "annotations": sentences}), "utf-8")
    other = tmp_path / "train.description-in-isolation.json"
    other.write_text(json.dumps({"images": images, "annotations": singles}), "utf-8")
    return file


def test_vist_is_read_as_it_was_written_with_photos_from_anywhere_below(tmp_path: Path) -> None:
    file = vist(tmp_path, ("7", (11, 12)), ("8", (12, 13)))
    picture(tmp_path / "images/a/11.jpg", 1)
    picture(tmp_path / "images/b/12.png", 2)
    found = read(file, file.with_name("train.description-in-isolation.json"), photos=(tmp_path / "images",))
    first, *singles = found.stories
    assert (first.key, first.whole) == ("vist-train/7", "Tom saw 11. Tom saw 12.")
    assert first.frames[1].image == tmp_path / "images/b/12.png"
    assert [(one.key, one.frames[0].caption) for one in singles] == [
        ("vist-train-single/11-1", "Photo 11, 1."),
        ("vist-train-single/11-2", "Photo 11, 2."),
        ("vist-train-single/12-1", "Photo 12, 1."),
        ("vist-train-single/12-2", "Photo 12, 2."),
    ]
    assert reasons(found)[0] == ("vist-train/8", "picture_missing")
    assert len(found.left_out) == 3


def test_vist_without_photos_is_refused(tmp_path: Path) -> None:
    file = vist(tmp_path, ("7", (11, 12)))
    with pytest.raises(UsageError, match="the photos of VIST are missing"):
        read(file)
    with pytest.raises(UsageError, match="it is no folder"):
        read(file, photos=(tmp_path / "nowhere",))
    (tmp_path / "images").mkdir()
    with pytest.raises(InputError, match="no story can be used: vist-train/7: there is no photo 11"):
        read(file, photos=(tmp_path / "images",))


# Albums


def album(tmp_path: Path, name: str, photos: int, tale: str = "", captions: str = "") -> Path:
    for number in range(photos):
        picture(tmp_path / "albums" / name / f"{number}.png", len(name) * 10 + number)
    folder = tmp_path / "albums" / name
    folder.mkdir(parents=True, exist_ok=True)
    if tale:
        (folder / "human_story.txt").write_text(tale, "utf-8")
    if captions:
        (folder / "captions.csv").write_text(captions, "utf-8")
    return tmp_path / "albums"


def notes(folder: Path, name: str, *rows: dict[str, Any]) -> None:
    (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def test_albums_have_captions_stories_and_notes(tmp_path: Path) -> None:
    folder = album(tmp_path, "picnic", 2, "Ada sang.\nIt rained.\n", "file,caption\n1.png,A wet rug\n")
    album(tmp_path, "zoo", 3, "One long story for all three.")
    notes(
        folder,
        "emotions.jsonl",
        {"item": "picnic", "character": "Ada", "emotion": "joy", "photo": "0.png"},
        {"item": "picnic", "character": "Ada", "emotion": "joy", "photo": "p01"},
        {"item": "picnic", "character": "Ada", "emotion": "anger", "photo": "p02"},
        {"item": "picnic", "character": "Leo", "emotion": "fear"},
        {"item": "picnic", "character": "Leo", "emotion": "fear", "photo": "9.png"},
        {"item": "nowhere", "character": "Leo", "emotion": "fear", "photo": "p01"},
    )
    notes(
        folder,
        "characters.jsonl",
        {"item": "picnic", "character": "Ada", "consistent": False, "attribute": "age"},
        {"item": "picnic", "character": "Ada", "consistent": True, "system": "ours"},
    )
    found = read(folder, licence="cc0-1.0")
    picnic, zoo = found.stories
    assert [frame.caption for frame in picnic.frames] == [None, "A wet rug"]
    assert picnic.texts == ("Ada sang.", "It rained.")
    assert [frame.characters for frame in picnic.frames] == [
        (Shown(name="Ada", emotion="joy"),),
        (Shown(name="Ada", emotion="anger"),),
    ]
    assert picnic.kept == (Kept(character="Ada", consistent=False, attribute="age"),)
    assert (zoo.whole, zoo.texts) == ("One long story for all three.", None)
    assert {one.licence for one in found.stories} == {"cc0-1.0"}
    assert sorted(reason for _, reason in reasons(found)) == [
        "emotion_of_no_picture",
        "note_on_a_system",
        "note_on_no_album",
        "note_on_no_picture",
    ]


def test_two_feelings_under_two_names_of_one_photo_are_refused(tmp_path: Path) -> None:
    folder = album(tmp_path, "picnic", 1)
    feels = {"item": "picnic", "character": "Ada"}
    notes(
        folder,
        "emotions.jsonl",
        feels | {"emotion": "joy", "photo": "0.png"},
        feels | {"emotion": "fear", "photo": "p01"},
    )
    with pytest.raises(InputError, match="Ada feels two things in p01 of picnic"):
        read(folder)


def test_what_is_no_part_of_an_album_is_left_out_with_the_reason(tmp_path: Path) -> None:
    folder = album(tmp_path, "picnic", 1)
    (folder / "picnic" / "broken.jpg").write_bytes(b"")
    album(tmp_path, "texts", 0, "Alone.")
    assert reasons(read(folder)) == [("picnic/broken.jpg", "not_part_of_an_album"), ("texts", "no_pictures")]


# Which reader


@pytest.mark.parametrize(("name", "why"), [("x.csv", "a source is a .jsonl of stories"), ("", "there is no such file")])
def test_other_sources_are_refused(tmp_path: Path, name: str, why: str) -> None:
    source = tmp_path / (name or "nothing.jsonx")
    if name:
        source.write_text("a,b", "utf-8")
    with pytest.raises(UsageError, match=why):
        read(source)


def test_two_sources_of_one_name_must_not_be_taken_for_one(book: Book, tmp_path: Path) -> None:
    first = book(story(1))
    second = tmp_path / "other" / "book.jsonl"
    second.parent.mkdir()
    second.write_bytes(first.read_bytes())
    for at in range(3):
        picture(tmp_path / f"other/pictures/1-{at}.png", at)
    with pytest.raises(UsageError, match="both are called book/s1"):
        read(first, second)


def test_the_story_in_the_documents_is_one(tmp_path: Path) -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "story_instruct.md").read_text("utf-8")
    shown = json.loads(re.findall(r"```json\n(.*?)```", page, re.DOTALL)[0])
    (found,) = read(write_stories(tmp_path / "comics.jsonl", shown)).stories
    assert found.frames[0].characters[0].look == {"fur": "red", "scarf": "green"}
    assert found.whole == "Rusty knocked. Nobody was in."


def test_the_form_holds_all_that_a_story_may_say() -> None:
    assert set(VisualStory.model_fields) == {"id", "frames", "story", "kept", "licence", "source"}
