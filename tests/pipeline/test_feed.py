"""A folder of episodes becomes a feed, and every episode is in it or is named with the reason."""

import os
import shutil
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import feedparser
import podcastparser
import pytest

from photocast.pipeline.feed import MadeFeed, make_feed
from photocast.schema import InputError, Script, UsageError
from photocast.testing.scripts import script_of
from photocast.testing.spoken import spoken, written_episode

LINK = "https://example.org/walks"
NOON = int(datetime(2025, 6, 1, 12, tzinfo=UTC).timestamp())


def talk(title: str, language: str = "en") -> Script:
    return script_of("Ada: look at that", "Leo: I am looking").model_copy(update={"title": title, "language": language})


@pytest.fixture
def shows(tmp_path: Path) -> Path:
    """Two episodes that have been spoken, an hour apart."""
    folder = tmp_path / "walks"
    for at, name in enumerate(("hill", "sea")):
        path = spoken(written_episode(folder / name, talk(f"The {name}"), seed=at))
        os.utime(path / "episode.mp3", (NOON, NOON + 3600 * at))
    return folder


def heard(made: MadeFeed) -> Any:
    with made.path.open("rb") as file:
        return podcastparser.parse(made.url, file)


def test_every_episode_is_in_the_feed(shows: Path) -> None:
    (shows / "cover.png").write_bytes(b"a picture")
    made = make_feed(shows, link=LINK)
    assert (made.path, made.url, made.notes) == (shows / "feed.xml", f"{LINK}/feed.xml", ())
    assert [one.folder for one in made.episodes] == ["hill", "sea"]
    feed = heard(made)
    assert (feed["title"], feed["itunes_author"], feed["cover_url"]) == ("walks", "photocast", f"{LINK}/cover.png")
    assert [one["title"] for one in feed["episodes"]] == ["The sea", "The hill"]
    sea = feed["episodes"][0]
    assert (sea["published"], sea["total_time"], sea["link"]) == (NOON + 3600, 62, f"{LINK}/sea/index.html")
    (enclosure,) = sea["enclosures"]
    assert enclosure["file_size"] == (shows / "sea" / "episode.mp3").stat().st_size
    assert sea["description"].startswith("Ada and Leo talk about one photo.")
    assert not feedparser.parse(made.path.read_bytes()).bozo


def test_a_feed_made_again_is_the_same_to_the_byte(shows: Path) -> None:
    first = make_feed(shows, link=LINK).path.read_bytes()
    assert make_feed(shows, link=f"{LINK}/").path.read_bytes() == first
    assert sorted(path.name for path in shows.iterdir()) == ["feed.xml", "hill", "sea"]


def test_what_one_says_of_the_show(shows: Path) -> None:
    feed = heard(make_feed(shows, link=LINK, title="A & B", author="Ada", description="Of hills."))
    assert (feed["title"], feed["itunes_author"]) == ("A & B", "Ada")
    assert feed["description"].startswith("Of hills. ")


def test_an_episode_that_is_not_spoken_is_named(shows: Path) -> None:
    written_episode(shows / "lake", talk("The lake"), seed=7)
    spoken(written_episode(shows / "moor", talk("The moor"), seed=8))
    (shows / "moor" / "timeline.json").unlink()
    spoken(written_episode(shows / "park", talk("The park"), seed=9))
    (shows / "park" / "episode.mp3").write_bytes(b"")
    (shows / "no episode").mkdir()
    made = make_feed(shows, link=LINK)
    assert [one.folder for one in made.episodes] == ["hill", "sea"]
    assert made.notes == (
        f"lake is left out, for it has no audio. Run: photocast speak {shows / 'lake'}",
        "moor is left out, for it has no timeline.json, which tells how long it is. "
        f"Run: photocast speak {shows / 'moor'}",
        f"park is left out, for its episode.mp3 is empty. Run: photocast speak {shows / 'park'}",
        f"there is no cover: put a square cover.jpg or cover.png of 1400 to 3000 pixels into {shows}",
    )


def test_a_folder_whose_name_has_no_address_is_named(shows: Path) -> None:
    (shows / "sea").rename(shows / os.fsdecode(b"s\xe9a"))
    made = make_feed(shows, link=LINK)
    assert [one.folder for one in made.episodes] == ["hill"]
    assert made.notes[0].endswith("its name is not written in UTF-8, as an address is. Rename it")


def test_of_two_kinds_of_audio_the_newer_is_taken(shows: Path) -> None:
    spoken(shows / "sea", audio="episode.wav")
    made = make_feed(shows, link=LINK)
    assert [one.audio for one in made.episodes] == ["episode.mp3", "episode.wav"]
    assert made.notes[0] == "sea has episode.mp3 too; episode.wav is newer and is used"


def test_only_the_files_that_are_there_are_named(shows: Path) -> None:
    for name in ("captions.srt", "chapters.json", "index.html"):
        (shows / "sea" / name).unlink()
    sea = make_feed(shows, link=LINK).episodes[1]
    assert (sea.captions, sea.transcript, sea.chapters, sea.page) == (
        ("captions.vtt",),
        "transcript.json",
        None,
        None,
    )


def test_the_id_outlives_title_and_folder(shows: Path) -> None:
    before = {one.guid for one in make_feed(shows, link=LINK).episodes}
    script = shows / "sea" / "script.md"
    script.write_text(script.read_text("utf-8").replace("The sea", "Waves"), "utf-8")
    (shows / "sea").rename(shows / "a new name")
    spoken(shows / "a new name", seconds=10)
    made = make_feed(shows, link="https://example.net/")
    assert {one.title for one in made.episodes} == {"Waves", "The hill"}
    assert {one.guid for one in made.episodes} == before
    assert len(before) == 2


def test_a_copied_episode_is_refused(shows: Path) -> None:
    shutil.copytree(shows / "sea", shows / "sea copy")
    with pytest.raises(InputError) as failed:
        make_feed(shows, link=LINK)
    assert failed.value.what == "cannot tell sea and sea copy apart"
    assert str(shows) in failed.value.do
    assert not (shows / "feed.xml").exists()


def test_the_language_is_that_of_most_episodes(shows: Path) -> None:
    for at, name in enumerate(("berg", "see", "wald")):
        spoken(written_episode(shows / name, talk(name, "de"), seed=20 + at))
    assert heard(make_feed(shows, link=LINK))["language"] == "de"


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("nowhere", "it does not exist"),
        ("empty", "there is no episode in it"),
        ("walks/sea", "it is one episode"),
        ("walks/sea/script.json", "it is a file"),
        ("silent", "no episode in it has been spoken"),
    ],
)
def test_a_folder_without_episodes(shows: Path, place: str, why: str) -> None:
    (shows.parent / "empty").mkdir()
    written_episode(shows.parent / "silent" / "lake", talk("The lake"))
    with pytest.raises(InputError) as failed:
        make_feed(shows.parent / place, link=LINK)
    assert failed.value.why == why
    assert not list(shows.parent.rglob("feed.xml"))


@pytest.mark.parametrize(
    "link",
    [
        *("example.org", "ftp://example.org/x", "https://", "https:///x", "javascript:alert(1)", "/walks", ""),
        *("https://example.org/a b", "https://example.org/?a=b", "https://example.org/#a", "https://ä.org"),
        *("https://me:secret@example.org/x", "https://example.org/x\n", 'https://example.org/"', f"{LINK}/feed.xml"),
    ],
)
def test_a_link_that_is_none(shows: Path, link: str) -> None:
    with pytest.raises(UsageError):
        make_feed(shows, link=link)
    assert not (shows / "feed.xml").exists()


@pytest.mark.parametrize("link", ["http://localhost:8000", "HTTPS://Example.org/a/b%20c/", "http://[::1]:80/~me/"])
def test_a_link_that_is_one(shows: Path, link: str) -> None:
    assert make_feed(shows, link=link).url == f"{link.rstrip('/')}/feed.xml"


def test_a_show_needs_a_title(shows: Path) -> None:
    with pytest.raises(UsageError, match="--title"):
        make_feed(shows, link=LINK, title=" ")


def test_a_broken_episode_stops_and_leaves_the_old_feed(shows: Path) -> None:
    before = make_feed(shows, link=LINK).path.read_bytes()
    (shows / "sea" / "timeline.json").write_text("{", "utf-8")
    with pytest.raises(InputError, match=r"timeline\.json"):
        make_feed(shows, link=LINK)
    assert (shows / "feed.xml").read_bytes() == before


def test_no_connection_is_opened(shows: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> NoReturn:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert make_feed(shows, link=LINK).path.is_file()
