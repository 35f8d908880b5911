"""A folder of episodes becomes a feed, and every episode is in it or is named with the reason."""

import json
import os
import shutil
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn
from xml.etree import ElementTree

import feedparser
import podcastparser
import pytest
from PIL import Image

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
    assert sorted(path.name for path in shows.iterdir()) == [".photocast", "cover.jpg", "feed.xml", "hill", "sea"]


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


def test_an_episode_spoken_again_keeps_its_date_and_a_new_one_gets_its_own(shows: Path) -> None:
    make_feed(shows, link=LINK)
    os.utime(shows / "hill" / "episode.mp3", (NOON, NOON + 90_000))
    os.utime(spoken(written_episode(shows / "lake", talk("The lake"), seed=5)) / "episode.mp3", (NOON, NOON + 7200))
    published = {one["title"]: one["published"] for one in heard(make_feed(shows, link=LINK))["episodes"]}
    assert published == {"The lake": NOON + 7200, "The sea": NOON + 3600, "The hill": NOON}


def test_audio_that_is_older_than_the_conversation_is_in_the_feed_and_named(shows: Path) -> None:
    script = shows / "sea" / "script.md"
    script.write_text(script.read_text("utf-8").replace("look at that", "look at this"), "utf-8")
    made = make_feed(shows, link=LINK)
    assert [one.folder for one in made.episodes] == ["hill", "sea"]
    note = f"sea has audio that is older than the conversation. Run: photocast speak {shows / 'sea'}"
    assert made.notes == (note,)


def test_chapters_for_players_have_whole_addresses(shows: Path) -> None:
    local = {
        "version": "1.2.0",
        "chapters": [{"startTime": 0, "title": "é"}, {"startTime": 9, "img": "photos/p01.jpg"}],
    }
    (shows / "sea").rename(shows / "the sea")
    chapters = shows / "the sea" / "chapters.json"
    chapters.write_text(json.dumps(local), "utf-8")
    for link in ("https://example.net", LINK):
        assert make_feed(shows, link=link).episodes[1].chapters == "chapters.feed.json"
        told = json.loads((shows / "the sea" / "chapters.feed.json").read_bytes())
        assert told["chapters"][1]["img"] == f"{link}/the%20sea/photos/p01.jpg"
    assert told | {"chapters": local["chapters"]} == local
    assert told["chapters"][0] == {"startTime": 0, "title": "é"}
    assert json.loads(chapters.read_bytes()) == local
    assert f"{LINK}/the%20sea/chapters.feed.json" in (shows / "feed.xml").read_text("utf-8")


@pytest.mark.parametrize("broken", ["{}", "[", "[]", '{"chapters": 3}'])
def test_chapters_that_are_none_stop_the_feed(shows: Path, broken: str) -> None:
    (shows / "sea" / "chapters.json").write_text(broken, "utf-8")
    with pytest.raises(InputError, match="holds no chapters"):
        make_feed(shows, link=LINK)


def test_a_cover_is_made_of_the_episodes_and_renewed_with_them(shows: Path) -> None:
    make_feed(shows, link=LINK)
    cover = shows / "cover.jpg"
    before = cover.read_bytes()
    with Image.open(cover) as picture:
        assert (picture.size, picture.format) == ((1500, 1500), "JPEG")
    for at, name in enumerate(("hill", "sea")):
        (shows / name / "photos").mkdir()
        Image.new("RGB", (60, 40), (200, 40 + 100 * at, 20)).save(shows / name / "photos" / "p01.jpg")
    feed = heard(make_feed(shows, link=LINK))
    assert feed["cover_url"] == f"{LINK}/cover.jpg"
    assert cover.read_bytes() != before


@pytest.mark.parametrize("name", ["cover.jpg", "cover.png"])
@pytest.mark.parametrize("first", [True, False])
def test_a_cover_that_somebody_put_there_stays(shows: Path, name: str, first: bool) -> None:
    if not first:
        make_feed(shows, link=LINK)
    (shows / name).write_bytes(b"mine")
    feed = heard(make_feed(shows, link=LINK))
    assert feed["cover_url"] == f"{LINK}/{name}"
    assert (shows / name).read_bytes() == b"mine"


def test_a_photo_that_cannot_be_shown_costs_the_cover_and_not_the_feed(shows: Path) -> None:
    (shows / "sea" / "photos").mkdir()
    (shows / "sea" / "photos" / "p01.jpg").write_bytes(b"no picture")
    made = make_feed(shows, link=LINK)
    assert made.notes[0].startswith("there is no cover, for it cannot be read as a picture")
    assert "cover_url" not in heard(made)


def test_cover_and_film_of_an_episode(shows: Path) -> None:
    (shows / "sea" / "cover.jpg").write_bytes(b"a picture")
    (shows / "sea" / "episode.mp4").write_bytes(b"a film")
    (sea, hill) = heard(make_feed(shows, link=LINK))["episodes"]
    assert sea["episode_art_url"] == f"{LINK}/sea/cover.jpg"
    assert "episode_art_url" not in hill
    item = ElementTree.parse(shows / "feed.xml").find("channel/item")
    assert item is not None
    film = item.find("{*}alternateEnclosure")
    assert film is not None
    assert (film.get("type"), film.get("length")) == ("video/mp4", "6")
    assert [source.get("uri") for source in film] == [f"{LINK}/sea/episode.mp4"]


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
