"""What both rooms above read of stories: texts as they were written, descriptions of photos, captions beside photos."""

import json
from pathlib import Path
from typing import Any

import pytest

from photocast.schema import InputError
from photocast.stories import read_items
from photocast.stories.vist import Description, read_annotations, read_descriptions

JPEG = b"\xff\xd8\xff\xe0" + bytes(20)


def written(path: Path, content: object) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path


def sentence(place: int, **more: Any) -> list[dict[str, Any]]:
    return [
        {"story_id": "7", "album_id": "1", "photo_flickr_id": str(place), "worker_arranged_photo_order": place, **more}
    ]


def test_texts_are_there_as_they_were_written_and_as_the_literature_has_them(tmp_path: Path) -> None:
    given = {
        "images": [{"id": "0"}, {"id": "1"}],
        "annotations": [
            sentence(1, text="[male] ran .", original_text="Tom  ran."),
            sentence(0, text="it rained ."),
        ],
    }
    (story,) = read_annotations(written(tmp_path / "sis.json", given)).stories
    assert story.texts == ("it rained .", "[male] ran .")
    assert story.originals == ("it rained .", "Tom ran.")


def test_descriptions_of_single_photos(tmp_path: Path) -> None:
    given = {
        "images": [],
        "annotations": [
            [{"photo_flickr_id": "12", "text": "a dog .", "original_text": "A dog."}],
            [{"photo_flickr_id": 12, "text": "an animal on grass ."}],
            [{"photo_flickr_id": "13", "text": " ", "original_text": ""}],
            [{"photo_flickr_id": "../13", "text": "out of the folder"}],
        ],
    }
    found = read_descriptions(written(tmp_path / "dii.json", given))
    assert found == (Description("12", "A dog."), Description("12", "an animal on grass ."))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("{", "not VIST's description-in-isolation JSON"),
        ({"annotations": []}, "holds no description"),
        ({"annotations": [sentence(0, text="once")]}, "its texts belong to stories"),
        ({"annotations": [[{"text": "a dog"}]]}, "'photo_flickr_id' is missing"),
    ],
)
def test_other_files_hold_no_descriptions(tmp_path: Path, content: object, why: str) -> None:
    with pytest.raises(InputError, match=why):
        read_descriptions(written(tmp_path / "dii.json", content))


def test_an_album_has_its_story_and_what_stands_beside_each_photo(tmp_path: Path) -> None:
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).write_bytes(JPEG)
    written(tmp_path / "captions.csv", "file,caption\nb.jpg,The end\n")
    written(tmp_path / "human_story.txt", "we went .\nwe came back .\n")
    ((item,), problems) = read_items(tmp_path)
    assert item.story == ("we went .", "we came back .")
    assert item.beside == ("", "The end")
    assert problems == ()
