"""Chapters follow the photos, tile the time, and are few enough to be of use."""

import json
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from photocast.publish.chapters import ChapterMark, chapters, chapters_json
from photocast.schema import InputError, Script, Timeline
from publish.said import HELLO, Said, said, talks

if TYPE_CHECKING:
    from tests.conftest import Golden


def spoken(*turns: tuple[float, str, str], until: float) -> tuple[ChapterMark, ...]:
    """Chapters of turns given by their start, their photos and their text; each lasts until the next."""
    ends = [*(turn[0] for turn in turns[1:]), until]
    timed: list[Said] = [
        ("Maya", text, start, end, tuple(photos.split()))
        for (start, photos, text), end in zip(turns, ends, strict=True)
    ]
    return chapters(*said(*timed, seconds=until))


def where(marks: tuple[ChapterMark, ...]) -> list[tuple[float, float, str | None]]:
    return [(mark.start, mark.end, mark.photo) for mark in marks]


def test_a_chapter_begins_at_a_photo_that_the_one_before_did_not_have() -> None:
    marks = spoken(
        (1, "", "Hello and welcome to this."),
        (25, "p01", "A dog on some leaves."),
        (40, "", "I like leaves."),
        (45, "p01", "So does the dog."),
        (60, "p02 p01", "The same dog, on a rock."),
        (85, "p01", "As on the leaves."),
        (100, "p03", "The sea."),
        until=130,
    )
    assert marks == (
        ChapterMark(0.0, 25, "Opening", None),
        ChapterMark(25, 60, "A dog on some leaves.", "p01"),
        ChapterMark(60, 100, "The same dog, on a rock.", "p02"),
        ChapterMark(100, 130, "Photo 3", "p03"),
    )


def test_a_turn_about_the_whole_album_is_about_no_photo() -> None:
    marks = spoken(
        (0, "p01 p02 p03 p04 p05", "Five photos, all of a dog."),
        (30, "p01", "The first of them is dark."),
        (60, "p02", "The second one is not."),
        until=90,
    )
    assert where(marks) == [(0, 30, None), (30, 60, "p01"), (60, 90, "p02")]


def test_a_short_opening_belongs_to_the_first_photo() -> None:
    marks = spoken((0, "", "Hello."), (7.9, "p01", "This is a dog."), until=60)
    assert marks == (ChapterMark(0.0, 60, "This is a dog.", "p01"),)


def test_a_short_chapter_is_joined_with_the_next_and_a_short_last_one_with_the_one_before() -> None:
    marks = spoken(
        (0, "p01", "The first of them."),
        (30, "p02", "The second of them."),
        (37, "p03", "The third of them."),
        (60, "p04", "The fourth of them."),
        (95, "p05", "The fifth of them."),
        until=100,
    )
    assert where(marks) == [(0, 30, "p01"), (30, 60, "p02"), (60, 100, "p04")]


def test_there_are_no_more_than_three_a_minute() -> None:
    turns = [(9.0 * number, f"p{number + 1:02d}", "Another photo of a dog.") for number in range(20)]
    marks = spoken(*turns, until=180)
    assert len(marks) == 9
    assert (marks[0].start, marks[-1].end) == (0, 180)


def test_only_small_talk_is_one_opening() -> None:
    assert spoken((2, "", "Hello."), (50, "", "Goodbye."), until=90) == (ChapterMark(0.0, 90, "Opening", None),)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Second one, woods. There’s a rock, the dog is on it.", "Second one, woods. There’s a rock, the…"),
        ("x" * 39 + " and more", "Photo 1"),
        ("x" * 300, "Photo 1"),
        ("Well. Five.", "Photo 1"),
        ("Look at this —— " + "y" * 40, "Look at this…"),
        ("Exactly forty characters long, this one.", "Exactly forty characters long, this one."),
        ("Turned\u202e around,\n\nin lines", "Turned around, in lines"),
    ],
)
def test_a_title_is_the_first_words_or_else_the_place_in_the_album(text: str, title: str) -> None:
    assert spoken((0, "p01", text), until=30)[0].title == title


@given(talks())
def test_chapters_tile_the_time(talk: tuple[Script, Timeline]) -> None:
    script, timeline = talk
    marks = chapters(script, timeline)
    assert (marks[0].start, marks[-1].end) == (0, timeline.seconds)
    assert all(one.end == other.start for one, other in pairwise(marks))
    assert len(marks) == 1 or min(mark.end - mark.start for mark in marks) >= 8
    assert len(marks) <= ceil(timeline.seconds / 20)
    assert {mark.start for mark in marks[1:]} <= {cue.start for cue in timeline.cues}
    assert all(0 < len(mark.title) <= 40 and "\n" not in mark.title for mark in marks)
    assert all(mark.photo for mark in marks[1:])
    assert all((mark.title == "Opening") == (mark.photo is None) for mark in marks)


@given(talks())
def test_json_is_read_back(talk: tuple[Script, Timeline]) -> None:
    marks = chapters(*talk)
    read = json.loads(chapters_json(marks, {"p01": "photos/p01.jpg"}))
    assert read["version"] == "1.2.0"
    assert [one["title"] for one in read["chapters"]] == [mark.title for mark in marks]
    assert [one["startTime"] for one in read["chapters"]] == [round(mark.start * 1000) / 1000 for mark in marks]
    assert all(one["endTime"] == other["startTime"] for one, other in pairwise(read["chapters"]))
    assert [one.get("img") for one in read["chapters"]] == [
        "photos/p01.jpg" if mark.photo == "p01" else None for mark in marks
    ]


def test_the_timeline_of_another_script_is_refused() -> None:
    script, _ = said(("Maya", "One.", 0.0, 1.0, ()))
    _, timeline = said(("Maya", "One.", 0.0, 1.0, ()), ("Maya", "Two.", 1.0, 2.0, ()))
    with pytest.raises(InputError, match="does not fit"):
        chapters(script, timeline)


def test_a_small_talk(golden: "Golden") -> None:
    marks = chapters(*said(*HELLO))
    golden.check("chapters.json", chapters_json(marks, {"p01": "photos/p01.jpg", "p02": "photos/p02.jpg"}))
